"""Approximate boundaries: made from points and land alone, nested, edge to edge, each point in its own area."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, box

from geo.approximate import Country, approximate_cells, context_land, countries, land_of
from geo.boundaries import depth_of, parent_of
from geo.cleaning import area_km2, overlaps
from geo.values import LonLat

LAND = MultiPolygon([box(106, -8, 108, -6)])
POINTS = {
    "99": LonLat(106.5, -7), "99.01": LonLat(106.5, -7.5), "99.02": LonLat(106.5, -6.5),
    "98": LonLat(107.5, -7), "98.01": LonLat(107.5, -7.2), "98.71": LonLat(107.5, -6.8),
    "98.01.01": LonLat(107.4, -7.4), "98.01.02": LonLat(107.6, -7.4), "98.01.03": LonLat(107.5, -7.1),
}  # fmt: skip


def at_depth(cells: Mapping[str, MultiPolygon], depth: int) -> dict[str, MultiPolygon]:
    return {code: area for code, area in cells.items() if depth_of(code) == depth}


def nests(points: Mapping[str, LonLat], cells: Mapping[str, MultiPolygon]) -> None:
    """What must hold for any points: own point inside, children inside their parent, nobody on another's ground."""
    assert set(cells) == set(points)
    parents = {parent_of(code) for code in points}
    for code, area in cells.items():
        assert area.is_valid
        assert not area.is_empty
        if code not in parents:
            assert area.covers(Point(points[code].lon, points[code].lat))
        if (parent := parent_of(code)) is not None:
            assert area.difference(cells[parent]).area < 1e-4
    for depth in (1, 2, 3):
        assert list(overlaps(at_depth(cells, depth), 0.01)) == []


def test_provinces_share_the_land_and_children_share_their_parent() -> None:
    cells = approximate_cells(POINTS, LAND)
    nests(POINTS, cells)
    assert shapely.union_all(list(at_depth(cells, 1).values())).symmetric_difference(LAND).area < 1e-5
    kecamatan = shapely.union_all(list(at_depth(cells, 3).values()))
    assert kecamatan.symmetric_difference(cells["98.01"]).area < 1e-5


def test_neighbours_share_every_vertex_of_their_border() -> None:
    cells = approximate_cells(POINTS, LAND, {"98.71": 150.0})
    for depth in (1, 2, 3):
        assert shapely.coverage_is_valid(list(at_depth(cells, depth).values()))


def test_a_small_town_leaves_its_surroundings_to_the_regency_around_it() -> None:
    official = {"98.71": 150.0, "98.01": 22_000.0}
    cells = approximate_cells(POINTS, LAND, official)
    nests(POINTS, cells)
    assert area_km2(cells["98.71"]) == pytest.approx(150, rel=0.35)
    assert area_km2(approximate_cells(POINTS, LAND)["98.71"]) > 3_000


def test_an_island_the_land_layer_does_not_show_is_drawn_around_its_point() -> None:
    points = {**POINTS, "97": LonLat(110, -5), "97.01": LonLat(110, -5)}
    cells = approximate_cells(points, LAND, {"97.01": 12.0})
    assert area_km2(cells["97.01"]) == pytest.approx(12, rel=0.1)


_lons, _lats = st.integers(0, 190), st.integers(0, 190)


@settings(max_examples=40, deadline=None)
@given(
    spots=st.lists(st.tuples(_lons, _lats), min_size=3, max_size=25, unique=True),
    sizes=st.lists(st.floats(5, 30_000), min_size=25, max_size=25),
)
def test_any_points_nest_and_keep_their_own_ground(spots: list[tuple[int, int]], sizes: list[float]) -> None:
    points = {f"99.{n:02d}": LonLat(106.05 + x / 100, -7.95 + y / 100) for n, (x, y) in enumerate(spots, start=1)}
    points["99"] = LonLat(107, -7)
    official = {code: size for code, size in zip(points, sizes, strict=False) if code != "99"}
    nests(points, approximate_cells(points, LAND, official))


def test_other_countries_are_cut_to_the_map_and_our_own_is_left_out() -> None:
    world = [
        Country("360", "Indonesia", LAND),
        Country("458", "Malaysia", MultiPolygon([box(80, 0, 104, 4)])),
        Country("250", "France", MultiPolygon([box(0, 44, 5, 48)])),
    ]
    (left,) = context_land(world)
    assert left.name == "Malaysia"
    assert left.area.bounds == (90, 0, 104, 4)
    assert land_of(world) is LAND
    with pytest.raises(KeyError):
        land_of(world, "999")


def test_natural_earth_as_it_is_vendored_gives_a_land_and_neighbours() -> None:
    path = Path(__file__).resolve().parents[2] / "webapp/static/vendor/world-atlas/countries-10m.json"
    world = countries(path)
    land = land_of(world)
    assert land.covers(Point(107.6, -7.0))
    assert land.bounds == pytest.approx((95.2, -10.9, 141.0, 5.9), abs=0.2)
    assert {"South Korea", "Malaysia", "Timor-Leste"} <= {country.name for country in context_land(world)}
