"""The verdicts of the desk. Each needs the person's own running lock; a rejection needs a second person."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission
from webapp.evidence import services as evidence_services
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Grade, Move, State
from webapp.programme.rules import Mode
from webapp.territory.rules import RegionResult
from webapp.verification.errors import FieldImpossible, FieldNeeded, ReasonMissing, SamePerson
from webapp.verification.queries import partial
from webapp.verification.rules import WHY_FIELD_LABELS, RejectionReason, ReturnReason, WhyField, why_field
from webapp.verification.services.guarding import held, must_stand_at
from webapp.verification.services.taking import taken_by_actor


def reasons_for_field(case: Evidence) -> tuple[WhyField, ...]:
    """Why the desk may not accept this case by itself; empty when it may."""
    return why_field(
        mode=Mode(case.activity.mode) if case.activity else Mode.DESK,
        grade=Grade(case.grade) if case.grade else None,
        region_result=RegionResult(case.region_result),
        abroad=case.study_assignment_id is not None,
    )


def accept(session: Session, evidence_id: int, *, actor: Actor, at: datetime, note: str = "") -> Evidence:
    """Verified at the desk. Raises `FieldNeeded`, and as `taking.taken_by_actor`."""
    case = taken_by_actor(session, evidence_id, actor=actor, at=at)
    reasons = reasons_for_field(case)
    if reasons:
        raise FieldNeeded({reason: WHY_FIELD_LABELS[reason] for reason in reasons})
    return _moved(session, case, Move.ACCEPT_AT_DESK, actor=actor, at=at, note=note)


def send_to_field(session: Session, evidence_id: int, *, actor: Actor, at: datetime, note: str = "") -> Evidence:
    """To the field, from under an own lock, or later from the desk's own yes. Raises `FieldImpossible` besides."""
    case = held(session, actor, evidence_id, Permission.DESK_REVIEW, at)
    if case.stands is not State.VERIFIED_DESK:
        case = taken_by_actor(session, evidence_id, actor=actor, at=at)
    if case.study_assignment_id is not None:
        raise FieldImpossible
    return _moved(session, case, Move.SEND_TO_FIELD, actor=actor, at=at, note=note)


def return_for_repair(
    session: Session, evidence_id: int, *, actor: Actor, at: datetime, note: str,
    reason_code: str = ReturnReason.OTHER,
) -> Evidence:  # fmt: skip
    """Back to the unit, which has some days to mend it; the note says what.

    Raises `ReasonMissing`, `NoteMissing`, and as `taking.taken_by_actor`.
    """
    case = taken_by_actor(session, evidence_id, actor=actor, at=at)
    if reason_code not in set(ReturnReason):
        raise ReasonMissing(_l("Pilih alasan pengembalian."), field="reason_code")
    return _moved(session, case, Move.RETURN, actor=actor, at=at, note=note, reason_code=reason_code)


def extend_repair(session: Session, evidence_id: int, *, actor: Actor, at: datetime, note: str) -> Evidence:
    """As many days anew, from today, to mend a returned case. Raises `NoteMissing`, `AlreadyDecided`, as `held`."""
    case = held(session, actor, evidence_id, Permission.DESK_REVIEW, at)
    must_stand_at(session, case, State.RETURNED)
    return _moved(session, case, Move.EXTEND_REPAIR, actor=actor, at=at, note=note)


def propose_rejection(
    session: Session, evidence_id: int, *, actor: Actor, at: datetime, reason_code: str, note: str
) -> Evidence:
    """Ask a second person to reject. Raises `ReasonMissing`, `NoteMissing`, and as `taking.taken_by_actor`."""
    case = taken_by_actor(session, evidence_id, actor=actor, at=at)
    if reason_code not in set(RejectionReason):
        raise ReasonMissing(field="reason_code")
    return _moved(session, case, Move.PROPOSE_REJECTION, actor=actor, at=at, note=note, reason_code=reason_code)


def confirm_rejection(session: Session, evidence_id: int, *, actor: Actor, at: datetime, note: str) -> Evidence:
    """The second person agrees; the reason is the proposer's. Raises `SamePerson`, `NoteMissing`, `AlreadyDecided`."""
    case, reason_code = _proposed_by_other(session, evidence_id, actor, at)
    return _moved(session, case, Move.CONFIRM_REJECTION, actor=actor, at=at, note=note, reason_code=reason_code)


def decline_rejection(session: Session, evidence_id: int, *, actor: Actor, at: datetime, note: str) -> Evidence:
    """The second person disagrees: back to the queue. Raises `SamePerson`, `NoteMissing`, `AlreadyDecided`."""
    case, _ = _proposed_by_other(session, evidence_id, actor, at)
    return _moved(session, case, Move.DECLINE_REJECTION, actor=actor, at=at, note=note)


def _proposed_by_other(session: Session, evidence_id: int, actor: Actor, at: datetime) -> tuple[Evidence, str | None]:
    case = held(session, actor, evidence_id, Permission.DESK_REVIEW, at)
    must_stand_at(session, case, State.REJECTION_PROPOSED)
    proposal = partial.last_move(session, case.id, Move.PROPOSE_REJECTION)
    if proposal is None or proposal.actor_id == actor.id:
        raise SamePerson
    return case, proposal.reason_code


def _moved(
    session: Session, case: Evidence, step: Move, *, actor: Actor, at: datetime, note: str,
    reason_code: str | None = None,
) -> Evidence:  # fmt: skip
    evidence_services.move(session, case, step, actor=actor, at=at, note=note, reason_code=reason_code)
    session.flush()
    return case
