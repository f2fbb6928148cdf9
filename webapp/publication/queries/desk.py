"""For who works on publications. What visitors are told is in `public`, and comes from views alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from geo.columns import read_point
from geo.values import LonLat
from webapp.access import Actor, Permission, allows, reached
from webapp.errors import NotFound
from webapp.evidence import queries as evidence
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import VERIFIED
from webapp.publication.models import (
    Publication,
    PublicationPhoto,
    PublicationStep,
    RedactionLook,
    RedactionSuggestion,
)
from webapp.publication.rules import MAKING, Stand, must_be_covered
from webapp.territory.models import RegionBoundary
from webapp.territory.queries import current, kecamatan_of

PAGE = 50


def visible_to(actor: Actor) -> Select[Publication]:
    """Publications of the areas where a person prepares or approves."""
    return select(Publication).where(reached(Publication.region_code, actor, Permission.PUBLISH_READ))


def get(session: Session, actor: Actor, publication_id: int, *, photo_id: int | None = None) -> Publication:
    """One with all its page shows. Raises `NotFound`, also where `photo_id` was not chosen for it."""
    wanted = visible_to(actor).where(Publication.id == publication_id)
    if photo_id is not None:
        wanted = wanted.where(Publication.photos.any(PublicationPhoto.photo_id == photo_id))
    found = session.scalar(
        wanted.options(
            joinedload(Publication.region), joinedload(Publication.evidence),
            selectinload(Publication.photos).joinedload(PublicationPhoto.photo),
            selectinload(Publication.photos).joinedload(PublicationPhoto.looker),
            selectinload(Publication.photos).selectinload(PublicationPhoto.boxes),
            selectinload(Publication.steps).joinedload(PublicationStep.actor),
        )
    )  # fmt: skip
    if found is None:
        raise NotFound
    return found


def hold(session: Session, one: Publication) -> None:
    """Of two who act at once, one waits and then sees: first the case, then its publication, as everywhere."""
    session.execute(select(Evidence.id).where(Evidence.id == one.evidence_id).with_for_update(key_share=True))
    session.execute(select(Publication.id).where(Publication.id == one.id).with_for_update())
    session.refresh(one)


def chosen(one: Publication, photo_id: int) -> PublicationPhoto:
    """The photo of that number, which `get` has found among those chosen."""
    return next(each for each in one.photos if each.photo_id == photo_id)


@dataclass(frozen=True)
class Page:
    """One page of a list; `number` counts from 1."""

    rows: Sequence[Publication | Evidence]
    number: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // PAGE))


def in_stand(session: Session, actor: Actor, stand: Stand, number: int) -> Page:
    """Publications that stand so, latest first."""
    wanted = visible_to(actor).where(Publication.state == stand).order_by(Publication.id.desc())
    return _page(session, wanted.options(joinedload(Publication.region)), number)


def candidates(session: Session, actor: Actor, number: int) -> Page:
    """Verified cases of which nothing is being prepared or public, latest verified first."""
    return _page(session, _candidates(actor).options(joinedload(Evidence.region)), number)


def candidate(session: Session, actor: Actor, evidence_id: int) -> Evidence:
    """A case that may be prepared, with its photos. Raises `NotFound`."""
    wanted = evidence.visible_to(actor).where(
        Evidence.id == evidence_id, reached(Evidence.region_code, actor, Permission.PUBLISH_PREPARE)
    )
    found = session.scalar(wanted.options(joinedload(Evidence.region), selectinload(Evidence.photos)))
    if found is None:
        raise NotFound
    return found


def living(session: Session, evidence_id: int) -> Publication | None:
    """The publication of a case that was not withdrawn, if there is one."""
    wanted = Publication.evidence_id == evidence_id, Publication.state != Stand.WITHDRAWN
    return session.scalar(select(Publication).where(*wanted))


def counts(session: Session, actor: Actor) -> dict[Stand | None, int]:
    """How many stand so; None: cases of which nothing was prepared."""
    own = visible_to(actor).order_by(None).with_only_columns(Publication.state, func.count())
    known: dict[Stand | None, int] = {
        Stand(state): int(number) for state, number in session.execute(own.group_by(Publication.state))
    }
    return {**known, None: _count(session, _candidates(actor))}


def _candidates(actor: Actor) -> Select[Evidence]:
    living = exists().where(Publication.evidence_id == Evidence.id, Publication.state != Stand.WITHDRAWN)
    mine = reached(Evidence.region_code, actor, Permission.PUBLISH_PREPARE)
    wanted = evidence.visible_to(actor).where(mine, Evidence.state.in_(VERIFIED), ~living)
    return wanted.order_by(Evidence.verified_at.desc(), Evidence.id.desc())


def _count(session: Session, wanted: Select[Publication] | Select[Evidence]) -> int:
    return session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0


def _page(session: Session, wanted: Select[Publication] | Select[Evidence], number: int) -> Page:
    total = _count(session, wanted)
    number = min(max(1, number), max(1, -(-total // PAGE)))
    rows: Sequence[Publication | Evidence] = session.scalars(wanted.limit(PAGE).offset((number - 1) * PAGE)).all()
    return Page(rows, number, total)


def photos_of(case: Evidence) -> list[Photo]:
    """Photos of a case that may be chosen: its own, of which pictures were made."""
    return [photo for photo in case.photos if photo.visit_id is None and photo.pictures_at is not None]


def makers(session: Session, one: Publication) -> set[int]:
    """Who had a hand in what stands there: none of them is the second person."""
    done = PublicationStep.publication_id == one.id, PublicationStep.step.in_(MAKING)
    return {who for who in session.scalars(select(PublicationStep.actor_id).where(*done)) if who is not None}


def is_own(one: Publication, actor: Actor) -> bool:
    """Whether the case is this person's, or of the unit they gather evidence for."""
    return actor.id == one.evidence.owner_id or allows(actor, Permission.EVIDENCE_WRITE, one.region_code)


def to_confirm(one: Publication) -> list[PublicationPhoto]:
    """Photos of which one person said that there is nothing to cover, where people must be covered: two say so."""
    if not must_be_covered(one.tags, one.evidence.consent):
        return []
    return [photo for photo in one.photos if photo.clear]


def centre_of(session: Session, region_code: str) -> LonLat | None:
    """Where the name of the kecamatan stands on the map: its middle for the public."""
    point = session.scalar(
        current()
        .where(RegionBoundary.region_code == kecamatan_of(region_code))
        .with_only_columns(RegionBoundary.label_point)
    )
    return read_point(point) if point is not None else None


@dataclass(frozen=True)
class Looked:
    """What the machine saw on a photo. `look` None: it has not looked, or not yet."""

    look: RedactionLook | None
    suggestions: Sequence[RedactionSuggestion]


def looked(session: Session, photo_id: int) -> Looked:
    """The automatic look at a photo, best guesses first."""
    wanted = select(RedactionSuggestion).where(RedactionSuggestion.photo_id == photo_id)
    found = session.scalars(wanted.order_by(RedactionSuggestion.score.desc(), RedactionSuggestion.id)).all()
    return Looked(session.get(RedactionLook, photo_id), found)
