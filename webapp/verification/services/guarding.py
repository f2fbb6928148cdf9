"""What stands before each verb: the row held, the power, and that nobody judges their own."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, demand
from webapp.conflict.services import must_be_impartial, must_have_declared
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence
from webapp.evidence.rules import STATE_LABELS, State
from webapp.territory.rules import time_zone_of
from webapp.verification.errors import AlreadyDecided
from webapp.verification.queries import partial

__all__ = ["held", "must_be_impartial", "must_have_declared", "must_stand_at"]


def held(session: Session, actor: Actor, evidence_id: int, permission: Permission, at: datetime) -> Evidence:
    """The case, its row held until the request ends, for a person who may, is not partial, and has declared.

    Raises `NotFound`, `NotAllowed`, `OwnWork`, `OwnUnit`, `SuperiorOrSubordinate`, `DeclaredTie`, `DeclarationMissing`.
    """
    case = evidence_queries.locked_for_change(session, actor, evidence_id)
    demand(actor, permission, case.region_code)
    must_be_impartial(session, actor, case, at)
    must_have_declared(session, actor, case.period_id)
    return case


def must_stand_at(session: Session, case: Evidence, *states: State) -> None:
    """Raises `AlreadyDecided`, saying what happened, when the case stands elsewhere."""
    if case.stands in states:
        return
    last = partial.last_move(session, case.id)
    who = last.actor.name if last and last.actor else None
    when = last.at if last else case.created_at
    raise AlreadyDecided(STATE_LABELS[case.stands], who, when, time_zone_of(case.region_code))
