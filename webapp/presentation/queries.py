"""Reading presentations: the schedule, one slot, and which units were heard."""

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from webapp.access import Actor, Permission, areas, within
from webapp.errors import NotFound
from webapp.presentation.models import PresentationSlot, SlotPresence
from webapp.presentation.rules import Attendance
from webapp.programme import queries as programmes
from webapp.programme.models import Period, PeriodStage
from webapp.programme.rules import StageKind


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


def periods(session: Session, actor: Actor) -> list[Period]:
    """Periods this person sees in which somebody presents, newest first."""
    scheduled = select(PresentationSlot.period_id)
    staged = select(PeriodStage.period_id).where(PeriodStage.kind == StageKind.PRESENTATION)
    return list(
        session.scalars(
            programmes.visible_to(actor)
            .where(or_(Period.id.in_(scheduled), Period.id.in_(staged)))
            .options(joinedload(Period.region), lazyload(Period.instrument))
            .order_by(Period.starts_on.desc(), Period.id.desc())
        )
    )


def own_slots(session: Session, actor: Actor) -> list[PresentationSlot]:
    """When this person's own units are heard, in the periods they see."""
    seen = programmes.visible_to(actor).with_only_columns(Period.id)
    own = within(PresentationSlot.region_code, areas(actor, Permission.CLAIM_WRITE))
    return list(
        session.scalars(
            select(PresentationSlot)
            .where(PresentationSlot.period_id.in_(seen), own)
            .options(joinedload(PresentationSlot.region), joinedload(PresentationSlot.period))
            .order_by(PresentationSlot.starts_at, PresentationSlot.id)
        )
    )


def tally(session: Session, known: Iterable[Period]) -> dict[int, tuple[int, int]]:
    """How many slots each of those periods has, and how many of them are over."""
    over = func.count().filter(PresentationSlot.attendance != Attendance.PLANNED)
    rows = session.execute(
        select(PresentationSlot.period_id, func.count().label("all"), over.label("over"))
        .where(PresentationSlot.period_id.in_([one.id for one in known]))
        .group_by(PresentationSlot.period_id)
    )
    return {row.period_id: (row.all, row.over) for row in rows}


def by_day(slots: Iterable[PresentationSlot], zone: str) -> list[tuple[date, list[PresentationSlot]]]:
    """Slots by the day they begin on in the zone."""
    found: dict[date, list[PresentationSlot]] = {}
    for one in slots:
        found.setdefault(one.starts_at.astimezone(ZoneInfo(zone)).date(), []).append(one)
    return sorted(found.items())
