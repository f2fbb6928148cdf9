"""Reading evidence. `visible_to` is the one definition of who may see what, for a row and for a list."""

import uuid

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Actor, Permission, areas, within
from webapp.errors import NotFound
from webapp.evidence.models import Activity, Evidence, EvidenceKind, EvidenceMove, Photo
from webapp.evidence.rules import UNSEEN


def visible_to(actor: Actor) -> Select[tuple[Evidence]]:
    """Cases this person may see: all of the own unit's, and, past draft, those of the areas they may read."""
    own = within(Evidence.region_code, areas(actor, Permission.EVIDENCE_WRITE))
    read = within(Evidence.region_code, areas(actor, Permission.EVIDENCE_READ))
    return select(Evidence).where(or_(own, and_(read, Evidence.state.not_in(UNSEEN))))


def get(session: Session, actor: Actor, evidence_id: int) -> Evidence:
    """The case, with what its page shows. Raises `NotFound` when there is none or this person may not see it."""
    found = session.scalar(
        visible_to(actor)
        .where(Evidence.id == evidence_id)
        .options(
            joinedload(Evidence.region), joinedload(Evidence.kind), joinedload(Evidence.activity),
            joinedload(Evidence.owner), joinedload(Evidence.period), selectinload(Evidence.photos),
            selectinload(Evidence.refusals), selectinload(Evidence.moves).joinedload(EvidenceMove.actor),
        )
    )  # fmt: skip
    if found is None:
        raise NotFound
    return found


def locked_for_change(session: Session, actor: Actor, evidence_id: int) -> Evidence:
    """The case, its row held until the request ends, so that of two people deciding at once one waits and then sees."""
    found = session.scalar(
        visible_to(actor)
        .where(Evidence.id == evidence_id)
        .with_for_update(of=Evidence)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def of_unit(actor: Actor) -> Select[tuple[Evidence]]:
    """The cases of the units this person writes for, newest first."""
    own = within(Evidence.region_code, areas(actor, Permission.EVIDENCE_WRITE))
    return select(Evidence).where(own).order_by(Evidence.id.desc())


def by_client_id(session: Session, client_id: uuid.UUID) -> Evidence | None:
    return session.scalar(select(Evidence).where(Evidence.client_id == client_id))


def photo(session: Session, actor: Actor, photo_id: int) -> Photo:
    """The photo, if its case may be seen. Raises `NotFound`."""
    seen = visible_to(actor).with_only_columns(Evidence.id).order_by(None)
    found = session.scalar(select(Photo).where(Photo.id == photo_id, Photo.evidence_id.in_(seen)))
    if found is None:
        raise NotFound
    return found


def kinds(session: Session) -> list[EvidenceKind]:
    """All kinds with their activities, in the order they are offered."""
    options = selectinload(EvidenceKind.activities)
    return list(session.scalars(select(EvidenceKind).options(options).order_by(EvidenceKind.position)))


def activity(session: Session, code: str | None) -> Activity | None:
    return session.get(Activity, code) if code else None
