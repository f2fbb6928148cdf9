"""Approving, publishing, sending back and withdrawing."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, demand
from webapp.evidence.errors import NoteMissing
from webapp.evidence.rules import VERIFIED, State
from webapp.publication import queries
from webapp.publication.errors import CaseNotVerified, ClearUnconfirmed, OwnCase, OwnWork, PhotoNotSeen
from webapp.publication.models import Publication
from webapp.publication.rules import Step, after, needs_second
from webapp.publication.services.stepping import content, held, step


def approve(session: Session, one: Publication, *, actor: Actor, at: datetime, clear: Collection[int] = ()) -> None:
    """Say that it may be public as it stands. `clear`: photos of which this person too says: nothing to cover.

    Raises `IllegalStep`, `CaseNotVerified`, `PhotoNotSeen`, `OwnWork`, `OwnCase`, `ClearUnconfirmed`.
    """
    demand(actor, Permission.PUBLISH_APPROVE, one.region_code)
    held(session, one)
    after(one.stands, Step.APPROVE)
    _is_verified(session, one)
    if any(photo.looked_at is None for photo in one.photos):
        raise PhotoNotSeen
    if needs_second(one.tags):
        _is_second(session, one, actor)
    for photo in queries.to_confirm(one):
        if photo.photo_id not in clear:
            raise ClearUnconfirmed(field="clear")
        photo.cleared_by = actor.id
    session.flush()  # the photos first: what is approved does not change
    one.approved_by, one.approved_at = actor.id, at
    step(session, one, Step.APPROVE, actor=actor, at=at, facts=content(one))


def _is_second(session: Session, one: Publication, actor: Actor) -> None:
    if actor.id in queries.makers(session, one):
        raise OwnWork
    if queries.is_own(one, actor):
        raise OwnCase


def publish(session: Session, one: Publication, *, actor: Actor, at: datetime) -> None:
    """Show it to everybody. Raises `IllegalStep`, `CaseNotVerified`."""
    demand(actor, Permission.PUBLISH_PREPARE, one.region_code)
    held(session, one)
    after(one.stands, Step.PUBLISH)
    _is_verified(session, one)
    one.published_at = at
    step(session, one, Step.PUBLISH, actor=actor, at=at)


def send_back(session: Session, one: Publication, note: str, *, actor: Actor, at: datetime) -> None:
    """Back to whoever prepares, with a reason. Raises `IllegalStep`, `NoteMissing`."""
    demand(actor, Permission.PUBLISH_APPROVE, one.region_code)
    held(session, one)
    after(one.stands, Step.RETURN)
    if not note.strip():
        raise NoteMissing(field="note")
    one.approved_by = one.approved_at = None
    step(session, one, Step.RETURN, actor=actor, at=at, note=note.strip())


def withdraw(session: Session, one: Publication, note: str, *, actor: Actor, at: datetime) -> None:
    """Take it off every public address, for good: what is to come back is prepared anew.

    Raises `IllegalStep`, `NoteMissing`.
    """
    demand(actor, Permission.PUBLISH_PREPARE, one.region_code)
    held(session, one)
    after(one.stands, Step.WITHDRAW)
    if not note.strip():
        raise NoteMissing(field="note")
    one.withdrawn_at = at
    step(session, one, Step.WITHDRAW, actor=actor, at=at, note=note.strip())


def _is_verified(session: Session, one: Publication) -> None:
    session.refresh(one.evidence, ["state"])
    if State(one.evidence.state) not in VERIFIED:
        raise CaseNotVerified
