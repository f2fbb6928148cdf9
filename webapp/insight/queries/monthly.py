"""Figures of months, from sums that are kept: the same numbers as `counting.counted` gives with those as a filter.

An event touches the months from one to another if it began by the last of them and had not ended before the first.
Hence sums of where events begin and where they end are enough for any span of months, and an event counts once in it.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    false,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.access import Actor, within
from webapp.evidence.tally_models import CODE_LENGTHS, COUNTED, EVERY_PERIOD, CaseJournal, Edge, case_month, edge
from webapp.insight.queries.standing import Reach, reach
from webapp.insight.queries.summing import Kept, added, kept, times, waiting
from webapp.insight.rules import Figures, Filters, Group, Month

_IN_JOURNAL: dict[Edge, InstrumentedAttribute[date | None]] = {
    Edge.BEGAN: CaseJournal.began, Edge.ENDED: CaseJournal.ended,
}  # fmt: skip
Numbers = dict[str, ColumnElement[Any]]
Fresh = dict[InstrumentedAttribute[date | None], Numbers]
Changes = dict[str, dict[tuple[Edge, Month], Figures]]  # by unit: of the events that begin, and of those that end


def known(actor: Actor, upper: str | None, filters: Filters) -> Kept | None:
    """The sums of the regions below `upper`, whatever months are asked for. None: they must be counted."""
    if reach(actor, upper) is not Reach.INSIDE:
        return None
    return kept(actor, upper, replace(filters, since=None, until=None))


def children(asked: Kept, since: Month | None, until: Month | None) -> Subquery:
    """As `summing.children`, of events that touch those months."""
    lines = _lines(asked)
    begun = true() if until is None else lines.c.month <= until.first
    over = false() if since is None else lines.c.month < since.first
    columns = [
        (_sum(lines.c[_name(Edge.BEGAN, group)], begun) - _sum(lines.c[_name(Edge.ENDED, group)], over)).label(group)
        for group in Group
    ]
    return select(lines.c.unit, *columns).group_by(lines.c.unit).subquery("tally")


def changes(session: Session, asked: Kept) -> Changes:
    """What begins and what ends in each month, by region directly below the one asked for."""
    lines = _lines(asked)
    sums = [_sum(lines.c[_name(one, group)], true()) for one in Edge for group in Group]
    found: Changes = defaultdict(dict)
    for unit, month, *numbers in session.execute(
        select(lines.c.unit, lines.c.month, *sums).group_by(lines.c.unit, lines.c.month)
    ):
        for place, one in enumerate(Edge):
            counts = [int(number) for number in numbers[place * len(Group) : (place + 1) * len(Group)]]
            if any(counts):
                found[unit][one, Month.of(month)] = Figures(*counts)
    return found


def by_unit(asked: Kept, stored: Numbers, fresh: Fresh) -> list[Select[Any]]:
    """Lines of `unit`, `month` and numbers, whose sum is that of this moment: for each region directly below the one
    asked for, and of what belongs to that one itself. `fresh`: by the month of the journal's lines that they are of.
    """
    (here,) = asked.upper
    depth = CODE_LENGTHS.index(len(here))
    below = and_(case_month.c.depth == depth + 1, within(case_month.c.region_code, asked.upper))
    parts = [_stored(asked, case_month.c.region_code, below, stored)]
    if here:
        itself = and_(case_month.c.depth == depth, case_month.c.region_code == here)
        parts.append(_stored(asked, literal(here), itself, stored))
        parts.append(_stored(asked, literal(here), below, {name: -number for name, number in stored.items()}))
    length = CODE_LENGTHS[min(depth + 1, len(CODE_LENGTHS) - 1)]
    unit = func.left(CaseJournal.region_code, literal_column(str(length)))
    for month, numbers in fresh.items():
        said = [numbers.get(name, literal_column("0")).label(name) for name in stored]
        parts.append(select(unit.label("unit"), month.label("month"), *said).where(*waiting(asked), month.is_not(None)))
    return parts


def _stored(asked: Kept, unit: ColumnElement[Any], where: ColumnElement[bool], numbers: Numbers) -> Select[Any]:
    said = [number.label(name) for name, number in numbers.items()]
    filed = [case_month.c.period_id == (asked.filters.period or EVERY_PERIOD)]
    filed += [case_month.c.kind_code == asked.filters.kind] if asked.filters.kind else []
    return select(unit.label("unit"), case_month.c.month, *said).where(*filed, where)


def _lines(asked: Kept) -> Subquery:
    stored: Numbers = {}
    fresh: Fresh = {month: {} for month in _IN_JOURNAL.values()}
    for one in Edge:
        for group in Group:
            states, placed = asked.states(group), group is not Group.UNPLACED
            columns = (case_month.c[edge(one, state, placed=placed)] for state in COUNTED if state in states)
            stored[_name(one, group)] = added(func.coalesce(column, 0) for column in columns)
            unplaced = [] if placed else [CaseJournal.quad.is_(None)]
            fresh[_IN_JOURNAL[one]][_name(one, group)] = times(CaseJournal.state.in_(sorted(states)), *unplaced)
    return union_all(*by_unit(asked, stored, fresh)).subquery("lines")


def _name(one: Edge, group: Group) -> str:
    return f"{one}_{group}"


def _sum(number: ColumnElement[Any], when: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(number).filter(when), 0)
