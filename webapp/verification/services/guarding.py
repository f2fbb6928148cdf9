"""What stands before each verb: the row held, the power, and that nobody judges their own."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, demand
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence
from webapp.evidence.rules import STATE_LABELS, State
from webapp.territory.rules import time_zone_of
from webapp.verification.errors import AlreadyDecided, OwnUnit, OwnWork
from webapp.verification.queries import partial


def held(session: Session, actor: Actor, evidence_id: int, permission: Permission, at: datetime) -> Evidence:
    """The case, its row held until the request ends, for a person who may and is not partial.

    Raises `NotFound`, `NotAllowed`, `OwnWork`, `OwnUnit`.
    """
    case = evidence_queries.locked_for_change(session, actor, evidence_id)
    demand(actor, permission, case.region_code)
    must_be_impartial(session, actor, case, at)
    return case


def must_be_impartial(session: Session, actor: Actor, case: Evidence, at: datetime) -> None:
    """Raises `OwnWork` or `OwnUnit` when the case is this person's own or of a unit they serve or lately served."""
    if partial.took_part(session, actor, case):
        raise OwnWork
    if partial.is_own_unit(session, actor, case.region_code, partial.day_there(at, case.region_code)):
        raise OwnUnit


def must_stand_at(session: Session, case: Evidence, *states: State) -> None:
    """Raises `AlreadyDecided`, saying what happened, when the case stands elsewhere."""
    if case.stands in states:
        return
    last = partial.last_move(session, case.id)
    who = last.actor.name if last and last.actor else None
    when = last.at if last else case.created_at
    raise AlreadyDecided(STATE_LABELS[case.stands], who, when, time_zone_of(case.region_code))
