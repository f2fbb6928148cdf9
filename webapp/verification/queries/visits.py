"""Reading visits."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Actor
from webapp.evidence.models import Photo
from webapp.verification.models import FieldVisit


def under_way(session: Session, actor: Actor, evidence_id: int) -> FieldVisit | None:
    """The person's own visit to the case that has no verdict yet; one that is still arriving is not meant."""
    return session.scalar(
        select(FieldVisit).where(
            FieldVisit.evidence_id == evidence_id, FieldVisit.assessor_id == actor.id,
            FieldVisit.completed_at.is_(None), FieldVisit.client_id.is_(None),
        )
    )  # fmt: skip


def sent(session: Session, actor: Actor, client_id: uuid.UUID) -> FieldVisit | None:
    """The person's own visit that arrived under that number."""
    return session.scalar(
        select(FieldVisit).where(FieldVisit.client_id == client_id, FieldVisit.assessor_id == actor.id)
    )


def of_case(session: Session, evidence_id: int) -> list[FieldVisit]:
    """Visits to a case, oldest first, with assessor and photos. Whether the case may be seen is settled before."""
    return list(
        session.scalars(
            select(FieldVisit)
            .where(FieldVisit.evidence_id == evidence_id)
            .options(joinedload(FieldVisit.assessor), selectinload(FieldVisit.photos))
            .order_by(FieldVisit.id)
        ).unique()
    )


def photos_of(session: Session, visit: FieldVisit) -> tuple[int, int]:
    """How many photos of the visit are new, and how many are byte for byte the unit's own, which prove no visit."""
    claimed = select(Photo.sha256).where(Photo.evidence_id == visit.evidence_id, Photo.visit_id.is_(None))
    counted = session.execute(
        select(Photo.sha256.in_(claimed).label("copied"), func.count())
        .where(Photo.visit_id == visit.id)
        .group_by("copied")
    )
    tally = {bool(copied): number for copied, number in counted}
    return tally.get(False, 0), tally.get(True, 0)
