"""The verbs of reporting. None commits; each writes its line of history."""

from webapp.reporting.services.daily import NewEntry, log_activity, today_of, withdraw_entry
from webapp.reporting.services.freezing import FROZEN, content_of, digest
from webapp.reporting.services.quarterly import (
    SaidOfLine,
    excuse,
    has_begun,
    mark_failed,
    mark_received,
    pass_deadlines,
    save_draft,
    submit,
)
from webapp.reporting.services.setup import (
    NewLine,
    add_line,
    add_unit,
    change_line,
    make_agency,
    make_year,
    remove_line,
    set_terms,
)

__all__ = [
    "FROZEN",
    "NewEntry",
    "NewLine",
    "SaidOfLine",
    "add_line",
    "add_unit",
    "change_line",
    "content_of",
    "digest",
    "excuse",
    "has_begun",
    "log_activity",
    "make_agency",
    "make_year",
    "mark_failed",
    "mark_received",
    "pass_deadlines",
    "remove_line",
    "save_draft",
    "set_terms",
    "submit",
    "today_of",
    "withdraw_entry",
]
