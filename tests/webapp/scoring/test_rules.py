"""When a claim is proven, and how totals and ranks are reckoned."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from webapp.evidence.rules import DISMISSED, UNSEEN, State
from webapp.programme.rules import Mode
from webapp.scoring.rules import ClaimState, Weighted, claim_state, counts, ranks, total

states = st.lists(st.sampled_from(list(State)), max_size=6)
modes = st.sampled_from(list(Mode))


@given(states, modes)
def test_a_claim_is_proven_only_by_cases_verified_in_the_required_mode(cases: list[State], mode: Mode) -> None:
    if claim_state(cases, mode) is ClaimState.PROVEN:
        seen = [case for case in cases if case not in UNSEEN]
        assert seen
        assert all(counts(case, mode) for case in seen)


@given(states, modes)
def test_one_dismissed_case_fells_the_claim(cases: list[State], mode: Mode) -> None:
    if DISMISSED & set(cases):
        assert claim_state(cases, mode) is ClaimState.UNPROVEN


@given(states, modes)
def test_drafts_and_withdrawn_cases_change_nothing(cases: list[State], mode: Mode) -> None:
    assert claim_state(cases, mode) is claim_state([*cases, State.DRAFT, State.WITHDRAWN], mode)


def test_the_desk_alone_does_not_prove_what_asks_for_the_field() -> None:
    assert claim_state([State.VERIFIED_DESK], Mode.DESK) is ClaimState.PROVEN
    assert claim_state([State.VERIFIED_DESK], Mode.FIELD) is ClaimState.WAITING
    assert claim_state([State.VERIFIED_FIELD], Mode.BOTH) is ClaimState.PROVEN


def test_full_marks_everywhere_are_a_hundred_points() -> None:
    third = Decimal("33.33")
    weights = {
        1: Weighted(Decimal(40), Decimal(100), Decimal(100)),
        2: Weighted(Decimal(60), Decimal(100), Decimal(20)),
    }
    assert total({1: Decimal(100), 2: Decimal(20)}, weights) == Decimal("100.00")
    assert total({1: third}, weights) == Decimal("13.33")
    assert total({}, weights) == Decimal("0.00")


@given(st.dictionaries(st.text(min_size=1), st.decimals(0, 100, places=2), min_size=1))
def test_equal_totals_share_a_rank_and_the_best_is_first(totals: dict[str, Decimal]) -> None:
    places = ranks(totals)
    assert min(places.values()) == 1
    for one in totals:
        for other in totals:
            assert (totals[one] == totals[other]) == (places[one] == places[other])
            assert (totals[one] > totals[other]) == (places[one] < places[other])
