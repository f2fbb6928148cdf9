"""Cases by where they lie: found in an index by their quads, before any case is read."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Select, Subquery, cast, func, literal_column, select, true
from sqlalchemy.orm import Session

from geo import sql
from geo.tiles import Span, cover
from geo.values import BBox
from webapp.evidence.models import Evidence
from webapp.insight.queries.counting import NARROW
from webapp.insight.queries.summing import coarser

_PARTS = 2  # halvings of a cell by which the middle of what is counted in it is found
_SMALL = 1 << 26  # quads of a tile of zoom 9


def near(wanted: Select[Evidence], spans: Sequence[Span]) -> Subquery:
    """`id` and `quad` of those cases whose quads are in the ranges, none of which meets another.

    Of several wide ranges in one clause the database would read every case in them. So each is looked up by itself, in
    the index that holds all that is asked; but not of cases that another index finds, by words or by activity.
    """
    columns = wanted.with_only_columns(Evidence.id, Evidence.quad).order_by(None)
    wide = sum(span.end - span.first for span in spans) > _SMALL
    if len(spans) < 2 or not wide or wanted.get_execution_options().get(NARROW):
        return columns.where(sql.in_spans(Evidence.quad, spans)).subquery("near")
    ranges = sql.ranges(spans)
    within_one = columns.where(Evidence.quad >= ranges.c.first, Evidence.quad < ranges.c.beyond)
    each = within_one.offset(0).lateral("each")  # an offset keeps it from being joined in another order
    return select(each.c.id, each.c.quad).select_from(ranges).join(each, true()).subquery("near")


def within(wanted: Select[Evidence], view: BBox) -> Select[Evidence]:
    """Those of the cases that a part of the map shows."""
    found = select(near(wanted, cover(view)).c.id).cte("found").prefix_with("MATERIALIZED")
    return wanted.where(Evidence.id.in_(select(found.c.id)), sql.touches_view(Evidence.place, view))


def number_of(session: Session, found: Select[Any], most: int) -> int:
    """How many rows, without counting on after `most`."""
    return int(session.scalar(select(func.count()).select_from(found.limit(most).subquery())) or 0)


def cells(found: Subquery, steps: int) -> Subquery:
    """Of cases that are `near`: `cell` (a quad `steps` halvings coarser than the finest), `n`, `lon`, `lat`.

    The middle of those counted, to an eighth of the cell's side: quads alone are enough.
    """
    fine = max(0, steps - _PARTS)
    parts: Any = select(coarser(found.c.quad, fine).label("part"), func.count().label("n"))
    part = parts.group_by(literal_column("1")).subquery("parts")
    lon, lat = sql.middle_of_cell(part.c.part, fine)
    middles = ((func.sum(at * part.c.n) / func.sum(part.c.n)).label(name) for name, at in (("lon", lon), ("lat", lat)))
    cell, number = coarser(part.c.part, steps - fine).label("cell"), cast(func.sum(part.c.n), BigInteger).label("n")
    return select(cell, number, *middles).group_by(literal_column("1")).subquery("cells")
