"""Verbs of the register. None commits; each demands REGULATION_MANAGE in the region of the entry (`NotAllowed`)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.errors import NotFound
from webapp.evidence import queries as evidence_queries
from webapp.register import queries
from webapp.register.errors import (
    AlreadyRevoked,
    DatesReversed,
    FileUnknown,
    ReasonMissing,
    RegisteredTwice,
    RevokerUnknown,
)
from webapp.register.models import Regulation
from webapp.register.rules import RegulationKind


@dataclass(frozen=True)
class RegulationFields:
    """An entry. `file_sha256` and `evidence_id` say where the text is; either, both or none."""

    region_code: str
    kind: RegulationKind
    number: str
    year: int
    title: str
    in_force_from: date
    ends_on: date | None = None
    delegates: str = ""
    file_sha256: str | None = None
    evidence_id: int | None = None


def register(session: Session, said: RegulationFields, *, actor: Actor, at: datetime) -> Regulation:
    """Enter a regulation. Raises `RegisteredTwice`, `DatesReversed`, `FileUnknown`."""
    demand(actor, Permission.REGULATION_MANAGE, said.region_code)
    made = Regulation(made_by=actor.id, made_at=at)
    _fill(session, made, said, actor)
    session.add(made)
    session.flush()
    _note(session, "regulation.register", made, actor, at)
    return made


def correct(session: Session, one: Regulation, said: RegulationFields, *, actor: Actor, at: datetime) -> None:
    """Correct an entry; what it was stays in the trail. Raises as `register`, and `AlreadyRevoked`."""
    demand(actor, Permission.REGULATION_MANAGE, one.region_code)
    demand(actor, Permission.REGULATION_MANAGE, said.region_code)
    _hold(session, one)
    if one.revoked_on is not None:
        raise AlreadyRevoked
    before = _facts(one)
    _fill(session, one, said, actor)
    session.flush()
    changed = [name for name, value in _facts(one).items() if before[name] != value]
    _note(session, "regulation.correct", one, actor, at, was={name: before[name] for name in changed})


def revoke(
    session: Session, one: Regulation, on: date, because: str, *, actor: Actor, at: datetime,
    revoked_by: int | None = None,
) -> None:  # fmt: skip
    """Enter that a regulation no longer holds from a day on, by which other one or for which reason.

    Raises `AlreadyRevoked`, `DatesReversed`, `RevokerUnknown`, `ReasonMissing`.
    """
    demand(actor, Permission.REGULATION_MANAGE, one.region_code)
    _hold(session, one)
    if one.revoked_on is not None:
        raise AlreadyRevoked
    if on < one.in_force_from:
        raise DatesReversed(field="revoked_on")
    if revoked_by is not None and revoked_by not in {other.id for other in queries.revokers_of(session, one)}:
        raise RevokerUnknown(field="revoked_by")
    if revoked_by is None and not because.strip():
        raise ReasonMissing(field="because")
    one.revoked_on, one.revoked_by_id, one.revoked_because = on, revoked_by, because.strip()
    session.flush()
    _note(session, "regulation.revoke", one, actor, at, on_day=on.isoformat(), by=revoked_by, because=because.strip())


def _hold(session: Session, one: Regulation) -> None:
    """Of two who change an entry at once, one waits and then sees."""
    session.execute(select(Regulation.id).where(Regulation.id == one.id).with_for_update())
    session.refresh(one)


def _fill(session: Session, one: Regulation, said: RegulationFields, actor: Actor) -> None:
    # Of two who enter the same at once, one waits and then sees it there.
    key = {"key": f"regulation:{said.region_code}"}
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), key)
    known = queries.registered(session, said.region_code, said.kind, said.number, said.year)
    if known is not None and known != one.id:
        raise RegisteredTwice(field="number")
    if said.ends_on is not None and said.ends_on < said.in_force_from:
        raise DatesReversed(field="ends_on")
    if said.evidence_id is not None and said.evidence_id != one.evidence_id:
        try:
            evidence_queries.visible(session, actor, said.evidence_id)
        except NotFound as unseen:
            raise FileUnknown(field="evidence_id") from unseen
    one.region_code, one.kind, one.number, one.year = said.region_code, said.kind, said.number, said.year
    one.title, one.in_force_from, one.ends_on = said.title, said.in_force_from, said.ends_on
    one.delegates, one.file_sha256, one.evidence_id = said.delegates, said.file_sha256, said.evidence_id


def _facts(one: Regulation) -> dict[str, Any]:
    """An entry as the history tells it."""
    return {
        "kind": one.kind, "number": one.number, "year": one.year, "title": one.title,
        "in_force_from": one.in_force_from.isoformat(), "ends_on": one.ends_on.isoformat() if one.ends_on else None,
        "delegates": one.delegates, "file_sha256": one.file_sha256, "evidence_id": one.evidence_id,
    }  # fmt: skip


def _note(session: Session, action: str, one: Regulation, actor: Actor, at: datetime, **detail: Any) -> None:
    audit.record(
        session, action, at=at, actor_id=actor.id, on=("regulation", one.id), region_code=one.region_code,
        name=one.name, **detail,
    )  # fmt: skip
