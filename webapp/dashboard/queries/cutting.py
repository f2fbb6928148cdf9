"""The cases behind the numbers of the desk: the same clauses count them and list them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, exists, func, literal, select

from webapp.access import Actor
from webapp.dashboard.rules import (
    STATES_OF_FLOW,
    STATES_OF_QUEUE,
    STATES_OF_STEP,
    Age,
    Cut,
    Flow,
    Queue,
    Step,
    around,
    sent_between,
)
from webapp.evidence.models import Evidence
from webapp.evidence.rules import AWAITED
from webapp.insight.queries.counting import AT_HOME, counted
from webapp.insight.rules import Filters
from webapp.signals.models import Finding
from webapp.territory.models import Region

# When that happened to a case that still stands so.
MOMENTS: dict[Flow, ColumnElement[Any]] = {
    Flow.SENT: Evidence.submitted_at.expression,
    Flow.VERIFIED: case((Evidence.state.in_(sorted(STATES_OF_FLOW[Flow.VERIFIED])), Evidence.verified_at)),
    Flow.REJECTED: case((Evidence.state.in_(sorted(STATES_OF_FLOW[Flow.REJECTED])), Evidence.dismissed_at)),
}
_OWN_ZONE = select(Region.time_zone).where(Region.code == Evidence.region_code).correlate(Evidence).scalar_subquery()


def base(actor: Actor, upper: str | None, filters: Filters) -> Select[Evidence]:
    """What the desk counts: what the map counts, at home."""
    return counted(actor, filters, upper).where(AT_HOME)


def in_step(step: Step) -> ColumnElement[bool]:
    return Evidence.state.in_(sorted(STATES_OF_STEP[step]))


def in_queue(queue: Queue | None) -> ColumnElement[bool]:
    """Waiting there; None: anywhere on the side of those who verify."""
    return Evidence.state.in_(sorted(STATES_OF_QUEUE[queue] if queue else AWAITED))


def of_age(age: Age, at: datetime) -> ColumnElement[bool]:
    after, until = sent_between(age, at)
    bounds = [] if after is None else [Evidence.submitted_at > after]
    bounds += [] if until is None else [Evidence.submitted_at <= until]
    return and_(*bounds)


def aged(at: datetime) -> ColumnElement[Any]:
    """Which age a case has."""
    return case(*((of_age(one, at), literal(str(one))) for one in Age))


def month_of(flow: Flow, zone: Any = _OWN_ZONE) -> ColumnElement[Any]:
    """The first day of the month in which it happened, by the clock of the case's own unit: so the months of the parts
    of a region add up to its own. `zone`: that clock, where it is joined.
    """
    return func.own_month(MOMENTS[flow], zone, type_=Date)


def open_signal(code: str) -> ColumnElement[bool]:
    """Whether a signal of that code is true of the case and nobody has explained it."""
    return exists().where(
        Finding.evidence_id == Evidence.id, Finding.code == code, Finding.gone_at.is_(None),
        Finding.explained_at.is_(None),
    )  # fmt: skip


def cut(wanted: Select[Evidence], by: Cut, *, at: datetime) -> Select[Evidence]:
    """Those of the cases that one number counts."""
    clauses: list[ColumnElement[bool]] = []
    clauses += [in_step(by.step)] if by.step else []
    clauses += [in_queue(by.queue)] if by.queue or by.age else []
    clauses += [of_age(by.age, at)] if by.age else []
    clauses += [Evidence.grade == by.grade] if by.grade else []
    clauses += [open_signal(by.signal)] if by.signal else []
    clauses += [MOMENTS[by.flow].is_not(None)] if by.flow else []
    if by.flow and by.month:
        begins, ends = around(by.month)
        clauses.append(and_(MOMENTS[by.flow] >= begins, MOMENTS[by.flow] < ends, month_of(by.flow) == by.month))
    return wanted.where(*clauses)
