"""What a picture itself tells, written beside its photo: when it is opened, and later for those opened before."""

import logging
import time

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, sessionmaker

from media.errors import DecoderBusy, NotStored, Refused, StoreUnavailable
from media.intake import Intake
from media.pictures import Looks, Print
from webapp import db
from webapp.evidence.alike import print_row
from webapp.evidence.models import Photo, PhotoPrint
from webapp.evidence.services.asking import ask_for_look

log = logging.getLogger(__name__)
_BLIND = Print(0, {"whole": "0" * 64})
"""Of a photo that cannot be opened any more: it is never found, and never tried again."""


def keep_print(session: Session, photo_id: int, seen: Print) -> None:
    """The print of a photo, in place of one it has."""
    session.merge(print_row(photo_id, seen))


def note_looks(session: Session, photo: Photo, looks: Looks) -> None:
    """All that opening the picture told of it. For the background: the web server changes no photo."""
    photo.preview, photo.preview_distance = looks.preview, looks.preview_distance
    photo.digital_source, photo.credentials = looks.digital_source, looks.credentials
    keep_print(session, photo.id, looks.print)


def print_older(
    sessions: sessionmaker[Session], intake: Intake, *, most: int = 100, seconds: float = 40.0
) -> list[int]:
    """Look at photos whose pictures were made before prints were, in short transactions; answers which.

    Photos of sealed cases get a print, so that later copies of them are found, and stay as they are otherwise.
    Raises `DecoderBusy`, `StoreUnavailable`: to be gone on with later.
    """
    until, done = time.monotonic() + seconds, []
    with db.transaction(sessions) as session:
        waiting = [(row.id, row.sha256) for row in session.execute(_without_print(most))]
    for photo_id, sha256 in waiting:
        if time.monotonic() > until:
            break
        looks = _look(intake, photo_id, sha256)
        with db.transaction(sessions) as session:
            _note_later(session, photo_id, looks)
        done.append(photo_id)
    return done


def _without_print(most: int) -> Select[int, str]:
    printed = select(PhotoPrint.photo_id).where(PhotoPrint.photo_id == Photo.id).exists()
    return select(Photo.id, Photo.sha256).where(Photo.pictures_at.is_not(None), ~printed).order_by(Photo.id).limit(most)


def _look(intake: Intake, photo_id: int, sha256: str) -> Looks | None:
    try:
        return intake.look(sha256)
    except (DecoderBusy, StoreUnavailable):
        raise
    except (Refused, NotStored) as why:
        log.warning("photo %s has no print: %r", photo_id, why)
        return None


def _note_later(session: Session, photo_id: int, looks: Looks | None) -> None:
    photo = session.scalar(select(Photo).where(Photo.id == photo_id).with_for_update())
    if photo is None:
        return  # removed meanwhile
    if looks is None or photo.evidence.locked_at is not None:
        keep_print(session, photo_id, looks.print if looks else _BLIND)
    else:
        note_looks(session, photo, looks)
    ask_for_look(session, photo.evidence_id)
