"""The cases behind the numbers of the desk: the same clauses count them and list them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session

from webapp.access import Actor
from webapp.dashboard.rules import (
    STATES_OF_FLOW,
    STATES_OF_QUEUE,
    STATES_OF_STEP,
    WAITING,
    Age,
    Cut,
    Flow,
    Queue,
    Step,
    instants_of,
    sent_between,
)
from webapp.evidence.models import Evidence, EvidenceMove
from webapp.evidence.rules import DISMISSED
from webapp.insight.queries.counting import AT_HOME, counted
from webapp.insight.queries.listing import CaseRow, cases
from webapp.insight.rules import Filters
from webapp.signals.models import Finding

_REJECTED_AT = (
    select(func.max(EvidenceMove.at))
    .where(EvidenceMove.evidence_id == Evidence.id, EvidenceMove.became.in_(sorted(DISMISSED)))
    .correlate(Evidence)
    .scalar_subquery()
)
# When that happened to a case that still stands so. CASE: the moves are only looked up of what was rejected.
MOMENTS: dict[Flow, ColumnElement[Any]] = {
    Flow.SENT: Evidence.submitted_at.expression,
    Flow.VERIFIED: case((Evidence.state.in_(sorted(STATES_OF_FLOW[Flow.VERIFIED])), Evidence.verified_at)),
    Flow.REJECTED: case((Evidence.state.in_(sorted(DISMISSED)), _REJECTED_AT)),
}


def base(actor: Actor, upper: str | None, filters: Filters) -> Select[Evidence]:
    """What the desk counts: what the map counts, at home."""
    return counted(actor, filters, upper).where(AT_HOME)


def in_step(step: Step) -> ColumnElement[bool]:
    return Evidence.state.in_(sorted(STATES_OF_STEP[step]))


def in_queue(queue: Queue | None) -> ColumnElement[bool]:
    """Waiting there; None: anywhere on the side of those who verify."""
    return Evidence.state.in_(sorted(STATES_OF_QUEUE[queue] if queue else WAITING))


def of_age(age: Age, at: datetime) -> ColumnElement[bool]:
    after, until = sent_between(age, at)
    bounds = [] if after is None else [Evidence.submitted_at > after]
    bounds += [] if until is None else [Evidence.submitted_at <= until]
    return and_(*bounds)


def month_of(moment: ColumnElement[Any], zone: str) -> ColumnElement[Any]:
    """The first instant of the month in which it happened, by the wall clock of a zone (IANA name)."""
    return func.date_trunc("month", func.timezone(zone, moment))


def open_signal(code: str) -> ColumnElement[bool]:
    """Whether a signal of that code is true of the case and nobody has explained it."""
    return exists().where(
        Finding.evidence_id == Evidence.id, Finding.code == code, Finding.gone_at.is_(None),
        Finding.explained_at.is_(None),
    )  # fmt: skip


def cut(wanted: Select[Evidence], by: Cut, *, at: datetime, zone: str) -> Select[Evidence]:
    """Those of the cases that one number counts."""
    clauses: list[ColumnElement[bool]] = []
    clauses += [in_step(by.step)] if by.step else []
    clauses += [in_queue(by.queue)] if by.queue or by.age else []
    clauses += [of_age(by.age, at)] if by.age else []
    clauses += [Evidence.grade == by.grade] if by.grade else []
    clauses += [open_signal(by.signal)] if by.signal else []
    clauses += [MOMENTS[by.flow].is_not(None)] if by.flow else []
    if by.flow and by.month:
        begins, ends = instants_of(by.month, zone)
        clauses.append(and_(MOMENTS[by.flow] >= begins, MOMENTS[by.flow] < ends))
    return wanted.where(*clauses)


def waiting_since(session: Session, wanted: Select[Evidence], moment: datetime) -> CaseRow | None:
    """The case that was sent at that very moment and waits for those who verify: found by index, not by sorting."""
    first = wanted.where(in_queue(None), Evidence.submitted_at == moment).order_by(Evidence.id)
    found = cases(session, first, size=1)
    return found[0] if found else None
