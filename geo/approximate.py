"""Approximate region boundaries from points alone, for the demonstration; always shown as "batas perkiraan".

Land is cut into cells around the deepest points known (kecamatan where there are any, else kabupaten/kota), and
each parent is the union of its children. So everything nests exactly and each of those points lies in its own cell,
which cutting from the top down could not promise.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyogrio.raw
import shapely
from shapely import Geometry, MultiPoint, MultiPolygon, Point, Polygon

from geo.boundaries import depth_of, parent_of
from geo.cleaning import polygons_of
from geo.shares import Numbers, capped
from geo.values import BBox, LonLat

OFFICIAL, SHARED = 1.25, 2.5  # how many times its official area, or its siblings' average, a cell may have
GRID = 1e-6  # degrees: neighbours share their vertices exactly
AROUND = BBox(90, -16, 146, 44)  # from Indonesia to Korea
INDONESIA_NUMERIC = "360"


class Country(NamedTuple):
    """A country of Natural Earth: ISO 3166-1 numeric code ("360", "" where it has none), English name, area lon/lat."""

    numeric: str
    name: str
    area: MultiPolygon


def countries(path: Path) -> list[Country]:
    """All countries of a world-atlas `countries-*.json` (TopoJSON of ours, never an uploaded file)."""
    meta, _fids, shapes, values = pyogrio.raw.read(path, layer="countries", columns=["id", "name"], return_fids=True)
    fields = dict(zip(meta["fields"], values, strict=True))
    valid = [polygons_of(shapely.make_valid(shape)) for shape in shapely.from_wkb(shapes)]
    return [
        Country(str(numeric or ""), str(name or ""), area)
        for numeric, name, area in zip(fields["id"], fields["name"], valid, strict=True)
    ]


def land_of(world: list[Country], numeric: str = INDONESIA_NUMERIC) -> MultiPolygon:
    """The land of one country. Raises KeyError where the list does not have it."""
    for country in world:
        if country.numeric == numeric:
            return country.area
    raise KeyError(numeric)


def context_land(world: list[Country], box: BBox = AROUND, *, without: str = INDONESIA_NUMERIC) -> list[Country]:
    """The other countries, cut to a box: grey land around our own."""
    frame = shapely.box(box.west, box.south, box.east, box.north)
    cut = [Country(c.numeric, c.name, polygons_of(c.area.intersection(frame))) for c in world if c.numeric != without]
    return [country for country in cut if not country.area.is_empty]


def disc(centre: LonLat, km: float) -> Polygon:
    """A circle on the ground, as a polygon in degrees: the rough extent of a city."""
    round_one = Point(0, 0).buffer(km / 110.57, quad_segs=16)
    across = 1 / math.cos(math.radians(centre.lat))
    return shapely.transform(round_one, lambda xy: xy * (across, 1) + (centre.lon, centre.lat))


def approximate_cells(
    points: Mapping[str, LonLat], land: Geometry, areas_km2: Mapping[str, float] | None = None
) -> dict[str, MultiPolygon]:
    """Areas for all codes of `points` (all levels together), cut from `land`, lon/lat.

    Codes are Kemendagri's; a level that only some parents have (kecamatan of five kabupaten) is welcome. `areas_km2`
    are official areas, which a cell may not exceed by much, and the size of islands the land does not show.
    """
    parents = {parent_of(code) for code in points}
    leaves = {code: place for code, place in points.items() if code not in parents}
    cells = _cells(leaves, land, areas_km2 or {})
    for depth in range(max(map(depth_of, leaves)), 1, -1):
        cells |= _unions({code: area for code, area in cells.items() if depth_of(code) == depth})
    return {code: cells[code] for code in points}


def _cells(leaves: Mapping[str, LonLat], land: Geometry, areas_km2: Mapping[str, float]) -> dict[str, MultiPolygon]:
    spots = [Point(p.lon, p.lat) for p in leaves.values()]
    voronoi = shapely.voronoi_polygons(MultiPoint(spots), extend_to=shapely.box(*land.bounds), ordered=True)
    fair, most = _fair_and_most(leaves, areas_km2)
    raw = capped(shapely.get_parts(voronoi), spots, fair, most, families=[code[:2] for code in leaves], land=land)
    shapely.prepare(land)
    dry = shapely.intersection(raw, land, grid_size=GRID)
    at_sea = ~shapely.contains_properly(dry, np.array(spots))
    for i, code in enumerate(leaves):
        if at_sea[i]:  # an island too small for the land layer, or a point off the coast
            dry[i] = _with_islet(dry[i], raw[i], spots[i], areas_km2.get(code, 10.0))
    return {code: polygons_of(area) for code, area in zip(leaves, dry, strict=True)}


def _fair_and_most(leaves: Mapping[str, LonLat], areas_km2: Mapping[str, float]) -> tuple[Numbers, Numbers]:
    """Official areas, else an equal share of what lies above; and how much is borne. Square degrees, NaN: unknown."""
    known = {code: _nearest_known(code, areas_km2) for code in leaves}
    count = Counter(known.values())
    fair = np.array([areas_km2.get(above or "", math.nan) / count[above] for above in known.values()])
    fair /= 111.32 * 110.57 * np.cos(np.radians([place.lat for place in leaves.values()]))
    return fair, fair * np.array([OFFICIAL if code in areas_km2 else SHARED for code in leaves])


def _nearest_known(code: str | None, areas_km2: Mapping[str, float]) -> str | None:
    while code is not None and code not in areas_km2:
        code = parent_of(code)
    return code


def _with_islet(area: Geometry, cell: Geometry, spot: Point, km2: float) -> Geometry:
    radius = min(math.sqrt(km2 / math.pi), 4.0) / 111
    islet = shapely.intersection(spot.buffer(radius, quad_segs=6), cell, grid_size=GRID)
    return shapely.union(area, islet, grid_size=GRID)


def _unions(children: Mapping[str, MultiPolygon]) -> dict[str, MultiPolygon]:
    families: dict[str, list[MultiPolygon]] = defaultdict(list)
    for code, area in children.items():
        parent = parent_of(code)
        if parent is not None:
            families[parent].append(area)
    return {parent: polygons_of(shapely.union_all(areas, grid_size=GRID)) for parent, areas in families.items()}
