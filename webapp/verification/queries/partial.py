"""Who is partial to what: own work, and the unit of an own post now or within the last 24 months."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from webapp.access import Actor, Role, covers, within
from webapp.accounts.models import Appointment
from webapp.evidence.models import Evidence, EvidenceMove, Photo
from webapp.evidence.rules import Move
from webapp.territory.queries import kecamatan_of
from webapp.territory.rules import time_zone_of
from webapp.verification.rules import recent_enough

UNIT_ROLES = (Role.CAMAT, Role.CONTRIBUTOR)
DESK_DECISIONS = (Move.ACCEPT_AT_DESK, Move.SEND_TO_FIELD)


def day_there(at: datetime, region_code: str) -> date:
    """The day it is in a region."""
    return at.astimezone(ZoneInfo(time_zone_of(region_code))).date()


def own_units(session: Session, actor: Actor, today: date) -> tuple[str, ...]:
    """Kecamatan (and what lies below) whose cases the person may not review that day."""
    posts = session.scalars(
        select(Appointment).where(
            Appointment.account_id == actor.id, Appointment.role.in_(UNIT_ROLES), Appointment.starts_on <= today
        )
    )
    held = {kecamatan_of(post.region_code or "") for post in posts if recent_enough(post.ends_on, today)}
    return tuple(sorted(held))


def is_own_unit(session: Session, actor: Actor, region_code: str, today: date) -> bool:
    return any(covers(unit, region_code) for unit in own_units(session, actor, today))


def took_part(session: Session, actor: Actor, evidence: Evidence) -> bool:
    """Whether the person owns the case, sent it, or took one of the unit's photos."""
    if actor.id in (evidence.owner_id, evidence.submitted_by):
        return True
    own_photo = select(Photo.id).where(
        Photo.evidence_id == evidence.id, Photo.visit_id.is_(None), Photo.uploaded_by == actor.id
    )
    return session.scalar(own_photo.limit(1)) is not None


def barred(actor: Actor, units: tuple[str, ...]) -> ColumnElement[bool]:
    """The same two rules for a list: true where this person may not review the case. `units`: see `own_units`."""
    own_photo = (
        select(Photo.id)
        .where(Photo.evidence_id == Evidence.id, Photo.visit_id.is_(None), Photo.uploaded_by == actor.id)
        .exists()
    )
    return or_(
        within(Evidence.region_code, units), Evidence.owner_id == actor.id,
        Evidence.submitted_by.is_not_distinct_from(actor.id), own_photo,
    )  # fmt: skip


def decided_at_desk(actor: Actor) -> ColumnElement[bool]:
    """True where this person accepted the case at the desk or sent it to the field."""
    return (
        select(EvidenceMove.id)
        .where(
            EvidenceMove.evidence_id == Evidence.id, EvidenceMove.actor_id == actor.id,
            EvidenceMove.move.in_(DESK_DECISIONS),
        )
        .exists()
    )  # fmt: skip


def has_decided_at_desk(session: Session, actor: Actor, evidence_id: int) -> bool:
    found = select(Evidence.id).where(Evidence.id == evidence_id, decided_at_desk(actor))
    return session.scalar(found) is not None


def last_move(session: Session, evidence_id: int, *moves: Move) -> EvidenceMove | None:
    """The newest line of the case's history, of these moves when named."""
    lines = select(EvidenceMove).where(EvidenceMove.evidence_id == evidence_id).order_by(EvidenceMove.id.desc())
    return session.scalar((lines.where(EvidenceMove.move.in_(moves)) if moves else lines).limit(1))
