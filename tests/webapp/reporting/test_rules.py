"""The arithmetic and the clocks of reports, tried on more cases than anybody would write down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.reporting.errors import IllegalMove
from webapp.reporting.rules import (
    QUARTERS,
    TRANSITIONS,
    Basis,
    ExcuseRule,
    Judgement,
    Move,
    Reached,
    Result,
    Side,
    State,
    Terms,
    Verdict,
    after,
    deadline,
    is_past,
    judge,
    mean_value,
    month_days,
    percent,
    quarter_days,
    quarter_of,
    result_of,
    state_at,
    usual_deadlines,
)

D = Decimal
money = st.decimals(0, 10**12, places=2)
amounts = st.decimals(D("0.01"), 10**12, places=2)
thresholds = st.decimals(D("0.01"), 100, places=2)
zones = st.sampled_from(("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"))
HOURS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}


@settings(max_examples=100, deadline=None)
@given(money, amounts, thresholds)
def test_a_side_passes_exactly_when_it_has_reached_its_threshold(
    done: Decimal, target: Decimal, asked: Decimal
) -> None:
    reached = percent(done, target)
    assert reached is not None
    passes = Side.PHYSICAL not in Result(reached, None).failing(asked)
    assert passes == (Fraction(done) * 100 >= Fraction(asked) * Fraction(target))


@settings(max_examples=100, deadline=None)
@given(money, amounts)
def test_what_is_shown_is_never_more_than_what_was_reached(done: Decimal, target: Decimal) -> None:
    shown = percent(done, target)
    assert shown is not None
    assert 0 <= Fraction(done) * 100 / Fraction(target) - Fraction(shown) < Fraction(1, 100)


def test_seventy_five_passes_and_a_rupiah_less_does_not() -> None:
    target = D("400000000000.00")
    assert Result(D(80), percent(D("300000000000.00"), target)).failing(D(75)) == ()
    short = percent(D("299999999999.99"), target)
    assert short == D("74.99")
    assert Result(D(80), short).failing(D(75)) == (Side.FINANCIAL,)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(money, money), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_lines_sum_up_to_the_same_in_whatever_order(pairs: list[tuple[Decimal, Decimal]], chance: object) -> None:
    lines = [Reached(D(25), target, D(10), spent) for target, spent in pairs]
    turned = list(lines)
    chance.shuffle(turned)  # type: ignore[attr-defined]
    whole = Reached(D(25), sum(t for t, _ in pairs), D(10), sum(s for _, s in pairs))  # type: ignore[arg-type]
    assert result_of(lines) == result_of(turned) == result_of([whole])


def test_weights_decide_how_much_a_line_of_work_counts() -> None:
    heavy, light = Reached(D(25), D(1), D(25), D(1), D(3)), Reached(D(25), D(1), D(0), D(1), D(1))
    assert result_of([heavy, light]).physical == D(75)


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), zones)
def test_a_deadline_is_the_midnight_that_ends_its_day_there(day: date, zone: str) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, hours=-HOURS[zone])
    assert deadline(day, zone) == midnight
    assert not is_past(day, zone, midnight - timedelta(seconds=1)) and is_past(day, zone, midnight)


@settings(max_examples=60, deadline=None)
@given(st.integers(2000, 2100))
def test_the_quarters_of_a_year_leave_no_day_out_and_none_twice(year: int) -> None:
    days = [
        first + timedelta(days=n) for first, last in (quarter_days(year, q) for q in QUARTERS)
        for n in range((last - first).days + 1)
    ]  # fmt: skip
    assert days == [date(year, 1, 1) + timedelta(days=n) for n in range((date(year, 12, 31) - days[0]).days + 1)]
    assert all(quarter_days(year, quarter_of(one))[0] <= one <= quarter_days(year, quarter_of(one))[1] for one in days)
    assert all(due > quarter_days(year, q)[1] for q, due in zip(QUARTERS, usual_deadlines(year), strict=True))


def test_february_ends_as_the_calendar_says() -> None:
    ends = [month_days(year, 2)[1].day for year in (2017, 2019, 2020, 2000, 2100)]
    assert ends == [28, 28, 29, 29, 28]


def test_in_the_east_the_day_is_over_two_hours_sooner() -> None:
    due = date(2019, 10, 10)
    assert deadline(due, "Asia/Jakarta") - deadline(due, "Asia/Jayapura") == timedelta(hours=2)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(State), st.dates(date(2019, 1, 1), date(2019, 12, 31)), zones, st.integers(-72, 72))
def test_silence_shows_from_the_deadline_on_whether_or_not_the_job_came_by(
    stored: State, due: date, zone: str, hours: int
) -> None:
    at = deadline(due, zone) + timedelta(hours=hours)
    shown = state_at(stored, due, zone, at)
    waits = stored in (State.NOT_REPORTED, State.DRAFT)
    assert shown is (State.DEEMED_IDLE if waits and hours >= 0 else stored)


def test_every_step_that_is_not_in_the_table_is_refused() -> None:
    for state, move in product(State, Move):
        if (state, move) not in TRANSITIONS:
            with pytest.raises(IllegalMove):
                after(state, move)


def test_a_late_report_never_becomes_one_in_time() -> None:
    for (state, move), became in TRANSITIONS.items():
        assert after(state, move, late=True) is (State.LATE if became is State.SENT else became)


def test_silence_counts_zero_and_is_not_missing_from_the_mean() -> None:
    idle = judge(State.DEEMED_IDLE, None, Terms(), 3)
    good = judge(State.SENT, Result(D(80), D(80)), Terms(), 3)
    assert idle == Judgement(Verdict.IDLE, D(0))
    assert mean_value([idle.value, good.value]) == D(40)


@pytest.mark.parametrize(
    ("terms", "excused", "value"),
    [
        (Terms(), False, D(0)),
        (Terms(late_counts=True), False, D(80)),
        (Terms(), True, D(80)),
    ],
)
def test_what_came_late_counts_only_where_somebody_said_so(terms: Terms, excused: bool, value: Decimal) -> None:
    assert judge(State.LATE, Result(D(80), D(80)), terms, 3, late=True, excused=excused).value == value


def test_an_excuse_leaves_silence_out_or_lets_it_stand_at_zero() -> None:
    left_out = judge(State.DEEMED_IDLE, None, Terms(), 3, excused=True)
    zero = judge(State.DEEMED_IDLE, None, Terms(excuse_rule=ExcuseRule.ZERO), 3, excused=True)
    assert (left_out.value, zero.value) == (None, D(0))
    assert left_out.verdict is zero.verdict is Verdict.EXCUSED


def test_the_cumulative_reading_asks_from_the_third_quarter_on() -> None:
    terms, poor = Terms(basis=Basis.CUMULATIVE), Result(D(40), D(40))
    assert [judge(State.SENT, poor, terms, q).verdict for q in QUARTERS] == [
        Verdict.NOT_JUDGED, Verdict.NOT_JUDGED, Verdict.BELOW, Verdict.BELOW,
    ]  # fmt: skip
