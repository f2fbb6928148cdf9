"""Routes: every stop once, never longer than as given; and work shared out among those who may."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.values import LonLat
from webapp.fieldwork.routing import path_metres, route, shared_out

PLACES = st.builds(LonLat, st.floats(107.4, 107.8), st.floats(-7.1, -6.8))
START = LonLat(107.6, -6.9)


def walked(stops: list[LonLat], order: list[int]) -> float:
    return path_metres([START, *(stops[at] for at in order)])


@given(st.lists(PLACES, max_size=12))
@settings(max_examples=25, deadline=None)
def test_a_route_visits_every_stop_once_and_is_no_longer_than_the_order_given(stops: list[LonLat]) -> None:
    order = route(START, stops)
    assert sorted(order) == list(range(len(stops)))
    assert walked(stops, order) <= walked(stops, list(range(len(stops)))) + 1e-6
    assert route(START, stops) == order, "the same day gives the same route"


@given(st.lists(PLACES, min_size=4, max_size=5, unique_by=lambda one: (one.lon, one.lat)))
@settings(max_examples=15, deadline=None)
def test_a_short_route_is_as_good_as_trying_them_all(stops: list[LonLat]) -> None:
    best = min(walked(stops, list(order)) for order in permutations(range(len(stops))))
    assert walked(stops, route(START, stops)) <= best * 1.1 + 1


def test_stops_along_a_road_come_in_the_order_of_the_road() -> None:
    stops = [LonLat(107.6 + step / 100, -6.9) for step in (9, 2, 7, 1, 4, 3, 8, 5, 6)]
    assert [round((stops[at].lon - 107.6) * 100) for at in route(START, stops)] == list(range(1, 10))
    assert route(None, stops) in (route(START, stops), route(START, stops)[::-1])


ALLOWED = st.lists(st.frozensets(st.integers(0, 2), max_size=3), max_size=15)


@given(ALLOWED, st.data())
@settings(max_examples=40, deadline=None)
def test_nobody_is_sent_where_they_may_not_go(allowed: list[frozenset[int]], data: st.DataObject) -> None:
    places = [data.draw(st.none() | PLACES) for _ in allowed]
    given_to = shared_out(places, allowed, 3, START)
    assert len(given_to) == len(allowed)
    for person, able in zip(given_to, allowed, strict=True):
        assert person in able if able else person is None


def test_work_is_even_and_neighbours_stay_together() -> None:
    west = [LonLat(107.40 + step / 1000, -7.0) for step in range(5)]
    east = [LonLat(107.80 + step / 1000, -7.0) for step in range(5)]
    mixed = [place for pair in zip(west, east, strict=True) for place in pair]
    given_to = shared_out(mixed, [frozenset({0, 1})] * 10, 2, START)
    assert len({*given_to[::2]}) == len({*given_to[1::2]}) == 1
    assert given_to[0] != given_to[1]
