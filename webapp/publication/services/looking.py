"""The machine's look at a photo that is to be public: suggestions, for whoever covers it. For the background alone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from media.faces import Face
from webapp.evidence.models import Photo
from webapp.publication.models import RedactionLook, RedactionSuggestion
from webapp.publication.rules import Box, Found


def waiting_for_look(session: Session, photo_id: int) -> str | None:
    """The digest of a photo nobody has looked at for this; None when it is gone or was looked at."""
    photo = session.get(Photo, photo_id)
    if photo is None or photo.pictures_at is None or session.get(RedactionLook, photo_id) is not None:
        return None
    return photo.sha256


def settle_look(
    session: Session, photo_id: int, seen: Sequence[Face], *, faces: bool, at: datetime, failed: str | None = None
) -> None:
    """Keep what was seen. `faces`: whether they were looked for at all; `failed`: why nothing could be seen."""
    if session.get(Photo, photo_id, with_for_update={"read": True}) is None:
        return
    session.add(RedactionLook(photo_id=photo_id, looked_at=at, faces=faces, texts=False, failed=failed))
    session.flush()
    for one in seen:
        try:
            box = Box.fitted(one.x, one.y, one.w, one.h, Found.FACE)
        except ValueError:
            continue  # outside the picture, or thinner than what is stored
        score = max(0.0, min(1.0, one.score))
        session.add(
            RedactionSuggestion(photo_id=photo_id, x=box.x, y=box.y, w=box.w, h=box.h, found=box.found, score=score)
        )
    session.flush()
