"""The outbox, as somebody may see it."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Actor, Permission, areas, within
from webapp.errors import NotFound
from webapp.reporting.models import QuarterlyReport, ReportingUnit, ReportRevision
from webapp.transmission.models import Transmission
from webapp.transmission.rules import State

PER_PAGE = 50


def visible_to(actor: Actor) -> Select[Transmission]:
    """What the governments whose reports this person reads have sent."""
    return select(Transmission).where(within(Transmission.region_code, areas(actor, Permission.REPORT_READ)))


def get(session: Session, actor: Actor, revision_id: int) -> Transmission:
    """One, its row held until the request ends. Raises `NotFound`."""
    found = session.scalar(visible_to(actor).where(Transmission.revision_id == revision_id).with_for_update())
    if found is None:
        raise NotFound
    return found


def outbox(session: Session, actor: Actor, page: int = 1) -> list[Transmission]:
    """What waits first, the longest waiting on top, then what was received, newest first; one more than a page."""
    waiting = Transmission.state != State.RECEIVED
    unit = joinedload(Transmission.revision).joinedload(ReportRevision.report).joinedload(QuarterlyReport.unit)
    wanted = (
        visible_to(actor)
        .options(
            unit.joinedload(ReportingUnit.region), unit.joinedload(ReportingUnit.agency),
            unit.joinedload(ReportingUnit.year), selectinload(Transmission.log),
        )
        .order_by(waiting.desc(), Transmission.received_at.desc(), Transmission.queued_at, Transmission.revision_id)
    )  # fmt: skip
    return list(session.scalars(wanted.offset((page - 1) * PER_PAGE).limit(PER_PAGE + 1)))


def counts(session: Session, actor: Actor) -> dict[State, int]:
    """How many stand where."""
    seen = visible_to(actor).subquery()
    rows = session.execute(select(seen.c.state, func.count()).group_by(seen.c.state))
    return {State(state): number for state, number in rows}
