"""Which files there are, how they are named, how long they stay. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from webapp.exchange.errors import AlreadyEnded

AT_ONCE = 2_000  # cases in one answer; more are made in the background
LISTED = 200  # cases that the report names
MOST_ROWS = 1_048_575  # of one sheet below its heading: no spreadsheet opens more
MOST_PHOTOS = 50_000  # of one archive: the list of its files is held in memory until its end
RUNNING_EACH = 2  # downloads of one person that are being made at a time
KEPT = timedelta(hours=24)  # a file that is ready; also the most that making one may take
REMEMBERED = timedelta(days=30)  # the line about it, after its end


class Format(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"
    GEOJSON = "geojson"
    GPKG = "gpkg"
    KML = "kml"
    PDF = "pdf"
    ZIP = "zip"


FORMAT_LABELS = {
    Format.XLSX: _l("Excel (XLSX)"),
    Format.CSV: _l("CSV"),
    Format.GEOJSON: _l("GeoJSON"),
    Format.GPKG: _l("GeoPackage"),
    Format.KML: _l("KML"),
    Format.PDF: _l("Laporan PDF"),
    Format.ZIP: _l("Arsip zip dengan foto"),
}
FORMAT_NOTES = {
    Format.XLSX: _l("untuk dibuka dan dihitung di Excel"),
    Format.CSV: _l("untuk program lain"),
    Format.GEOJSON: _l("untuk peta web"),
    Format.GPKG: _l("untuk QGIS"),
    Format.KML: _l("untuk Google Earth"),
    Format.PDF: _l("untuk dicetak: angka, tabel wilayah, daftar bukti"),
    Format.ZIP: _l("satu folder untuk tiap bukti, dengan daftar isinya"),
}
MIMES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv",
    Format.GEOJSON: "application/geo+json",
    Format.GPKG: "application/geopackage+sqlite3",
    Format.KML: "application/vnd.google-earth.kml+xml",
    Format.PDF: "application/pdf",
    Format.ZIP: "application/zip",
}
TABLES = (Format.XLSX, Format.CSV, Format.GEOJSON, Format.GPKG, Format.KML)


class Scope(StrEnum):
    """Whose cases: of a region (or the country) as the map counts them, studies abroad, or the own unit's."""

    REGION = "region"
    ABROAD = "abroad"
    UNIT = "unit"


class DownloadState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    EXPIRED = "expired"


DOWNLOAD_LABELS = {
    DownloadState.WAITING: _l("Menunggu giliran"),
    DownloadState.RUNNING: _l("Sedang disiapkan"),
    DownloadState.READY: _l("Siap diunduh"),
    DownloadState.FAILED: _l("Gagal"),
    DownloadState.CANCELLED: _l("Dibatalkan"),
    DownloadState.DELETED: _l("Dihapus"),
    DownloadState.EXPIRED: _l("Kedaluwarsa"),
}
DOWNLOAD_TONES = {
    DownloadState.WAITING: "info", DownloadState.RUNNING: "info", DownloadState.READY: "good",
    DownloadState.FAILED: "bad",
}  # fmt: skip
UNDER_WAY = frozenset({DownloadState.WAITING, DownloadState.RUNNING})


def ended_by_hand(state: DownloadState) -> DownloadState:
    """What becomes of a download whose person wants it no more. Raises `AlreadyEnded`."""
    if state in UNDER_WAY:
        return DownloadState.CANCELLED
    if state is DownloadState.READY:
        return DownloadState.DELETED
    raise AlreadyEnded


@dataclass(frozen=True)
class Phrases:
    """Everything a file says in words, in the language of whoever asked, fixed when they did.

    `link`: the address of a case but for its number. `filters`: the filter in words. `zone`: of the as-of time.
    `personal`: whether personal numbers stay readable, for those whose own words they are.
    """

    locale: str
    link: str
    place: str
    zone: str
    personal: bool
    filters: tuple[str, ...]
    attribution: tuple[str, ...]
    states: Mapping[str, str]
    tags: Mapping[str, str]
    labels: Mapping[str, str]
    about: Mapping[str, str]

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """As JSON gave them back."""
        return cls(**{**kept, "filters": tuple(kept["filters"]), "attribution": tuple(kept["attribution"])})


@dataclass(frozen=True)
class Stand:
    """The moment and the version of the data that a file tells of."""

    as_of: datetime  # aware
    version: str


def file_name(place: str, at: datetime, zone: str, kind: Format) -> str:
    """The name under which a browser keeps it: "petabukti_32.73_20180806-0512.xlsx", plain ASCII."""
    there = at.astimezone(ZoneInfo(zone))
    return f"petabukti_{slug(place) or 'data'}_{there:%Y%m%d-%H%M}.{kind}"


_UNFIT = re.compile(r"[^A-Za-z0-9.]+")
_LONGEST_SLUG = 60


def slug(text: str) -> str:
    """Letters, digits, single dots and hyphens of a text, at most 60 of them; "" when none is left."""
    plain = unicodedata.normalize("NFKD", text[:1_000]).encode("ascii", "ignore").decode()
    joined = re.sub(r"\.{2,}", ".", _UNFIT.sub("-", plain))
    return joined[:_LONGEST_SLUG].strip("-.")


def folder_of(code: str, number: int, title: str) -> str:
    """The folder of a case: unique by its number, and begun by its region's code, so that it is never a name that
    Windows keeps for itself (CON, NUL …), empty, or a way out of the archive.
    """
    return "_".join(part for part in (slug(code) or "wilayah", str(number), slug(title.replace(".", " "))) if part)
