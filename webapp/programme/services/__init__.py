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
    assign_study,
    create_period,
    open_period,
)

__all__ = [
    "PeriodFields", "Step", "Terms", "add_aspect", "add_indicator", "add_planned", "assign_study", "change_aspect",
    "change_indicator", "change_terms", "copy_instrument", "create_instrument", "create_period", "demand_ready",
    "move_aspect", "move_indicator", "must_be_changeable", "open_period", "remove_aspect", "remove_indicator",
    "settle", "write_plan",
]  # fmt: skip
