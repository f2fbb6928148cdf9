"""What can go wrong with programmes, each with its stable code."""

from webapp.programme.errors.instruments import (
    ImportRefused,
    InstrumentFrozen,
    InstrumentNotReady,
    NothingToSettle,
    NumbersUnsettled,
    RubricFaulty,
    WeightsIncomplete,
)
from webapp.programme.errors.periods import (
    DatesReversed,
    ForeignParticipant,
    NoParticipants,
    NotPrepared,
)

__all__ = [
    "DatesReversed", "ForeignParticipant", "ImportRefused", "InstrumentFrozen", "InstrumentNotReady", "NoParticipants",
    "NotPrepared", "NothingToSettle", "NumbersUnsettled", "RubricFaulty", "WeightsIncomplete",
]  # fmt: skip
