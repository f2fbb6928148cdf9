"""The verb of the record: gather what a kind of minutes says, and have it numbered and frozen."""

from datetime import datetime

from flask_babel import force_locale
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, demand
from webapp.minutes import queries as kept
from webapp.minutes import services as keeping
from webapp.minutes.models import Minutes
from webapp.minutes.rules import SHARE, Kind
from webapp.minutes.services import Draft
from webapp.programme.models import Period
from webapp.record.errors import NotReady, PlaceNeeded
from webapp.record.queries import BUILDERS, Typed, subject_of
from webapp.record.queries.common import LANGUAGE, basis_of, day_of, facts


def draw_up(
    session: Session, period: Period, kind: Kind, subject: str, typed: Typed, *, actor: Actor, at: datetime,
    share: int = SHARE,
) -> Minutes:  # fmt: skip
    """Draw up minutes of a period as its data stand; the edition made before, while nothing would be another.

    The day is that of what is recorded, else the day it is there; the team is that of the day. `share`: percent, more
    than which must sign. Raises `NotFound`, `NotAllowed`, `NotReady`, `PlaceNeeded`, `NobodyToSign`.
    """
    demand(actor, Permission.MINUTES_MAKE, period.region_code)
    subject_of(session, period, kind, subject)
    if not typed.place.strip():
        raise PlaceNeeded(field="place")
    with force_locale(LANGUAGE):
        told = BUILDERS[kind].told(session, period, subject)
        if told.missing:
            raise NotReady(told.missing)
        day = told.day or day_of(period, at)
        members = kept.team(session, period, day)
        said = facts(session, period, kind, told, typed, members, day)
    return keeping.draw_up(
        session, period, Draft(kind, said, basis_of(told), subject, members), actor=actor, at=at, share=share
    )
