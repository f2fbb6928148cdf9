"""Verbs of programmes: instruments, periods with their participants."""

from webapp.programme.services.instruments import (
    Step,
    Terms,
    add_aspect,
    add_indicator,
    add_planned,
    change_aspect,
    change_indicator,
    change_terms,
    copy_instrument,
    create_instrument,
    demand_ready,
    move_aspect,
    move_indicator,
    must_be_changeable,
    remove_aspect,
    remove_indicator,
    settle,
    write_plan,
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
        "PeriodFields", "StagePlan", "Step", "Terms", "add_aspect", "add_indicator", "add_planned", "assign_study",
    "change_aspect", "change_indicator", "change_period", "change_terms", "close_stage", "copy_instrument",
    "copy_period", "create_instrument", "create_period", "demand_ready", "move_aspect", "move_indicator",
    "must_be_changeable", "open_period", "open_stage", "pool_of", "remove_aspect", "remove_indicator", "settle",
    "write_plan",
]  # fmt: skip
