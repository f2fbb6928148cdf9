"""Instruments: pure facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l

HUNDRED = Decimal(100)
ZERO = Decimal(0)


class Mode(StrEnum):
    """How evidence must be verified before it counts."""

    DESK = "desk"
    FIELD = "field"
    BOTH = "both"


MODE_LABELS = {
    Mode.DESK: _l("Verifikasi meja"),
    Mode.FIELD: _l("Verifikasi lapangan"),
    Mode.BOTH: _l("Meja dan lapangan"),
}


class Reading(StrEnum):
    """Who values a proven claim: as many assessors as the quorum asks, or two who know nothing of each other."""

    QUORUM = "quorum"
    BLIND_PAIR = "blind_pair"


READING_LABELS = {
    Reading.QUORUM: _l("Kuorum penilai"),
    Reading.BLIND_PAIR: _l("Dua penilai tersamar dan penengah"),
}
SPREAD_LIMIT = Decimal(20)  # points of 100 of an indicator's maximum, unless the instrument says otherwise


class Method(StrEnum):
    """How an indicator's value comes about."""

    RATED = "rated"  # assessors give a proven claim 0 to the maximum
    LEVELS = "levels"  # the unit claims a level, assessors grant that one or a lower
    COUNT = "count"  # points for each verified event, up to the maximum; nobody rates
    PRESENTATION = "presentation"  # assessors who were there rate what was presented; no evidence is asked for


METHOD_LABELS = {
    Method.RATED: _l("Dinilai penilai"),
    Method.LEVELS: _l("Pilihan bertingkat"),
    Method.COUNT: _l("Dihitung per kegiatan"),
    Method.PRESENTATION: _l("Pemaparan atau wawancara"),
}


class TieRule(StrEnum):
    """What decides between equal totals where a line must be drawn between them."""

    ASK = "ask"  # the team says who, with a reason
    ASPECTS = "aspects"  # the higher aspect, the heaviest first
    EXTEND = "extend"  # all of them go on
    LOTS = "lots"


TIE_LABELS = {
    TieRule.ASK: _l("Tim memutuskan dengan alasan"),
    TieRule.ASPECTS: _l("Nilai aspek, dari bobot terbesar"),
    TieRule.EXTEND: _l("Semua yang sama nilainya ikut maju"),
    TieRule.LOTS: _l("Undian yang dapat diulang"),
}


@dataclass(frozen=True)
class WeightFault:
    """Weights below `owner` (an aspect's name; "" for the aspects of that round) total `total` instead of 100."""

    owner: str
    total: Decimal
    round: int = 1


def weight_faults(aspects: Iterable[tuple[str, Decimal, Iterable[Decimal], int]]) -> list[WeightFault]:
    """Levels whose weights do not total 100: aspects as (name, weight, weights of its indicators, round).

    The aspects of each round total 100 by themselves; the first round always exists.
    """
    known = [(name, weight, list(below), part) for name, weight, below, part in aspects]
    faults = []
    for part in sorted({1, *(one[3] for one in known)}):
        total = sum((weight for _, weight, _, within in known if within == part), ZERO)
        if total != HUNDRED:
            faults.append(WeightFault("", total, part))
    totals = ((name, sum(below, ZERO), part) for name, _, below, part in known)
    return faults + [WeightFault(name, total, part) for name, total, part in totals if total != HUNDRED]


def grade_of(reached: Decimal, bands: Iterable[tuple[str, Decimal, bool]]) -> str:
    """The grade of a total; bands as (label, from, whether that total itself is in it). "" where no band begins."""
    entered = [
        (begins, label) for label, begins, includes in bands if reached > begins or (includes and reached == begins)
    ]
    return max(entered)[1] if entered else ""
