"""A small map for paper: our own border, points and circles of accuracy, drawn to scale without tiles. Pure.

The unit of a drawing is the point of a square of `SIDE`; north is up.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from geo.values import BBox, LonLat

SIDE = 240.0
_MARGIN = 12.0
_LEAST_M = 60.0  # half the width of the ground shown, at least
_BARS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


@dataclass(frozen=True)
class Mark:
    """A point to draw: `kind` (claim, visit, exif, photo), its label and the radius within which it is true, metres."""

    kind: str
    label: str
    place: LonLat
    accuracy_m: float = 0.0


@dataclass(frozen=True)
class Ground:
    """How degrees become points of the drawing: a plane touching the earth in the middle, true to 0.1 % up to 50 km."""

    middle: LonLat
    half_m: float

    @property
    def scale(self) -> float:
        """Points of the drawing per metre."""
        return (SIDE / 2 - _MARGIN) / self.half_m

    def at(self, place: LonLat) -> tuple[float, float]:
        """Where a place lies in the drawing."""
        east = (place.lon - self.middle.lon) * 111_320 * math.cos(math.radians(self.middle.lat))
        north = (place.lat - self.middle.lat) * 110_574
        return round(SIDE / 2 + east * self.scale, 1), round(SIDE / 2 - north * self.scale, 1)


def drawing(rings: Sequence[Sequence[LonLat]], marks: Sequence[Mark], *, whole: bool) -> dict[str, Any]:
    """A drawing as plain values: `border` (an SVG path), `marks` (x, y, radius, kind, label), `bar` (metres, length).

    whole: all of the border is shown; else the surroundings of the marks.
    """
    ground = _ground([place for ring in rings for place in ring] if whole and rings else [], marks)
    bar = max((one for one in _BARS if one * ground.scale <= SIDE / 3), default=_BARS[0])
    return {
        "border": " ".join(_path(ring, ground) for ring in rings),
        "marks": [
            {
                **{key: value for key, value in asdict(mark).items() if key in ("kind", "label")},
                "at": list(ground.at(mark.place)), "radius": round(mark.accuracy_m * ground.scale, 1),
            }
            for mark in marks
        ],
        "bar": {"metres": bar, "length": round(bar * ground.scale, 1)},
    }  # fmt: skip


def _ground(border: Sequence[LonLat], marks: Sequence[Mark]) -> Ground:
    box = BBox.of([*border, *(mark.place for mark in marks)])
    if box is None:
        return Ground(LonLat(0, 0), _LEAST_M)
    middle = LonLat((box.west + box.east) / 2, (box.south + box.north) / 2)
    across = (box.east - box.west) * 111_320 * math.cos(math.radians(middle.lat)) / 2
    up = (box.north - box.south) * 110_574 / 2
    reach = max((mark.accuracy_m for mark in marks), default=0.0)
    return Ground(middle, max(across, up) * 1.05 if border else max(max(across, up) + reach * 1.1, _LEAST_M))


def _path(ring: Sequence[LonLat], ground: Ground) -> str:
    points = [ground.at(place) for place in ring]
    far = 20 * SIDE  # a border kilometres away is cut there: renderers lose precision with such numbers
    kept = [(max(-far, min(far, x)), max(-far, min(far, y))) for x, y in points]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + "Z"
