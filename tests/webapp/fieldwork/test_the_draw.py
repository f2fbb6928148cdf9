"""The draw: anybody can repeat it, nobody can steer it, and each candidate has the same chance."""

import hashlib
from collections import Counter
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from webapp.fieldwork.rules import drawn, sample_size, seed_of

DAY = date(2026, 11, 28)
SECRET = "ab" * 32
IDS = st.lists(st.integers(1, 10_000), unique=True, max_size=60)
SHARES = st.decimals(0, 100, places=2)


@given(IDS, SHARES, st.randoms())
def test_the_order_of_the_candidates_changes_nothing(ids: list[int], share: Decimal, chance: object) -> None:
    shuffled = [*ids]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    seed = seed_of(SECRET, ids, DAY)
    assert seed_of(SECRET, shuffled, DAY) == seed
    assert drawn(seed, shuffled, share) == drawn(seed, ids, share)


@given(IDS, SHARES)
def test_as_many_are_drawn_as_the_share_says_rounded_up(ids: list[int], share: Decimal) -> None:
    sample = drawn(seed_of(SECRET, ids, DAY), ids, share)
    assert set(sample) <= set(ids)
    assert len(set(sample)) == len(sample) == sample_size(len(ids), share)
    assert len(ids) * share <= 100 * len(sample) < len(ids) * share + 100
    assert bool(sample) == bool(ids and share)


@given(IDS.filter(bool), SHARES, SHARES)
def test_a_larger_share_only_adds(ids: list[int], one: Decimal, other: Decimal) -> None:
    seed = seed_of(SECRET, ids, DAY)
    less, more = sorted((drawn(seed, ids, one), drawn(seed, ids, other)), key=len)
    assert more[: len(less)] == less


def test_every_candidate_is_drawn_about_equally_often() -> None:
    """2,000 secrets, 20 candidates, a quarter drawn: 500 times each, give or take five standard deviations (97)."""
    ids, often = list(range(101, 121)), Counter[int]()
    for number in range(2_000):
        secret = hashlib.sha256(str(number).encode()).hexdigest()
        often.update(drawn(seed_of(secret, ids, DAY), ids, Decimal(25)))
    assert set(often) == set(ids)
    assert all(abs(times - 500) < 97 for times in often.values()), often


def test_the_draw_can_be_repeated_with_nothing_but_sha256() -> None:
    """As the plan's page describes it, written down here without the product."""

    def sha(said: str) -> str:
        return hashlib.sha256(said.encode()).hexdigest()

    ids = [7, 3, 12, 5]
    seed = sha(f"{SECRET}|3,5,7,12|2026-11-28")
    assert seed_of(SECRET, ids, DAY) == seed
    assert drawn(seed, ids, Decimal(50)) == tuple(sorted(ids, key=lambda number: sha(f"{seed}|{number}"))[:2])


@given(IDS.filter(lambda ids: len(ids) > 1))
def test_other_candidates_another_day_or_another_secret_are_another_seed(ids: list[int]) -> None:
    others = (
        seed_of(SECRET, ids[1:], DAY), seed_of(SECRET, ids, date(2026, 11, 29)), seed_of("cd" * 32, ids, DAY)
    )  # fmt: skip
    assert seed_of(SECRET, ids, DAY) not in others
