"""What the map counts and how it shades, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from webapp.evidence.rules import CLAIMED, UNSEEN, State, Support, Tag
from webapp.insight.errors import UnknownFilter
from webapp.insight.rules import (
    SHADES,
    STATES_OF,
    Figures,
    Filters,
    Group,
    Month,
    group_in,
    month,
    shade,
    shade_ranges,
    total,
)


def test_every_claimed_state_is_verified_or_waiting_or_rejected_and_only_one_of_them() -> None:
    parts = [STATES_OF[group] for group in (Group.VERIFIED, Group.WAITING, Group.REJECTED)]
    assert frozenset().union(*parts) == CLAIMED
    assert sum(len(part) for part in parts) == len(CLAIMED)
    assert not CLAIMED & UNSEEN


def test_figures_add_up_one_by_one() -> None:
    both = total([Figures(5, 2, 2, 1, 1), Figures(3, 3, 0, 0, 0)])
    assert both == Figures(8, 5, 2, 1, 1)
    assert total([]).silent and not both.silent


@pytest.mark.parametrize("depth", range(len(SHADES)))
def test_nothing_verified_is_shade_0_and_each_break_starts_the_next_shade(depth: int) -> None:
    assert shade(0, depth) == 0
    for number, lowest in enumerate(SHADES[depth], start=1):
        assert shade(lowest, depth) == number
        assert shade(lowest - 1, depth) == number - 1
    assert shade(10**6, depth) == 5


@given(some.integers(0, 2000), some.integers(0, 3))
def test_the_legend_says_of_every_number_the_shade_it_has(verified: int, depth: int) -> None:
    fitting = [n for n, low, high in shade_ranges(depth) if low <= verified and (high is None or verified <= high)]
    assert fitting == [shade(verified, depth)]


months = some.builds(Month, some.integers(1900, 2098), some.integers(1, 12))
filters = some.builds(
    Filters,
    support=some.none() | some.sampled_from(Support),
    indicator=some.none() | some.integers(0, 999_999_999),
    tag=some.none() | some.sampled_from(Tag),
    since=some.none() | months,
    until=some.just(None),
    kind=some.sampled_from([None, "inovasi", "rapat"]),
    activity=some.sampled_from([None, "subuh_keliling"]),
    period=some.none() | some.integers(0, 999_999_999),
    state=some.none() | some.sampled_from(sorted(CLAIMED)),
    text=some.text(some.characters(categories=["L", "N", "P"]), max_size=100),
)


@given(months, some.integers(0, 11))
def test_a_month_ends_the_day_before_the_next_begins(one: Month, further: int) -> None:
    assert one.first <= one.last < one.plus(1).first and (one.plus(1).first - one.last).days == 1
    assert month(str(one)) == one == Month.of(one.first) == Month.of(one.last)
    assert Filters.parse({"dari": str(one), "sampai": str(one.plus(further))}).until == one.plus(further)
    with pytest.raises(UnknownFilter):
        Filters.parse({"dari": str(one.plus(further + 1)), "sampai": str(one)})


@given(filters)
def test_filters_come_back_from_the_address_they_write(chosen: Filters) -> None:
    assert Filters.parse(chosen.args()) == chosen


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("periode", "x"), ("periode", "-1"), ("periode", "12345678901"), ("periode", "١"), ("keadaan", "draft"),
        ("keadaan", "withdrawn"), ("keadaan", "Verified"), ("cari", "x" * 101), ("cari", "a\x00b"), ("kelompok", "all"),
        ("dukungan", "x"), ("penanda", "wajah"), ("indikator", "1a"), ("dari", "2026-13"), ("dari", "2026"),
        ("sampai", "2026-1"), ("sampai", "1800-01"), ("dari", "٢٠٢٦-01"),
    ],
)  # fmt: skip
def test_an_unknown_value_is_refused_and_named(name: str, value: str) -> None:
    with pytest.raises(UnknownFilter) as refused:
        group_in({name: value})
        Filters.parse({name: value})
    assert refused.value.field == name
    assert (refused.value.status, refused.value.code) == (422, "unknown_filter")


def test_empty_values_are_no_filter() -> None:
    assert Filters.parse({"jenis": "", "kegiatan": "", "periode": "", "keadaan": "", "cari": "  "}) == Filters()
    assert not Filters().active
    assert Filters(state=State.SUBMITTED, text="x").without("state") == Filters(text="x")
