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
    NotReady,
    StageOutOfOrder,
    StageStands,
    StageUnknown,
)

__all__ = [
        "DatesReversed", "ForeignParticipant", "ImportRefused", "InstrumentFrozen", "InstrumentNotReady",
    "NoParticipants", "NotPrepared", "NotReady", "NothingToSettle", "NumbersUnsettled", "RubricFaulty",
    "StageOutOfOrder", "StageStands", "StageUnknown", "WeightsIncomplete",
]  # fmt: skip
