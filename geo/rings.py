"""GeoJSON polygons read strictly: shapely itself takes unclosed rings, numbers in quotes and truth values."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon


class BadShape(Exception):
    """What is wrong with a geometry: a `geo.boundaries.Refusal` value, a detail, and where (x, y) if that is known.

    `ordinal`: of a point that has no usable place: number of its ring, from 1 through the whole geometry, and its own.
    """

    def __init__(
        self, reason: str, detail: str, at: tuple[float, float] | None = None, ordinal: tuple[int, int] | None = None
    ) -> None:
        super().__init__(reason, detail, at)
        self.reason, self.detail, self.at, self.ordinal = reason, detail, at, ordinal


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
    number = count(1)
    parts = [_polygon(_listed(rings), number) for rings in lists if rings]
    return MultiPolygon(parts) if parts else None


def _polygon(rings: list[Any], number: Iterator[int]) -> Polygon:
    shell, *holes = [_ring(ring, next(number)) for ring in rings]
    return Polygon(shell, holes)


def _ring(points: object, number: int) -> NDArray[np.float64]:
    listed = _listed(points)
    for place, point in enumerate(listed, start=1):
        if not isinstance(point, list) or len(point) not in (2, 3):
            raise BadShape(
                "invalid_ring",
                f"ring {number}, point {place}: dimension is not that of lon, lat",
                None,
                (number, place),
            )
        if not all(type(v) in (int, float) for v in point):
            raise BadShape("invalid_ring", f"ring {number}, point {place}: not numbers", None, (number, place))
    try:
        ring = np.asarray(listed, dtype=np.float64)
    except (ValueError, OverflowError) as why:  # also a whole number that no float can hold
        raise BadShape("invalid_ring", "points of different dimension", None, (number, 1)) from why
    ring = ring[:, :2] if listed else np.empty((0, 2))
    if not np.isfinite(ring).all():
        place = int(np.argmin(np.isfinite(ring).all(axis=1))) + 1
        raise BadShape("not_finite", f"ring {number}, point {place}", None, (number, place))
    return _closed(ring, number)


def _closed(ring: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    if not len(ring):
        raise BadShape("invalid_ring", f"ring {number} is empty", None, (number, 1))
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
