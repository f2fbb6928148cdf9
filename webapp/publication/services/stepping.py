"""One line of history for each step, and the same in the trail of who did what."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor
from webapp.publication import queries
from webapp.publication.models import Publication, PublicationStep
from webapp.publication.rules import Step, after

Facts = Mapping[str, Any]
_NONE: Facts = MappingProxyType({})


def step(
    session: Session, one: Publication, made: Step, *, actor: Actor, at: datetime, note: str = "", facts: Facts = _NONE
) -> None:
    """Move a publication by the table, and write it down. Raises `IllegalStep`."""
    one.state = after(one.stands, made)
    session.flush()
    keep(session, one, made, actor=actor, at=at, note=note, facts=facts)


def keep(
    session: Session, one: Publication, made: Step, *, actor: Actor, at: datetime, note: str = "", facts: Facts = _NONE
) -> None:
    """The line itself, also for the step that began it."""
    session.add(
        PublicationStep(
            publication_id=one.id, actor_id=actor.id, step=made, became=one.state, note=note, facts=dict(facts), at=at
        )
    )
    audit.record(
        session, f"publication.{made}", at=at, actor_id=actor.id, on=("publication", one.id),
        region_code=one.region_code, case=one.evidence_id,
    )  # fmt: skip
    session.flush()
    session.expire(one, ["steps"])


def content(one: Publication) -> dict[str, Any]:
    """What stands there, as the history tells it."""
    return {
        "title": one.title, "note": one.note, "precision": one.precision, "tags": list(one.tags),
        "restricted": one.restricted,
        "photos": [
            {"photo": photo.photo_id, "redacted": photo.redacted_sha256, "clear": photo.clear,
             "cleared_by": photo.cleared_by}
            for photo in one.photos
        ],
    }  # fmt: skip


def held(session: Session, one: Publication) -> Publication:
    """The publication, held until the request ends."""
    queries.hold(session, one)
    return one
