"""Points into GeoPackage and KML: WGS 84 (EPSG:4326), lon/lat, texts in UTF-8. Both page by page: memory stays flat.

Texts must hold no sign that XML does not allow.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from pyogrio.errors import DataSourceError, FeatureError

from geo.values import LonLat

PAGE = 2_000  # points written at once
UTC_OFFSET = 100  # as GDAL says it
NAME = "Name"  # of the field that a KML viewer shows beside the point


class FieldType(StrEnum):
    """What a field holds. An instant is aware."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    DAY = "day"
    INSTANT = "instant"


@dataclass(frozen=True)
class Field:
    """`name`: ASCII."""

    name: str
    holds: FieldType


Row = tuple[LonLat | None, Sequence[Any]]  # a point, or none, and a value or None for each field


class NotWritten(OSError):
    """GDAL could not write the file, most likely for want of room; nothing of it is to be trusted."""


def write_geopackage(path: Path, layer: str, fields: Sequence[Field], rows: Iterable[Row]) -> None:
    """Write one layer of points; rows without a point are in it, without a geometry. Raises `NotWritten`."""
    for number, page in enumerate(_pages(rows)):
        _write(path, page, fields, driver="GPKG", layer=layer, append=number > 0)


_KML_TYPES = {FieldType.WHOLE: "int", FieldType.DECIMAL: "double"}


def write_kml(path: Path, layer: str, fields: Sequence[Field], rows: Iterable[Row]) -> None:
    """Write one folder of placemarks (OGC KML 2.2), the field called "Name" as each one's name.

    By ourselves: GDAL's LIBKML holds the whole file in memory, and a text with "]]>" breaks what it writes.
    """
    declared = "".join(
        f'<SimpleField name="{escape(field.name)}" type="{_KML_TYPES.get(field.holds, "string")}"/>'
        for field in fields
        if field.name != NAME
    )
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>')
        file.write(f'<Schema name="{escape(layer)}" id="s">{declared}</Schema><Folder><name>{escape(layer)}</name>\n')
        for place, values in rows:
            file.write(_placemark(fields, place, values))
        file.write("</Folder></Document></kml>\n")


def _placemark(fields: Sequence[Field], place: LonLat | None, values: Sequence[Any]) -> str:
    told = {field.name: _told(value) for field, value in zip(fields, values, strict=True) if value is not None}
    name = f"<name>{escape(told.pop(NAME))}</name>" if NAME in told else ""
    data = "".join(f'<SimpleData name="{escape(key)}">{escape(value)}</SimpleData>' for key, value in told.items())
    extended = f'<ExtendedData><SchemaData schemaUrl="#s">{data}</SchemaData></ExtendedData>'
    point = f"<Point><coordinates>{place.lon!r},{place.lat!r}</coordinates></Point>" if place else ""
    return f"<Placemark>{name}{extended}{point}</Placemark>\n"


def _told(value: Any) -> str:
    return str(value.isoformat() if isinstance(value, date) else value)


def _pages(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in pages; an empty one when there are none, for a file without points still has its fields."""
    left = iter(rows)
    first = list(islice(left, PAGE))
    yield first
    yield from iter(lambda: list(islice(left, PAGE)), [])


def _write(path: Path, page: Sequence[Row], fields: Sequence[Field], **options: Any) -> None:
    points = shapely.to_wkb(np.array([shapely.Point(p.lon, p.lat) if p else None for p, _ in page], dtype=object))
    columns = list(zip(*(values for _, values in page), strict=True)) or [()] * len(fields)
    data, masks = zip(*(_column(field, column) for field, column in zip(fields, columns, strict=True)), strict=True)
    zones = {f.name: np.full(len(page), UTC_OFFSET) for f in fields if f.holds is FieldType.INSTANT}
    try:
        pyogrio.raw.write(
            str(path), points, list(data), [field.name for field in fields], field_mask=list(masks),
            geometry_type="Point", crs="EPSG:4326", encoding="UTF-8", gdal_tz_offsets=zones, **options,
        )  # fmt: skip
    except (DataSourceError, FeatureError, RuntimeError) as why:
        raise NotWritten(str(why)[:200].replace(str(path), path.name)) from why


_DTYPES = {FieldType.WHOLE: "int64", FieldType.DECIMAL: "float64"}


def _column(field: Field, values: Sequence[Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None]:
    """A column for GDAL, and which of its values are missing where the numbers themselves cannot say so."""
    if field.holds is FieldType.TEXT:
        return np.array(list(values), dtype=object), None
    if field.holds is FieldType.DAY:
        return np.array(list(values), dtype="datetime64[D]"), None
    if field.holds is FieldType.INSTANT:
        return np.array([_naive_utc(value) for value in values], dtype="datetime64[ms]"), None
    missing = np.array([value is None for value in values], dtype=bool)
    return np.array([value or 0 for value in values], dtype=_DTYPES[field.holds]), missing


def _naive_utc(value: datetime | None) -> datetime | None:
    return value.astimezone(UTC).replace(tzinfo=None) if value else None
