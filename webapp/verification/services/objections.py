"""The answer to an objection, by somebody who has decided nothing about the case before."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.access import Actor, Permission
from webapp.evidence import services as evidence_services
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.verification.errors import DecidedBefore, FieldImpossible
from webapp.verification.queries import partial
from webapp.verification.rules import Answer
from webapp.verification.services.guarding import held, must_stand_at


def answer_objection(
    session: Session, evidence_id: int, *, actor: Actor, at: datetime, answer: Answer, note: str
) -> Evidence:  # fmt: skip
    """Leave the decision as it was, or open the case again at the desk or in the field.

    Raises `DecidedBefore`, `FieldImpossible`, `NoteMissing`, `AlreadyDecided`, `Locked`, and as `guarding.held`.
    """
    case = held(session, actor, evidence_id, Permission.OBJECTION_DECIDE, at)
    must_stand_at(session, case, State.OBJECTED)
    if partial.has_decided(session, actor, case.id):
        raise DecidedBefore
    if answer is Answer.GRANT_TO_FIELD and case.study_assignment_id is not None:
        raise FieldImpossible
    evidence_services.move(session, case, _step(session, case, answer), actor=actor, at=at, note=note)
    session.flush()
    return case


def _step(session: Session, case: Evidence, answer: Answer) -> Move:
    if answer is not Answer.UPHOLD:
        return Move(answer)
    objection = partial.last_move(session, case.id, Move.OBJECT)
    was = State(objection.was) if objection and objection.was else State.REJECTED
    return Move.UPHOLD_MISMATCH if was is State.MISMATCH else Move.UPHOLD_REJECTION
