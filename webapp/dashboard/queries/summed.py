"""The figures of the desk from sums that are kept (`webapp.evidence.tally_models`): the same numbers as counting gives.

Each is one statement, so that what is folded and what is not are of one moment. How long a case has been waiting is no
sum: what was sent lately is looked up by index, and what is older is the rest of the sum.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    SmallInteger,
    Subquery,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
    union_all,
)

from webapp.access import NATION, Actor
from webapp.dashboard.queries.cutting import aged, in_queue
from webapp.dashboard.rules import Age, Flow, around, sent_between
from webapp.evidence.models import Evidence
from webapp.evidence.rules import AWAITED, DISMISSED, VERIFIED, Grade
from webapp.evidence.tally_models import COUNTED, CaseJournal, case_month, case_signal, case_tally, graded
from webapp.insight.queries import Kept, kept
from webapp.insight.queries.monthly import Fresh, Numbers, by_unit
from webapp.insight.queries.summing import filed, themselves, times, waiting
from webapp.insight.rules import Filters

_FLOWS: Numbers = {
    Flow.SENT: func.coalesce(case_month.c.sent, 0),
    Flow.VERIFIED: func.coalesce(case_month.c.verified, 0),
    Flow.REJECTED: func.coalesce(case_month.c.rejected, 0),
}
_FRESH_FLOWS: Fresh = {
    CaseJournal.sent: {Flow.SENT: times(true())},
    CaseJournal.settled: {
        Flow.VERIFIED: times(CaseJournal.state.in_(sorted(VERIFIED))),
        Flow.REJECTED: times(CaseJournal.state.in_(sorted(DISMISSED))),
    },
}


def known(actor: Actor, upper: str | None, filters: Filters) -> Kept | None:
    """The sums behind a desk. None: its figures must be counted."""
    return kept(actor, upper, filters) if filters.state is None else None


def tally(asked: Kept, wanted: Select[Evidence], at: datetime) -> CompoundSelect[Any]:
    """Rows of state, age, grade, number; the rest is NULL: of each state all, of each grade all, and of what waits by
    state those of the younger ages. `wanted`: the cases the sums are of.
    """
    said = {str(state): CaseJournal.state == state for state in COUNTED}
    said |= {graded(grade): CaseJournal.grade == grade for grade in Grade}
    stored = select(*(case_tally.c[name] for name in said)).where(*filed(asked), themselves(asked))
    fresh = select(*(times(clause).label(name) for name, clause in said.items())).where(*waiting(asked))
    lines = union_all(stored, fresh).subquery("lines")
    sums = select(*(func.coalesce(func.sum(lines.c[name]), 0).label(name) for name in said)).cte("sums")
    rows = [_row(sums.c[str(state)], state=literal(str(state))) for state in COUNTED]
    rows += [_row(sums.c[graded(grade)], grade=literal(str(grade))) for grade in Grade]
    after, _until = sent_between(Age.MONTH, at)
    lately: Any = (
        wanted.where(in_queue(None), Evidence.submitted_at > after)
        .with_only_columns(Evidence.state, aged(at), cast(null(), Text), func.count(), maintain_column_froms=True)
        .group_by(literal_column("1"), literal_column("2"))
    )
    return union_all(*rows, lately)


def _row(number: ColumnElement[Any], **said: ColumnElement[str]) -> Select[Any]:
    columns: list[Any] = [said.get(name, cast(null(), Text)) for name in ("state", "age", "grade")]
    return select(*columns, cast(number, BigInteger))


def pace(asked: Kept) -> Select[Any]:
    """Rows of unit, first day of a month, and a number for each flow."""
    lines = union_all(*by_unit(asked, _FLOWS, _FRESH_FLOWS)).subquery("lines")
    sums = (func.sum(lines.c[flow]) for flow in Flow)
    return select(lines.c.unit, lines.c.month, *sums).group_by(lines.c.unit, lines.c.month)


def newest_months(asked: Kept) -> Select[Any]:
    """Rows of unit and the first day of the month in which it last sent a case."""
    stored: Numbers = {Flow.SENT: _FLOWS[Flow.SENT]}
    months = _months(by_unit(asked, stored, {CaseJournal.sent: _FRESH_FLOWS[CaseJournal.sent]}), Flow.SENT)
    return select(months.c.unit, func.max(months.c.month)).group_by(months.c.unit)


def last_sent(wanted: Select[Evidence], newest: Mapping[str, date]) -> CompoundSelect[Any]:
    """Rows of unit and when it last sent a case. `newest`: not after which month, so that an index finds it there.

    `wanted`: the cases of all regions. Units and months stand in the text: only so the planner sees that the first case
    is a few steps away.
    """
    found = []
    for unit, month in newest.items():
        _begins, ends = around(month)
        last: Any = (
            wanted.with_only_columns(_said(unit), Evidence.submitted_at, maintain_column_froms=True)
            .where(*_inside(unit), Evidence.submitted_at < _said(ends))
            .order_by(Evidence.submitted_at.desc())
            .limit(1)
        )
        found.append(select(last.subquery()))
    return union_all(*found)


def oldest_month(asked: Kept) -> Select[Any]:
    """The first day of the month in which the first case was sent that still waits for those who verify."""
    stored: Numbers = {"waiting": func.coalesce(case_month.c.waiting, 0)}
    fresh: Fresh = {CaseJournal.sent: {"waiting": times(CaseJournal.state.in_(sorted(AWAITED)))}}
    return select(func.min(_months(by_unit(asked, stored, fresh), "waiting").c.month))


def since(wanted: Select[Evidence], upper: str | None, month: date) -> Select[Evidence]:
    """Those of a region that were sent in that month or later. `wanted`: the cases of all regions."""
    begins, _ends = around(month)
    return wanted.where(*_inside(upper or NATION), Evidence.submitted_at >= _said(begins))


def signals(asked: Kept) -> Select[Any]:
    """Rows of code, place of a weight (1 the heaviest) and number of cases."""
    stored = select(case_signal.c.word, case_signal.c.cases.label("n")).where(
        *filed(asked, case_signal), themselves(asked, case_signal)
    )
    fresh = select(func.unnest(CaseJournal.signals).label("word"), CaseJournal.n).where(*waiting(asked))
    lines = union_all(stored, fresh).subquery("lines")
    words = select(lines.c.word, func.sum(lines.c.n).label("n")).group_by(lines.c.word).subquery("words")
    return select(
        func.substr(words.c.word, 2), cast(func.left(words.c.word, 1), SmallInteger), words.c.n
    ).where(words.c.n > 0)  # fmt: skip


def _months(parts: list[Select[Any]], name: str) -> Subquery:
    """`unit` and `month` where the number is more than nothing."""
    lines = union_all(*parts).subquery("lines")
    return (
        select(lines.c.unit, lines.c.month)
        .group_by(lines.c.unit, lines.c.month)
        .having(func.sum(lines.c[name]) > 0)
        .subquery("months")
    )


def _inside(unit: str) -> list[ColumnElement[bool]]:
    """The rule of `access.within` as one range: codes are digits and dots, and "/" is the next sign after the dot. Byte
    by byte, as the index is.
    """
    if unit == NATION:
        return []
    code = Evidence.region_code
    bounds = {"~>=~": unit, "~<~": f"{unit}/"}
    return [code.op(sign, is_comparison=True)(_said(bound)) for sign, bound in bounds.items()]


def _said(value: Any) -> Any:
    return bindparam("said", value, unique=True, literal_execute=True)
