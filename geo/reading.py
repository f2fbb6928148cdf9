"""Rows of a boundary file: taken (lon/lat, valid, mended where that changes nothing) or refused, with why."""

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from re import Pattern
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely import Geometry

from geo.boundaries import (
    KEMENDAGRI,
    BadBoundaryFile,
    BoundaryRow,
    ColumnMapping,
    Limits,
    Refusal,
    RefusedRow,
)
from geo.cleaning import repair
from geo.formats import RawLayer, collection, opened
from geo.rings import BadShape
from geo.values import INDONESIA, BBox

EARTH = BBox(-180, -90, 180, 90)
LONGEST_NAME = 200
Row = BoundaryRow | RefusedRow


@dataclass(frozen=True)
class Reading:
    """An open file: how many rows it has (for a progress bar), its CRS by name, its columns, and the rows."""

    count: int
    crs: str
    columns: tuple[str, ...]
    rows: Iterator[Row]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked of a file besides its form. `within` None: anywhere on Earth (areas abroad)."""

    within: BBox | None = INDONESIA
    codes: Pattern[str] = KEMENDAGRI
    assume_crs: str | None = None  # "EPSG:32748", said by the operator where the file says nothing
    layer: str | None = None  # of a GeoPackage with several
    strict: bool = False  # WGS 84 lon/lat alone, and each fault a refusal, where real files are otherwise mended
    limits: Limits = field(default_factory=Limits)


DEFAULT = Rules()


def read(path: Path, mapping: ColumnMapping, rules: Rules = DEFAULT) -> Iterator[Row]:
    """The rows of a file in any CRS as EPSG:4326 lon/lat. Raises `BadBoundaryFile`, also midway; nothing else."""
    with reading(path, mapping, rules) as source:
        yield from source.rows


@contextmanager
def reading(path: Path, mapping: ColumnMapping, rules: Rules = DEFAULT) -> Iterator[Reading]:
    """The file opened, with its number of rows. Raises `BadBoundaryFile`."""
    with opened(path, rules.layer, rules.limits) as layer:
        yield _reading(layer, mapping, rules)


def read_geojson(data: Mapping[str, Any], mapping: ColumnMapping, rules: Rules = DEFAULT) -> Iterator[Row]:
    """The rows of a GeoJSON FeatureCollection that somebody has parsed. Raises `BadBoundaryFile`, also midway."""
    yield from _reading(collection(data, rules.limits), mapping, rules).rows


def _reading(layer: RawLayer, mapping: ColumnMapping, rules: Rules) -> Reading:
    wanted = (mapping.code, mapping.name, mapping.bps_code, mapping.level)
    missing = [column for column in wanted if column and column not in layer.columns]
    if missing and layer.count:
        raise BadBoundaryFile("column_missing", f"{', '.join(missing)} (has: {_shown(', '.join(layer.columns), 400)})")
    crs = _crs_of(layer, rules)
    return Reading(layer.count, crs.name, layer.columns, _rows(layer, crs, mapping, rules))


def _crs_of(layer: RawLayer, rules: Rules) -> CRS:
    if rules.assume_crs is None:
        if layer.crs is None:
            raise BadBoundaryFile("crs_unknown", "the file does not say its CRS, or not one we know")
        if rules.strict and layer.crs.to_epsg() != 4326:
            raise BadBoundaryFile("crs_unknown", f"{layer.crs.name}, not WGS 84")
        return layer.crs
    try:
        return CRS.from_user_input(rules.assume_crs)
    except CRSError as why:
        raise BadBoundaryFile("crs_unknown", rules.assume_crs[:80]) from why


def _rows(layer: RawLayer, crs: CRS, mapping: ColumnMapping, rules: Rules) -> Iterator[Row]:
    to_lonlat = Transformer.from_crs(crs, CRS.from_epsg(4326), always_xy=True)
    seen: set[str] = set()
    vertices = 0
    for number, (values, shape) in enumerate(layer.rows, start=1):
        vertices += int(shapely.get_num_coordinates(shape)) if isinstance(shape, Geometry) else 0
        if vertices > rules.limits.vertices:
            raise BadBoundaryFile("too_many_vertices", f"> {rules.limits.vertices} by row {number}")
        try:
            code, name = _identity(values, mapping, rules, seen)
            area, repaired = _area(shape, crs, to_lonlat, rules)
        except BadShape as why:
            said = _told(values, mapping.code), _told(values, mapping.name)
            yield RefusedRow(number, *said, Refusal(why.reason), why.detail, why.at, why.ordinal)
            continue
        seen.add(code)
        bps_code, level = _get(values, mapping.bps_code), _get(values, mapping.level)
        yield BoundaryRow(number, code, name, area, bps_code, level, repaired)


def _identity(values: Mapping[str, Any], mapping: ColumnMapping, rules: Rules, seen: set[str]) -> tuple[str, str]:
    given, name = values.get(mapping.code), _text(values.get(mapping.name))
    code = _text(given)
    if code is None:
        raise BadShape(Refusal.CODE_MISSING, "")
    if not isinstance(given, str) or not rules.codes.fullmatch(code):
        raise BadShape(Refusal.CODE_MALFORMED, f"{_shown(code, 40)} ({type(given).__name__})")
    if code in seen:
        raise BadShape(Refusal.CODE_TWICE, code)
    if name is None:
        raise BadShape(Refusal.NAME_MISSING, "")
    further = _get(values, mapping.bps_code), _get(values, mapping.level)
    if any(text != _shown(text, LONGEST_NAME) for text in (name, *further) if text is not None):
        raise BadShape(Refusal.NAME_MALFORMED, _shown(name, 40))
    return code, name


def _area(
    shape: Geometry | BadShape | None, crs: CRS, to_lonlat: Transformer, rules: Rules
) -> tuple[shapely.MultiPolygon, str | None]:
    if isinstance(shape, BadShape):
        raise shape
    if shape is None or shape.is_empty:
        raise BadShape(Refusal.EMPTY_GEOMETRY, "")
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise BadShape(Refusal.NOT_A_POLYGON, shape.geom_type)
    if shapely.get_num_coordinates(shape) > rules.limits.vertices_each:
        raise BadShape(Refusal.TOO_MANY_VERTICES, f"> {rules.limits.vertices_each}")
    _check_plane(shape, crs, rules)
    placed = shapely.transform(shape, lambda xy: np.column_stack(to_lonlat.transform(xy[:, 0], xy[:, 1])))
    _check_place(placed, rules)
    mended = repair(placed) if placed.is_valid or not rules.strict else None
    if mended is None or mended[0].is_empty:
        raise BadShape(Refusal.INVALID_RING, str(shapely.is_valid_reason(placed))[:120], _where(placed))
    return mended


def _check_plane(shape: Geometry, crs: CRS, rules: Rules) -> None:
    """Coordinates that cannot be what the file says they are."""
    west, south, east, north = (float(v) for v in shape.bounds)
    if not np.isfinite([west, south, east, north]).all():
        raise BadShape(Refusal.NOT_FINITE, "")
    if not crs.is_geographic or _inside((west, south, east, north), EARTH):
        return
    if _inside((south, west, north, east), rules.within or EARTH):
        raise BadShape(Refusal.SWAPPED_AXES, "lat, lon", (west, south))
    raise BadShape(Refusal.CRS_WRONG, f"{crs.name}: x {west:.6g}, y {south:.6g}", (west, south))


def _check_place(placed: Geometry, rules: Rules) -> None:
    west, south, east, north = (float(v) for v in placed.bounds)
    if not np.isfinite([west, south, east, north]).all():
        raise BadShape(Refusal.CRS_WRONG, "outside the CRS")
    if rules.within is None or _inside((west, south, east, north), rules.within):
        return
    if _inside((south, west, north, east), rules.within):
        raise BadShape(Refusal.SWAPPED_AXES, "lat, lon", (west, south))
    raise BadShape(Refusal.OUTSIDE_COUNTRY, f"{west:.4f} {south:.4f} {east:.4f} {north:.4f}", (west, south))


def _inside(box: tuple[float, float, float, float], within: BBox) -> bool:
    west, south, east, north = box
    return within.west <= west and within.south <= south and east <= within.east and north <= within.north


def _where(shape: Geometry) -> tuple[float, float] | None:
    """The point GEOS names: "Self-intersection[107.6 -6.9]"."""
    _, bracket, numbers = str(shapely.is_valid_reason(shape)).partition("[")
    parts = numbers.rstrip("]").split()
    return (float(parts[0]), float(parts[1])) if bracket and len(parts) == 2 else None


def _told(values: Mapping[str, Any], column: str) -> str | None:
    """A value for the person who reads the refusal."""
    text = _text(values.get(column))
    return _shown(text, 80) if text else None


def _shown(text: str, longest: int) -> str:
    """The text without what no database keeps and no page shows (control characters, halves of pairs), cut."""
    return "".join(sign for sign in text[:longest] if unicodedata.category(sign) not in ("Cc", "Cs"))


def _get(values: Mapping[str, Any], column: str | None) -> str | None:
    return _text(values.get(column)) if column else None


def _text(value: object) -> str | None:
    if value is None or value != value:  # NaN is how a missing number comes out of GDAL
        return None
    return str(value).strip() or None
