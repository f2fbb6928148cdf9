"""Periods and instruments: pure facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l

HUNDRED = Decimal(100)


class PeriodState(StrEnum):
    PREPARED = "prepared"
    OPEN = "open"
    FINAL = "final"


PERIOD_LABELS = {
    PeriodState.PREPARED: _l("Disiapkan"),
    PeriodState.OPEN: _l("Dibuka"),
    PeriodState.FINAL: _l("Final"),
}


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


@dataclass(frozen=True)
class WeightFault:
    """Weights below `owner` (an aspect's name; "" for the aspects themselves) total `total` instead of 100."""

    owner: str
    total: Decimal


def weight_faults(aspects: Iterable[tuple[str, Decimal, Iterable[Decimal]]]) -> list[WeightFault]:
    """Levels whose weights do not total 100: aspects as (name, weight, weights of its indicators)."""
    known = [(name, weight, list(below)) for name, weight, below in aspects]
    totals = [("", sum((weight for _, weight, _ in known), Decimal(0)))]
    totals += [(name, sum(below, Decimal(0))) for name, _, below in known]
    return [WeightFault(owner, total) for owner, total in totals if total != HUNDRED]
