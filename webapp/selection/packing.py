"""The studies of a period as one ZIP, piece by piece: a table, a layer, and the photos as people are shown them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.columns import read_point
from geo.layers import collection, feature
from geo.values import LonLat
from media.errors import NotStored
from media.store import Store
from webapp.evidence import pii
from webapp.evidence.models import Evidence
from webapp.evidence.rules import STATE_LABELS
from webapp.evidence.words import nama

HEADER = (
    "nomor", "kode_wilayah", "kecamatan", "topik", "judul", "keadaan", "mulai", "sampai", "bujur", "lintang",
    "keyakinan", "akurasi_m", "catatan", "foto",
)  # fmt: skip
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.lstrip(" \N{NO-BREAK SPACE}").startswith(_RISKY) or text.startswith(_RISKY) else text


@dataclass(frozen=True)
class Parcel:
    """Everything but the photos. `photos`: name in the ZIP and sha256 of the original each picture was made from."""

    table: bytes
    layer: bytes
    photos: list[tuple[str, str]]
    made_at: datetime


def gather(cases: Sequence[Evidence], *, at: datetime) -> Parcel:
    """Read all that goes into the ZIP while the database is at hand."""
    out = io.StringIO()
    rows, features, photos = csv.writer(out, delimiter=";"), [], []
    rows.writerow(HEADER)
    for case in cases:
        place = read_point(case.place) if case.place is not None else None
        names = [(f"foto/{case.id}-{photo.id}.jpg", photo.sha256) for photo in case.photos if _shown(photo)]
        photos += names
        told = _told(case)
        rows.writerow(
            [
                case.id, case.region_code, *(neutral(told[key]) for key in ("kecamatan", "topik", "judul", "keadaan")),
                case.occurred_from.isoformat(), case.occurred_to.isoformat(), *_position(place), case.grade or "",
                "" if case.accuracy_m is None else case.accuracy_m, neutral(told["catatan"]),
                " ".join(name for name, _ in names),
            ]
        )  # fmt: skip
        features.append(feature(place, {**told, "foto": [name for name, _ in names]}, case.id))
    return Parcel(("\ufeff" + out.getvalue()).encode(), collection(features).encode(), photos, at)


def _shown(photo: object) -> bool:
    return getattr(photo, "visit_id", None) is None and getattr(photo, "pictures_at", None) is not None


def _told(case: Evidence) -> dict[str, str]:
    return {
        "kecamatan": case.region.name, "topik": nama(case.activity or case.kind),
        "judul": pii.covered(case.title), "keadaan": str(STATE_LABELS[case.stands]),
        "tanggal": case.occurred_from.isoformat(), "catatan": pii.covered(case.note),
    }  # fmt: skip


def _position(place: LonLat | None) -> tuple[str, str]:
    return ("", "") if place is None else (f"{place.lon:.6f}", f"{place.lat:.6f}")


def zipped(parcel: Parcel, store: Store) -> Iterator[bytes]:
    """The ZIP as it grows; one picture is in memory at most, and one that the store has lost is left out.

    Raises `StoreUnavailable`.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:  # type: ignore[call-overload]  # it only writes
        for name, data in (("studi.csv", parcel.table), ("studi.geojson", parcel.layer)):
            archive.writestr(_entry(parcel, name, zipfile.ZIP_DEFLATED), data)
            yield from pipe.taken()
        for name, sha256 in parcel.photos:
            try:
                data = store.get(sha256, "large")
            except NotStored:
                continue
            archive.writestr(_entry(parcel, name, zipfile.ZIP_STORED), data)
            yield from pipe.taken()
    yield from pipe.taken()


def _entry(parcel: Parcel, name: str, compression: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, parcel.made_at.timetuple()[:6])
    info.compress_type, info.external_attr = compression, 0o644 << 16
    return info


class _Pipe:
    """What `zipfile` writes into, taken out as it comes. It can neither seek nor tell, so nothing is held back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> Iterator[bytes]:
        pieces, self._pieces = self._pieces, []
        yield from pieces
