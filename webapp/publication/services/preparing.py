"""Choosing what the public would see of a verified case."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geo.columns import read_point, stored_point
from webapp.access import Actor, Permission, demand
from webapp.errors import Problem
from webapp.evidence.models import Evidence
from webapp.evidence.pii import Personal, found
from webapp.evidence.rules import VERIFIED, State, Tag
from webapp.publication import queries
from webapp.publication.errors import (
    CaseNotVerified,
    CentreUnknown,
    PersonalEmail,
    PersonalNumber,
    PersonalPhone,
    PhotoUnknown,
    PublishedTwice,
    RestrictedHasPhotos,
    TooExact,
)
from webapp.publication.models import Publication, PublicationPhoto
from webapp.publication.rules import Precision, Step, after, finest, is_allowed, public_place
from webapp.publication.services.stepping import content, held, keep, step

_REFUSED: dict[Personal, type[Problem]] = {
    Personal.NIK: PersonalNumber, Personal.PHONE: PersonalPhone, Personal.EMAIL: PersonalEmail,
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What an information officer chose. `tags`: seen besides those the case has; `photos`: ids, in their order."""

    title: str
    note: str
    precision: Precision
    tags: frozenset[Tag] = frozenset()
    restricted: bool = False
    photos: Sequence[int] = ()


def prepare(session: Session, case: Evidence, wanted: Wanted, *, actor: Actor, at: datetime) -> Publication:
    """Begin a publication. Raises `CaseNotVerified`, `PublishedTwice`, and as `edit`."""
    demand(actor, Permission.PUBLISH_PREPARE, case.region_code)
    session.execute(select(Evidence.id).where(Evidence.id == case.id).with_for_update())
    session.refresh(case, ["state"])
    if State(case.state) not in VERIFIED:
        raise CaseNotVerified
    if queries.living(session, case.id) is not None:
        raise PublishedTwice
    one = Publication(
        public_id=uuid.uuid4(), evidence_id=case.id, evidence=case, region_code=case.region_code, prepared_by=actor.id,
        prepared_at=at,
    )  # fmt: skip
    _fill(session, one, wanted)
    session.add(one)
    session.flush()
    keep(session, one, Step.PREPARE, actor=actor, at=at, facts=content(one))
    _ask_for_looks(session, one)
    return one


def edit(session: Session, one: Publication, wanted: Wanted, *, actor: Actor, at: datetime) -> None:
    """Change what was chosen. Photos that stay keep their boxes.

    Raises `IllegalStep`, `PersonalNumber`, `PersonalPhone`, `PersonalEmail`, `TooExact`, `CentreUnknown`,
    `PhotoUnknown`, `RestrictedHasPhotos`.
    """
    demand(actor, Permission.PUBLISH_PREPARE, one.region_code)
    held(session, one)
    after(one.stands, Step.EDIT)
    _fill(session, one, wanted)
    one.prepared_by, one.prepared_at = actor.id, at
    session.flush()
    step(session, one, Step.EDIT, actor=actor, at=at, facts=content(one))
    _ask_for_looks(session, one)


def refuse_personal(words: str, field: str) -> None:
    """Raises `PersonalNumber`, `PersonalPhone` or `PersonalEmail`: what everybody would read holds no such thing."""
    for kind in sorted(found(words)):
        raise _REFUSED[kind](field=field)


def _fill(session: Session, one: Publication, wanted: Wanted) -> None:
    refuse_personal(wanted.title, "title")
    refuse_personal(wanted.note, "note")
    one.title, one.note, one.restricted = wanted.title, wanted.note, wanted.restricted
    one.tags = sorted({*one.evidence.tags, *map(str, wanted.tags)})
    _place(session, one, wanted.precision)
    _choose(one, wanted.photos)


def _place(session: Session, one: Publication, precision: Precision) -> None:
    case = one.evidence
    place = read_point(case.place) if case.place is not None else None
    if not is_allowed(precision, finest(one.tags, restricted=one.restricted, has_place=place is not None)):
        raise TooExact(field="precision")
    seen = public_place(place, queries.centre_of(session, one.region_code), precision)
    if seen is None and precision is not Precision.NONE:
        raise CentreUnknown(field="precision")
    one.precision = precision
    one.public_place = stored_point(seen) if seen else None  # type: ignore[assignment]


def _choose(one: Publication, photos: Sequence[int]) -> None:
    if one.restricted and photos:
        raise RestrictedHasPhotos(field="photos")
    if not {*photos} <= {photo.id for photo in queries.photos_of(one.evidence)}:
        raise PhotoUnknown(field="photos")
    known = {chosen.photo_id: chosen for chosen in one.photos}
    one.photos = [
        known.get(photo_id) or PublicationPhoto(photo_id=photo_id, position=number)
        for number, photo_id in enumerate(dict.fromkeys(photos), start=1)
    ]
    for number, chosen in enumerate(one.photos, start=1):
        chosen.position = number


def _ask_for_looks(session: Session, one: Publication) -> None:
    """Have the machine look at what nobody has looked at yet; a job of this very transaction."""
    for chosen in one.photos:
        session.execute(text("SELECT wall.defer_redaction(:photo)"), {"photo": chosen.photo_id})
