"""The small maps of minutes: our own border, points and circles of accuracy, drawn to scale without tiles. Pure.

The unit of a drawing is the point of a square of `SIDE`; north is up.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from geo.sketch import Ground
from geo.values import LonLat

SIDE = 240.0
_LEAST_M = 60.0  # half the width of the ground shown, at least


@dataclass(frozen=True)
class Mark:
    """A point to draw: `kind` (claim, visit, exif, photo), its label and the radius within which it is true, metres."""

    kind: str
    label: str
    place: LonLat
    accuracy_m: float = 0.0


def drawing(rings: Sequence[Sequence[LonLat]], marks: Sequence[Mark], *, whole: bool) -> dict[str, Any]:
    """A drawing as plain values: `border` (an SVG path), `marks` (x, y, radius, kind, label), `bar` (metres, length).

    whole: all of the border is shown; else the surroundings of the marks.
    """
    ground = _ground([place for ring in rings for place in ring] if whole and rings else [], marks)
    metres, length = ground.bar
    return {
        "border": " ".join(ground.path(ring) for ring in rings),
        "marks": [
            {
                **{key: value for key, value in asdict(mark).items() if key in ("kind", "label")},
                "at": list(ground.at(mark.place)), "radius": round(mark.accuracy_m * ground.scale, 1),
            }
            for mark in marks
        ],
        "bar": {"metres": metres, "length": length},
    }  # fmt: skip


def _ground(border: Sequence[LonLat], marks: Sequence[Mark]) -> Ground:
    places = [*border, *(mark.place for mark in marks)]
    if border:
        return Ground.of(places, SIDE, least_m=1.0, room=1.05)
    reach = max((mark.accuracy_m for mark in marks), default=0.0)
    return Ground.of(places, SIDE, least_m=_LEAST_M, extra_m=reach * 1.1)
