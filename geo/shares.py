"""Cells that are far too large give ground to hungry neighbours: a town keeps a disc around its point, the regency
around it gets the rest. Plane geometry in degrees, meant for lands near the equator."""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, Point, STRtree

from geo.cleaning import polygons_of

Shapes = NDArray[np.object_]
Numbers = NDArray[np.float64]

_SLIVER = 1e-9


def capped(
    cells: Shapes, spots: Sequence[Point], fair: Numbers, most: Numbers, *, families: Sequence[str], land: Geometry
) -> Shapes:
    """`cells` (a coverage) with the too large ones cut to a disc; the pieces go to touching cells of the same family.

    Who has more than `most` is cut to that, who has less than `fair` inherits first; both in square degrees of `land`,
    NaN where any size will do. Every spot stays in its own cell.
    """
    shared = cells.copy()
    rough = shapely.simplify(land, 0.02)
    shapely.prepare(rough)
    have = shapely.area(shapely.intersection(cells, rough))
    for i in np.argsort(most / np.maximum(have, _SLIVER)):  # the worst first; NaN last
        if not have[i] > most[i]:
            continue
        disc = spots[i].buffer(math.sqrt(most[i] / math.pi), quad_segs=10)
        for piece in shapely.get_parts(shapely.difference(shared[i], disc)):
            heir = _heir(piece, i, shared, have / fair, families)
            if heir is not None:
                moved = float(shapely.intersection(piece, rough).area)
                shared[i], shared[heir] = shapely.difference(shared[i], piece), shapely.union(shared[heir], piece)
                have[i], have[heir] = have[i] - moved, have[heir] + moved
    areal = np.array([polygons_of(shape) for shape in shared], dtype=object)
    return np.asarray(shapely.coverage_clean(areal, snapping_distance=1e-7), dtype=object)


def _heir(piece: Geometry, giver: int, cells: Shapes, fullness: Numbers, families: Sequence[str]) -> int | None:
    """The emptiest cell of the giver's family that shares a border with the piece."""
    near = STRtree(cells).query(piece, predicate="intersects")
    kin = [int(j) for j in near if j != giver and families[j] == families[giver] and not np.isnan(fullness[j])]
    borders = [j for j in kin if shapely.intersection(cells[j], piece.buffer(1e-9)).length > 1e-4]
    hungry = [j for j in borders if fullness[j] < 1.0 and fullness[j] < fullness[giver]]
    return min(hungry or borders, key=lambda j: float(fullness[j]), default=None)
