"""Small maps drawn to scale from our own outlines and points: no tiles, no network, so that a PDF can hold them. Pure.

The unit of a drawing is the point of a square; x grows eastward and y southward, as in SVG, and north is up.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from geo.values import BBox, LonLat

MARGIN = 12.0
_BARS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
Ring = Sequence[LonLat]


@dataclass(frozen=True)
class Ground:
    """How degrees become points of a square of `side`: a plane touching the earth in the middle, true to 0.1 % up to
    50 km. `half_m`: half the width of the ground shown, metres.
    """

    middle: LonLat
    half_m: float
    side: float

    @classmethod
    def of(
        cls, places: Iterable[LonLat], side: float, *, least_m: float, extra_m: float = 0.0, room: float = 1.0
    ) -> Self:
        """The ground that holds all places; at least `least_m` from the middle to the edge, times `room`, and more by
        `extra_m`.
        """
        box = BBox.of(places)
        if box is None:
            return cls(LonLat(0, 0), least_m, side)
        middle = LonLat((box.west + box.east) / 2, (box.south + box.north) / 2)
        across = (box.east - box.west) * _metres_a_degree_of_lon(middle.lat) / 2
        up = (box.north - box.south) * 110_574 / 2
        return cls(middle, max(max(across, up) * room + extra_m, least_m), side)

    @property
    def scale(self) -> float:
        """Points of the drawing per metre."""
        return (self.side / 2 - MARGIN) / self.half_m

    def at(self, place: LonLat) -> tuple[float, float]:
        """Where a place lies in the drawing."""
        east = (place.lon - self.middle.lon) * _metres_a_degree_of_lon(self.middle.lat)
        north = (place.lat - self.middle.lat) * 110_574
        return round(self.side / 2 + east * self.scale, 1), round(self.side / 2 - north * self.scale, 1)

    def path(self, ring: Ring) -> str:
        """A ring as the `d` of an SVG path; what falls on the same point of the drawing is said once."""
        far = 20 * self.side  # a border kilometres away is cut there: renderers lose precision with such numbers
        dots = [(max(-far, min(far, x)), max(-far, min(far, y))) for x, y in map(self.at, ring)]
        kept = [dot for n, dot in enumerate(dots) if n == 0 or dot != dots[n - 1]]
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + "Z"

    @property
    def bar(self) -> tuple[int, float]:
        """A round length for a scale bar, at most a third of the drawing: metres, and points of the drawing."""
        metres = max((one for one in _BARS if one * self.scale <= self.side / 3), default=_BARS[0])
        return metres, round(metres * self.scale, 1)


def _metres_a_degree_of_lon(lat: float) -> float:
    return 111_320 * math.cos(math.radians(lat))


@dataclass(frozen=True)
class Sketch:
    """A region with its neighbours and its cases: paths, points (x, y, kind) and the scale bar (metres, points)."""

    side: float
    own: str
    around: tuple[str, ...]
    points: tuple[tuple[float, float, str], ...]
    bar: tuple[int, float]


def region(
    own: Sequence[Ring], around: Sequence[Sequence[Ring]], points: Iterable[tuple[LonLat, str]], side: float = 240.0
) -> Sketch | None:
    """A region to scale, with some of what lies around it; None where nobody has drawn its border.

    Points outside the border are drawn where they are, as far as the drawing reaches.
    """
    if not own:
        return None
    ground = Ground.of((place for ring in own for place in ring), side, least_m=200.0, room=1.08)
    placed = ((*ground.at(place), kind) for place, kind in points)
    return Sketch(
        side,
        " ".join(ground.path(ring) for ring in own),
        tuple(" ".join(ground.path(ring) for ring in rings) for rings in around),
        tuple((x, y, kind) for x, y, kind in placed if 0 <= x <= side and 0 <= y <= side),
        ground.bar,
    )


def rings_of(geometry: str | None) -> list[list[LonLat]]:
    """The rings of a GeoJSON polygon or multipolygon as text; none for None and for an empty one."""
    if not geometry:
        return []
    shape = json.loads(geometry)
    areas = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    return [[LonLat(lon, lat) for lon, lat, *_ in ring] for area in areas for ring in area if ring]
