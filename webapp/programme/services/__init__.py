"""Verbs of programmes: instruments, periods with their participants."""

from webapp.programme.services.instruments import (
    add_aspect,
    add_indicator,
    copy_instrument,
    create_instrument,
    must_be_changeable,
    remove_aspect,
    remove_indicator,
)
from webapp.programme.services.periods import (
    PeriodFields,
    StagePlan,
    assign_study,
    change_period,
    copy_period,
    create_period,
    open_period,
    pool_of,
)
from webapp.programme.services.stages import close_stage, open_stage

__all__ = [
    "PeriodFields",
    "StagePlan",
    "add_aspect",
    "add_indicator",
    "assign_study",
    "change_period",
    "close_stage",
    "copy_instrument",
    "copy_period",
    "create_instrument",
    "create_period",
    "must_be_changeable",
    "open_period",
    "open_stage",
    "pool_of",
    "remove_aspect",
    "remove_indicator",
]
