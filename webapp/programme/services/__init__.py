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
    assign_study,
    create_period,
    open_period,
)

__all__ = [
    "PeriodFields",
    "add_aspect",
    "add_indicator",
    "assign_study",
    "copy_instrument",
    "create_instrument",
    "create_period",
    "must_be_changeable",
    "open_period",
    "remove_aspect",
    "remove_indicator",
]
