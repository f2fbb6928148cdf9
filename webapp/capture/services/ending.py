"""Uploads that end without arriving: cancelled by their sender, or never gone on with."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from webapp.access import Actor
from webapp.capture import queries
from webapp.capture.errors import AlreadyArrived
from webapp.capture.models import Upload
from webapp.capture.parts import Parts
from webapp.capture.services.finishing import remove_after_commit
from webapp.evidence.services.turns import one_at_a_time

_UNTOUCHED_FOR = timedelta(hours=1)  # a part file that no row knows, before it counts as left behind


def cancel(session: Session, upload: Upload, *, actor: Actor, parts: Parts) -> None:
    """Forget an upload that is still on its way, bytes and all. Raises `AlreadyArrived`: a receipt stays."""
    one_at_a_time(session, upload.id)
    session.expire(upload)
    upload = queries.get(session, actor, upload.id)
    if upload.arrived_at is not None:
        raise AlreadyArrived
    session.delete(upload)
    session.flush()
    remove_after_commit(session, parts, upload.id)


def forget_expired(session: Session, parts: Parts, at: datetime) -> int:
    """Forget uploads that were not gone on with in time, and remove files nobody needs; answers how many of both."""
    expired = delete(Upload).where(Upload.arrived_at.is_(None), Upload.expires_at <= at).returning(Upload.id)
    ended = set(session.scalars(expired))
    there = parts.left_before(at - _UNTOUCHED_FOR)
    left = set(there) - queries.with_needed_bytes(session, there)
    remove_after_commit(session, parts, *(ended | left))
    return len(ended | left)
