"""Regions drawn small: to scale, north up, and nothing beyond the paper."""

from hypothesis import given
from hypothesis import strategies as st

from geo import sketch
from geo.values import LonLat, metres_apart

SQUARE = [LonLat(100, -2), LonLat(100.1, -2), LonLat(100.1, -1.9), LonLat(100, -1.9), LonLat(100, -2)]


def test_a_region_fills_its_paper_and_north_is_up() -> None:
    north, south = (LonLat(100.05, -1.91), "verified"), (LonLat(100.05, -1.99), "waiting")
    drawn = sketch.region([SQUARE], [], [north, south])
    assert drawn is not None
    (x, up, _), (_, down, _) = drawn.points
    assert abs(x - drawn.side / 2) < 1
    assert up < down
    numbers = [float(one) for one in drawn.own.replace("M", "").replace("Z", "").replace("L", " ").split()]
    assert min(numbers) >= 0
    assert max(numbers) <= drawn.side
    assert max(numbers) - min(numbers) > drawn.side * 0.8


def test_what_lies_far_outside_is_not_drawn_and_without_a_border_there_is_no_map() -> None:
    drawn = sketch.region([SQUARE], [[SQUARE]], [(LonLat(126.9, 37.5), "verified")])
    assert drawn is not None
    assert drawn.points == ()
    assert len(drawn.around) == 1
    assert sketch.region([], [[SQUARE]], []) is None


@given(st.floats(-8, 5), st.floats(96, 140), st.floats(0.005, 0.4))
def test_the_bar_is_as_long_as_it_says(lat: float, lon: float, half: float) -> None:
    corners = [LonLat(lon - half, lat - half), LonLat(lon + half, lat + half)]
    ground = sketch.Ground.of(corners, 240.0, least_m=50.0)
    metres, points = ground.bar
    west, east = LonLat(lon - half, lat), LonLat(lon + half, lat)
    drawn = ground.at(east)[0] - ground.at(west)[0]
    assert abs(points / drawn - metres / metres_apart(west, east)) < 0.01
    assert points <= 240 / 3 + 0.1


def test_rings_come_from_polygons_and_multipolygons() -> None:
    ring = "[[100,-2],[100.1,-2],[100.1,-1.9],[100,-2]]"
    assert sketch.rings_of(f'{{"type":"Polygon","coordinates":[{ring}]}}') == [
        [LonLat(100, -2), LonLat(100.1, -2), LonLat(100.1, -1.9), LonLat(100, -2)]
    ]
    assert len(sketch.rings_of(f'{{"type":"MultiPolygon","coordinates":[[{ring}],[{ring}]]}}')) == 2
    assert sketch.rings_of(None) == []
