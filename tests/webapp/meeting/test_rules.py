"""Weeks without a meeting, and the text of a hash."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.meeting.rules import digest, expected_days, lines, silent_days

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@settings(max_examples=100, deadline=None)
@given(DAYS, st.integers(1, 7), st.integers(-30, 400))
def test_expected_days_are_a_week_apart_on_that_weekday_and_have_passed(start: date, weekday: int, ahead: int) -> None:
    today = start + timedelta(days=ahead)
    days = expected_days(start, weekday, today)
    assert all(day.isoweekday() == weekday and start <= day < today for day in days)
    assert all(later - day == timedelta(weeks=1) for day, later in itertools.pairwise(days))
    missed = [start + timedelta(days=n) for n in range(max(0, ahead))]
    assert days == [day for day in missed if day.isoweekday() == weekday]


@settings(max_examples=100, deadline=None)
@given(DAYS, st.integers(1, 7), st.lists(st.integers(0, 120), max_size=20))
def test_a_week_is_silent_or_had_a_meeting_and_never_both(start: date, weekday: int, held: list[int]) -> None:
    today, days = start + timedelta(days=121), [start + timedelta(days=n) for n in held]
    silent = silent_days(start, weekday, days, today)
    weeks = {day.isocalendar()[:2] for day in days}
    assert silent == sorted(silent, reverse=True)
    assert not {day.isocalendar()[:2] for day in silent} & weeks
    assert {day.isocalendar()[:2] for day in expected_days(start, weekday, today)} <= weeks | {
        day.isocalendar()[:2] for day in silent
    }


def test_today_is_not_silent_yet_and_a_moved_meeting_breaks_no_silence() -> None:
    tuesday = date(2018, 8, 7)
    assert silent_days(date(2018, 7, 31), 2, [], tuesday) == [date(2018, 7, 31)]
    assert silent_days(date(2018, 7, 31), 2, [date(2018, 8, 2)], tuesday + timedelta(days=1)) == [tuesday]


def test_lines_and_digests() -> None:
    assert lines(" satu \n\n dua\n") == ["satu", "dua"]
    assert digest({"b": 1, "a": ["ä"]}) == digest({"a": ["ä"], "b": 1}) != digest({"a": ["a"], "b": 1})
