"""Periods and instruments: pure facts."""

from webapp.programme.rules.faults import FEWEST_LEVELS, OF_WEIGHTS, ONLY_SAID, Fault, Wrong, faults_of, told
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
from webapp.programme.rules.plans import AspectPlan, GradePlan, IndicatorPlan, InstrumentPlan, LevelPlan
from webapp.programme.rules.rubrics import Span, step_of, unevenly_scored

__all__ = [
    "FEWEST_LEVELS", "HUNDRED", "METHOD_LABELS", "MODE_LABELS", "OF_WEIGHTS", "ONLY_SAID", "PERIOD_LABELS",
    "READING_LABELS", "SPREAD_LIMIT", "STAGE_LABELS", "TIE_LABELS", "ZERO", "AspectPlan", "Fault", "GradePlan",
    "IndicatorPlan", "InstrumentPlan", "LevelPlan", "Method", "Mode", "PeriodState", "Reading", "Span", "StageKind",
    "TieRule", "WeightFault", "Wrong", "faults_of", "step_of", "told", "unevenly_scored", "weight_faults",
]  # fmt: skip
