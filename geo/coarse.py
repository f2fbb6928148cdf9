"""Places made coarse on purpose: every point of a cell becomes the middle of that cell. Pure arithmetic."""

import math

from geo.values import LonLat

_METRES_PER_DEGREE = 111_320.0  # of latitude, and of longitude at the equator


def cell_centre(place: LonLat, metres: float) -> LonLat:
    """The middle of the cell of a fixed grid that holds the place; cells are about `metres` wide and high.

    The grid never moves, so that several publications of one home all say the same; a jitter could be averaged away.
    Rows are counted from the equator, and the cells of a row are as many degrees wide as that row's middle needs.
    """
    step = metres / _METRES_PER_DEGREE
    lat = _middle(place.lat, step, 90)
    width = step / max(math.cos(math.radians(lat)), step / 360)
    return LonLat(_middle(place.lon, width, 180), lat)


def _middle(degrees: float, step: float, most: float) -> float:
    middle = (math.floor(degrees / step) + 0.5) * step
    return round(max(-most, min(most, middle)), 6)
