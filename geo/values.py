"""Plain values about places: no database, no geometry library, so that `rules.py` may use them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

EQUATOR_M = 6_378_137.0  # WGS 84 semi-major axis
FLATTENING = 1 / 298.257223563
NULL_ISLAND_DEGREES = 0.01  # about 1.1 km around 0,0: open sea, and where "no position" ends up


class NotAPosition(ValueError):
    """The numbers are not a longitude and a latitude in degrees."""

    code = "not_a_position"


class NotABox(ValueError):
    """The numbers are not west, south, east, north of a box that does not cross the antimeridian."""

    code = "not_a_box"


@dataclass(frozen=True, slots=True)
class LonLat:
    """A point on WGS 84, degrees. Raises `NotAPosition` unless both are finite and in range."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not _is_degrees(self.lon, 180) or not _is_degrees(self.lat, 90):
            raise NotAPosition(f"lon {self.lon!r}, lat {self.lat!r}")

    @classmethod
    def maybe(cls, lon: float | None, lat: float | None) -> Self | None:
        """The point, or None where a number is missing, not finite or out of range."""
        if lon is None or lat is None:
            return None
        try:
            return cls(lon, lat)
        except NotAPosition:
            return None


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in degrees; borders belong to it. Raises `NotABox` when empty, out of range or across the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        in_range = all(_is_degrees(v, 180) for v in (self.west, self.east))
        in_range = in_range and all(_is_degrees(v, 90) for v in (self.south, self.north))
        if not in_range or self.west > self.east or self.south > self.north:
            raise NotABox(f"{self.west!r},{self.south!r},{self.east!r},{self.north!r}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "west,south,east,north". Raises `NotABox`, also for a text that is not four numbers."""
        parts = text.split(",", 4) if len(text) <= 200 else []
        try:
            west, south, east, north = (float(part) for part in parts)
        except ValueError as why:
            raise NotABox(text[:80]) from why
        return cls(west, south, east, north)

    @classmethod
    def maybe(cls, west: float | None, south: float | None, east: float | None, north: float | None) -> Self | None:
        """The box, or None where a number is missing (the extent of nothing) or it is no box."""
        if west is None or south is None or east is None or north is None:
            return None
        try:
            return cls(west, south, east, north)
        except NotABox:
            return None

    @classmethod
    def of(cls, places: Iterable[LonLat]) -> Self | None:
        """The smallest box holding all places; None for no places."""
        known = list(places)
        if not known:
            return None
        lons, lats = [p.lon for p in known], [p.lat for p in known]
        return cls(min(lons), min(lats), max(lons), max(lats))

    @classmethod
    def around(cls, place: LonLat, metres: float) -> Self:
        """A box that holds every point within `metres` of the place, slightly generous; cut at the map's edges."""
        dlat = metres / 110_000
        shrink = math.cos(math.radians(min(abs(place.lat) + dlat, 90)))
        dlon = 360.0 if shrink < 1e-6 else metres / (110_000 * shrink)
        if abs(place.lon) + dlon > 180:  # the circle reaches over the antimeridian: every longitude may matter
            return cls(-180, max(-90, place.lat - dlat), 180, min(90, place.lat + dlat))
        return cls(place.lon - dlon, max(-90, place.lat - dlat), place.lon + dlon, min(90, place.lat + dlat))

    def contains(self, place: LonLat) -> bool:
        return self.west <= place.lon <= self.east and self.south <= place.lat <= self.north

    def __str__(self) -> str:
        return f"{self.west:.6f},{self.south:.6f},{self.east:.6f},{self.north:.6f}"


def bearing(a: LonLat, b: LonLat) -> float:
    """Degrees from north, clockwise, in which `b` lies from `a` (on a sphere: within 0.2° of the ellipsoid)."""
    lat_a, lat_b, dlon = math.radians(a.lat), math.radians(b.lat), math.radians(b.lon - a.lon)
    east = math.sin(dlon) * math.cos(lat_b)
    north = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(dlon)
    return math.degrees(math.atan2(east, north)) % 360.0


def metres_apart(a: LonLat, b: LonLat) -> float:
    """Distance on the WGS 84 ellipsoid in metres (Lambert's formula: within 1e-5 of the geodesic up to 5,000 km)."""
    beta_a, beta_b = _reduced(a.lat), _reduced(b.lat)
    half_lon = math.sin(math.radians(b.lon - a.lon) / 2)
    half = math.sin((beta_b - beta_a) / 2) ** 2 + math.cos(beta_a) * math.cos(beta_b) * half_lon**2
    half = min(1.0, half)
    if half == 0.0:
        return 0.0
    angle = 2 * math.asin(math.sqrt(half))
    mean, difference = (beta_a + beta_b) / 2, (beta_b - beta_a) / 2
    x = y = 0.0
    if half < 0.999:  # near the antipode the correction has no meaning
        x = (angle - math.sin(angle)) * (math.sin(mean) * math.cos(difference)) ** 2 / (1 - half)
        y = (angle + math.sin(angle)) * (math.cos(mean) * math.sin(difference)) ** 2 / half
    return EQUATOR_M * (angle - FLATTENING / 2 * (x + y))


def bearing_deg(a: LonLat, b: LonLat) -> float | None:
    """In which direction `b` lies from `a`: degrees clockwise from north, from 0 up to 360; None for one same point.

    Of the great circle, as a compass would show at `a`; within 0.2° of the ellipsoid's own.
    """
    if a == b:
        return None
    lat_a, lat_b, over = math.radians(a.lat), math.radians(b.lat), math.radians(b.lon - a.lon)
    east = math.sin(over) * math.cos(lat_b)
    north = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(over)
    return math.degrees(math.atan2(east, north)) % 360.0


class Suspicion(StrEnum):
    """What may have happened to a pair of coordinates on its way to us."""

    NULL_ISLAND = "null_island"  # 0,0 written for "no position"
    SWAPPED_AXES = "swapped_axes"  # lat, lon written as lon, lat
    LOST_SIGN = "lost_sign"  # southern latitude without its minus
    SWAPPED_AND_LOST_SIGN = "swapped_and_lost_sign"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A suspicion, with the corrected point where there is one. To be offered to a person, never applied silently."""

    kind: Suspicion
    corrected: LonLat | None


def suspicions(place: tuple[float, float], expected: BBox) -> tuple[Doubt, ...]:
    """Doubts about raw (lon, lat), best first; empty when the point lies within `expected` or nothing explains it.

    The numbers may be out of range (a latitude of 107): that is just what swapped axes look like.
    """
    lon, lat = place
    if abs(lon) <= NULL_ISLAND_DEGREES and abs(lat) <= NULL_ISLAND_DEGREES:
        return (Doubt(Suspicion.NULL_ISLAND, None),)
    as_given = LonLat.maybe(lon, lat)
    if as_given is not None and expected.contains(as_given):
        return ()
    tries = (
        (Suspicion.LOST_SIGN, LonLat.maybe(lon, -lat)),
        (Suspicion.SWAPPED_AXES, LonLat.maybe(lat, lon)),
        (Suspicion.SWAPPED_AND_LOST_SIGN, LonLat.maybe(lat, -lon)),
    )
    return tuple(Doubt(kind, point) for kind, point in tries if point is not None and expected.contains(point))


def _is_degrees(value: float, limit: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -limit <= value <= limit  # False for NaN too


def _reduced(lat: float) -> float:
    return math.atan((1 - FLATTENING) * math.tan(math.radians(lat)))


INDONESIA = BBox(94.5, -11.5, 141.5, 6.5)
