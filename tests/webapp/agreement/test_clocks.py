"""The clocks of an agreement: months end where months end, days are the region's, and nothing moves by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.agreement.rules import CLOSED, STEPS, WAITING, Standing, StepKind, day_in, months_after, standing

DAYS = st.dates(date(1990, 1, 1), date(2150, 12, 31))
MONTHS = st.integers(1, 60)
ZONES = st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])


@settings(max_examples=100, deadline=None)
@given(DAYS, MONTHS)
def test_months_are_those_of_somebody_elses_calendar(day: date, months: int) -> None:
    assert months_after(day, months) == day + relativedelta(months=months)


@settings(max_examples=100, deadline=None)
@given(DAYS, MONTHS, MONTHS)
def test_a_longer_clock_ends_later_and_a_later_day_never_earlier(day: date, months: int, more: int) -> None:
    assert day < months_after(day, months) < months_after(day, months + more)
    assert months_after(day, months) <= months_after(day + timedelta(days=1), months)
    assert months_after(day, months).day in (day.day, *range(28, day.day))


@pytest.mark.parametrize(
    ("agreed", "months", "due"),
    [
        (date(2017, 7, 4), 12, date(2018, 7, 4)),
        (date(2018, 7, 4), 6, date(2019, 1, 4)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2016, 2, 29), 48, date(2020, 2, 29)),
        (date(2019, 2, 28), 12, date(2020, 2, 28)),
        (date(2018, 8, 31), 6, date(2019, 2, 28)),
        (date(2019, 8, 31), 6, date(2020, 2, 29)),
        (date(2017, 12, 31), 6, date(2018, 6, 30)),
        (date(2017, 6, 30), 6, date(2017, 12, 30)),
    ],
)
def test_leap_years_and_ends_of_months(agreed: date, months: int, due: date) -> None:
    assert months_after(agreed, months) == due


@settings(max_examples=100, deadline=None)
@given(DAYS, st.integers(-400, 400), st.integers(-400, 400), ZONES)
def test_the_last_day_ends_at_midnight_of_the_region(day: date, hours: int, minutes: int, zone: str) -> None:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours, minutes=minutes)
    there = day_in(at, zone)
    offset = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}[zone]
    assert there == (at + timedelta(hours=offset)).date()
    expected = Standing.DUE if there > day else Standing.RUNNING
    assert standing([], day, months_after(day, 6), there) is expected


def test_the_same_moment_is_another_day_in_another_zone() -> None:
    at = datetime(2018, 7, 4, 16, 30, tzinfo=UTC)  # 23.30 WIB, 01.30 WIT
    assert (day_in(at, "Asia/Jakarta"), day_in(at, "Asia/Jayapura")) == (date(2018, 7, 4), date(2018, 7, 5))


@settings(max_examples=100, deadline=None)
@given(DAYS, st.lists(st.tuples(st.integers(0, 900), st.sampled_from(list(StepKind))), max_size=8))
def test_whatever_people_try_the_steps_that_are_taken_follow_one_another(
    agreed: date, tries: list[tuple[int, StepKind]]
) -> None:
    """A model: whoever takes only what is offered never skips the window, never goes on after the end."""
    due = months_after(agreed, 12)
    until, today, taken = months_after(due, 6), agreed, list[StepKind]()
    for days, kind in tries:
        today += timedelta(days=days)
        now = standing(taken, due, until, today)
        assert now in CLOSED or StepKind.MET in STEPS[now]
        if kind in STEPS[now]:
            assert kind is not StepKind.MISSED or today > due
            assert kind is not StepKind.PROPOSED or today > until
            taken.append(kind)
    assert taken in [
        [*head, *tail]
        for head in ([], [StepKind.MISSED], [StepKind.MISSED, StepKind.PROPOSED])
        for tail in ([], [StepKind.MET])
    ] + [[StepKind.MISSED, StepKind.IMPROVED], [StepKind.MISSED, StepKind.PROPOSED, StepKind.DECIDED]]


@settings(max_examples=50, deadline=None)
@given(DAYS, st.integers(0, 20_000))
def test_time_alone_closes_nothing(agreed: date, days: int) -> None:
    due = months_after(agreed, 12)
    until = months_after(due, 6)
    later = until + timedelta(days=1 + days) if until.year < 2100 else until + timedelta(days=1)
    for taken in ([], [StepKind.MISSED], [StepKind.MISSED, StepKind.PROPOSED]):
        assert standing(taken, due, until, later) in WAITING
