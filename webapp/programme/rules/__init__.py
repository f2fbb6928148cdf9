"""Periods and instruments: pure facts."""

from webapp.programme.rules.instruments import (
    HUNDRED,
    METHOD_LABELS,
    MODE_LABELS,
    READING_LABELS,
    SPREAD_LIMIT,
    TIE_LABELS,
    ZERO,
    Method,
    Mode,
    Reading,
    TieRule,
    WeightFault,
    weight_faults,
)
from webapp.programme.rules.periods import (
    PERIOD_LABELS,
    STAGE_LABELS,
    PeriodState,
    StageKind,
)

__all__ = [
    "HUNDRED",
    "METHOD_LABELS",
    "MODE_LABELS",
    "PERIOD_LABELS",
    "READING_LABELS",
    "SPREAD_LIMIT",
    "STAGE_LABELS",
    "TIE_LABELS",
    "ZERO",
    "Method",
    "Mode",
    "PeriodState",
    "Reading",
    "StageKind",
    "TieRule",
    "WeightFault",
    "weight_faults",
]
