"""Taking a case from the queue: a lock that runs out, so that nobody's tea break keeps a camat waiting."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission
from webapp.accounts.models import Account
from webapp.evidence import queries as evidence_queries
from webapp.evidence import services as evidence_services
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.territory.rules import time_zone_of
from webapp.verification.errors import AlreadyTaken, NotTaken
from webapp.verification.services.guarding import held, must_stand_at


def take(session: Session, evidence_id: int, *, actor: Actor, at: datetime, minutes: int) -> Evidence:
    """Take a case to examine it, for so many minutes; who holds it already gets the time anew.

    Another person's lock that has run out is released first, with its own line of history.
    Raises `NotFound`, `NotAllowed`, `OwnWork`, `OwnUnit`, `AlreadyTaken`, `AlreadyDecided`.
    """
    case = held(session, actor, evidence_id, Permission.DESK_REVIEW, at)
    must_stand_at(session, case, State.SUBMITTED, State.UNDER_REVIEW)
    until = at + timedelta(minutes=minutes)
    if case.stands is State.UNDER_REVIEW and not _has_run_out(case, at):
        must_be_free_for(session, case, actor)
        case.taken_until = until
        return case
    if case.stands is State.UNDER_REVIEW:
        _release_by_time(session, case, at)
    evidence_services.move(session, case, Move.TAKE, actor=actor, at=at, until=until)
    session.flush()
    return case


def release(session: Session, evidence_id: int, *, actor: Actor, at: datetime) -> Evidence:
    """Put an own case back into the queue. Raises as `taken_by_actor`."""
    case = taken_by_actor(session, evidence_id, actor=actor, at=at)
    evidence_services.move(session, case, Move.RELEASE, actor=actor, at=at)
    session.flush()
    return case


def taken_by_actor(session: Session, evidence_id: int, *, actor: Actor, at: datetime) -> Evidence:
    """The case under this person's own running lock, its row held.

    Raises `NotFound`, `NotAllowed`, `OwnWork`, `OwnUnit`, `AlreadyDecided`, `AlreadyTaken`, `NotTaken`.
    """
    case = held(session, actor, evidence_id, Permission.DESK_REVIEW, at)
    must_stand_at(session, case, State.SUBMITTED, State.UNDER_REVIEW)
    if case.stands is State.SUBMITTED or _has_run_out(case, at):
        raise NotTaken
    must_be_free_for(session, case, actor)
    return case


def must_be_free_for(session: Session, case: Evidence, actor: Actor) -> None:
    """Raises `AlreadyTaken` when somebody else is at work on the case."""
    if case.taken_by is None or case.taken_until is None or case.taken_by == actor.id:
        return
    holder = session.get_one(Account, case.taken_by)
    raise AlreadyTaken(holder.name, case.taken_until, time_zone_of(case.region_code))


def expire_locks(session: Session, at: datetime) -> int:
    """Put every case whose lock has run out back into the queue; how many. Rows held at this moment wait for later."""
    run_out = session.scalars(
        select(Evidence)
        .join(Period, Period.id == Evidence.period_id)
        .where(
            Evidence.state == State.UNDER_REVIEW, Evidence.taken_until <= at, Evidence.locked_at.is_(None),
            or_(Period.state != PeriodState.FINAL, evidence_queries.of_award()),
        )
        .order_by(Evidence.id)
        .with_for_update(of=Evidence, skip_locked=True)
    ).all()  # fmt: skip
    for case in run_out:
        _release_by_time(session, case, at)
    return len(run_out)


def _has_run_out(case: Evidence, at: datetime) -> bool:
    return case.taken_until is not None and case.taken_until <= at


def _release_by_time(session: Session, case: Evidence, at: datetime) -> None:
    evidence_services.move(session, case, Move.RELEASE, actor=None, at=at)
    session.flush()
