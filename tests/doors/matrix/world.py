"""The world in which the table is tried: names of its things, their words, and their ids once it is made.

Everything a case, a claim, a period or a score says begins with `kata-` and its own name, and so does every answer it
leaks into. Ids begin at millions of their own, so that a number in a page can only be that id.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.doors.matrix.people import AWAY_UNIT, THEIRS
from tests.factories import FAR, MINE, NEXT_DOOR
from webapp.accounts.models import Account
from webapp.evidence.rules import Move

UNKNOWN = 2_000_000_007
FIRST_ID = {
    "account": 71_000_001, "evidence": 72_000_001, "photo": 73_000_001, "claim": 74_000_001, "period": 75_000_001,
    "instrument": 76_000_001, "aspect": 77_000_001, "indicator": 78_000_001, "appointment": 79_000_001,
}  # fmt: skip
# Where a thing lies is told by how its name begins.
PLACES = {"neighbour": NEXT_DOOR, "elsewhere": FAR, "theirs": THEIRS, "away": AWAY_UNIT}
_TAKE, _FIELD, _YES = Move.TAKE, Move.SEND_TO_FIELD, Move.ACCEPT_AT_DESK
# name → the moves that lead there, each with the hand that makes it
WAYS: dict[str, tuple[tuple[Move, str], ...]] = {
    "sent": (), "partial": (), "neighbour": (), "elsewhere": (), "theirs": (), "away": (),
    "held": ((_TAKE, "D"),), "held_other": ((_TAKE, "desk"),),
    "returned": ((_TAKE, "desk"), (Move.RETURN, "desk")),
    "proposed": ((_TAKE, "desk"), (Move.PROPOSE_REJECTION, "desk")),
    "proposed_mine": ((_TAKE, "D"), (Move.PROPOSE_REJECTION, "D")),
    "rejected": ((_TAKE, "D"), (Move.PROPOSE_REJECTION, "D"), (Move.CONFIRM_REJECTION, "desk")),
    "objected": (
        (_TAKE, "D"), (Move.PROPOSE_REJECTION, "D"), (Move.CONFIRM_REJECTION, "desk"), (Move.OBJECT, "C"),
    ),
    "verified": ((_TAKE, "desk"), (_YES, "desk")),
    "awaiting": ((_TAKE, "desk"), (_FIELD, "desk")), "visited": ((_TAKE, "desk"), (_FIELD, "desk")),
    "partial_field": ((_TAKE, "desk"), (_FIELD, "desk")),
    "confirmed": ((_TAKE, "desk"), (_FIELD, "desk"), (Move.CONFIRM_ON_SITE, "field")),
    "locked": ((_TAKE, "desk"), (_YES, "desk")),
    "elsewhere_proven": ((_TAKE, "elsewhere_desk"), (_YES, "elsewhere_desk")),
    "theirs_proven": ((_TAKE, "elsewhere_desk"), (_YES, "elsewhere_desk")),
}  # fmt: skip
DRAFTS = ("draft", "withdrawn", "neighbour_draft", "elsewhere_draft", "away_draft")
CASES = (*DRAFTS, *WAYS)


def word(kind: str, name: str) -> str:
    """What only this thing says."""
    return f"kata-{kind}-{name.replace('_', '-')}-tamat"


@dataclass
class World:
    """Ids by name; accounts also as rows, for signing in."""

    people: dict[str, Account]
    cases: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)  # of cases, as a page would show them
    photos: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)  # a signal of each case
    periods: dict[str, int] = field(default_factory=dict)
    claims: dict[str, int] = field(default_factory=dict)
    ties: dict[str, int] = field(default_factory=dict)  # what D declared, by period
    instruments: dict[str, int] = field(default_factory=dict)
    aspects: dict[str, int] = field(default_factory=dict)  # by instrument
    parts: dict[str, int] = field(default_factory=dict)  # an indicator, by instrument
    indicators: dict[str, list[int]] = field(default_factory=dict)  # by period
    appointments: dict[str, list[int]] = field(default_factory=dict)  # by person
    numbers: dict[str, uuid.UUID] = field(default_factory=dict)  # of cases, as their makers' clients made them
    secrets: dict[str, str] = field(default_factory=dict)  # of second factors, by person
    slots: dict[str, int] = field(default_factory=dict)  # of presentations
    studies: dict[str, int] = field(default_factory=dict)  # study assignments, by place
    uploads: dict[str, uuid.UUID] = field(default_factory=dict)  # of the photos of cases, by case
    receipts: dict[str, str] = field(default_factory=dict)  # their codes, by case
    imports: dict[str, uuid.UUID] = field(default_factory=dict)  # by whose they are
    downloads: dict[str, uuid.UUID] = field(default_factory=dict)  # by whose they are; waiting: L's
    items: dict[str, int] = field(default_factory=dict)  # a photo in each of them
    plans: dict[str, int] = field(default_factory=dict)  # of visits, by area
    planned: dict[str, int] = field(default_factory=dict)  # a visit on each of them
    visits: dict[str, int] = field(default_factory=dict)  # by area finished ones; going_on: the one under way
    papers: dict[str, tuple[int, str]] = field(default_factory=dict)  # letters by area, minutes; with their codes
    minutes: dict[str, tuple[int, str]] = field(default_factory=dict)  # of plenaries by area, with their codes
    series: dict[str, int] = field(default_factory=dict)  # of meetings, by place
    meetings: dict[str, int] = field(default_factory=dict)  # an open one by place, and a closed one
    tasks: dict[str, int] = field(default_factory=dict)  # what a unit is to do, by meeting
    agreement_sets: dict[str, int] = field(default_factory=dict)
    agreements: dict[str, int] = field(default_factory=dict)
    regulations: dict[str, int] = field(default_factory=dict)
    publications: dict[str, Any] = field(default_factory=dict)  # `publications.Made`, by how far they came
    events: dict[str, int] = field(default_factory=dict)  # the line of history that made a case
    years: dict[str, int] = field(default_factory=dict)  # of reporting, by government
    reporting: dict[str, dict[str, int]] = field(default_factory=dict)  # ids of a unit and of what it holds, by unit
    ways: dict[str, int] = field(default_factory=dict)  # revisions on their way to the centre, by place
    annexes: dict[str, int] = field(default_factory=dict)  # recaps that meetings keep, by meeting
    head: int = 0  # the size of the trail's signed head
    sessions: dict[str, int] = field(default_factory=dict)  # of open browsers, by person


# Imports are one person's alone: theirs is T's.
IMPORTS = {"camat": "C", "theirs": "T", "neighbour": "neighbour_camat", "away": "away_camat"}

DOWNLOADS = {"leader": "L", "camat": "C", "theirs": "T", "waiting": "L"}


def unit_of(name: str) -> str:
    """The unit a thing of that name belongs to."""
    return PLACES.get(name.split("_")[0], MINE)


def camat_of(name: str) -> str:
    """The hand that makes the things of that place."""
    place = name.split("_")[0]
    return f"{place}_camat" if place in PLACES else "C"


def redrawn() -> bytes:
    """A file of boundaries that redraws the kecamatan of K and C a little, inside its kabupaten."""
    ring = [[100.0, -2.0], [100.09, -2.0], [100.09, -1.9], [100.0, -1.9], [100.0, -2.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"code": MINE, "name": f"Kecamatan {MINE}"}, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
