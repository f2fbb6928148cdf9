"""The figures of the desk: one statement for each, whatever the number of units, months or cases."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from webapp.dashboard.queries.cutting import MOMENTS, month_of, of_age
from webapp.dashboard.rules import STATES_OF_QUEUE, STATES_OF_STEP, Age, Flow, Queue, Step
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Grade, State
from webapp.insight.queries.counting import unit_below
from webapp.signals.models import Finding
from webapp.signals.rules import Weight

_HEAVIEST_FIRST = (Weight.STRONG, Weight.WEAK, Weight.NOTE)


@dataclass
class Tally:
    """How far the cases have come, what waits how long, and how far their places can be trusted."""

    steps: Counter[Step] = field(default_factory=Counter)
    backlog: Counter[tuple[Queue, Age]] = field(default_factory=Counter)
    returned: int = 0
    grades: Counter[Grade] = field(default_factory=Counter)
    oldest_at: datetime | None = None  # when the case that waits longest for those who verify was sent

    @property
    def waiting(self) -> int:
        return self.backlog.total()

    def aged(self, age: Age) -> int:
        return sum(self.backlog[queue, age] for queue in Queue)

    def add(self, state: State, age: Age, grade: str | None, count: int, first_at: datetime | None) -> None:
        """So many cases of that state, age and grade, the first of them sent then."""
        for step in Step:
            self.steps[step] += count if state in STATES_OF_STEP[step] else 0
        for queue in Queue:
            if state in STATES_OF_QUEUE[queue]:
                self.backlog[queue, age] += count
                self.oldest_at = min((at for at in (self.oldest_at, first_at) if at), default=None)
        self.returned += count if state is State.RETURNED else 0
        if grade is not None:
            self.grades[Grade(grade)] += count


def tally(session: Session, wanted: Select[Evidence], at: datetime) -> Tally:
    """All of it in one pass over the cases; ages as of `at`. Grouped, since a count for each clause costs ten times."""
    age = case(*((of_age(one, at), literal(str(one))) for one in Age))
    rows: Any = (
        wanted.with_only_columns(
            Evidence.state, age, Evidence.grade, func.count(), func.min(Evidence.submitted_at),
            maintain_column_froms=True,
        ).group_by(literal_column("1"), literal_column("2"), literal_column("3"))
    )  # fmt: skip
    found = Tally()
    for state, waited, grade, count, first_at in session.execute(rows):
        found.add(State(state), Age(waited), grade, count, first_at)
    return found


@dataclass
class Pace:
    """What happened in which month; `sent` by unit too, and when each last sent a case."""

    months: dict[Flow, Counter[date]] = field(default_factory=lambda: {flow: Counter() for flow in Flow})
    sent: dict[str, Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    last_sent: dict[str, datetime] = field(default_factory=dict)

    @property
    def known(self) -> set[date]:
        return {month for counts in self.months.values() for month in counts}

    def add(self, unit: str, moments: Sequence[datetime | None], count: int, last_at: datetime | None) -> None:
        """So many cases of a unit to which that happened in those months, one for each flow."""
        for flow, begins in zip(Flow, moments, strict=True):
            if begins is not None:
                self.months[flow][begins.date()] += count
                if flow is Flow.SENT:
                    self.sent[unit][begins.date()] += count
        if last_at is not None:
            self.last_sent[unit] = max(last_at, self.last_sent.get(unit, last_at))


def pace(session: Session, wanted: Select[Evidence], upper: str | None, zone: str) -> Pace:
    """Cases by month of what still holds of them: sent, verified, rejected. Months of the zone's wall clock."""
    keys = [unit_below(upper), *(month_of(MOMENTS[flow], zone) for flow in Flow)]
    rows: Any = wanted.with_only_columns(
        *keys, func.count(), func.max(Evidence.submitted_at), maintain_column_froms=True
    ).group_by(*(literal_column(str(number)) for number in range(1, len(keys) + 1)))
    found = Pace()
    for unit, *moments, count, last_at in session.execute(rows):
        found.add(unit, moments, count, last_at)
    return found


def last_sent(session: Session, wanted: Select[Evidence], upper: str | None) -> dict[str, datetime]:
    """When each unit last sent a case."""
    asked: Any = wanted.with_only_columns(
        unit_below(upper), func.max(Evidence.submitted_at), maintain_column_froms=True
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
