"""Tiles of the Web Mercator square and the cells inside them, as whole numbers. Pure: no database, no geometry library.

A place lies in one cell of the finest grid, `GRID` steps a side (10 m at the equator). The cell's number, its *quad*,
interleaves the bits of column and row, so that every tile of every zoom is one unbroken range of quads: what lies in a
tile is found by an ordinary index of whole numbers, which serves under row-level security where one of geometries does
not. Columns go east from -180°, rows go south from +85.05°.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from geo.values import BBox

FINEST = 22  # the finest grid has 2 ** FINEST steps a side
CELL_STEPS = 4  # a cell of level n is 1/16 of a tile of zoom n
DEEPEST_TILE = FINEST
_LATITUDE = 85.051128779806  # where the square ends
_COVER = 24  # tiles a view is made of, at most: each is a range the database has to look up


class NotATile(ValueError):
    """There is no such tile in the square."""

    code = "not_a_tile"


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile, counted as all web maps count them. Raises `NotATile`."""

    zoom: int
    column: int
    row: int

    def __post_init__(self) -> None:
        side = 1 << self.zoom if 0 <= self.zoom <= DEEPEST_TILE else 0
        if not (0 <= self.column < side and 0 <= self.row < side):
            raise NotATile(f"{self.zoom}/{self.column}/{self.row}")

    @property
    def quad(self) -> int:
        """Its own number among the tiles of its zoom."""
        return spread(self.column) | spread(self.row) << 1

    def box(self, beyond: float = 0.0) -> BBox:
        """Its degrees; with `beyond`, that part of a tile more on each side, as far as the square goes."""
        side = 1 << self.zoom
        west, east = max(0.0, self.column - beyond), min(float(side), self.column + 1 + beyond)
        north, south = max(0.0, self.row - beyond), min(float(side), self.row + 1 + beyond)
        return BBox(west / side * 360 - 180, _latitude(south / side), east / side * 360 - 180, _latitude(north / side))


@dataclass(frozen=True, slots=True)
class Span:
    """Quads from `first` up to, not including, `end`."""

    first: int
    end: int

    def coarser(self, steps: int) -> "Span":
        """The same in a grid with `steps` halvings less; a cell that is cut belongs to it."""
        return Span(self.first >> 2 * steps, ((self.end - 1) >> 2 * steps) + 1)

    def finer(self, steps: int) -> "Span":
        """The same in a grid with `steps` halvings more."""
        return Span(self.first << 2 * steps, self.end << 2 * steps)


def spread(value: int) -> int:
    """The bits of a number, each followed by an empty one: 0b101 becomes 0b10001."""
    return sum((value >> n & 1) << 2 * n for n in range(FINEST))


def span_of(tile: Tile) -> Span:
    """The finest quads inside a tile."""
    shift = 2 * (FINEST - tile.zoom)
    return Span(tile.quad << shift, tile.quad + 1 << shift)


def column_of(lon: float, zoom: int) -> int:
    """Column of the tile of that zoom in which a longitude (degrees) lies."""
    return _inside(math.floor((lon + 180.0) / 360.0 * (1 << zoom)), zoom)


def row_of(lat: float, zoom: int) -> int:
    """Row of the tile of that zoom in which a latitude (degrees) lies; beyond the square: the outermost."""
    sine = math.sin(math.radians(max(-_LATITUDE, min(_LATITUDE, lat))))
    return _inside(math.floor((0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * (1 << zoom)), zoom)


def cover(view: BBox) -> Sequence[Span]:
    """Ranges of finest quads that hold the whole view, a little more, and are few; in order, none touching the next."""
    zoom = next(z for z in range(DEEPEST_TILE, -1, -1) if _tiles(view, z) <= _COVER)
    columns, rows = _sides(view, zoom)
    merged: list[Span] = []
    for span in sorted((span_of(Tile(zoom, c, r)) for c in columns for r in rows), key=lambda one: one.first):
        if merged and merged[-1].end == span.first:
            merged[-1] = Span(merged[-1].first, span.end)
        else:
            merged.append(span)
    return merged


def _latitude(down: float) -> float:
    """Degrees of a line so far down the square, 0 at its top, 1 at its bottom."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down))))


def _tiles(view: BBox, zoom: int) -> int:
    columns, rows = _sides(view, zoom)
    return len(columns) * len(rows)


def _sides(view: BBox, zoom: int) -> tuple[range, range]:
    columns = range(column_of(view.west, zoom), column_of(view.east, zoom) + 1)
    return columns, range(row_of(view.north, zoom), row_of(view.south, zoom) + 1)


def _inside(number: int, zoom: int) -> int:
    return max(0, min((1 << zoom) - 1, number))
