"""Where a point lies to the declared kecamatan: on the made-up grid, and on real or approximate boundaries."""

from __future__ import annotations

import pytest
from shapely import MultiPolygon, box
from sqlalchemy.orm import Session

from geo.columns import stored_area
from geo.values import LonLat, Suspicion
from tests import factories
from tests.factories import FAR, MINE, NEXT_DOOR, middle
from webapp.territory import queries
from webapp.territory.models import Country, PlaceAbroad, RegionBoundary
from webapp.territory.rules import RegionResult

METRE = 1 / 111_195  # degrees of longitude near the equator, of latitude everywhere


@pytest.fixture
def grid(session: Session) -> Session:
    """The grid, with a country and a named part of a city far from it."""
    dataset = factories.territory(session)
    abroad = MultiPolygon([box(126, 37, 128, 38)])
    session.add(Country(code="KR", name="Korea Selatan", area=stored_area(abroad), dataset_id=dataset.id))
    session.add(
        PlaceAbroad(
            country_code="KR", city="Seoul", label="Jung-gu", dataset_id=dataset.id,
            area=stored_area(MultiPolygon([box(126.97, 37.55, 127.02, 37.57)])),
        )
    )  # fmt: skip
    session.flush()
    return session


def east_of_mine(metres: float) -> LonLat:
    """A point that far east of the border between `MINE` and `NEXT_DOOR`."""
    return LonLat(100.1 + metres * METRE, -1.95)


def test_a_point_inside_matches(grid: Session) -> None:
    found = queries.resolve(grid, MINE, middle(MINE), 8)
    assert found.result is RegionResult.MATCH
    assert (found.found_code, found.country_code) == (MINE, "ID")
    assert found.radius_m == 258
    assert found.dataset_id is not None


def test_a_point_across_the_border_but_within_doubt_is_near_the_border(grid: Session) -> None:
    found = queries.resolve(grid, MINE, east_of_mine(200), 8)
    assert found.result is RegionResult.NEAR_BORDER
    assert [(one.code, one.inside) for one in found.candidates] == [(NEXT_DOOR, True), (MINE, False)]
    assert found.candidates[1].metres == pytest.approx(200, abs=2)
    assert found.found_code == NEXT_DOOR


def test_a_point_well_across_the_border_is_outside(grid: Session) -> None:
    found = queries.resolve(grid, MINE, east_of_mine(300), 8)
    assert found.result is RegionResult.OUTSIDE
    assert found.found_code == NEXT_DOOR


def test_a_vague_fix_reaches_further(grid: Session) -> None:
    assert queries.resolve(grid, MINE, east_of_mine(300), 100).result is RegionResult.NEAR_BORDER


def test_an_unknown_accuracy_is_taken_as_fifty_metres(grid: Session) -> None:
    found = queries.resolve(grid, MINE, east_of_mine(290), None)
    assert (found.result, found.radius_m) == (RegionResult.NEAR_BORDER, 300)


def test_a_fix_vaguer_than_half_a_kilometre_names_no_kecamatan(grid: Session) -> None:
    found = queries.resolve(grid, MINE, middle(MINE), 2_000)
    assert (found.result, found.radius_m) == (RegionResult.NEAR_BORDER, 750)


def test_borders_in_a_city_are_surer(grid: Session) -> None:
    city_east = LonLat(100.1 + 200 * METRE, -1.85)
    assert queries.resolve(grid, FAR, city_east, 8).result is RegionResult.OUTSIDE


def test_on_the_line_both_sides_match(grid: Session) -> None:
    on_line = LonLat(100.1, -1.95)
    assert queries.resolve(grid, MINE, on_line, 8).result is RegionResult.MATCH
    assert queries.resolve(grid, NEXT_DOOR, on_line, 8).result is RegionResult.MATCH


def test_a_pier_is_off_the_coast(grid: Session) -> None:
    found = queries.resolve(grid, MINE, LonLat(99.97, -1.95), 8)
    assert found.result is RegionResult.OFFSHORE
    assert found.candidates == ()


def test_the_open_sea_is_outside(grid: Session) -> None:
    assert queries.resolve(grid, MINE, LonLat(99.9, -1.95), 8).result is RegionResult.OUTSIDE


def test_seoul_is_abroad_and_has_a_name(grid: Session) -> None:
    found = queries.resolve(grid, MINE, LonLat(126.98, 37.56), 8)
    assert found.result is RegionResult.ABROAD
    assert (found.country_code, found.place_label, found.found_code) == ("KR", "Jung-gu, Seoul", None)


def test_abroad_without_a_known_name_is_still_abroad(grid: Session) -> None:
    found = queries.resolve(grid, MINE, LonLat(127.5, 37.2), 8)
    assert (found.result, found.country_code, found.place_label) == (RegionResult.ABROAD, "KR", None)


def test_no_position_is_a_result_too(grid: Session) -> None:
    assert queries.resolve(grid, MINE, None, None).result is RegionResult.NO_POSITION


def test_a_desa_is_judged_by_its_kecamatan(grid: Session) -> None:
    assert queries.resolve(grid, f"{MINE}.2001", middle(MINE), 8).result is RegionResult.MATCH


def test_a_superseded_boundary_decides_nothing(grid: Session) -> None:
    grid.query(RegionBoundary).filter_by(region_code=MINE).update({"superseded_at": factories.NOW})
    assert queries.resolve(grid, MINE, middle(MINE), 8).result is RegionResult.OUTSIDE


def test_swapped_axes_and_lost_signs_are_recognised_and_the_correction_offered(grid: Session) -> None:
    right = middle(MINE)
    for lon, lat, kind in (
        (right.lon, -right.lat, Suspicion.LOST_SIGN),
        (right.lat, right.lon, Suspicion.SWAPPED_AXES),
        (-right.lat, right.lon, Suspicion.SWAPPED_AND_LOST_SIGN),
    ):
        (doubt,) = queries.doubts(grid, MINE, lon, lat)
        assert (doubt.kind, doubt.corrected) == (kind, right)


def test_zero_zero_is_no_position(grid: Session) -> None:
    (doubt,) = queries.doubts(grid, MINE, 0, 0)
    assert (doubt.kind, doubt.corrected) == (Suspicion.NULL_ISLAND, None)


def test_a_point_in_the_own_kabupaten_raises_no_doubt(grid: Session) -> None:
    assert queries.doubts(grid, MINE, *_pair(middle(NEXT_DOOR))) == ()


def test_doubts_fall_back_on_the_nation_where_there_is_no_boundary(session: Session) -> None:
    (doubt,) = queries.doubts(session, "98.01.01", -6.9, 107.6)
    assert (doubt.kind, doubt.corrected) == (Suspicion.SWAPPED_AXES, LonLat(107.6, -6.9))


def _pair(place: LonLat) -> tuple[float, float]:
    return place.lon, place.lat
