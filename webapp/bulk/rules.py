"""How photos of an import are grouped into cases. Pure facts.

Every photo is in exactly one group, and the groups do not depend on the order in which photos are given.
"""

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from flask_babel import lazy_gettext as _l

from geo.values import LonLat, metres_apart

LONGEST_PAUSE = timedelta(minutes=90)  # within one case
FARTHEST_M = 300.0  # of a photo from the first place of its case

_K = TypeVar("_K", bound=Hashable)


class ImportState(StrEnum):
    OPEN = "open"
    DONE = "done"
    ABANDONED = "abandoned"


STATE_LABELS = {
    ImportState.OPEN: _l("Terbuka"),
    ImportState.DONE: _l("Selesai"),
    ImportState.ABANDONED: _l("Dibatalkan"),
}


class FileKind(StrEnum):
    PHOTO = "photo"
    ARCHIVE = "archive"
    NOTES = "notes"
    BACKUP = "backup"


class FileState(StrEnum):
    OPENING = "opening"
    OPENED = "opened"
    REFUSED = "refused"


class Because(StrEnum):
    """Why photos are in one group."""

    NOTE = "note"
    FOLDER = "folder"
    TIME = "time"
    PLACE = "place"
    UNKNOWN = "unknown"
    BACKUP = "backup"
    HAND = "hand"


BECAUSE_LABELS = {
    Because.NOTE: _l("satu baris catatan"),
    Because.FOLDER: _l("satu folder"),
    Because.TIME: _l("waktu dan tempat berdekatan"),
    Because.PLACE: _l("tempat berdekatan, tanpa waktu"),
    Because.UNKNOWN: _l("tanpa waktu dan tempat"),
    Because.BACKUP: _l("dari cadangan ponsel"),
    Because.HAND: _l("dipisahkan dengan tangan"),
}


@dataclass(frozen=True)
class Shot:
    """What is known of a photo. `path`: folders and name parted by "/"; `label`: what its note ties together."""

    key: int
    path: str
    source: str = ""  # the file it came in; folders that all photos of a source share say nothing
    label: str | None = None
    at: datetime | None = None
    place: LonLat | None = None


@dataclass(frozen=True)
class Group:
    """Photos that belong together, in their order, and why. `name`: of the folder or the label, "" for the others."""

    because: Because
    keys: tuple[int, ...]
    name: str = ""


def grouped(shots: Iterable[Shot]) -> list[Group]:
    """Groups in the order of their earliest photo; those without any time come last."""
    known = sorted(shots, key=lambda shot: shot.key)
    folders = _telling_folders(known)
    noted = [shot for shot in known if shot.label is not None]
    foldered = [shot for shot in known if shot.label is None and folders[shot.key]]
    rest = [shot for shot in known if shot.label is None and not folders[shot.key]]
    found = [
        *_by(Because.NOTE, noted, lambda shot: shot.label or ""),
        *_by(Because.FOLDER, foldered, lambda shot: f"{shot.source}\0{folders[shot.key]}"),
        *_by_time([shot for shot in rest if shot.at is not None]),
        *_by_place([shot for shot in rest if shot.at is None and shot.place is not None]),
        *_by(Because.UNKNOWN, [shot for shot in rest if shot.at is None and shot.place is None], lambda _: ""),
    ]
    by_key = {shot.key: shot for shot in known}
    return sorted(found, key=lambda group: _order(group, by_key))


def folder_of(path: str) -> str:
    """The folders of a path, without its name."""
    return path.rpartition("/")[0]


def _telling_folders(shots: Sequence[Shot]) -> dict[int, str]:
    """The folder of each photo below what all photos of its source share: a camera's only folder says nothing."""
    told: dict[int, str] = {}
    for of_source in _parted(shots, lambda shot: shot.source).values():
        parts = [folder_of(shot.path).split("/") for shot in of_source]
        shared = _shared(parts)
        told |= {shot.key: "/".join(part[shared:]) for shot, part in zip(of_source, parts, strict=True)}
    return told


def _shared(folders: Sequence[list[str]]) -> int:
    """How many of the first parts all folders share."""
    least, most = min(folders), max(folders)
    shared = 0
    while shared < min(len(least), len(most)) and least[shared] == most[shared]:
        shared += 1
    return shared


