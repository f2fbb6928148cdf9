"""Two readers who know nothing of each other, a third where they differ too far, and what then counts."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from webapp.scoring.rules.claims import average

FIRST, SECOND, ADJUDICATOR = 1, 2, 3  # places at a claim; the first two read blind
PAIR = (FIRST, SECOND)


class PairState(StrEnum):
    """How far a claim read by a blind pair has come."""

    UNDRAWN = "undrawn"
    READING = "reading"
    AGREED = "agreed"
    DISPUTED = "disputed"
    ADJUDICATED = "adjudicated"


PAIR_LABELS = {
    PairState.UNDRAWN: _l("Pasangan belum diundi"),
    PairState.READING: _l("Sedang dinilai"),
    PairState.AGREED: _l("Kedua nilai masuk, selisih dalam batas"),
    PairState.DISPUTED: _l("Menunggu penengah"),
    PairState.ADJUDICATED: _l("Diputuskan penengah"),
}


def too_far(values: Sequence[Decimal], limit: Decimal, highest: Decimal) -> bool:
    """Whether the values lie further apart than `limit` points of 100, on a scale from 0 to `highest`.

    Exactly at the limit is still within it.
    """
    return bool(values) and (max(values) - min(values)) * 100 > limit * highest


def pair_state(
    drawn: int, values: Sequence[Decimal], limit: Decimal, highest: Decimal, *, adjudicated: bool = False
) -> PairState:
    """`drawn`: how many readers have a place; `values`: what those two have given so far."""
    if drawn < len(PAIR):
        return PairState.UNDRAWN
    if len(values) < len(PAIR):
        return PairState.READING
    if not too_far(values, limit, highest):
        return PairState.AGREED
    return PairState.ADJUDICATED if adjudicated else PairState.DISPUTED


def counted(state: PairState, values: Sequence[Decimal], adjudicated: Decimal | None) -> Decimal:
    """What a pair's claim is worth: the mean within the limit, beyond it the adjudicator's value in place of both.

    0 as long as neither is known.
    """
    if state is PairState.ADJUDICATED and adjudicated is not None:
        return adjudicated
    return average(values) if state is PairState.AGREED else Decimal(0)


def lot(seed: str, *parts: object) -> str:
    """A number nobody can choose and everybody can check: sha256 over the seed and what is drawn for, as hex."""
    return hashlib.sha256(":".join([seed, *map(str, parts)]).encode()).hexdigest()


def draw_pairs(
    seed: str, eligible: Mapping[int, Collection[int]], loads: Mapping[int, int]
) -> dict[int, tuple[int, int]]:
    """Two readers for each claim, by lot and with even loads; claims with fewer than two eligible people stay out.

    `eligible`: by claim, who may read it; `loads`: how many claims each of them has already. The same seed and facts
    give the same pairs. Claims with few eligible people come first, so that those people are still free for them.
    """
    carried = dict(loads)
    drawn: dict[int, tuple[int, int]] = {}
    for claim in sorted(eligible, key=lambda one: (len(set(eligible[one])), lot(seed, one))):
        first = draw_one(seed, claim, eligible[claim], carried)
        second = draw_one(seed, claim, set(eligible[claim]) - {first}, carried)
        if first is None or second is None:
            continue
        drawn[claim] = (first, second)
        for reader in drawn[claim]:
            carried[reader] = carried.get(reader, 0) + 1
    return drawn


def draw_one(seed: str, claim: int, eligible: Collection[int], loads: Mapping[int, int]) -> int | None:
    """One reader: among those with the least to do, by lot. None of nobody."""
    return min(eligible, key=lambda one: (loads.get(one, 0), lot(seed, claim, one)), default=None)
