"""Areas are mended only where that changes nothing, thinned together, and measured on the ellipsoid."""

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

from geo.boundaries import BoundaryRow, ColumnMapping
from geo.cleaning import area_km2, outline, outlines, overlaps, repair
from geo.reading import read
from geo.values import LonLat, metres_apart
from tests.geo.layers import REAL, grid


def multi(area: Polygon) -> MultiPolygon:
    return MultiPolygon([area])


def wavy(west: float, east: float, waves: int = 40) -> MultiPolygon:
    """A box whose upper and lower sides are straight and whose right side at 107.5 is a shared, wavy border."""
    ys = np.linspace(-7, -6, waves)
    border = [(107.5 + 0.003 * np.sin(i * 1.3), y) for i, y in enumerate(ys)]
    outer = [(west, -6.0), (west, -7.0)] if west < 107.5 else [(east, -6.0), (east, -7.0)]
    return multi(Polygon([*border, *outer]))


def test_a_valid_area_is_left_alone() -> None:
    area = box(107, -7, 107.1, -6.9)
    assert repair(area) == (multi(area), None)


def test_a_bow_tie_is_not_mended_into_something_else() -> None:
    assert repair(Polygon([(0, 0), (1, 1), (1, 0), (0, 1), (0, 0)])) is None


def test_a_hole_that_touches_the_border_twice_is_mended() -> None:
    shell = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    spike = [(0, 0), (1, 0), (1, 1), (1.5, 1.5), (1, 1), (0, 1), (0, 0)]
    mended = repair(Polygon(spike))
    assert mended is not None
    assert mended[0].equals(Polygon(shell))
    assert mended[1] is not None


def test_one_degree_at_the_equator_has_its_known_area() -> None:
    assert area_km2(box(100, 0, 101, 1)) == pytest.approx(12_309, rel=0.001)
    with_hole = box(100, 0, 101, 1) - box(100.4, 0.4, 100.6, 0.6)
    assert area_km2(with_hole) == pytest.approx(area_km2(box(100, 0, 101, 1)) - area_km2(box(100.4, 0.4, 100.6, 0.6)))


def test_neighbours_thinned_together_still_share_their_border() -> None:
    areas = {"99.01": wavy(107, 107.5), "99.02": wavy(107.5, 108)}
    thin = outlines(areas, 0.02)
    assert sum(map(shapely.get_num_coordinates, thin.values())) < 30
    assert shapely.coverage_is_valid(list(thin.values()))
    assert list(overlaps(thin, 0.0)) == []
    assert outlines({}, 0.02) == {}


def test_an_islet_is_never_thinned_away() -> None:
    islet = multi(box(107, -7, 107.0001, -6.9999))
    assert not outline(islet, 0.1).is_empty
    assert not outlines({"99.01": islet}, 0.1)["99.01"].is_empty


def test_neighbours_do_not_overlap_and_a_thief_is_named() -> None:
    areas = {code: multi(area) for code, area in grid().items()}
    assert list(overlaps(areas)) == []
    areas["99.01.09"] = multi(box(107.05, -6.95, 107.15, -6.94))
    found = {(o.a, o.b): o for o in overlaps(areas)}
    assert set(found) == {("99.01.01", "99.01.09"), ("99.01.02", "99.01.09")}
    assert found["99.01.01", "99.01.09"].km2 == pytest.approx(5.5 * 1.1, rel=0.03)
    assert metres_apart(found["99.01.01", "99.01.09"].at, LonLat(107.075, -6.945)) < 2_000


def test_the_real_neighbours_or_a_grid_stay_neighbours_when_thinned() -> None:
    if REAL.is_dir():
        taken = read(REAL / "fokus_kecamatan.geojson", ColumnMapping())
        areas = {row.code: row.area for row in taken if isinstance(row, BoundaryRow)}
    else:
        areas = {code: multi(area) for code, area in grid(10, 9).items()}
    assert list(overlaps(areas)) == []
    thin = outlines(areas, 0.002)
    assert shapely.coverage_is_valid(list(thin.values()))
    assert set(thin) == set(areas)
