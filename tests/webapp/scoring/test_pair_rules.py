"""Lots that nobody can choose and everybody can draw again; what counts of a pair."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from webapp.scoring.rules import PairState, counted, draw_one, draw_pairs, pair_state, too_far

people = st.sets(st.integers(1, 9), max_size=6)
claims = st.dictionaries(st.integers(1, 40), people, max_size=12)
value = st.decimals(0, 100, places=2)
LIMIT, HIGHEST = Decimal(20), Decimal(100)


@given(st.text(), claims, st.dictionaries(st.integers(1, 9), st.integers(0, 5)))
def test_a_pair_is_two_different_people_who_may_read_the_claim(
    seed: str, eligible: dict[int, set[int]], loads: dict[int, int]
) -> None:
    drawn = draw_pairs(seed, eligible, loads)
    assert set(drawn) == {claim for claim, free in eligible.items() if len(free) >= 2}
    for claim, (first, second) in drawn.items():
        assert first != second
        assert {first, second} <= eligible[claim]


@given(st.text(), claims)
def test_the_same_seed_and_facts_draw_the_same_pairs(seed: str, eligible: dict[int, set[int]]) -> None:
    other_order = dict(reversed([(claim, sorted(free, reverse=True)) for claim, free in eligible.items()]))
    assert draw_pairs(seed, eligible, {}) == draw_pairs(seed, other_order, {})


@given(st.text(), st.integers(1, 30), st.sets(st.integers(1, 99), min_size=2, max_size=9))
def test_where_all_may_read_all_nobody_has_two_more_than_another(seed: str, number: int, free: set[int]) -> None:
    drawn = draw_pairs(seed, dict.fromkeys(range(number), free), {})
    loads = Counter(reader for pair in drawn.values() for reader in pair)
    assert max(loads[one] for one in free) - min(loads[one] for one in free) <= 1


def test_other_seeds_draw_other_pairs() -> None:
    free = range(1, 9)
    assert len({draw_pairs(str(seed), {1: free}, {})[1] for seed in range(200)}) > 20
    first = Counter(draw_one(str(seed), 1, free, {}) for seed in range(800))
    assert min(first.values()) > 60, "somebody is hardly ever drawn"


def test_nobody_is_drawn_of_nobody() -> None:
    assert draw_one("benih", 1, [], {}) is None


@given(value, value, st.none() | value)
def test_within_the_limit_the_mean_counts_and_beyond_it_the_third_person(
    one: Decimal, other: Decimal, third: Decimal | None
) -> None:
    state = pair_state(2, [one, other], LIMIT, HIGHEST, adjudicated=third is not None)
    worth = counted(state, [one, other], third)
    assert (
        counted(pair_state(2, [other, one], LIMIT, HIGHEST, adjudicated=third is not None), [other, one], third)
        == worth
    )
    if abs(one - other) <= 20:
        assert (state, worth) == (PairState.AGREED, (one + other) / 2)
    elif third is None:
        assert (state, worth) == (PairState.DISPUTED, 0)
    else:
        assert (state, worth) == (PairState.ADJUDICATED, third)


@given(st.lists(value, max_size=1))
def test_half_a_pair_counts_nothing(known: list[Decimal]) -> None:
    assert counted(pair_state(2, known, LIMIT, HIGHEST), known, None) == 0
    assert pair_state(0, [], LIMIT, HIGHEST) is PairState.UNDRAWN


def test_the_limit_is_of_the_indicators_own_scale() -> None:
    assert not too_far([Decimal(1), Decimal(2)], LIMIT, Decimal(5))
    assert too_far([Decimal(1), Decimal("2.01")], LIMIT, Decimal(5))
