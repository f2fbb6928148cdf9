"""The figures of the desk: one statement for each, whatever the number of units, months or cases.

`known`: the same cases where their sums are kept (`summed`). Where they are not, the cases are counted.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, aliased

from webapp.access import Actor
from webapp.dashboard.queries import summed
from webapp.dashboard.queries.cutting import aged, base, in_queue, month_of
from webapp.dashboard.rules import STATES_OF_QUEUE, STATES_OF_STEP, Age, Flow, Queue, Step
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Grade, State
from webapp.insight.queries import CaseRow, Kept
from webapp.insight.queries.counting import unit_below
from webapp.insight.queries.listing import rows
from webapp.insight.rules import Filters
from webapp.signals.models import Finding
from webapp.signals.rules import Weight
from webapp.territory.models import Region

_HEAVIEST_FIRST = (Weight.STRONG, Weight.WEAK, Weight.NOTE)


@dataclass
class Tally:
    """How far the cases have come, what waits how long, and how far their places can be trusted."""

    steps: Counter[Step] = field(default_factory=Counter)
    backlog: Counter[tuple[Queue, Age]] = field(default_factory=Counter)
    returned: int = 0
    grades: Counter[Grade] = field(default_factory=Counter)

    @property
    def waiting(self) -> int:
        return self.backlog.total()

    def aged(self, age: Age) -> int:
        return sum(self.backlog[queue, age] for queue in Queue)

    def add(self, state: State, count: int) -> None:
        """So many cases of that state."""
        for step in Step:
            self.steps[step] += count if state in STATES_OF_STEP[step] else 0
        self.returned += count if state is State.RETURNED else 0
        self.wait(state, Age.LONGER, count)

    def wait(self, state: State, age: Age, count: int) -> None:
        """So many of them wait no longer than that, where the state is one that waits."""
        for queue in Queue:
            if state in STATES_OF_QUEUE[queue]:
                self.backlog[queue, age] += count


def tally(session: Session, wanted: Select[Evidence], at: datetime, known: Kept | None = None) -> Tally:
    """All of it in one pass; ages as of `at`."""
    found = Tally()
    asked = summed.tally(known, wanted, at) if known else _grouped(wanted, at)
    for state, age, grade, count in session.execute(asked):
        if grade is not None:
            found.grades[Grade(grade)] += count
        if state is not None and (age is None or known is None):
            found.add(State(state), count)
        if state is not None and age not in (None, Age.LONGER):
            found.wait(State(state), Age(age), count)
            found.wait(State(state), Age.LONGER, -count)
    return found


def _grouped(wanted: Select[Evidence], at: datetime) -> Any:
    """Rows of state, age, grade and number. Grouped, since a count for each clause costs ten times."""
    rows: Any = wanted.with_only_columns(
        Evidence.state, aged(at), Evidence.grade, func.count(), maintain_column_froms=True
    )
    return rows.group_by(*(literal_column(str(place)) for place in (1, 2, 3)))


def oldest(session: Session, actor: Actor, upper: str | None, filters: Filters) -> CaseRow | None:
    """The case that has been waiting longest for those who verify."""
    waits = base(actor, upper, filters)
    if known := summed.known(actor, upper, filters):
        month = session.scalar(summed.oldest_month(known))
        if month is None:
            return None
        waits = summed.since(base(actor, None, filters), upper, month)
    first: Any = waits.where(in_queue(None)).order_by(Evidence.submitted_at, Evidence.id).limit(1)
    number = session.scalar(first.with_only_columns(Evidence.id, maintain_column_froms=True))
    found = rows(session, waits.where(Evidence.id == number)) if number is not None else []
    return found[0] if found else None


@dataclass
class Pace:
    """What happened in which month; `sent` by unit too."""

    months: dict[Flow, Counter[date]] = field(default_factory=lambda: {flow: Counter() for flow in Flow})
    sent: dict[str, Counter[date]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def known(self) -> set[date]:
        """Months in which anything happened."""
        return {month for counts in self.months.values() for month, count in counts.items() if count}

    def add(self, unit: str, flow: Flow, month: date, count: int) -> None:
        self.months[flow][month] += count
        if flow is Flow.SENT:
            self.sent[unit][month] += count


def pace(session: Session, wanted: Select[Evidence], upper: str | None, known: Kept | None = None) -> Pace:
    """Cases by month of what still holds of them: sent, verified, rejected. Months of each unit's own clock."""
    found = Pace()
    if known:
        for unit, month, *counts in session.execute(summed.pace(known)):
            for flow, count in zip(Flow, counts, strict=True):
                found.add(unit, flow, month, int(count))
        return found
    own = aliased(Region)
    keys = [unit_below(upper), *(month_of(flow, own.time_zone) for flow in Flow)]
    counting: Any = wanted.join(own, own.code == Evidence.region_code).with_only_columns(
        *keys, func.count(), maintain_column_froms=True
    )
    for unit, *months, count in session.execute(
        counting.group_by(*(literal_column(str(number)) for number in range(1, len(keys) + 1)))
    ):
        for flow, month in zip(Flow, months, strict=True):
            if month is not None:
                found.add(unit, flow, month, count)
    return found


def last_sent(session: Session, actor: Actor, upper: str | None) -> dict[str, datetime]:
    """When each unit last sent a case, whatever is filtered."""
    known = summed.known(actor, upper, Filters())
    if known is None:
        grouped: Any = base(actor, upper, Filters()).with_only_columns(
            unit_below(upper), func.max(Evidence.submitted_at), maintain_column_froms=True
        )
        return _moments(session, grouped.group_by(literal_column("1")))
    newest = {unit: month for unit, month in session.execute(summed.newest_months(known)) if unit != upper}
    return _moments(session, summed.last_sent(base(actor, None, Filters()), newest)) if newest else {}


def _moments(session: Session, asked: Any) -> dict[str, datetime]:
    return {unit: moment for unit, moment in session.execute(asked) if moment is not None}


@dataclass(frozen=True)
class Signal:
    """A signal nobody has explained, and how many cases it is true of."""

    code: str
    weight: Weight
    cases: int


def signals(session: Session, wanted: Select[Evidence], known: Kept | None = None) -> list[Signal]:
    """Of the cases the reader may see, the heaviest first; a code of two weights counts a case by the heavier."""
    cases: Counter[str] = Counter()
    places: dict[str, int] = {}
    for code, place, count in session.execute(summed.signals(known) if known else _found(wanted)):
        cases[code] += int(count)
        places[code] = min(place, places.get(code, place))
    told = [Signal(code, _HEAVIEST_FIRST[place - 1], cases[code]) for code, place in places.items()]
    return sorted(told, key=lambda one: (_HEAVIEST_FIRST.index(one.weight), -one.cases, one.code))


def _found(wanted: Select[Evidence]) -> Select[Any]:
    """Rows of code, place of a weight (1 the heaviest) and number of cases."""
    seen: Any = wanted.with_only_columns(Evidence.id, maintain_column_froms=True)
    heaviest = func.min(func.array_position(array([str(weight) for weight in _HEAVIEST_FIRST]), Finding.weight)).label(
        "heaviest"
    )
    of_case = (
        select(Finding.code, heaviest)
        .where(Finding.evidence_id.in_(seen), Finding.gone_at.is_(None), Finding.explained_at.is_(None))
        .group_by(Finding.code, Finding.evidence_id)
        .subquery()
    )
    return select(of_case.c.code, of_case.c.heaviest, func.count()).group_by(of_case.c.code, of_case.c.heaviest)
