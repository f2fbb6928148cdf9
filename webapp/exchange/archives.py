"""An archive of cases with their photos: a folder for each, the table beside them, and a list of every file's digest.

What goes in is listed in files beside the archive first, so that no transaction is open while photos are copied, and
neither photos nor their list are in memory; only the archive's own table of contents is.
"""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, Self
from zoneinfo import ZoneInfo

from media.buffers import Buffer
from media.errors import NotStored
from media.store import Name, Store
from webapp.exchange.columns import Line, disarmed, plain, title_of
from webapp.exchange.queries import Picture
from webapp.exchange.rules import Phrases, Stand, folder_of, slug
from webapp.exchange.tables import BOM, Counted, facts, separator, write_csv
from webapp.forms.json import read_object

TABLE, MANIFEST, ABOUT = "bukti.csv", "daftar-berkas.csv", "keterangan.txt"
_HEAD = ("berkas", "nomor_bukti", "nomor_foto", "jenis", "ukuran_byte", "sha256")
_PIECE = 256 * 1024
_SHOWN: Name = "large"  # the derivative people see: upright, without anything but its pixels


class Counting(Protocol):
    """Lets things go by and counts them."""

    def over(self, things: Iterable[Picture]) -> Iterator[Picture]: ...


@dataclass(frozen=True)
class Listing:
    """What goes into an archive, in three files beside it: the table, the photos, and the list that is handed out."""

    table: Path
    photos: Path
    manifest: Path

    @classmethod
    def beside(cls, place: Path) -> Self:
        """For the archive at `place`; named after it, so that they go where it goes when it is removed."""
        return cls(*(place.with_name(f"{place.name}-{name}") for name in ("table", "photos", "manifest")))

    def write(self, lines: Iterable[Line], pictures: Iterable[Picture], said: Phrases, stand: Stand) -> int:
        """Write table and photos down; answers how many cases there are."""
        counted = Counted(lines)
        write_csv(self.table, counted, said, stand)
        with self.photos.open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(asdict(one))}\n" for one in pictures)
        for path in (self.table, self.photos):
            path.chmod(0o600)
        return counted.count

    def pictures(self) -> Iterator[Picture]:
        with self.photos.open("rb") as file:
            for line in file:
                yield Picture(**read_object(line))


def write(
    place: Path,
    listing: Listing,
    store: Store,
    tally: Counting,
    said: Phrases,
    stand: Stand,
    *,
    cases: int,
    originals: bool,
) -> None:
    """Write the archive. A file that the store has not (yet) is named in the list, without a digest.

    Raises `StoreUnavailable`, and what `tally` raises.
    """
    with zipfile.ZipFile(place, "w") as archive, listing.manifest.open("w", encoding="utf-8", newline="") as list_file:
        packer = _Packer(archive, csv.writer(list_file, delimiter=separator(said), lineterminator="\r\n"), said, stand)
        list_file.write(BOM)
        packer.listed(*_HEAD)
        for one in tally.over(listing.pictures()):
            folder = folder_of(one.region_code, one.case_id, title_of(one.title, said))
            packer.photo(store, one, f"{folder}/foto-{one.id}.jpg", _SHOWN, has=one.has_pictures)
            if originals:
                kind = slug(one.mime.partition("/")[2]) or "bin"
                packer.photo(store, one, f"{folder}/asli-{one.id}.{kind}", "original")
        packer.text(TABLE, listing.table.read_bytes, "tabel")
        packer.text(ABOUT, lambda: _about(said, stand, cases).encode(), "keterangan")
        list_file.flush()
        archive.write(listing.manifest, MANIFEST, zipfile.ZIP_DEFLATED)


def _about(said: Phrases, stand: Stand, cases: int) -> str:
    told = {label: str(value) for label, value in facts(said, stand, cases)}
    return "".join(f"{label}: {value}\r\n" for label, value in told.items())


class _Packer:
    """Puts files into an archive and their digests into its list."""

    def __init__(self, archive: zipfile.ZipFile, sheet: Any, said: Phrases, stand: Stand) -> None:
        self._archive, self._sheet = archive, sheet
        self._at = stand.as_of.astimezone(ZoneInfo(said.zone)).timetuple()[:6]

    def listed(self, *values: Any) -> None:
        self._sheet.writerow([disarmed(plain(str(value))) for value in values])

    def photo(self, store: Store, one: Picture, name: str, which: Name, *, has: bool = True) -> None:
        kind = "asli" if which == "original" else "foto"
        try:
            if not has:
                raise NotStored(one.sha256, which)
            with store.opened(one.sha256, which) as data:
                self.listed(name, one.case_id, one.id, kind, len(data), self._put(name, data))
        except NotStored:
            self.listed(name, one.case_id, one.id, kind, 0, "")

    def text(self, name: str, data: Any, kind: str) -> None:
        body = data()
        self.listed(name, "", "", kind, len(body), self._put(name, body, zipfile.ZIP_DEFLATED))

    def _put(self, name: str, data: Buffer, compression: int = zipfile.ZIP_STORED) -> str:
        info, digest = zipfile.ZipInfo(name, self._at), hashlib.sha256()
        info.compress_type, info.external_attr, info.file_size = compression, 0o644 << 16, len(data)
        with self._archive.open(info, "w") as entry:
            for start in range(0, len(data), _PIECE):
                piece = data[start : start + _PIECE]
                digest.update(piece)
                entry.write(piece)
        return digest.hexdigest()
