"""Mending, measuring and thinning areas. Everything is lon/lat degrees; km² are on the ellipsoid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod
from shapely import Geometry, MultiPolygon, Polygon, STRtree

from geo.values import LonLat

AREA_LOSS = 0.001  # a repair that changes more than this share of the area is not a repair
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two areas that share ground: how much, and a point inside the shared part."""

    a: str
    b: str
    km2: float
    at: LonLat


def polygons_of(shape: Geometry) -> MultiPolygon:
    """The polygonal part of a geometry; an empty multipolygon where there is none."""
    parts = [p for p in shapely.get_parts(shape, return_index=False) if isinstance(p, Polygon) and not p.is_empty]
    if isinstance(shape, shapely.GeometryCollection):
        nested = [polygons_of(p) for p in shape.geoms]
        parts = [p for multi in nested for p in multi.geoms]
    return MultiPolygon(parts)


def repair(shape: Geometry) -> tuple[MultiPolygon, str | None] | None:
    """The area valid, and what was wrong with it (None: nothing). None where mending would change the area itself."""
    if shape.is_valid:
        return polygons_of(shape), None
    mended = polygons_of(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    before = shape.area
    if before <= 0 or abs(mended.area - before) > AREA_LOSS * before or not mended.is_valid:
        return None
    return mended, str(shapely.is_valid_reason(shape))


def area_km2(area: Geometry) -> float:
    """Area in km² on WGS 84."""
    return float(abs(_GEOD.geometry_area_perimeter(shapely.orient_polygons(area))[0])) / 1e6


def outline(area: MultiPolygon, tolerance: float) -> MultiPolygon:
    """One area with fewer vertices (degrees); where that would leave nothing, the area as it was."""
    return _thinned_or_same(area, shapely.simplify(area, tolerance, preserve_topology=True))


def outlines(areas: Mapping[str, MultiPolygon], tolerance: float) -> dict[str, MultiPolygon]:
    """A whole set with fewer vertices, shared borders still shared. `tolerance` in degrees (0.001 is about 100 m)."""
    if not areas:
        return {}
    thinned = shapely.coverage_simplify(np.array(list(areas.values()), dtype=object), tolerance)
    pairs = zip(areas.items(), thinned, strict=True)
    return {code: _thinned_or_same(area, thin) for (code, area), thin in pairs}


def overlaps(areas: Mapping[str, MultiPolygon], tolerance_km2: float = 0.01) -> Iterator[Overlap]:
    """Pairs that share more than `tolerance_km2`: neighbours in one file that claim the same ground."""
    codes, shapes = list(areas), np.array(list(areas.values()), dtype=object)
    tree = STRtree(shapes)
    for left, right in tree.query(shapes, predicate="intersects").T:
        if left >= right:
            continue
        shared = polygons_of(shapely.intersection(shapes[left], shapes[right]))
        if not shared.is_empty and (km2 := area_km2(shared)) > tolerance_km2:
            inside = shared.representative_point()
            yield Overlap(codes[left], codes[right], km2, LonLat(inside.x, inside.y))


def _thinned_or_same(area: MultiPolygon, thin: Geometry) -> MultiPolygon:
    left = polygons_of(thin)
    return left if not left.is_empty and left.is_valid else area
