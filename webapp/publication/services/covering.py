"""Covering what must not be seen on a photo, and making the picture that may be."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from media.errors import NotStored, Refused, StoreUnavailable
from media.redact import Covered, Redactor
from media.store import Store
from webapp.access import Actor, Permission, demand
from webapp.publication.errors import NothingCovered, PictureUnavailable, TooManyBoxes
from webapp.publication.models import Publication, PublicationPhoto, RedactionBox
from webapp.publication.rules import MOST_BOXES, Box, Step, after
from webapp.publication.services.preparing import refuse_personal
from webapp.publication.services.stepping import held, step


def cover(
    session: Session, one: Publication, photo: PublicationPhoto, boxes: Sequence[Box], *, clear: bool, alt: str,
    actor: Actor, at: datetime, store: Store, redactor: Redactor,
) -> None:  # fmt: skip
    """A person has looked at a photo: these boxes cover it, or (`clear`) there is nothing to cover.

    Raises `IllegalStep`, `NothingCovered`, `TooManyBoxes`, `PersonalNumber` and its kin, `PictureUnavailable`.
    """
    demand(actor, Permission.PUBLISH_PREPARE, one.region_code)
    held(session, one)
    after(one.stands, Step.COVER)
    refuse_personal(alt, "alt")
    if not boxes and not clear:
        raise NothingCovered(field="clear")
    if len(boxes) > MOST_BOXES:
        raise TooManyBoxes
    made = _made(store, redactor, photo.photo.sha256, boxes)
    digest = hashlib.sha256(made.picture).hexdigest()
    store.put_all(digest, {"redacted": made.picture, "small": made.small})  # file first, row second
    photo.boxes = [RedactionBox(x=box.x, y=box.y, w=box.w, h=box.h, found=box.found) for box in boxes]
    photo.clear, photo.cleared_by, photo.alt = clear and not boxes, None, alt
    photo.looked_by, photo.looked_at = actor.id, at
    photo.redacted_sha256, photo.width, photo.height = digest, made.width, made.height
    one.prepared_by, one.prepared_at = actor.id, at
    facts = {"photo": photo.photo_id, "boxes": len(boxes), "clear": photo.clear, "redacted": digest}
    step(session, one, Step.COVER, actor=actor, at=at, facts=facts)


def _made(store: Store, redactor: Redactor, sha256: str, boxes: Sequence[Box]) -> Covered:
    try:
        seen = store.get(sha256, "large")
        return redactor.cover(seen, [(box.x, box.y, box.w, box.h) for box in boxes])
    except (NotStored, StoreUnavailable, Refused) as why:
        raise PictureUnavailable from why
