"""How far readers agree: symmetric, within bounds, exact, and blind to the order things come in."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.scoring.rules import LEAST, ReadClaim, agreement, leniency
from webapp.scoring.rules.agreement import icc

LIMIT = Fraction(20)
values = st.decimals(0, 100, places=2).map(Fraction)
pairs = st.lists(st.tuples(values, values), min_size=LEAST, max_size=20)


def read(known: list[tuple[Fraction, ...]]) -> list[ReadClaim]:
    return [ReadClaim(dict(enumerate(one)), LIMIT) for one in known]


@given(pairs)
def test_which_of_the_two_comes_first_changes_no_figure(known: list[tuple[Fraction, Fraction]]) -> None:
    assert agreement(read(list(known))) == agreement(read([(b, a) for a, b in known]))


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_claims_changes_no_figure(known: list[tuple[Fraction, Fraction]], shuffler: random.Random) -> None:
    mixed = list(known)
    shuffler.shuffle(mixed)
    assert agreement(read(list(known))) == agreement(read(list(mixed)))
    assert leniency(read(list(known)), 0) == leniency(read(list(mixed)), 0)


@given(st.lists(st.lists(values, min_size=2, max_size=4).map(tuple), min_size=LEAST, max_size=12))
def test_shares_and_correlation_keep_their_bounds(known: list[tuple[Fraction, ...]]) -> None:
    found = agreement(read(known))
    assert found is not None
    assert found.n == len(known)
    assert 0 <= found.exact <= found.within <= 100
    assert 0 <= found.difference <= 100
    assert found.icc is None or -1 <= found.icc <= 1


@given(pairs)
def test_what_one_reader_gives_more_the_other_gives_less(known: list[tuple[Fraction, Fraction]]) -> None:
    first, second = leniency(read(list(known)), 0), leniency(read(list(known)), 1)
    assert first is not None
    assert second is not None
    assert (first.mean, first.low, first.high) == (-second.mean, -second.high, -second.low)
    assert first.low <= first.mean <= first.high


@given(st.lists(values, min_size=LEAST, max_size=20))
def test_readers_of_one_mind_agree_fully_and_nobody_is_lenient(known: list[Fraction]) -> None:
    found = agreement(read([(one, one) for one in known]))
    assert found is not None
    assert (found.exact, found.within, found.difference) == (100, 100, 0)
    assert found.icc == (1 if len(set(known)) > 1 else None)
    tends = leniency(read([(one, one) for one in known]), 0)
    assert tends is not None
    assert (tends.low, tends.high, tends.tells) == (0, 0, False)


@given(st.lists(st.tuples(values, values), max_size=LEAST - 1))
def test_of_too_few_claims_nothing_is_told(known: list[tuple[Fraction, Fraction]]) -> None:
    assert agreement(read(list(known))) is None
    assert leniency(read(list(known)), 0) is None


def test_claims_with_a_single_reader_tell_nothing() -> None:
    alone = read([(Fraction(one),) for one in range(20)])
    assert agreement(alone) is None
    assert leniency(alone, 0) is None


def test_the_correlation_is_that_of_shrout_and_fleiss() -> None:
    """Table 2 of their article (1979): six targets, four judges; ICC(1,1) = .17."""
    targets = [(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)]
    assert icc([[Fraction(value) for value in one] for one in targets]) == Decimal("0.17")


def test_the_interval_is_students() -> None:
    """Differences 1, 2, 3, 4, 5: mean 3, standard error sqrt(0.5), t of four degrees of freedom 2.776."""
    known = [(Fraction(10 + one), Fraction(10)) for one in range(1, 6)]
    found = leniency(read(list(known)), 0)
    assert found is not None
    assert (found.n, found.mean, found.low, found.high) == (5, Decimal("3.00"), Decimal("1.04"), Decimal("4.96"))
    assert found.tells
    assert found.few


@pytest.mark.parametrize(("apart", "share"), [(Fraction(20), 100), (Fraction("20.01"), 0)])
def test_exactly_at_the_limit_is_within_it(apart: Fraction, share: int) -> None:
    found = agreement(read([(Fraction(50), 50 + apart)] * 5))
    assert found is not None
    assert found.within == share
