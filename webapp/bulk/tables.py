"""Notes beside the photos: a CSV, XLSX or ODS whose columns are known by their names, whatever their order and case."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from media.buffers import Buffer
from webapp.bulk import sheet
from webapp.bulk.archives import is_zip
from webapp.bulk.naming import clean_path
from webapp.forms.json import read_object
from webapp.forms.text import clean_text
from webapp.forms.words import FieldRefused

MOST_BYTES = 5 * 1024**2
MOST_ROWS = 10_000
MOST_PROBLEMS = 200  # that are kept; a table with more is another kind of table
_HEADER_WITHIN = 20  # rows
_SECONDS = sheet.SECONDS + 10
_PACKAGES = Path(__file__).resolve().parents[2]
_NAMES = {
    "file": "berkas folder berkas/folder file foto photo path nama_berkas nama_file nama_foto file_name filename",
    "title": "judul title",
    "note": "uraian note notes catatan keterangan description",
    "day": "tanggal date tgl tanggal_kegiatan",
    "activity": "kegiatan activity",
    "kind": "jenis kind type",
    "label": "kelompok group grup",
}
_COLUMNS = {name: column for column, names in _NAMES.items() for name in names.split()}
HEADER = ("berkas", "judul", "uraian", "tanggal", "kegiatan", "jenis", "kelompok")
_LONGEST = {"title": 200, "note": 5_000, "file": 400, "label": 120, "activity": 120, "kind": 120}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan", "februari february feb pebruari", "maret march mar", "april apr", "mei may",
            "juni june jun", "juli july jul", "agustus august agu aug ags", "september sep sept",
            "oktober october okt oct", "november nov nopember", "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DAY_FIRST = re.compile(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4})")
_IN_WORDS = re.compile(r"(?:[^\W\d]+,?\s+)?(\d{1,2})[ \-]([^\W\d]+)[ \-,](\d{4})")
_YEARS = range(1990, 2100)


class NotesRefused(Exception):
    """The table is not read at all; `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Problem:
    """What is wrong in a table: the row as its person counts, the column's own name, a stable code, and the value."""

    row: int
    column: str
    code: str
    value: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "code": self.code, "value": self.value[:80]}


@dataclass(frozen=True)
class Row:
    """A row of notes. `row`: as its person counts, the header being one of them."""

    row: int
    file: str
    title: str = ""
    note: str = ""
    day: date | None = None
    activity: str = ""
    kind: str = ""
    label: str = ""


@dataclass
class Notes:
    """What was read, and what could not be."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def blame(self, row: int, column: str, code: str, value: str = "") -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(row, column, code, value))


def read_notes(data: Buffer) -> Notes:
    """The rows of a table. A cell that cannot be read is named in `problems`, the rest of its row is kept.

    Raises `NotesRefused` (notes_too_large, notes_damaged, notes_too_heavy, notes_without_columns, notes_too_many).
    """
    if len(data) > MOST_BYTES:
        raise NotesRefused("notes_too_large")
    rows = _of_sheet(data) if is_zip(data) else _of_text(data)
    if len(rows) > MOST_ROWS + 1:
        raise NotesRefused("notes_too_many")
    filled = (at for at, row in enumerate(rows[:_HEADER_WITHIN]) if any(cell.strip() for cell in row))
    head = next(filled, None)
    if head is None:
        raise NotesRefused("notes_without_columns")
    columns = _columns(rows[head])
    if "file" not in columns:
        raise NotesRefused("notes_without_columns")
    return _read(rows, head, columns)


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Where each known column stands; of two with the same meaning the first counts."""
    found: dict[str, int] = {}
    for at, cell in enumerate(header):
        meant = _COLUMNS.get("_".join(cell.strip().strip("\ufeff").casefold().replace("-", " ").split()))
        if meant and meant not in found:
            found[meant] = at
    return found


def _read(rows: Sequence[Sequence[str]], head: int, columns: dict[str, int]) -> Notes:
    notes = Notes()
    for number, cells in enumerate(rows[head + 1 :], start=head + 2):
        said = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
        if not any(said.values()):
            continue
        names = {name: rows[head][at].strip() for name, at in columns.items()}
        texts = {name: _text(notes, number, names, name, said) for name in said if name != "day"}
        if not texts["file"]:
            notes.blame(number, names["file"], "cell_empty")
            continue
        texts["file"] = clean_path(texts["file"])
        notes.rows.append(Row(number, day=_day(notes, number, names, said), **texts))
    return notes


def _text(notes: Notes, row: int, names: dict[str, str], name: str, said: dict[str, str]) -> str:
    try:
        return clean_text(said[name], longest=_LONGEST[name], required=False, lines=name == "note")
    except FieldRefused as refused:
        notes.blame(row, names[name], refused.code, said[name])
        return ""


def _day(notes: Notes, row: int, names: dict[str, str], said: dict[str, str]) -> date | None:
    text = said.get("day", "")
    day = read_day(text)
    if text and day is None:
        notes.blame(row, names["day"], "date_unreadable", text)
    return day


def read_day(text: str) -> date | None:
    """A day as people here write it: 2018-08-06, 6/8/2018 (day first), 6 Agustus 2018; None for anything else."""
    text = " ".join(text.split())
    try:
        return _within(date.fromisoformat(text[:10]) if re.match(r"\d{4}-\d\d-\d\d([ T]|$)", text) else _written(text))
    except ValueError:
        return None


def _written(text: str) -> date:
    if found := _DAY_FIRST.fullmatch(text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    if (found := _IN_WORDS.fullmatch(text)) and (month := _MONTHS.get(found[2].casefold())):
        return date(int(found[3]), month, int(found[1]))
    raise ValueError(text)


def _within(day: date) -> date | None:
    return day if day.year in _YEARS else None


def _of_text(data: Buffer) -> list[list[str]]:
    """Comma, semicolon or tab, whichever the header speaks; UTF-8 with or without its mark, else Windows' own."""
    raw = bytes(data[:])
    text = _decoded(raw).replace("\x00", "")
    lines = text[:8_192].splitlines()[:_HEADER_WITHIN]
    delimiter = max(",;\t", key=lambda sign: max((_told_by(line, sign) for line in lines), default=0))
    try:
        return list(_first(_csv(io.StringIO(text, newline=""), delimiter)))
    except csv.Error as broken:
        raise NotesRefused("notes_damaged") from broken


def _told_by(line: str, delimiter: str) -> int:
    """How many columns we know are named in a line, were it parted so."""
    try:
        return len(_columns(next(_csv([line], delimiter), [])))
    except csv.Error:
        return 0


def _csv(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def _first(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number > MOST_ROWS + 1:
            return
        yield row[: sheet.MOST_COLUMNS]


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _of_sheet(data: Buffer) -> list[list[str]]:
    command = [sys.executable, "-P", "-m", "webapp.bulk.sheet", str(MOST_ROWS + 2)]
    environment = {"PYTHONPATH": str(_PACKAGES), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ.get("PATH", "")}
    try:
        done = subprocess.run(
            command, input=bytes(data[:]), capture_output=True, timeout=_SECONDS, check=False, env=environment, cwd="/"
        )
    except subprocess.TimeoutExpired as late:
        raise NotesRefused("notes_too_heavy") from late
    if done.returncode:
        raise NotesRefused("notes_damaged" if done.returncode == sheet.UNREADABLE else "notes_too_heavy")
    rows: list[list[str]] = read_object(done.stdout)["rows"]
    return rows
