"""Pictures for people, made by a worker after a photo has arrived. Each step is safe to repeat."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from media.intake import Finished
from media.store import Store
from webapp import audit
from webapp.evidence import queries
from webapp.evidence.models import Evidence, Photo, RefusedFile
from webapp.evidence.rules import EDITABLE, UNDECODABLE
from webapp.evidence.services.asking import ask_for_look
from webapp.evidence.services.looks import note_looks
from webapp.evidence.services.photos import adopt_witnesses, ask_for_pictures, forget_fix_of
from webapp.evidence.services.turns import take_for_sweeping


def waiting_for_pictures(session: Session, photo_id: int) -> str | None:
    """The digest of a photo that still has no pictures; None when it has, is gone, or cannot have any."""
    photo = session.get(Photo, photo_id)
    return photo.sha256 if photo is not None and photo.waits else None


def settle_pictures(session: Session, photo_id: int, finished: Finished, *, at: datetime) -> None:
    """Note what opening the picture has told. A photo that is gone, settled or sealed meanwhile is left alone."""
    photo = _held(session, photo_id)
    if photo is None or not photo.waits or photo.evidence.locked_at is not None:
        return
    photo.width, photo.height, photo.dhash = finished.width, finished.height, finished.dhash
    photo.flags = list(dict.fromkeys((*photo.flags, *finished.flags)))
    photo.pictures_at = at
    note_looks(session, photo, finished.looks)
    ask_for_look(session, photo.evidence_id)


def refuse_afterwards(session: Session, photo_id: int, code: str, *, at: datetime) -> None:
    """The picture cannot be opened after all: while its case may be changed, the photo becomes a refused file.

    In a case that others already look at it stays, and says so.
    """
    photo = _held(session, photo_id)
    if photo is None or not photo.waits or photo.evidence.locked_at is not None:
        return
    case = photo.evidence
    if case.stands not in EDITABLE or photo.visit_id is not None:
        photo.flags = [*photo.flags, UNDECODABLE]
        return
    case.refusals.append(
        RefusedFile(
            upload_id=photo.upload_id, uploaded_by=photo.uploaded_by, file_name=photo.file_name,
            byte_size=photo.byte_size, code=code, at=at,
        )
    )  # fmt: skip
    audit.record(
        session, "photo.refuse", at=at, actor_id=None, on=("photo", photo.id), region_code=case.region_code,
        evidence_id=case.id, sha256=photo.sha256, code=code,
    )  # fmt: skip
    forget_fix_of(photo, case)
    case.photos.remove(photo)
    session.delete(photo)
    session.flush()
    adopt_witnesses(session, case)


def _held(session: Session, photo_id: int) -> Photo | None:
    """The photo, its case held first: the order everybody keeps."""
    of = select(Photo.evidence_id).where(Photo.id == photo_id).scalar_subquery()
    session.scalar(select(Evidence).where(Evidence.id == of).with_for_update())
    return session.scalar(select(Photo).where(Photo.id == photo_id).with_for_update())


def ask_again(session: Session, *, before: datetime, most: int = 500) -> int:
    """Ask once more for pictures of photos that arrived before that moment and still have none.

    A job may have been given up after many tries. Answers how many nobody was working on.
    """
    waiting = session.scalars(
        select(Photo)
        .where(Photo.pictures_at.is_(None), Photo.received_at < before, ~Photo.flags.contains([UNDECODABLE]))
        .order_by(Photo.id)
        .limit(most)
    ).all()
    return sum(ask_for_pictures(session, photo) for photo in waiting)


def forget_unused(session: Session, sha256: str, *, store: Store) -> bool:
    """Remove the files of a photo that has no row left, unless somebody is about to write one. Answers whether."""
    if not take_for_sweeping(session, sha256) or queries.used(session, [sha256]):
        return False
    store.delete(sha256)
    return True
