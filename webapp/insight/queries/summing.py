"""The same numbers as `counting.counted` gives, read from sums that are kept (`webapp.evidence.tally_models`).

Where a person reads every claimed case of whole regions and asks by kind, period, state alone, nothing is counted: what
is folded and what is still in the journal are added in one statement, so that the answer is that of this very moment.
For everything else `kept` answers None, and `counted` is asked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    SQLColumnExpression,
    Subquery,
    Table,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from geo import sql
from geo.tiles import CELL_STEPS, FINEST, Span
from geo.values import LonLat
from webapp.access import NATION, Actor, Permission, areas, covers, within
from webapp.evidence.rules import CLAIMED, State, Support
from webapp.evidence.services.adding import STEPS
from webapp.evidence.tally_models import (
    CODE_LENGTHS,
    COUNTED,
    EVERY_KIND,
    EVERY_PERIOD,
    CaseJournal,
    case_cell,
    case_tally,
    supported,
    unplaced,
)
from webapp.insight.queries.standing import Reach, reach
from webapp.insight.rules import STATES_OF, Figures, Filters, Group

FINEST_LEVEL = FINEST - CELL_STEPS
E7 = 10_000_000


@dataclass(frozen=True)
class Kept:
    """Claimed cases at home of whole regions, by kind, period, state; `upper`: codes, none within another."""

    upper: tuple[str, ...]
    filters: Filters
    group: Group = Group.CLAIMED

    def states(self, group: Group) -> frozenset[State]:
        """Which states a figure counts here."""
        return STATES_OF[group] & ({self.filters.state} if self.filters.state else CLAIMED)


@dataclass(frozen=True)
class Cell:
    """Cases too many to draw one by one: how many, and the middle of where they lie."""

    place: LonLat
    count: int


def kept(actor: Actor, upper: str | None, filters: Filters, group: Group = Group.CLAIMED) -> Kept | None:
    """The same cases as `counted(actor, filters, upper)` at home, where their sums are kept."""
    if replace(filters, kind=None, period=None, state=None) != Filters():
        return None
    mine = areas(actor, Permission.MAP_READ)
    read = {*areas(actor, Permission.EVIDENCE_READ), *areas(actor, Permission.EVIDENCE_WRITE)}
    if not mine or not all(any(covers(wide, area) for wide in read) for area in mine):
        return None
    if reach(actor, upper) is Reach.INSIDE:
        return Kept((upper or NATION,), filters, group)
    if upper is not None:
        return None
    outermost = tuple(area for area in mine if not any(covers(other, area) for other in mine if other != area))
    return Kept(outermost, filters, group)


def children(asked: Kept) -> Subquery:
    """Figures by region directly below the one asked for, as `unit`, and of what belongs to that one itself."""
    (here,) = asked.upper
    depth = CODE_LENGTHS.index(len(here))
    below = and_(case_tally.c.depth == depth + 1, within(case_tally.c.region_code, asked.upper))
    parts = [_stored(asked, case_tally.c.region_code, below)]
    if here:
        itself = and_(case_tally.c.depth == depth, case_tally.c.region_code == here)
        parts += [_stored(asked, literal(here), itself), _stored(asked, literal(here), below, sign=-1)]
    length = CODE_LENGTHS[min(depth + 1, len(CODE_LENGTHS) - 1)]
    parts.append(_fresh(asked, func.left(CaseJournal.region_code, literal_column(str(length)))))
    lines = union_all(*parts).subquery("lines")
    sums = [func.sum(lines.c[group]).label(group) for group in Group]
    return select(lines.c.unit, *sums).group_by(lines.c.unit).subquery("tally")


def whole(session: Session, asked: Kept) -> Figures:
    """All the regions together."""
    lines = union_all(_stored(asked, literal(""), themselves(asked)), _fresh(asked, literal(""))).subquery("lines")
    found = session.execute(select(*(func.coalesce(func.sum(lines.c[group]), 0) for group in Group))).one()
    return Figures(*map(int, found))


def supports(session: Session, asked: Kept) -> dict[Support, int]:
    """By how the kabupaten strengthened the unit. Not kept by state: raises ValueError."""
    if asked.filters.state is not None:
        raise ValueError("sums by support are not kept by state")
    columns = {one: case_tally.c[supported(one)] for one in Support}
    stored = select(*(column.label(one) for one, column in columns.items())).where(*filed(asked), themselves(asked))
    fresh = select(*(times(CaseJournal.support == one).label(one) for one in Support)).where(*waiting(asked))
    lines = union_all(stored, fresh).subquery("lines")
    found = session.execute(select(*(func.coalesce(func.sum(lines.c[one]), 0) for one in Support))).one()
    return dict(zip(Support, map(int, found), strict=True))


def without_place(session: Session, asked: Kept) -> int:
    """How many of the cases of the group are on no map."""
    states = asked.states(asked.group)
    stored = select(added(case_tally.c[unplaced(state)] for state in COUNTED if state in states).label("n"))
    fresh = select(times(CaseJournal.state.in_(sorted(states)), CaseJournal.quad.is_(None)).label("n"))
    lines = union_all(
        stored.where(*filed(asked), themselves(asked)), fresh.where(*waiting(asked))
    ).subquery("lines")  # fmt: skip
    return int(session.scalar(select(func.coalesce(func.sum(lines.c.n), 0))) or 0)


def cells(session: Session, asked: Kept, spans: Sequence[Span], shown: int) -> tuple[Cell, ...] | None:
    """Numbers by cells of that level which meet the spans; all of every cell. None: not kept as finely as that."""
    level = level_for(asked, shown)
    if level is None:
        return None
    lines = cells_at(asked, spans, shown, level).subquery("cells")
    found = session.execute(
        select(lines.c.lon_e7 / lines.c.every, lines.c.lat_e7 / lines.c.every, lines.c.n).order_by(
            lines.c.n.desc(), lines.c.cell
        )
    )
    return tuple(Cell(LonLat(float(lon) / E7, float(lat) / E7), int(number)) for lon, lat, number in found)


def steps_to(shown: int) -> int:
    """How much coarser than the finest grid a cell of that level is, in halvings."""
    return max(0, FINEST_LEVEL - shown)


def coarser(quad: SQLColumnExpression[Any], steps: int) -> ColumnElement[int]:
    """A quad in a grid with `steps` halvings less. Text, no parameter: GROUP BY must see the same as the column."""
    return quad.op(">>", return_type=BigInteger())(literal_column(str(2 * steps)))


def level_for(asked: Kept, wanted: int) -> int | None:
    """The coarsest level kept that is at least as fine as the one wanted and tells the regions asked for apart."""
    if asked.group is Group.UNPLACED:
        return None
    finest = max(len(code) for code in asked.upper)
    return next((level for level, length in enumerate(STEPS) if level >= wanted and length >= finest), None)


def cells_at(asked: Kept, spans: Sequence[Span], shown: int, level: int) -> Select[Any]:
    """`cell` (a quad of the level shown), `n` of the group, and `every` claimed case with the sums of their places.

    The middle is that of all cases of a cell: a filter moves no mark by more than the cell's own width.
    """
    states = asked.states(asked.group)
    whole_cells = [span.coarser(FINEST_LEVEL - shown) for span in spans]
    kind, period = asked.filters.kind, asked.filters.period
    if not kind and not period:  # kept of all together, too: a cell is one row
        kind, period = EVERY_KIND, EVERY_PERIOD
    exact = {case_cell.c.kind_code: kind, case_cell.c.period_id: period}
    stored = select(
        coarser(case_cell.c.cell, level - shown).label("cell"),
        added(case_cell.c[state] for state in COUNTED if state in states).label("n"),
        added(case_cell.c[state] for state in COUNTED).label("every"), case_cell.c.lon_e7, case_cell.c.lat_e7,
    ).where(
        case_cell.c.level == level, sql.in_spans(case_cell.c.cell, [one.finer(level - shown) for one in whole_cells]),
        within(case_cell.c.region_code, asked.upper),
        *(column == value for column, value in exact.items() if value is not None),
    )  # fmt: skip
    fresh = select(
        coarser(CaseJournal.quad, FINEST_LEVEL - shown), times(CaseJournal.state.in_(sorted(states))),
        CaseJournal.n, CaseJournal.lon_e7 * CaseJournal.n, CaseJournal.lat_e7 * CaseJournal.n,
    ).where(
        *waiting(asked),
        sql.in_spans(CaseJournal.quad, [one.finer(FINEST_LEVEL - shown) for one in whole_cells]),
    )  # fmt: skip
    lines: FromClause = union_all(stored, fresh).subquery("lines")
    sums = [func.sum(lines.c[name]).label(name) for name in ("n", "every", "lon_e7", "lat_e7")]
    return select(lines.c.cell, *sums).group_by(lines.c.cell).having(func.sum(lines.c.n) > 0)


def _stored(asked: Kept, unit: ColumnElement[Any], where: ColumnElement[bool], sign: int = 1) -> Select[Any]:
    columns = []
    for group in Group:
        names = [
            unplaced(one) if group is Group.UNPLACED else str(one) for one in COUNTED if one in asked.states(group)
        ]
        columns.append((added(case_tally.c[name] for name in names) * literal_column(str(sign))).label(group))
    return select(unit.label("unit"), *columns).where(*filed(asked), where)


def _fresh(asked: Kept, unit: ColumnElement[Any]) -> Select[Any]:
    columns = []
    for group in Group:
        within_group = [CaseJournal.state.in_(sorted(asked.states(group)))]
        if group is Group.UNPLACED:
            within_group.append(CaseJournal.quad.is_(None))
        columns.append(times(*within_group).label(group))
    return select(unit.label("unit"), *columns).where(*waiting(asked))


def filed(asked: Kept, table: Table = case_tally) -> list[ColumnElement[bool]]:
    """Which lines of a table of sums are of the kind and the period asked for."""
    return [
        table.c.kind_code == (asked.filters.kind or EVERY_KIND),
        table.c.period_id == (asked.filters.period or EVERY_PERIOD),
    ]


def themselves(asked: Kept, table: Table = case_tally) -> ColumnElement[bool]:
    """Which are of the very regions asked for."""
    return or_(
        *(and_(table.c.depth == CODE_LENGTHS.index(len(code)), table.c.region_code == code) for code in asked.upper)
    )


def waiting(asked: Kept) -> list[ColumnElement[bool]]:
    """Lines of the journal that count here and are in no sum yet."""
    exact = {CaseJournal.kind_code: asked.filters.kind, CaseJournal.period_id: asked.filters.period}
    return [
        CaseJournal.n != 0,
        within(CaseJournal.region_code, asked.upper),
        *(column == value for column, value in exact.items() if value),
    ]


def times(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return case((and_(*conditions), CaseJournal.n), else_=0)


def added(columns: Collection[ColumnElement[int]] | Any) -> ColumnElement[int]:
    together: ColumnElement[int] = literal_column("0")
    for column in columns:
        together = together + column
    return together
