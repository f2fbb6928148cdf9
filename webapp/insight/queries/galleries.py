"""Cases with photos that belong together."""

from sqlalchemy import Select, exists, or_
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Actor
from webapp.evidence.models import Evidence, Photo
from webapp.insight.queries.counting import AT_HOME, counted
from webapp.insight.rules import Filters

GALLERY = 12  # cases on one page


def with_sets(actor: Actor, upper: str | None, filters: Filters) -> Select[Evidence]:
    """Claimed cases at home with photos of stages, or with a photo of a visit that answers one of theirs."""
    belongs_to_set = exists().where(
        Photo.evidence_id == Evidence.id, or_(Photo.progress.is_not(None), Photo.answers_photo_id.is_not(None))
    )
    return counted(actor, filters, upper).where(AT_HOME, belongs_to_set)


def gallery(session: Session, wanted: Select[Evidence], page: int) -> list[Evidence]:
    """One page of them with all their photos, latest event first."""
    ordered = wanted.order_by(Evidence.occurred_to.desc(), Evidence.id.desc())
    options = (selectinload(Evidence.photos), joinedload(Evidence.region))
    return list(session.scalars(ordered.options(*options).limit(GALLERY).offset((page - 1) * GALLERY)))
