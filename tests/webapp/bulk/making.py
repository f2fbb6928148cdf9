"""Zips, spreadsheets and backups for tests, right ones and wicked ones; all in memory."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests import photos

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def photo(seed: int, at: str | None = None, place: tuple[float, float] | None = None) -> bytes:
    """A small photo of a phone; `at` as "2018-08-01 08:00"."""
    lon, lat = place or (None, None)
    taken = datetime.fromisoformat(at) if at else None
    if taken is None and place is None:
        return photos.without_exif(seed=seed, size=(640, 480))
    return photos.phone_jpeg(lon=lon, lat=lat, taken_at=taken, seed=seed, size=(640, 480))


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_raw_name(name: bytes, data: bytes) -> bytes:
    """A zip whose only member is named by these bytes, without saying in which encoding."""
    stand_in = "x" * len(name)
    return zipped({stand_in: data}, zipfile.ZIP_STORED).replace(stand_in.encode(), name)


def encrypted(name: str, data: bytes) -> bytes:
    """A zip whose member says that it wants a password."""
    plain = bytearray(zipped({name: data}, zipfile.ZIP_STORED))
    plain[6] |= 1
    at = plain.index(b"PK\x01\x02")
    plain[at + 8] |= 1
    return bytes(plain)


def many_entries(number: int) -> bytes:
    """A zip whose list names so many members, all of them the same few bytes: made by hand, in a moment."""
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 5, 0) + b"a.jpg"
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0) + b"a.jpg"
    listed = entry * number
    most = min(number, 0xFFFF)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, most, most, len(listed), len(local), 0)
    return local + listed + end


def claiming(size: int, data: bytes = b"x" * 100) -> bytes:
    """A zip whose member claims to be of that size unpacked."""
    packed = bytearray(zipped({"besar.jpg": data}))
    at = packed.index(b"PK\x01\x02")
    packed[22:26] = packed[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(packed)


def xlsx(rows: Sequence[Sequence[str]], *, far_cell: bool = False) -> bytes:
    """A workbook of inline texts; with `far_cell` one more in its very last corner: 17 billion cells lie between."""
    cells = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{chr(65 + c)}{r}" t="inlineStr"><is><t>{text}</t></is></c>' for c, text in enumerate(row))
        + "</row>"
        for r, row in enumerate(rows, start=1)
    )
    cells += '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' if far_cell else ""
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        f'"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{main}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{main}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}"><sheetData>{cells}</sheetData></worksheet>',
    }
    return zipped({name: f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode() for name, text in parts.items()})


def backup(
    account: int,
    cases: Sequence[Mapping[str, Any]],
    files: Mapping[str, bytes],
    *,
    format_: str = "petabukti-cadangan/1",
) -> bytes:
    """A phone's backup; see `case_of` for its cases."""
    told = {
        "format": format_, "made_at": "2018-08-06T03:00:00+00:00", "account": {"id": account, "name": "Camat"},
        "cases": list(cases),
    }  # fmt: skip
    return zipped({"cadangan.json": json.dumps(told).encode(), **files}, zipfile.ZIP_STORED)


def photo_of(number: uuid.UUID, data: bytes, **metadata: Any) -> dict[str, Any]:
    """What a backup says of a photo."""
    return {
        "id": str(number), "file": f"foto/{number}.jpg", "name": "IMG_1.jpg", "type": "image/jpeg", "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(), "metadata": metadata,
    }  # fmt: skip


def case_of(number: uuid.UUID, fields: Mapping[str, Any] | None, *told: Mapping[str, Any]) -> dict[str, Any]:
    """What a backup says of a case and its photos."""
    return {"id": str(number), "fields": fields, "photos": list(told)}
