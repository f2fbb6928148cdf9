"""Tiles and cells: every place lies in exactly one, and a view is covered by few ranges that hold all of it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from geo.tiles import DEEPEST_TILE, NotATile, Span, Tile, column_of, cover, row_of, span_of, spread
from geo.values import BBox, LonLat

PLACES = some.builds(LonLat, some.floats(-180, 180), some.floats(-90, 90))


def quad(place: LonLat) -> int:
    return Tile(DEEPEST_TILE, column_of(place.lon, DEEPEST_TILE), row_of(place.lat, DEEPEST_TILE)).quad


def test_tiles_are_counted_as_all_web_maps_count_them() -> None:
    bandung = LonLat(107.6098, -6.9147)
    assert (column_of(bandung.lon, 12), row_of(bandung.lat, 12)) == (3272, 2126)
    assert (column_of(-180, 3), row_of(90, 3), column_of(180, 3), row_of(-90, 3)) == (0, 0, 7, 7)


def test_bits_are_spread() -> None:
    assert spread(0b1011) == 0b1000101
    assert Tile(1, 1, 0).quad == 0b01 and Tile(1, 0, 1).quad == 0b10


@given(PLACES, some.integers(0, DEEPEST_TILE))
def test_a_place_lies_in_the_range_of_its_tile_at_every_zoom(place: LonLat, zoom: int) -> None:
    span = span_of(Tile(zoom, column_of(place.lon, zoom), row_of(place.lat, zoom)))
    assert span.first <= quad(place) < span.end
    assert span.coarser(DEEPEST_TILE - zoom).finer(DEEPEST_TILE - zoom) == span


@given(PLACES, PLACES, some.floats(0, 1), some.floats(0, 1))
def test_a_view_is_covered_by_few_ranges_that_do_not_touch(a: LonLat, b: LonLat, along: float, up: float) -> None:
    view = BBox(min(a.lon, b.lon), min(a.lat, b.lat), max(a.lon, b.lon), max(a.lat, b.lat))
    spans = cover(view)
    inside = LonLat(
        min(view.east, view.west + along * (view.east - view.west)),
        min(view.north, view.south + up * (view.north - view.south)),
    )
    assert any(span.first <= quad(inside) < span.end for span in spans)
    assert 1 <= len(spans) <= 24
    assert all(before.end < after.first for before, after in pairwise(spans))


def test_a_range_that_is_cut_belongs_to_the_coarser_cell() -> None:
    assert Span(3, 5).coarser(1) == Span(0, 2)


@pytest.mark.parametrize("numbers", [(-1, 0, 0), (0, 1, 0), (3, 8, 0), (3, 0, -1), (DEEPEST_TILE + 1, 0, 0)])
def test_what_lies_outside_the_square_is_no_tile(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(NotATile):
        Tile(*numbers)
