"""Cases as vector tiles: one by one where they fit, else their numbers by cells of a sixteenth of the tile's side."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.orm import Session

from geo import sql
from geo.tiles import Span, Tile, span_of
from webapp.evidence.models import Evidence
from webapp.evidence.tally_models import DEEPEST_LEVEL
from webapp.insight.queries import summing
from webapp.insight.queries.listing import more_than, within
from webapp.insight.queries.summing import E7, Kept

MOST, NEAR, MOST_AFAR = 2_000, 14, 250  # cases of one tile (some 60 kB), and below zoom 14, where many tiles are full
CASES, CELLS = "kasus", "sel"  # layers
MIXED = "campuran"  # the state of identical points that are not in one state
_BEYOND = 1 / 32  # of a tile: a mark that reaches over the edge is drawn from both sides


def tile(session: Session, wanted: Select[Evidence], at: Tile, known: Kept | None = None) -> bytes:
    """The tile's bytes, empty where nothing is. `known`: the same cases where their sums are kept.

    Layer `kasus`: id, state, accuracy_m, grade, lon, lat, and `n`, how many stand at that very point; of several the
    first id and the least that is known of accuracy and grade. Layer `sel`: `n` and the middle of those it counts.
    """
    inside, most = span_of(at), MOST if at.zoom >= NEAR else MOST_AFAR
    drawn = _kept_cells(known, at, inside) if known and at.zoom <= DEEPEST_LEVEL else None
    if drawn is not None:
        many = int(session.scalar(select(func.sum(drawn.c.n))) or 0) > most
    else:
        there = sql.lying_in(wanted, Evidence.quad, [inside])
        many = more_than(session, there, most)
        drawn = summing.counted_cells(there, max(0, summing.FINEST_LEVEL - at.zoom)) if many else None
    answer = _cells(drawn, at) if many and drawn is not None else _cases(wanted, at)
    return bytes(session.scalar(answer) or b"")


def _kept_cells(known: Kept, at: Tile, inside: Span) -> Subquery | None:
    level = summing.level_for(known, at.zoom)
    if level is None:
        return None
    cells = summing.cells_at(known, [inside], at.zoom, level).subquery("cells")
    lon, lat = (cells.c[name] / cells.c.every / E7 for name in ("lon_e7", "lat_e7"))
    return select(cells.c.n, lon.label("lon"), lat.label("lat")).subquery("cells_of_tile")


def _cells(cells: Subquery, at: Tile) -> Select[Any]:
    geometry = sql.in_tile(sql.point_at(cells.c.lon, cells.c.lat), at)
    rows = select(geometry.label("geometry"), cells.c.n).subquery("drawn")
    return sql.as_tile(rows, CELLS)


def _cases(wanted: Select[Evidence], at: Tile) -> Select[Any]:
    around = at.box(_BEYOND)
    spots: Any = (
        within(wanted, around)
        .with_only_columns(
            Evidence.place, func.min(Evidence.id).label("id"), func.count().label("n"), _state().label("state"),
            func.max(Evidence.accuracy_m).label("accuracy_m"), func.max(Evidence.grade).label("grade"),
            maintain_column_froms=True,
        )
        .group_by(Evidence.place)
        .limit(2 * MOST)
        .subquery("spots")
    )  # fmt: skip
    geometry = sql.in_tile(spots.c.place, at, int(sql.TILE_STEPS * _BEYOND)).label("geometry")
    rows = select(
        geometry, spots.c.id, spots.c.n, spots.c.state, spots.c.accuracy_m, spots.c.grade,
        sql.lon_of(spots.c.place).label("lon"), sql.lat_of(spots.c.place).label("lat"),
    ).subquery("drawn")  # fmt: skip
    return sql.as_tile(rows, CASES, "id")


def _state() -> ColumnElement[str]:
    return case((func.min(Evidence.state) == func.max(Evidence.state), func.min(Evidence.state)), else_=MIXED)
