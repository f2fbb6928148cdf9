"""Kinds of meetings, weeks without one, and the text a closed meeting is hashed over. Pure facts."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l


class MeetingKind(StrEnum):
    """Kinds of meetings the founding articles name."""

    MINGGON = "minggon"
    RAKOR = "rakor"
    RAPIM = "rapim"
    CAMAT_KADES = "camat_kades"


KIND_LABELS = {
    MeetingKind.MINGGON: _l("Rapat minggon"),
    MeetingKind.RAKOR: _l("Rapat koordinasi (rakor)"),
    MeetingKind.RAPIM: _l("Rapat pimpinan (rapim)"),
    MeetingKind.CAMAT_KADES: _l("Koordinasi camat dan kades/lurah"),
}


class UnitKind(StrEnum):
    """What kind of unit is invited. Units and numbers of people are kept, never names."""

    KECAMATAN = "kecamatan"
    DESA = "desa"
    AGENCY = "agency"
    OTHER = "other"


UNIT_LABELS = {
    UnitKind.KECAMATAN: _l("Kecamatan"),
    UnitKind.DESA: _l("Desa atau kelurahan"),
    UnitKind.AGENCY: _l("Perangkat daerah"),
    UnitKind.OTHER: _l("Unit lain"),
}


class ItemState(StrEnum):
    """How far an action item has come."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


ITEM_LABELS = {
    ItemState.OPEN: _l("Belum selesai"),
    ItemState.DONE: _l("Selesai"),
    ItemState.DROPPED: _l("Dihentikan"),
}
WEEKDAY_LABELS = {
    1: _l("Senin"), 2: _l("Selasa"), 3: _l("Rabu"), 4: _l("Kamis"), 5: _l("Jumat"), 6: _l("Sabtu"), 7: _l("Minggu"),
}  # fmt: skip
MOST_LINES, LONGEST_LINE = 100, 500
MOST_HEADS = 10_000


def lines(text: str) -> list[str]:
    """One point a line, without blank lines and blank ends."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def expected_days(starts_on: date, weekday: int, today: date) -> list[date]:
    """The days of a weekly meeting that have passed, from `starts_on` to yesterday. `weekday`: 1 Monday to 7 Sunday."""
    first = starts_on + timedelta(days=(weekday - starts_on.isoweekday()) % 7)
    weeks = max(0, -(-(today - first).days // 7))
    return [first + timedelta(weeks=week) for week in range(weeks)]


def silent_days(starts_on: date, weekday: int, held: Iterable[date], today: date) -> list[date]:
    """Days on which the weekly meeting should have been and in whose week (Monday to Sunday) none was, latest first.

    A meeting moved to another day of its week breaks no silence rule. `held`: days of meetings that were closed.
    """
    weeks = {day.isocalendar()[:2] for day in held}
    return [day for day in reversed(expected_days(starts_on, weekday, today)) if day.isocalendar()[:2] not in weeks]


def frozen(content: dict[str, Any]) -> str:
    """What a hash is of: the content as JSON in UTF-8 with sorted keys and without spaces."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of `frozen(content)`, 64 hexadecimal digits."""
    return hashlib.sha256(frozen(content).encode()).hexdigest()
