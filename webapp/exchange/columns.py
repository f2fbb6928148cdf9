"""The one definition of the columns: every format takes its columns, their order and their values from here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from webapp.evidence import pii
from webapp.exchange.rules import Phrases, Stand

Value = str | int | float | date | datetime | None


class Holds(StrEnum):
    """What a column holds. A place's degrees and metres are decimals; an instant is aware."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    DAY = "day"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Line:
    """A case as the database gives it; names already in the reader's language. `lon`, `lat`: degrees, WGS 84."""

    id: int
    title: str
    kind: str
    activity: str | None
    state: str
    region_code: str
    region: str
    period: str | None
    begins: date
    ends: date
    grade: str | None
    accuracy_m: float | None
    lon: float | None
    lat: float | None
    tags: tuple[str, ...]
    photos: int


@dataclass(frozen=True)
class Column:
    """`key`: the stable name for programs, ASCII. `label`: the heading for people."""

    key: str
    label: LazyString
    holds: Holds
    of: Callable[[Line, Phrases, Stand], Value]
    width: int = 14  # signs, on a sheet


def title_of(title: str, said: Phrases) -> str:
    """The title as this reader may see it."""
    return title if said.personal else pii.covered(title)


COLUMNS = (
    Column("nomor", _l("Nomor"), Holds.WHOLE, lambda one, _p, _s: one.id, 10),
    Column("tautan", _l("Tautan"), Holds.TEXT, lambda one, said, _s: f"{said.link}{one.id}", 36),
    Column("judul", _l("Judul"), Holds.TEXT, lambda one, said, _s: title_of(one.title, said), 44),
    Column("jenis", _l("Jenis"), Holds.TEXT, lambda one, _p, _s: one.kind, 20),
    Column("kegiatan", _l("Kegiatan"), Holds.TEXT, lambda one, _p, _s: one.activity, 24),
    Column("keadaan", _l("Keadaan"), Holds.TEXT, lambda one, said, _s: said.states.get(one.state, one.state), 26),
    Column("kode_wilayah", _l("Kode wilayah"), Holds.TEXT, lambda one, _p, _s: one.region_code),
    Column("wilayah", _l("Wilayah"), Holds.TEXT, lambda one, _p, _s: one.region, 24),
    Column("periode", _l("Periode"), Holds.TEXT, lambda one, _p, _s: one.period, 28),
    Column("mulai", _l("Mulai"), Holds.DAY, lambda one, _p, _s: one.begins, 12),
    Column("selesai", _l("Sampai"), Holds.DAY, lambda one, _p, _s: one.ends, 12),
    Column("tingkat", _l("Keyakinan lokasi"), Holds.TEXT, lambda one, _p, _s: one.grade, 10),
    Column("akurasi_m", _l("Akurasi (m)"), Holds.DECIMAL, lambda one, _p, _s: one.accuracy_m, 12),
    Column("lon", _l("Bujur"), Holds.DECIMAL, lambda one, _p, _s: one.lon, 12),
    Column("lat", _l("Lintang"), Holds.DECIMAL, lambda one, _p, _s: one.lat, 12),
    Column("tag", _l("Tag"), Holds.TEXT, lambda one, said, _s: ", ".join(said.tags.get(t, t) for t in one.tags), 24),
    Column("foto", _l("Foto"), Holds.WHOLE, lambda one, _p, _s: one.photos, 8),
    Column("data_per", _l("Data per"), Holds.INSTANT, lambda _o, _p, stand: stand.as_of, 20),
)


def values(line: Line, said: Phrases, stand: Stand) -> list[Value]:
    """What the columns hold for a case, in their order; texts cleaned as every file needs them."""
    return [plain(value) if isinstance(value, str) else value for value in (c.of(line, said, stand) for c in COLUMNS)]


# What XML 1.0 does not allow, and with it XLSX and KML: control signs, halves of pairs, two that are no characters.
_UNFIT = {
    **dict.fromkeys(set(range(0x20)) - {0x09, 0x0A, 0x0D}), **dict.fromkeys(range(0xD800, 0xE000)),
    0x7F: None, 0xFFFE: None, 0xFFFF: None,
}  # fmt: skip


def plain(text: str) -> str:
    """The text without signs that no file can hold; everything else stays as it was written."""
    return text.translate(_UNFIT)


# Signs by which a spreadsheet begins a formula or a command, and what may stand before them.
_ACTIVE = frozenset("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")  # the last four are wide forms of the first
_PASSED = frozenset("\"'`\u2018\u2019\u201c\u201d")


def looks_active(text: str) -> bool:
    """Whether a spreadsheet might take a text for a formula: also behind quotes, blanks and signs without a shape."""
    for sign in text:
        if sign in _ACTIVE:
            return True
        if not (sign.isspace() or sign in _PASSED or not sign.isprintable()):
            return False
    return False


def disarmed(text: str) -> str:
    """The text so that no spreadsheet computes it: an apostrophe before what looks like a formula."""
    return f"'{text}" if looks_active(text) else text
