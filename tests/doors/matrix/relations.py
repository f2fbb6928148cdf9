"""What the words of the relations stand for in an address or a form."""

from __future__ import annotations

import uuid
from typing import Any

from tests.doors.matrix.people import AWAY, AWAY_UNIT, THEIRS
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR

Values = dict[str, Any]
NOWHERE = "12.34"
NEW = uuid.UUID("0f8fad5b-d9cb-469f-a165-70867728950e")  # a number no case has yet
OF_PEOPLE = {
    "person", "deactivate", "reactivate", "reset_password", "reset_factor", "end_sessions", "appoint",
    "end_appointment", "revoke_appointment",
}  # fmt: skip
OF_CLAIMS = {
    "tie", "untie", "score", "set_aside", "replace_reader", "assign_adjudicator", "adjudication", "adjudicate",
    "moderation", "moderate", "restore",
    "cite", "uncite",
}  # fmt: skip
OF_UPLOADS = {"ask_offset", "send_piece", "cancel_upload"}
REGIONS = {"here": KABUPATEN, "unit": MINE, "above": "99", "elsewhere": KOTA, "away": AWAY, "unknown": NOWHERE}
UNITS = {
    "unknown": NOWHERE,
    "here": MINE,
    "neighbour": NEXT_DOOR,
    "elsewhere": FAR,
    "theirs": THEIRS,
    "away": AWAY_UNIT,
}
ACCOUNTS = {"here": "desk", "below": "C", "elsewhere": "elsewhere_desk", "away": "away_desk", "ended": "N"}
# relation → (period, unit) where a sheet or a statement lies
SHEETS = {
    "own": ("open", MINE), "neighbour": ("open", NEXT_DOOR), "crossed": ("open", FAR), "final": ("final", MINE),
    "prepared": ("prepared", MINE), "elsewhere": ("elsewhere", FAR), "theirs": ("elsewhere", THEIRS),
    "away": ("away", AWAY_UNIT), "unknown": ("unknown", MINE), "unknown_unit": ("open", NOWHERE),
    "unknown_indicator": ("open", MINE),
}  # fmt: skip
# relation → (period of the address, claim)
CLAIMS = {
    "paired": ("open", "paired"), "scored": ("open", "paired"), "disputed": ("open", "disputed"),
    "neighbour_bare": ("open", "neighbour_bare"), "neighbour_disputed": ("open", "neighbour_disputed"),
    "waiting": ("open", "waiting"), "proven": ("open", "proven"), "neighbour": ("open", "neighbour"),
    "final": ("final", "final"), "crossed": ("open", "final"), "elsewhere": ("elsewhere", "elsewhere"),
    "theirs": ("elsewhere", "theirs"), "away": ("away", "away"), "unknown": ("unknown", "unknown"),
    "elsewhere_apart": ("elsewhere", "elsewhere_apart"), "elsewhere_aside": ("elsewhere", "elsewhere_aside"),
    "unknown_claim": ("open", "unknown"), "unknown_elsewhere": ("elsewhere", "unknown"),
}  # fmt: skip
# relation → (period of the address, slot of a presentation)
SLOTS = {
    "open": ("open", "open"), "heard": ("open", "heard"), "final": ("final", "final"), "crossed": ("open", "elsewhere"),
    "elsewhere": ("elsewhere", "elsewhere"), "away": ("away", "away"), "unknown": ("unknown", "unknown"),
    "unknown_slot": ("open", "unknown"),
}  # fmt: skip
# relation → the case that the form of a claim names
TIED = {
    "foreign_neighbour": "neighbour", "foreign_elsewhere": "elsewhere", "foreign_away": "away",
    "foreign_unknown": "unknown", "foreign_period": "locked",
}  # fmt: skip
