"""That nobody values what they are partial to. The one place where scoring asks about conflicts of interest."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.access import Actor, covers
from webapp.conflict import queries as conflicts
from webapp.conflict.services import must_have_declared
from webapp.presentation.errors import NotPresent, StageNotRunning
from webapp.programme.models import Period
from webapp.programme.queries import stage_open_now
from webapp.programme.rules import StageKind
from webapp.scoring import queries
from webapp.scoring.errors import ClaimsClosed, Partial
from webapp.scoring.models import Claim


def barred_units(session: Session, person: Actor, period: Period, at: datetime) -> tuple[str, ...]:
    """Areas whose claims of the period this person may not value that day; what lies below is included."""
    return conflicts.barred_units(session, person.id, period.id, conflicts.day_there(at, period.region_code))


def must_be_impartial(session: Session, person: Actor, made: Claim, at: datetime) -> None:
    """Raises `Partial` when a tie stands between the person and the claim's unit, `DeclarationMissing` before the
    person has made the statement for the period.
    """
    if any(covers(unit, made.region_code) for unit in barred_units(session, person, made.period, at)):
        raise Partial
    must_have_declared(session, person, made.period_id)


def must_hear_now(session: Session, period_id: int, part: int) -> None:
    """Raises `StageNotRunning` unless the stage in which that round presents is open, where the period has one. The
    period is held before, so that nobody closes the stage meanwhile.
    """
    if not stage_open_now(session, period_id, StageKind.PRESENTATION if part == 1 else StageKind.ADVANCED):
        raise StageNotRunning


def must_have_heard(session: Session, person: Actor, made: Claim) -> None:
    """What was presented is valued in its stage, by who was there. Raises `StageNotRunning`, `NotPresent`."""
    if queries.presented(made):
        must_hear_now(session, made.period_id, made.indicator.aspect.round)
        if not queries.was_there(session, person, made):
            raise NotPresent


def must_claim_now(session: Session, period_id: int, part: int) -> None:
    """Raises `ClaimsClosed` unless the stage in which that round is filled in is open, where the period has one. The
    period is held before, so that nobody closes the stage meanwhile.
    """
    if not stage_open_now(session, period_id, StageKind.SELF_FILLING if part == 1 else StageKind.ADVANCED):
        raise ClaimsClosed
