"""GeoJSON polygons read strictly: shapely itself takes unclosed rings, numbers in quotes and truth values."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon


class BadShape(Exception):
    """What is wrong with a geometry: a `geo.boundaries.Refusal` value, a detail, and where (x, y) if that is known."""

    def __init__(self, reason: str, detail: str, at: tuple[float, float] | None = None) -> None:
        super().__init__(reason, detail, at)
        self.reason, self.detail, self.at = reason, detail, at


def shape_of(geometry: object) -> Polygon | MultiPolygon | BadShape | None:
    """A GeoJSON geometry as a shape, coordinates untouched; None for none or an empty one; never raises."""
    if geometry is None:
        return None
    if not isinstance(geometry, Mapping):
        return BadShape("not_a_polygon", type(geometry).__name__)
    try:
        return _polygons(geometry)
    except BadShape as why:
        return why


def _polygons(geometry: Mapping[str, Any]) -> MultiPolygon | None:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise BadShape("not_a_polygon", str(kind)[:40])
    lists = _listed([coordinates] if kind == "Polygon" else coordinates)
    parts = [_polygon(_listed(rings)) for rings in lists if rings]
    return MultiPolygon(parts) if parts else None


def _polygon(rings: list[Any]) -> Polygon:
    shell, *holes = [_ring(ring) for ring in rings]
    return Polygon(shell, holes)


def _ring(points: object) -> NDArray[np.float64]:
    listed = _listed(points)
    if not all(type(v) in (int, float) for point in listed for v in _listed(point)):
        raise BadShape("invalid_ring", "coordinate is not a number")
    try:
        ring = np.asarray(listed, dtype=np.float64)
    except (ValueError, OverflowError) as why:
        raise BadShape("invalid_ring", "points of different dimension") from why
    if ring.ndim != 2 or ring.shape[1] not in (2, 3):
        raise BadShape("invalid_ring", "a point is lon, lat")
    ring = ring[:, :2]
    if not np.isfinite(ring).all():
        raise BadShape("not_finite", f"point {int(np.argmin(np.isfinite(ring).all(axis=1))) + 1}")
    first = (float(ring[0, 0]), float(ring[0, 1]))
    if not np.array_equal(ring[0], ring[-1]):
        raise BadShape("invalid_ring", "not closed", first)
    if len(ring) < 4:
        raise BadShape("invalid_ring", "fewer than four points", first)
    return ring


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise BadShape("invalid_ring", f"not a list: {str(value)[:40]}")
    return value
