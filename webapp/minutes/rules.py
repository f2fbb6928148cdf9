"""Kinds of minutes, who is needed to sign them, and how they stand. Pure facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from webapp.wording import romawi

SHARE = 50  # [P] more than this percent of the team signs


class Kind(StrEnum):
    """What is recorded. Visits in the field have minutes of their own: `webapp.fieldwork`."""

    DESK = "desk_closing"
    PRESENTATION = "presentation_day"
    SHORTLIST = "shortlist"
    PLENARY = "plenary"
    REOPENING = "reopening"


TELLS_VALUES = frozenset({Kind.PRESENTATION, Kind.SHORTLIST, Kind.PLENARY})
KIND_LABELS = {
    Kind.DESK: _l("Berita acara penutupan verifikasi meja"),
    Kind.PRESENTATION: _l("Berita acara pemaparan"),
    Kind.SHORTLIST: _l("Berita acara penyaringan"),
    Kind.PLENARY: _l("Berita acara rapat pleno"),
    Kind.REOPENING: _l("Berita acara pembukaan kembali"),
}
# Of every paper that has a code, those of the field too.
PAPER_LABELS: dict[str, LazyString] = {
    "surat_tugas": _l("Surat tugas"),
    "berita_acara": _l("Berita acara kunjungan"),
    **{str(kind): label for kind, label in KIND_LABELS.items()},
}
PREFIXES = {
    Kind.DESK: "BA-VM", Kind.PRESENTATION: "BA-PM", Kind.SHORTLIST: "BA-PS", Kind.PLENARY: "BA-RP",
    Kind.REOPENING: "BA-PK",
}  # fmt: skip


class Standing(StrEnum):
    """How minutes stand."""

    WAITING = "waiting"  # for signatures
    SIGNED = "signed"
    REPLACED = "replaced"  # by a newer edition
    FALLEN = "fallen"  # what it was made from is another now


STANDING_LABELS = {
    Standing.WAITING: _l("Menunggu tanda tangan"),
    Standing.SIGNED: _l("Ditandatangani"),
    Standing.REPLACED: _l("Diganti"),
    Standing.FALLEN: _l("Gugur"),
}


@dataclass(frozen=True)
class Signed:
    """One signature: whose, and whether that person agrees."""

    account_id: int
    agrees: bool


def needed(team: int, share: int = SHARE) -> int:
    """How many of a team must sign: the least number above `share` percent, at most all. 2 of 3, 3 of 4."""
    return min(team * share // 100 + 1, max(team, 1))


def in_force(signatures: Iterable[Signed], need: int, chairs: Iterable[int]) -> bool:
    """Whether minutes are signed: by as many as needed, a chair among them, and more agree than do not.

    Who signs and does not agree still counts as there: the quorum is of people, the decision of those who agree. [P]
    """
    given = list(signatures)
    agree = sum(one.agrees for one in given)
    led = not {one.account_id for one in given}.isdisjoint(chairs)
    return len(given) >= need and led and agree > len(given) - agree


def number_of(prefix: str, following: int, region: str, day: date) -> str:
    """The number of a paper: "BA-RP/0007/32.04/XI/2026"."""
    return f"{prefix}/{following:04d}/{region}/{romawi(day.month)}/{day.year}"


def like_number(prefix: str, region: str, year: int) -> str:
    """What the numbers of a kind in a region and year look like, for LIKE."""
    return f"{prefix}/____/{region}/%/{year}"
