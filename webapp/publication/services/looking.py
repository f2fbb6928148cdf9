"""The machine's look at a photo that is to be public: suggestions, for whoever covers it. For the background alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from media import faces, texts
from media.errors import NotStored, Refused
from media.faces import Face
from media.store import Store
from media.texts import Line
from webapp.evidence.models import Photo
from webapp.publication.models import RedactionLook, RedactionSuggestion
from webapp.publication.rules import MOST_BOXES, Box, Found
from webapp.publication.written import Written, naming


def waiting_for_look(session: Session, photo_id: int) -> str | None:
    """The digest of a photo nobody has looked at for this; None when it is gone or was looked at."""
    photo = session.get(Photo, photo_id)
    if photo is None or photo.pictures_at is None or session.get(RedactionLook, photo_id) is not None:
        return None
    return photo.sha256


@dataclass(frozen=True)
class Seen:
    """What the machine saw on a photo. None: it did not look for that. `failed`: why it could not."""

    faces: Sequence[Face] | None = None
    lines: Sequence[Line] | None = None
    failed: str | None = None


def look(store: Store, sha256: str) -> Seen:
    """Look for faces, and for what is written, as far as what is needed for it is installed.

    Slow: no row is held meanwhile. Raises `StoreUnavailable`.
    """
    try:
        picture = store.get(sha256, "large")
    except NotStored:
        return Seen(failed="not_stored")
    seen = Seen()
    # Where one look fails, the other is not lost.
    try:
        seen = replace(seen, faces=faces.look(picture) if faces.is_installed() else None)
    except Refused as why:
        seen = replace(seen, failed=why.code)
    try:
        return replace(seen, lines=texts.read(picture) if texts.is_installed() else None)
    except Refused as why:
        return replace(seen, failed=why.code)


def settle_look(session: Session, photo_id: int, seen: Seen, *, at: datetime) -> None:
    """Keep where something was seen, and of what is written only its kind."""
    if session.get(Photo, photo_id, with_for_update={"read": True}) is None:
        return
    session.add(
        RedactionLook(
            photo_id=photo_id,
            looked_at=at,
            faces=seen.faces is not None,
            texts=seen.lines is not None,
            failed=seen.failed,
        )
    )
    session.flush()
    written = [Written(one.words, one.x, one.y, one.w, one.h, one.score) for one in seen.lines or ()]
    found: list[tuple[Found, Face | Written]] = [*naming(written), *((Found.FACE, one) for one in seen.faces or ())]
    for kind, one in found[:MOST_BOXES]:  # as many as one photo may have
        try:
            box = Box.fitted(one.x, one.y, one.w, one.h, kind)
        except ValueError:
            continue  # outside the picture, or thinner than what is stored
        score = max(0.0, min(1.0, one.score))
        session.add(
            RedactionSuggestion(photo_id=photo_id, x=box.x, y=box.y, w=box.w, h=box.h, found=box.found, score=score)
        )
    session.flush()
