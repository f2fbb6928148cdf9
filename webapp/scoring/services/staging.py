"""The secretariat opens and closes the stages of a period: in order, and closes only what is done. None commits."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, demand
from webapp.programme import services as programmes
from webapp.programme.errors import StageUnknown
from webapp.programme.models import Period
from webapp.programme.rules import StageKind, stage_of
from webapp.scoring import queries
from webapp.scoring.errors import StageNotDone


def open_stage(session: Session, period: Period, kind: StageKind, *, actor: Actor, at: datetime) -> None:
    """Open a stage of an open period.

    Raises `NotAllowed`, `StageUnknown`, `StageStands`, `StageOutOfOrder`.
    """
    demand(actor, Permission.PERIOD_MANAGE, period.region_code)
    programmes.open_stage(session, period, kind, actor=actor, at=at)


def close_stage(session: Session, period: Period, kind: StageKind, *, actor: Actor, at: datetime) -> None:
    """Close a running stage whose work is done; it does not open again.

    Raises `NotAllowed`, `StageUnknown`, `StageStands`, `StageOutOfOrder`, `StageNotDone` with every reason.
    """
    demand(actor, Permission.PERIOD_MANAGE, period.region_code)
    if stage_of(period.stages, kind) is None:
        raise StageUnknown
    # Held while it is looked at: nobody gives a value between the look and the deed.
    session.execute(select(Period.id).where(Period.id == period.id).with_for_update())
    waiting = queries.holds_up(session, period, kind)
    if waiting:
        raise StageNotDone(list(waiting), period.id)
    programmes.close_stage(session, period, kind, actor=actor, at=at)
