"""Files of every format read back by somebody else's library, as rows of text, number and day."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyogrio.raw
import pypdfium2
import shapely
from python_calamine import CalamineWorkbook

Rows = list[dict[str, Any]]
LABELS = {
    "Nomor": "nomor", "Judul": "judul", "Bujur": "lon", "Lintang": "lat", "Mulai": "mulai", "Foto": "foto",
    "Keadaan": "keadaan", "Kode wilayah": "kode_wilayah", "Akurasi (m)": "akurasi_m", "Tautan": "tautan",
    "Data per": "data_per", "Tag": "tag",
}  # fmt: skip


def of_csv(data: bytes) -> Rows:
    text = data.decode("utf-8-sig")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    return [{key: _number(key, value) for key, value in row.items()} for row in rows]


def _number(key: str, value: str) -> Any:
    if key in ("lon", "lat", "akurasi_m"):
        return float(value.replace(",", ".")) if value else None
    return int(value) if key in ("nomor", "foto") else value


def of_xlsx(data: bytes) -> Rows:
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    return [{LABELS.get(str(name), str(name)): value for name, value in zip(head, row, strict=True)} for row in rows]


def about(data: bytes) -> dict[str, Any]:
    """The second sheet of a workbook."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(1).to_python()
    return {str(row[0]): row[1] for row in rows}


def of_geojson(data: bytes) -> Rows:
    found = json.loads(data)
    assert found["type"] == "FeatureCollection"
    for one in found["features"]:
        place = one["geometry"]
        assert one["id"] == one["properties"]["nomor"]
        given = [one["properties"]["lon"], one["properties"]["lat"]]
        assert place["coordinates"] == given if place else given == [None, None]
    return [one["properties"] for one in found["features"]]


def _of_gdal(data: bytes, suffix: str) -> Rows:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"b{suffix}"
        path.write_bytes(data)
        assert [name for name, _ in pyogrio.list_layers(path)] == ["bukti"]
        meta, _, shapes, columns = pyogrio.raw.read(path)
        assert meta["crs"] == "EPSG:4326"
    rows = [dict(zip(meta["fields"], row, strict=True)) for row in zip(*columns, strict=True)]
    for row, shape in zip(rows, shapes, strict=True):
        point = shapely.from_wkb(shape) if shape is not None else None
        row["place"] = (point.x, point.y) if point is not None else None
    return rows


def of_gpkg(data: bytes) -> Rows:
    return _of_gdal(data, ".gpkg")


def of_kml(data: bytes) -> Rows:
    return [{**row, "judul": row["Name"]} for row in _of_gdal(data, ".kml")]


READERS: dict[str, Callable[[bytes], Rows]] = {
    "csv": of_csv, "xlsx": of_xlsx, "geojson": of_geojson, "gpkg": of_gpkg, "kml": of_kml,
}  # fmt: skip


def text_of_pdf(data: bytes) -> str:
    paper = pypdfium2.PdfDocument(data)
    try:
        return re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_range() for page in paper))
    finally:
        paper.close()


def day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10].replace("/", "-"))
