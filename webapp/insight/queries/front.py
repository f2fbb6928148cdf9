"""Numbers for a person's front page: what waits for them, and how their area stands."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, areas, within
from webapp.evidence.models import Evidence
from webapp.evidence.queries import visible_to
from webapp.evidence.rules import State
from webapp.insight.queries.counting import whole
from webapp.insight.queries.standing import starting_point
from webapp.insight.rules import Figures, Filters


@dataclass(frozen=True)
class Cards:
    """None where the person has no such task. `start`: the region that holds all of `figures`; None: the country."""

    drafts: int | None = None  # of the own unit, not sent yet
    returned: int | None = None  # of the own unit, to be corrected
    queue: int | None = None  # waiting for a desk of the own area
    awaiting_field: int | None = None  # waiting for a visit in the own area
    figures: Figures | None = None
    start: str | None = None


_TASKS = {
    "drafts": (Permission.EVIDENCE_WRITE, (State.DRAFT,)),
    "returned": (Permission.EVIDENCE_SUBMIT, (State.RETURNED,)),
    "queue": (Permission.DESK_REVIEW, (State.SUBMITTED, State.REJECTION_PROPOSED)),
    "awaiting_field": (Permission.FIELD_VERIFY, (State.AWAITING_FIELD,)),
}


def cards(session: Session, actor: Actor) -> Cards:
    """What the front page says, in at most two queries."""
    wanted = {name: _task(actor, *task) for name, task in _TASKS.items() if areas(actor, task[0])}
    counts: dict[str, Any] = {}
    if wanted:
        columns = [func.count().filter(clause).label(name) for name, clause in wanted.items()]
        asked = visible_to(actor).with_only_columns(*columns, maintain_column_froms=True)
        counts = dict(zip(wanted, session.execute(asked).one(), strict=True))
    if not areas(actor, Permission.MAP_READ):
        return Cards(**counts)
    return Cards(**counts, figures=whole(session, actor, Filters()), start=starting_point(actor))


def _task(actor: Actor, permission: Permission, states: tuple[State, ...]) -> ColumnElement[bool]:
    return and_(within(Evidence.region_code, areas(actor, permission)), Evidence.state.in_(states))
