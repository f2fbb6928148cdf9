"""What an upload may be for, how it ends, and whether it came in time. Pure facts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Purpose(StrEnum):
    PHOTO = "photo"  # of a case
    VISIT = "visit"  # a photo taken on site, of a visit that arrives later
    IMPORT = "import"  # a file of an import: a photo, a zip of photos, or a table of notes


class Verdict(StrEnum):
    """What became of a file that has arrived whole. `RECEIVED` is stored; its pictures may still have to be made."""

    RECEIVED = "received"
    SAME = "same"
    REFUSED = "refused"


class Shown(StrEnum):
    """A verdict as people are told: what was received is accepted once its pictures are there."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    SAME = "same"
    REFUSED = "refused"
    REMOVED = "removed"  # accepted, and later taken out of the case by its unit


SHOWN_LABELS = {
    Shown.RECEIVED: _l("Tiba, gambar sedang dibuat"),
    Shown.ACCEPTED: _l("Diterima"),
    Shown.SAME: _l("Sama dengan foto yang sudah ada"),
    Shown.REFUSED: _l("Ditolak"),
    Shown.REMOVED: _l("Diterima, kemudian dihapus dari bukti oleh unitnya"),
}


class Timeliness(StrEnum):
    """Against a deadline, by the server's clock; what the phone says of its own is shown as what it says."""

    IN_TIME = "in_time"
    CAPTURED_BEFORE = "captured_before"  # delivered after
    LATE = "late"


TIMELINESS_LABELS = {
    Timeliness.IN_TIME: _l("Tiba sebelum batas waktu"),
    Timeliness.CAPTURED_BEFORE: _l("Difoto sebelum batas waktu, tiba sesudahnya"),
    Timeliness.LATE: _l("Tiba sesudah batas waktu"),
}


def timeliness(captured_at: datetime | None, arrived_at: datetime, closes_at: datetime | None) -> Timeliness:
    """How an arrival lies to a deadline. Without a deadline everything is in time."""
    if closes_at is None or arrived_at <= closes_at:
        return Timeliness.IN_TIME
    before = captured_at is not None and captured_at <= closes_at
    return Timeliness.CAPTURED_BEFORE if before else Timeliness.LATE


@dataclass(frozen=True)
class Fate:
    """What is known of a file that has arrived, and of the photo it became."""

    purpose: Purpose
    verdict: Verdict
    has_photo: bool  # the row is still there
    settled: bool  # its pictures are made, or it is known that none can be
    refused_later: str | None  # by which code, when nobody could open it after all


def shown(fate: Fate) -> Shown:
    """The verdict as people are told. Until the pictures are there nobody is told that a photo is safe to delete."""
    if fate.verdict is Verdict.REFUSED:
        return Shown.REFUSED
    if fate.purpose is Purpose.IMPORT:
        return Shown.ACCEPTED
    if not fate.has_photo:
        return Shown.REFUSED if fate.refused_later else Shown.REMOVED
    if not fate.settled:
        return Shown.RECEIVED
    return Shown.SAME if fate.verdict is Verdict.SAME else Shown.ACCEPTED
