"""That nobody values what they are partial to. The one place where scoring asks about conflicts of interest."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.access import Actor, covers
from webapp.programme.models import Period
from webapp.scoring.errors import Partial
from webapp.scoring.models import Claim
from webapp.verification.queries import partial


def barred_units(session: Session, person: Actor, period: Period, at: datetime) -> tuple[str, ...]:
    """Areas whose claims of the period this person may not value that day; what lies below is included."""
    return partial.own_units(session, person, partial.day_there(at, period.region_code))


def must_be_impartial(session: Session, person: Actor, made: Claim, at: datetime) -> None:
    """Raises `Partial` when a conflict of interest stands between the person and the claim's unit."""
    if any(covers(unit, made.region_code) for unit in barred_units(session, person, made.period, at)):
        raise Partial