def _parted(shots: Iterable[Shot], name: Callable[[Shot], _K]) -> dict[_K, list[Shot]]:
    parts: dict[_K, list[Shot]] = {}
    for shot in shots:
        parts.setdefault(name(shot), []).append(shot)
    return parts


def _by(because: Because, shots: Sequence[Shot], name: Callable[[Shot], str]) -> list[Group]:
    return [_group(because, part, name(part[0]).rpartition("\0")[2]) for part in _parted(shots, name).values()]


def _by_time(shots: Sequence[Shot]) -> list[Group]:
    """One after the other; after a long pause, or far from where the group began, another begins."""
    parts: list[list[Shot]] = []
    anchor: LonLat | None = None
    last: datetime | None = None
    timed = [(shot.at, shot.key, shot) for shot in shots if shot.at is not None]
    for at, _, shot in sorted(timed, key=lambda one: one[:2]):
        pause = last is None or at - last > LONGEST_PAUSE
        if pause or _far(anchor, shot.place):
            parts.append([])
            anchor = None
        parts[-1].append(shot)
        anchor, last = anchor or shot.place, at
    return [_group(Because.TIME, part) for part in parts]


def _by_place(shots: Sequence[Shot]) -> list[Group]:
    """Around the first place that is not yet near another."""
    parts: list[list[Shot]] = []
    placed = [(shot.place.lon, shot.place.lat, shot.key, shot) for shot in shots if shot.place is not None]
    for *_, shot in sorted(placed, key=lambda one: one[:3]):
        near = next((part for part in parts if not _far(part[0].place, shot.place)), None)
        if near is None:
            parts.append(near := [])
        near.append(shot)
    return [_group(Because.PLACE, part) for part in parts]


def _far(anchor: LonLat | None, place: LonLat | None) -> bool:
    return anchor is not None and place is not None and metres_apart(anchor, place) > FARTHEST_M


def _group(because: Because, shots: Sequence[Shot], name: str = "") -> Group:
    in_order = sorted(shots, key=lambda shot: (shot.at is None, shot.at.timestamp() if shot.at else 0.0, shot.key))
    return Group(because, tuple(shot.key for shot in in_order), name)


def _order(group: Group, shots: Mapping[int, Shot]) -> tuple[bool, float, bool, int]:
    moments = [at for key in group.keys if (at := shots[key].at) is not None]
    earliest = min(moments).timestamp() if moments else 0.0
    return not moments, earliest, group.because is Because.UNKNOWN, min(group.keys)


@dataclass(frozen=True)
class NoteRow:
    """A row of a table of notes as far as it matters here. `file`: a photo's name or path, or a folder's."""

    row: int
    file: str
    label: str = ""

    @property
    def ties(self) -> str:
        """Photos of rows with the same text belong together."""
        return f"k:{_plain(self.label)}" if self.label else f"r:{self.row}"


def matched(rows: Iterable[NoteRow], paths: Mapping[int, str]) -> tuple[dict[int, NoteRow], list[NoteRow]]:
    """By photo, the row that means it; and the rows that mean none.

    A row for the photo itself goes before its folder's, an earlier row before a later one.
    """
    meant: dict[str, list[tuple[int, bool]]] = {}
    for key, path in sorted(paths.items()):
        for name, itself in _names(_plain(path)):
            meant.setdefault(name, []).append((key, itself))
    found: dict[int, tuple[bool, NoteRow]] = {}
    idle: list[NoteRow] = []
    for row in sorted(rows, key=lambda one: one.row):
        hits = meant.get(_plain(row.file), [])
        if not hits:
            idle.append(row)
        for key, itself in hits:
            if key not in found or (itself and not found[key][0]):
                found[key] = itself, row
    return {key: row for key, (_, row) in found.items()}, idle


def _names(path: str) -> Iterable[tuple[str, bool]]:
    """How a row may name a photo: by itself, with or without folders and extension (True), or by a folder (False)."""
    parts = path.split("/")
    folders = {"/".join(parts[a:b]): False for a in range(len(parts) - 1) for b in range(a + 1, len(parts))}
    ends = ["/".join(parts[a:]) for a in range(len(parts))]
    stems = [end.rpartition(".")[0] for end in ends if "." in parts[-1]]
    return {**folders, **{end: True for end in (*ends, *stems) if end}}.items()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("\\", "/").strip().strip("/").casefold()
