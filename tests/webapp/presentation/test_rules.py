"""Slots over days: whatever is asked for, everybody is heard once, days are balanced, nobody speaks into another."""

from __future__ import annotations

from collections import Counter
from datetime import date, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from webapp.presentation.rules import Hours, fits, overlap, plan, shares

ZONES = st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
UNITS = st.integers(1, 60).map(lambda n: [f"16.02.{one:02d}" for one in range(1, n + 1)])
DAYS = st.sets(st.dates(date(2017, 1, 1), date(2028, 12, 31)), min_size=1, max_size=8)
HOURS = st.builds(
    Hours, st.builds(time, st.integers(0, 20), st.integers(0, 59)), st.integers(5, 90), st.integers(0, 30)
)


@settings(max_examples=100, deadline=None)
@given(units=UNITS, days=DAYS, hours=HOURS, zone=ZONES)
def test_everybody_exactly_once_on_balanced_days_without_overlap(
    units: list[str], days: set[date], hours: Hours, zone: str
) -> None:
    assume(fits(len(units), len(days), hours))
    slots = plan(units, days, hours, zone)
    assert [one.region_code for one in slots] == units
    there = ZoneInfo(zone)
    by_day = Counter(one.starts_at.astimezone(there).date() for one in slots)
    assert set(by_day) <= days
    counts = [by_day[day] for day in sorted(days)]
    assert max(counts) - min(counts) <= 1
    assert counts == sorted(counts, reverse=True)  # who begins has one more
    for one, following in pairwise(slots):
        assert not overlap((one.starts_at, one.ends_at), (following.starts_at, following.ends_at))
    assert all(one.ends_at - one.starts_at == timedelta(minutes=hours.minutes) for one in slots)
    assert all(one.starts_at.astimezone(there).time() >= hours.begins for one in slots)


@given(units=st.integers(0, 500), days=st.integers(1, 31))
def test_shares_add_up(units: int, days: int) -> None:
    found = shares(units, days)
    assert (len(found), sum(found)) == (days, units)


def test_eighteen_over_two_days_are_nine_and_nine() -> None:
    assert shares(18, 2) == [9, 9]
    assert shares(5, 2) == [3, 2]
    assert not fits(18, 1, Hours(time(9), 60))
    assert fits(15, 1, Hours(time(9), 60))
