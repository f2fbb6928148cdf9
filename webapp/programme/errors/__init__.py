"""What can go wrong with programmes, each with its stable code."""

from webapp.programme.errors.instruments import (
    InstrumentFrozen,
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
    "DatesReversed",
    "ForeignParticipant",
    "InstrumentFrozen",
    "NoParticipants",
    "NotPrepared",
    "NotReady",
    "StageOutOfOrder",
    "StageStands",
    "StageUnknown",
    "WeightsIncomplete",
]
