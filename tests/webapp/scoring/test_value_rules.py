"""Counted events, levels, spread, quorum and weights: the rules alone, tried with numbers nobody would think of."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import NOW
from webapp.evidence.rules import DISMISSED, VERIFIED, State
from webapp.programme.rules import Method, Mode
from webapp.scoring.rules import (
    ClaimState,
    Level,
    ModerationState,
    ModerationStep,
    Weighted,
    average,
    claim_state,
    counted_events,
    distinct_events,
    grantable,
    level_for,
    mean,
    moderation_state,
    ranks,
    rounded,
    total,
)

points = st.decimals("0.0001", 50, places=4)
percent = st.decimals(0, 100, places=2)
scale = st.decimals("0.01", 100, places=2)
few = settings(max_examples=60, deadline=None)


@few
@given(st.integers(0, 60), points, percent, scale)
def test_a_further_event_never_lowers_the_count_and_the_cap_holds(
    events: int, each: Decimal, fading: Decimal, cap: Decimal
) -> None:
    value = counted_events(events, each, fading, cap)
    assert 0 <= value <= Fraction(cap)
    assert value <= counted_events(events + 1, each, fading, cap)


@few
@given(st.integers(0, 40), points, percent)
def test_each_further_event_counts_its_share_of_the_one_before_exactly(
    events: int, each: Decimal, fading: Decimal
) -> None:
    worth, summed = Fraction(each), Fraction(0)
    for _ in range(events):
        summed += worth
        worth = worth * Fraction(fading) / 100
    assert counted_events(events, each, fading, Decimal(10**9)) == summed


def test_two_points_a_round_reach_ten_with_the_fifth() -> None:
    worth = [counted_events(n, Decimal(2), Decimal(100), Decimal(10)) for n in range(7)]
    assert worth == [0, 2, 4, 6, 8, 10, 10]
    halved = [counted_events(n, Decimal(4), Decimal(50), Decimal(10)) for n in range(5)]
    assert halved == [0, 4, 6, 7, Fraction(15, 2)]
    assert counted_events(5, Decimal(2), Decimal(0), Decimal(10)) == 2  # only the first one counts


@few
@given(st.sets(st.integers(1, 9)), st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=12))
def test_cases_with_one_photo_are_one_event_in_whatever_order(cases: set[int], same: list[tuple[int, int]]) -> None:
    events = distinct_events(cases, same)
    assert events == distinct_events(sorted(cases, reverse=True), [(b, a) for a, b in reversed(same)])
    assert min(len(cases), 1) <= events <= len(cases)
    assert distinct_events(cases, []) == len(cases)


def test_three_cases_in_a_chain_are_one_event() -> None:
    assert distinct_events([1, 2, 3, 4], [(1, 2), (2, 3)]) == 2


states = st.lists(st.sampled_from(list(State)), max_size=6)


@few
@given(states, st.sampled_from(list(Mode)), st.integers(0, 4))
def test_a_counted_claim_loses_what_was_dismissed_and_nothing_else(
    cases: list[State], mode: Mode, required: int
) -> None:
    state = claim_state(cases, mode, method=Method.COUNT, required=required)
    left = claim_state([one for one in cases if one not in DISMISSED], mode, method=Method.COUNT, required=required)
    assert (state is ClaimState.PROVEN) <= (left is ClaimState.PROVEN)
    if state is ClaimState.UNPROVEN:
        assert DISMISSED & set(cases)


def test_one_dismissed_round_leaves_the_others_counted() -> None:
    rounds = [State.VERIFIED_FIELD, State.VERIFIED_FIELD, State.MISMATCH]
    assert claim_state(rounds, Mode.FIELD, method=Method.COUNT) is ClaimState.PROVEN
    assert claim_state(rounds, Mode.FIELD) is ClaimState.UNPROVEN
    waiting = [*rounds, State.AWAITING_FIELD]
    assert claim_state(waiting, Mode.FIELD, method=Method.COUNT) is ClaimState.WAITING
    assert claim_state([State.REJECTED], Mode.DESK, method=Method.COUNT) is ClaimState.UNPROVEN


@few
@given(states, st.sampled_from(list(Mode)), st.integers(1, 5), st.sampled_from([Method.RATED, Method.COUNT]))
def test_fewer_verified_cases_than_asked_for_prove_nothing(
    cases: list[State], mode: Mode, required: int, method: Method
) -> None:
    if claim_state(cases, mode, method=method, required=required) is ClaimState.PROVEN:
        assert sum(one in VERIFIED for one in cases) >= required


def test_what_asks_for_no_case_is_proven_at_the_desk_and_never_in_the_field() -> None:
    assert claim_state([], Mode.DESK, required=0) is ClaimState.PROVEN
    assert claim_state([], Mode.FIELD, required=0) is ClaimState.UNSUPPORTED


LEVELS = [
    Level(1, Decimal(0), None, Decimal(5)), Level(2, Decimal(2), Decimal(6), Decimal(11)),
    Level(3, Decimal(4), Decimal(12), Decimal(35)), Level(4, Decimal(6), Decimal(36), None),
]  # fmt: skip


@few
@given(st.integers(0, 10**6))
def test_a_number_is_the_level_whose_range_holds_it(number: int) -> None:
    found = level_for(Decimal(number), LEVELS)
    assert found is not None
    assert found.id == 1 + (number > 5) + (number > 11) + (number > 35)


def test_both_ends_belong_to_a_range_and_between_two_lies_nothing() -> None:
    named = [level_for(Decimal(one), LEVELS) for one in ("5", "6", "11", "12", "35", "36")]
    assert [one and one.id for one in named] == [1, 2, 2, 3, 3, 4]
    assert level_for(Decimal("5.5"), LEVELS) is None
    assert level_for(Decimal(5), [Level(9, Decimal(1))]) is None  # a level without a range is chosen, not reckoned


@few
@given(st.lists(st.decimals(0, 10, places=2), min_size=1, max_size=6), st.data())
def test_no_level_above_the_claimed_one_can_be_granted(given_points: list[Decimal], data: st.DataObject) -> None:
    levels = [Level(n, one) for n, one in enumerate(given_points)]
    claimed = data.draw(st.sampled_from(given_points))
    offered = grantable(claimed, levels)
    assert offered[0] == claimed
    assert set(offered) == {one for one in given_points if one <= claimed}


values = st.lists(st.decimals(0, 100, places=2), max_size=6)


@few
@given(values, st.integers(1, 5), percent)
def test_moderation_is_asked_only_of_a_whole_quorum_beyond_the_limit(
    found: list[Decimal], quorum: int, limit: Decimal
) -> None:
    state = moderation_state(found, quorum, limit, Decimal(100), [], None)
    beyond = len(found) >= quorum and max(found) - min(found) > limit
    assert state is (ModerationState.NEEDED if beyond else ModerationState.NOT_NEEDED)


def test_exactly_twenty_points_apart_is_within_the_limit_on_every_scale() -> None:
    for highest, apart in ((100, "20"), (5, "1"), (30, "6")):
        low, step = Decimal(0), Decimal("0.01")
        for more, expected in ((low, ModerationState.NOT_NEEDED), (step, ModerationState.NEEDED)):
            found = [low, Decimal(apart) + more, low]
            assert moderation_state(found, 3, Decimal(20), Decimal(highest), [], None) is expected


def test_that_a_spread_stands_was_said_of_those_values_and_no_later_ones() -> None:
    opened, stands = (ModerationStep.OPEN, NOW), (ModerationStep.STANDS, NOW + timedelta(hours=1))
    apart = [Decimal(10), Decimal(90), Decimal(50)]
    asked = [
        moderation_state(apart, 3, Decimal(20), Decimal(100), steps, NOW + timedelta(hours=later))
        for steps, later in (([opened], 0), ([opened, stands], 0), ([opened, stands], 2))
    ]
    assert asked == [ModerationState.OPEN, ModerationState.STANDS, ModerationState.NEEDED]


@few
@given(st.lists(st.tuples(percent.filter(bool), percent.filter(bool), scale, values), min_size=1, max_size=5))
def test_a_total_is_exact_until_it_is_rounded_once_halves_up(
    parts: list[tuple[Decimal, Decimal, Decimal, list[Decimal]]],
) -> None:
    weights = {n: Weighted(aspect, weight, highest) for n, (aspect, weight, highest, _) in enumerate(parts)}
    exact = Fraction(0)
    for aspect, weight, highest, found in parts:
        average_of = sum(map(Fraction, found), Fraction(0)) / max(len(found), 1)
        exact += average_of / Fraction(highest) * Fraction(weight) * Fraction(aspect) / 100
    whole = exact * 100 // 1
    up = exact * 100 - whole >= Fraction(1, 2)
    assert total({n: mean(part[3]) for n, part in enumerate(parts)}, weights) == Decimal(int(whole) + up) / 100


def test_a_half_cent_is_rounded_up_although_its_thirds_never_end() -> None:
    """A third of 0.005 points thrice is 0.005 exactly; 28 digits of each third would say 0.00499… and round down."""
    weights = {n: Weighted(Decimal(100), Decimal("0.005"), Decimal(3)) for n in (1, 2, 3)}
    assert total(dict.fromkeys((1, 2, 3), Decimal(1)), weights) == Decimal("0.01")
    thirds = [mean([Decimal("0.01"), Decimal(0), Decimal(0)])] * 3
    assert sum(thirds) == Fraction(1, 100)


@few
@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=6))
def test_the_mean_does_not_ask_who_came_first(found: list[Decimal]) -> None:
    assert len({mean(one) for one in list(permutations(found))[:24]}) == 1
    assert abs(Fraction(average(found)) - mean(found)) < Fraction(1, 10**20)
    assert rounded(Fraction(found[0])) == found[0]


@few
@given(st.dictionaries(st.text(min_size=1, max_size=4), st.decimals(0, 5, places=1), min_size=1), st.randoms())
def test_ranks_are_those_of_counting_who_is_better_in_whatever_order(
    totals: dict[str, Decimal], chance: Random
) -> None:
    names = list(totals)
    chance.shuffle(names)
    slow = {key: 1 + sum(other > value for other in totals.values()) for key, value in totals.items()}
    assert ranks({name: totals[name] for name in names}) == slow
