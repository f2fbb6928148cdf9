"""Steps, ages, months and addresses of the desk; where the parts of its charts lie."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from webapp import charts
from webapp.dashboard.rules import (
    LATEST,
    MONTHS,
    STATES_OF_QUEUE,
    STATES_OF_STEP,
    Age,
    Cut,
    Flow,
    Queue,
    Step,
    age_of,
    around,
    months_until,
    share,
    shown_months,
)
from webapp.evidence.rules import AWAITED, OPEN, Grade, State

AT = datetime(2018, 8, 6, 3, tzinfo=UTC)
DAYS = st.dates(date(1995, 1, 1), date(2150, 1, 1))
COUNTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=40)


def test_each_step_holds_the_next_and_every_wait_is_somebodys() -> None:
    steps = [STATES_OF_STEP[one] for one in Step]
    assert all(later < earlier for earlier, later in itertools.pairwise(steps))
    assert sum(len(one) for one in STATES_OF_QUEUE.values()) == len(AWAITED)
    assert {State.RETURNED} == OPEN - AWAITED


@given(st.timedeltas(timedelta(days=-2), timedelta(days=400)))
def test_a_case_has_one_age_in_whole_days(waited: timedelta) -> None:
    days = waited.days
    expected = Age.WEEK if days <= 7 else Age.MONTH if days <= 30 else Age.LONGER
    assert age_of(AT - waited, AT) is expected


CUTS = st.builds(
    Cut, step=st.none() | st.sampled_from(Step), queue=st.none() | st.sampled_from(Queue),
    age=st.none() | st.sampled_from(Age), grade=st.none() | st.sampled_from(Grade),
    signal=st.none() | st.sampled_from(["edited", "flag_gps_invalid"]), flow=st.sampled_from(Flow),
    month=st.none() | DAYS.map(lambda day: day.replace(day=1)),
)  # fmt: skip


@given(CUTS)
def test_an_address_says_what_it_was_made_of(cut: Cut) -> None:
    assert Cut.parse(cut.args()) == cut


@given(st.sets(DAYS.map(lambda day: day.replace(day=1)), min_size=1, max_size=30))
def test_months_shown_have_no_gap_and_end_with_the_last(known: set[date]) -> None:
    shown = shown_months(known)
    assert shown[-1] == max(known)
    assert len(shown) <= MONTHS
    assert shown[0] == min(known) or len(shown) == MONTHS
    for one, following in itertools.pairwise(shown):
        assert (one + timedelta(days=31)).replace(day=1) == following


@given(DAYS, st.sampled_from(["Asia/Jakarta", "Asia/Jayapura", "Asia/Seoul"]))
def test_a_month_lies_within_its_bounds_whatever_clock_it_is_of(day: date, zone: str) -> None:
    this, following = months_until((day.replace(day=28) + timedelta(days=10)), 2)
    begins, ends = around(this)
    clock = ZoneInfo(zone)
    assert begins <= datetime.combine(this, time.min, clock) < datetime.combine(following, time.min, clock) <= ends
    assert ends - begins < timedelta(days=34)
    assert day.year <= LATEST


def test_small_numbers_have_no_share() -> None:
    assert share(4, 4) is None
    assert share(4, 5) == 80


@given(st.integers(0, 10**9))
def test_the_top_of_a_chart_is_round_and_not_below(highest: int) -> None:
    top = charts.nice_top(highest)
    assert top >= max(highest, 1)
    assert top % 2 == 0
    assert top <= max(4, 2.5 * highest) or highest <= 10


@given(COUNTS)
def test_a_line_stays_inside_its_chart(values: list[int]) -> None:
    one = charts.Series("x", 1, tuple(values))
    trend = charts.Trend(tuple(map(str, range(len(values)))), (one,))
    assert all(0 <= x <= charts.WIDTH and 0 <= y <= charts.HEIGHT for x, y in trend.dots(one))
    assert trend.y(trend.top) <= min(y for _, y in trend.dots(one))
    assert 1 <= len(trend.words) <= charts.MOST_WORDS
    assert trend.words[-1][1] == str(len(values) - 1)
    assert len(charts.spark(values).split()) == len(values)


@given(COUNTS)
def test_pieces_lie_side_by_side_and_steps_in_the_middle(values: list[int]) -> None:
    whole = sum(values)
    pieces = charts.parts(values, whole)
    assert abs(sum(width for _, width in pieces) - (100 if whole else 0)) < 0.01 * len(values)
    assert all(abs(at + width / 2 - 50) <= 0.01 for at, width in charts.centred(values, max(values)))
