"""A place is a place, a distance is in metres, and a doubt is offered, never applied."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod

from geo.values import (
    INDONESIA,
    BBox,
    LonLat,
    NotABox,
    NotAPosition,
    Suspicion,
    bearing_deg,
    metres_apart,
    suspicions,
)

BANDUNG = LonLat(107.6186, -6.9025)  # Gedung Sate
SEOUL = LonLat(126.9780, 37.5665)
lons = st.floats(-180, 180)
lats = st.floats(-90, 90)
places = st.builds(LonLat, lons, lats)
indonesian = st.builds(LonLat, st.floats(95, 141), st.floats(-11, 6))


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (math.nan, 0),
        (0, math.nan),
        (math.inf, 0),
        (0, -math.inf),
        (180.1, 0),
        (0, 90.1),
        (-6.9, 107.6),
        (True, 1),
        ("1", 2),
    ],
)
def test_numbers_that_are_no_position_are_refused(lon: float, lat: float) -> None:
    with pytest.raises(NotAPosition):
        LonLat(lon, lat)
    assert LonLat.maybe(lon, lat) is None


@given(places)
def test_every_position_on_earth_is_taken_as_it_is(place: LonLat) -> None:
    assert LonLat.maybe(place.lon, place.lat) == place


def test_half_a_position_is_none() -> None:
    assert LonLat.maybe(107.6, None) is None
    assert LonLat.maybe(None, -6.9) is None


@given(indonesian, indonesian)
def test_distance_agrees_with_the_geodesic(a: LonLat, b: LonLat) -> None:
    exact = Geod(ellps="WGS84").inv(a.lon, a.lat, b.lon, b.lat)[2]
    assert metres_apart(a, b) == pytest.approx(exact, rel=2e-5, abs=0.01)


@given(places, places)
def test_distance_is_the_same_both_ways_and_never_more_than_half_the_earth(a: LonLat, b: LonLat) -> None:
    assert metres_apart(a, b) == pytest.approx(metres_apart(b, a), abs=0.01)
    assert 0 <= metres_apart(a, b) < 20_100_000


@given(places)
def test_a_place_is_no_distance_from_itself(place: LonLat) -> None:
    assert metres_apart(place, place) == 0


@given(indonesian, st.floats(1, 100_000), st.floats(0, 2 * math.pi))
def test_the_box_around_a_place_holds_its_whole_circle(place: LonLat, metres: float, bearing: float) -> None:
    lon, lat, _ = Geod(ellps="WGS84").fwd(place.lon, place.lat, math.degrees(bearing), metres)
    assert BBox.around(place, metres).contains(LonLat(lon, lat))


@given(places, st.floats(0, 5_000_000))
def test_the_box_around_any_place_is_a_box_that_holds_it(place: LonLat, metres: float) -> None:
    assert BBox.around(place, metres).contains(place)


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "5,0,1,1", "0,9,1,1", "nan,0,1,1", "1" * 300, "0,0,1,1e999"]
)
def test_a_text_that_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(NotABox):
        BBox.parse(text)


@given(lons, lats, lons, lats)
def test_a_box_can_be_read_back_from_its_own_text(a: float, b: float, c: float, d: float) -> None:
    box = BBox(min(a, c), min(b, d), max(a, c), max(b, d))
    again = BBox.parse(str(box))
    assert (again.west, again.north) == pytest.approx((box.west, box.north), abs=1e-6)


def test_the_box_of_places_holds_them_and_of_nothing_is_none() -> None:
    box = BBox.of([BANDUNG, SEOUL])
    assert box is not None
    assert box.contains(BANDUNG)
    assert box.contains(SEOUL)
    assert BBox.of([]) is None
    assert BBox.maybe(None, None, None, None) is None
    assert BBox.maybe(5, 0, 1, 1) is None


@pytest.mark.parametrize(
    ("given_", "kind", "offered"),
    [
        ((0.0, 0.0), Suspicion.NULL_ISLAND, None),
        ((-6.9025, 107.6186), Suspicion.SWAPPED_AXES, BANDUNG),
        ((107.6186, 6.9025), Suspicion.LOST_SIGN, BANDUNG),
        ((6.9025, 107.6186), Suspicion.SWAPPED_AND_LOST_SIGN, BANDUNG),
    ],
)
def test_what_happened_to_the_numbers_is_recognised(
    given_: tuple[float, float], kind: Suspicion, offered: LonLat | None
) -> None:
    doubt = suspicions(given_, INDONESIA)[0]
    assert (doubt.kind, doubt.corrected) == (kind, offered)


def test_a_point_in_the_wrong_kabupaten_is_not_explained_away() -> None:
    kota_bandung = BBox(107.54, -6.97, 107.74, -6.83)
    assert suspicions((106.8, -6.2), kota_bandung) == ()  # Jakarta is Jakarta
    assert suspicions((math.nan, math.inf), kota_bandung) == ()


@given(indonesian)
def test_a_point_where_it_is_expected_raises_no_doubt(place: LonLat) -> None:
    assume(abs(place.lat) > 0.02)
    assert suspicions((place.lon, place.lat), INDONESIA) == ()


@given(st.floats(), st.floats())
def test_a_correction_offered_always_lies_where_the_point_was_expected(lon: float, lat: float) -> None:
    for doubt in suspicions((lon, lat), INDONESIA):
        assert doubt.corrected is None or INDONESIA.contains(doubt.corrected)


@pytest.mark.parametrize(("lon", "lat", "degrees"), [(0, 1, 0), (1, 0, 90), (0, -1, 180), (-1, 0, 270), (1, 1, 45)])
def test_a_bearing_is_counted_clockwise_from_north(lon: float, lat: float, degrees: float) -> None:
    assert bearing_deg(LonLat(0, 0), LonLat(lon / 1000, lat / 1000)) == pytest.approx(degrees, abs=0.01)


@given(indonesian, indonesian)
def test_a_bearing_agrees_with_the_geodesic(a: LonLat, b: LonLat) -> None:
    assume(metres_apart(a, b) > 1)
    there, _, _ = Geod(ellps="WGS84").inv(a.lon, a.lat, b.lon, b.lat)
    found = bearing_deg(a, b)
    assert found is not None and 0 <= found < 360
    assert abs((found - there + 180) % 360 - 180) < 0.25


def test_of_one_same_point_there_is_no_direction() -> None:
    assert bearing_deg(BANDUNG, BANDUNG) is None
