"""The history as an auditor reads it, newest first, page after page by its own sequence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, areas, within
from webapp.accounts.models import Account
from webapp.audit import AuditEvent
from webapp.errors import NotFound
from webapp.territory.models import Region

EVENTS_PER_PAGE = 50


@dataclass(frozen=True)
class TrailFilter:
    """What is asked of the history; empty means all. `on`: "evidence" or "evidence:12"; dates both included."""

    person: str = ""
    action: str = ""
    on: str = ""
    region: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Line:
    """One line of history with the names people know; `actor` None for the system and for visitors."""

    event: AuditEvent
    actor: str | None
    region: str | None
    zone: str | None


@dataclass(frozen=True)
class Page:
    """Lines, newest first; `newer` and `older` are the ids to go on from, None at that end."""

    lines: Sequence[Line]
    newer: int | None
    older: int | None


def trail(
    session: Session, actor: Actor, wanted: TrailFilter, zone: str, *, before: int | None = None,
    after: int | None = None,
) -> Page:  # fmt: skip
    """A page of the history inside the auditor's areas: the newest, or those before or after an id."""
    query = _visible_to(actor).where(*_conditions(wanted, ZoneInfo(zone)))
    if after is not None:
        forward = query.where(AuditEvent.id > after).order_by(AuditEvent.id).limit(EVENTS_PER_PAGE + 1)
        found = session.execute(forward).all()
        more = len(found) > EVENTS_PER_PAGE
        lines = [Line(*row) for row in reversed(found[:EVENTS_PER_PAGE])]
        return Page(lines, lines[0].event.id if lines and more else None, lines[-1].event.id if lines else None)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    found = session.execute(query.order_by(AuditEvent.id.desc()).limit(EVENTS_PER_PAGE + 1)).all()
    lines = [Line(*row) for row in found[:EVENTS_PER_PAGE]]
    older = lines[-1].event.id if len(found) > EVENTS_PER_PAGE else None
    return Page(lines, lines[0].event.id if lines and before is not None else None, older)


def visible_event(session: Session, actor: Actor, event_id: int) -> AuditEvent:
    """One line inside the auditor's areas. Raises `NotFound`."""
    found = session.execute(_visible_to(actor).where(AuditEvent.id == event_id)).first()
    if found is None:
        raise NotFound
    return found[0]


def _visible_to(actor: Actor) -> Select[AuditEvent, str, str, str]:
    return (
        select(AuditEvent, Account.name, Region.name, Region.time_zone)
        .outerjoin(Account, Account.id == AuditEvent.actor_id)
        .outerjoin(Region, Region.code == AuditEvent.region_code)
        .where(within(AuditEvent.region_code, areas(actor, Permission.AUDIT_READ)))
    )


def _conditions(wanted: TrailFilter, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.person:
        named = (Account.name.icontains(wanted.person, autoescape=True), Account.username == wanted.person)
        found.append(or_(*named))
    if wanted.action:
        found.append(AuditEvent.action == wanted.action)
    if wanted.on:
        kind, _, key = wanted.on.partition(":")
        found.append(AuditEvent.object_type == kind.strip())
        found.extend([AuditEvent.object_id == key.strip()] if key.strip() else [])
    if wanted.region:
        found.append(within(AuditEvent.region_code, [wanted.region]))
    if wanted.since:
        found.append(AuditEvent.at >= _midnight(wanted.since, zone))
    if wanted.until:
        found.append(AuditEvent.at < _midnight(wanted.until + timedelta(days=1), zone))
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
