"""The figures of the desk: one statement for each, whatever the number of units, months or cases."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from webapp.dashboard.queries.cutting import MOMENTS, in_queue, in_step, month_of, of_age, unit_of
from webapp.dashboard.rules import Age, Flow, Queue, Step
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Grade, State
from webapp.signals.models import Finding
from webapp.signals.rules import Weight

_HEAVIEST_FIRST = (Weight.STRONG, Weight.WEAK, Weight.NOTE)


@dataclass(frozen=True)
class Tally:
    """How far the cases have come, what waits how long, and how far their places can be trusted."""

    steps: Mapping[Step, int]
    backlog: Mapping[tuple[Queue, Age], int]
    returned: int
    grades: Mapping[Grade, int]

    @property
    def waiting(self) -> int:
        return sum(self.backlog.values())

    def aged(self, age: Age) -> int:
        return sum(self.backlog[queue, age] for queue in Queue)


def tally(session: Session, wanted: Select[Evidence], at: datetime) -> Tally:
    """All of it in one pass over the cases; ages as of `at`."""
    pairs = [(queue, age) for queue in Queue for age in Age]
    clauses: list[ColumnElement[bool]] = [in_step(one) for one in Step]
    clauses += [and_(in_queue(queue), of_age(age, at)) for queue, age in pairs]
    clauses += [Evidence.state == State.RETURNED]
    clauses += [Evidence.grade == grade for grade in Grade]
    counting: Any = wanted.with_only_columns(*(func.count().filter(one) for one in clauses), maintain_column_froms=True)
    numbers = iter(session.execute(counting).one())
    return Tally(
        steps={one: next(numbers) for one in Step},
        backlog={pair: next(numbers) for pair in pairs},
        returned=next(numbers),
        grades={grade: next(numbers) for grade in Grade},
    )


@dataclass
class Pace:
    """What happened in which month; `sent`: by unit too."""

    months: dict[Flow, Counter[date]] = field(default_factory=lambda: {flow: Counter() for flow in Flow})
    sent: dict[str, Counter[date]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def known(self) -> set[date]:
        return {month for counts in self.months.values() for month in counts}


def pace(session: Session, wanted: Select[Evidence], upper: str | None, zone: str) -> Pace:
    """Cases by month of what still holds of them: sent, verified, rejected. Months of the zone's wall clock."""
    moments = array([MOMENTS[flow] for flow in Flow])
    each: Any = wanted.with_only_columns(
        unit_of(Evidence.region_code, upper).label("unit"), moments.label("moments"), maintain_column_froms=True
    )
    cases = each.subquery("cases")
    one = func.unnest(cases.c.moments).table_valued("at", with_ordinality="number").render_derived(name="moment")
    month = month_of(one.c.at, zone)
    rows = session.execute(
        select(cases.c.unit, one.c.number, month, func.count())
        .select_from(cases)
        .join(one, true())
        .where(one.c.at.is_not(None))
        .group_by(literal_column("1"), literal_column("2"), literal_column("3"))
    )
    found, flows = Pace(), tuple(Flow)
    for unit, number, begins, count in rows:
        flow = flows[int(number) - 1]
        found.months[flow][begins.date()] += count
        if flow is Flow.SENT:
            found.sent[unit][begins.date()] += count
    return found


def last_sent(session: Session, wanted: Select[Evidence], upper: str | None) -> dict[str, datetime]:
    """When each unit last sent a case."""
    asked: Any = wanted.with_only_columns(
        unit_of(Evidence.region_code, upper), func.max(Evidence.submitted_at), maintain_column_froms=True
    ).group_by(literal_column("1"))
    return {unit: moment for unit, moment in session.execute(asked) if moment is not None}


@dataclass(frozen=True)
class Signal:
    """A signal nobody has explained, and how many cases it is true of."""

    code: str
    weight: Weight
    cases: int


def signals(session: Session, wanted: Select[Evidence]) -> list[Signal]:
    """Of the cases the reader may see, the heaviest first; a code of two weights counts a case by the heavier."""
    seen: Any = wanted.with_only_columns(Evidence.id, maintain_column_froms=True)
    heaviest = func.min(func.array_position(array([str(weight) for weight in _HEAVIEST_FIRST]), Finding.weight)).label(
        "heaviest"
    )
    of_case = (
        select(Finding.code, Finding.evidence_id, heaviest)
        .where(Finding.evidence_id.in_(seen), Finding.gone_at.is_(None), Finding.explained_at.is_(None))
        .group_by(Finding.code, Finding.evidence_id)
        .subquery()
    )
    rows = session.execute(select(of_case.c.code, func.min(of_case.c.heaviest), func.count()).group_by(of_case.c.code))
    found = [Signal(code, _HEAVIEST_FIRST[place - 1], count) for code, place, count in rows]
    return sorted(found, key=lambda one: (_HEAVIEST_FIRST.index(one.weight), -one.cases, one.code))
