"""Reading presentations: the schedule, one slot, and which units were heard."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Actor
from webapp.errors import NotFound
from webapp.presentation.models import PresentationSlot, SlotPresence
from webapp.presentation.rules import Attendance
from webapp.programme import queries as programmes
from webapp.programme.models import Period


def schedule(session: Session, period: Period) -> list[PresentationSlot]:
    """Every slot of the period, as they follow each other. Whether the reader sees the period is settled before."""
    return list(
        session.scalars(
            select(PresentationSlot)
            .where(PresentationSlot.period_id == period.id)
            .options(joinedload(PresentationSlot.region), joinedload(PresentationSlot.recorder))
            .order_by(PresentationSlot.starts_at, PresentationSlot.place, PresentationSlot.id)
        )
    )


def slot(session: Session, actor: Actor, period_id: int, slot_id: int) -> PresentationSlot:
    """One slot of a period this person sees. Raises `NotFound`."""
    seen = programmes.visible_to(actor).with_only_columns(Period.id)
    found = session.scalar(
        select(PresentationSlot)
        .where(
            PresentationSlot.id == slot_id, PresentationSlot.period_id == period_id,
            PresentationSlot.period_id.in_(seen),
        )
        .options(
            joinedload(PresentationSlot.region), joinedload(PresentationSlot.recorder),
            selectinload(PresentationSlot.there).joinedload(SlotPresence.account),
        )
    )  # fmt: skip
    if found is None:
        raise NotFound
    return found


def held(session: Session, period: Period) -> Mapping[tuple[str, int], Attendance]:
    """How each unit's presentation stands, by unit and round; a unit without a slot is not among them."""
    rows = session.execute(
        select(PresentationSlot.region_code, PresentationSlot.round, PresentationSlot.attendance).where(
            PresentationSlot.period_id == period.id
        )
    )
    return {(row.region_code, row.round): Attendance(row.attendance) for row in rows}


def of_units(session: Session, period: Period, units: list[str]) -> list[PresentationSlot]:
    """The slots of some units, as they follow each other."""
    return [one for one in schedule(session, period) if one.region_code in units]
