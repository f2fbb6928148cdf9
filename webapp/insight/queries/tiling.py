"""Cases as vector tiles: one by one where they fit, else their numbers by cells of a sixteenth of the tile's side."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Float, Select, Subquery, case, func, literal, select
from sqlalchemy.orm import Session

from geo import sql
from geo.tiles import Tile, span_of
from webapp.evidence.models import Evidence
from webapp.insight.queries import placing, summing
from webapp.insight.queries.summing import Cell, Kept

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
    kept = summing.cells(session, known, [inside], at.zoom) if known else None
    if kept is not None:
        drawn, many = _listed(kept), sum(cell.count for cell in kept) > most
    else:
        there = placing.near(wanted, [inside])
        many = placing.number_of(session, select(there.c.id), most + 1) > most
        drawn = placing.cells(there, summing.steps_to(at.zoom))
    return bytes(session.scalar(_cells(drawn, at) if many else _cases(wanted, at)) or b"")


def _listed(cells: Sequence[Cell]) -> Subquery:
    """Cells that are known, as rows."""
    columns = (
        literal([cell.count for cell in cells], ARRAY(BigInteger)),
        literal([cell.place.lon for cell in cells], ARRAY(Float)),
        literal([cell.place.lat for cell in cells], ARRAY(Float)),
    )
    rows = func.unnest(*columns).table_valued("n", "lon", "lat").render_derived(name="listed")
    return select(rows.c.n, rows.c.lon, rows.c.lat).subquery("cells")


def _cells(cells: Subquery, at: Tile) -> Select[Any]:
    geometry = sql.in_tile(sql.point_at(cells.c.lon, cells.c.lat), at)
    rows = select(geometry.label("geometry"), cells.c.n).subquery("drawn")
    return sql.as_tile(rows, CELLS)


def _cases(wanted: Select[Evidence], at: Tile) -> Select[Any]:
    around = at.box(_BEYOND)
    spots: Any = (
        placing.within(wanted, around)
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
