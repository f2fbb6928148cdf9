"""Verbs of minutes: draw up, sign. Neither ever changes what is written: what changes is a new edition."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, Role, demand
from webapp.codes import new_code
from webapp.minutes import queries
from webapp.minutes.errors import (
    NobodyToSign,
    NotADigest,
    NotOfTheTeam,
    NotTheNewest,
    RemarkNeeded,
    SignedAlready,
)
from webapp.minutes.models import Minutes, MinutesSignature
from webapp.minutes.queries import Member
from webapp.minutes.rules import PREFIXES, SHARE, Kind, Standing, like_number, needed, number_of
from webapp.papers import digest
from webapp.programme.models import Period

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Draft:
    """Ready content of minutes, and the digest of the facts it was drawn from."""

    kind: Kind
    facts: Mapping[str, Any]
    basis_sha256: str
    subject: str = ""
    team: Sequence[Member] = field(default_factory=tuple)


def draw_up(
    session: Session, period: Period, draft: Draft, *, actor: Actor, at: datetime, share: int = SHARE
) -> Minutes:
    """Number and freeze minutes; the edition made before, while nothing of it would be another.

    `share`: more than this percent of the team must sign. Raises `NotAllowed`, `NobodyToSign`.
    """
    demand(actor, Permission.MINUTES_MAKE, period.region_code)
    chairs = [one.account_id for one in draft.team if one.role is Role.CHAIR]
    if not chairs:
        raise NobodyToSign
    _hold(session, period, draft.kind)
    before = queries.newest(session, period, draft.kind, draft.subject)
    if before is not None and _same(session, before, draft):
        return before
    code, number = new_code(), _number(session, draft.kind, period, at)
    content = {
        "facts": dict(draft.facts), "kind": str(draft.kind), "subject": draft.subject, "code": code, "number": number,
        "made_at": at.isoformat(),
    }  # fmt: skip
    made = Minutes(
        period_id=period.id, region_code=period.region_code, kind=draft.kind, subject=draft.subject,
        version=period.version,
        edition=before.edition + 1 if before else 1, number=number, code=code, content=content,
        sha256=digest(content), basis_sha256=draft.basis_sha256, team=[one.account_id for one in draft.team],
        chairs=chairs, need=needed(len(draft.team), share), made_by=actor.id, made_at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(
        session, "minutes.draw_up", at=at, actor_id=actor.id, on=("minutes", made.id), region_code=period.region_code,
        kind=str(draft.kind), subject=draft.subject, number=number, edition=made.edition, sha256=made.sha256,
    )  # fmt: skip
    return made


def sign(
    session: Session, minutes: Minutes, *, actor: Actor, at: datetime, agrees: bool = True, remark: str = "",
    scan_sha256: str = "",
) -> MinutesSignature:  # fmt: skip
    """Put one's name under minutes, with a remark where one does not agree. It is never taken back.

    Raises `NotAllowed`, `NotOfTheTeam`, `NotTheNewest`, `SignedAlready`, `RemarkNeeded`, `NotADigest`.
    """
    demand(actor, Permission.MINUTES_SIGN, minutes.region_code)
    if actor.id not in minutes.team:
        raise NotOfTheTeam
    _hold(session, minutes.period, Kind(minutes.kind))
    session.refresh(minutes, ["signatures"])
    if any(one.account_id == actor.id for one in minutes.signatures):
        raise SignedAlready
    if queries.standing_of(session, minutes) in (Standing.REPLACED, Standing.FALLEN):
        raise NotTheNewest
    if not agrees and not remark.strip():
        raise RemarkNeeded(field="remark")
    scan = scan_sha256.strip().lower()
    if scan and not _DIGEST.fullmatch(scan):
        raise NotADigest(field="scan_sha256")
    made = MinutesSignature(
        minutes_id=minutes.id, account_id=actor.id, post=_post(minutes, actor), agrees=agrees, remark=remark.strip(),
        scan_sha256=scan, signed_at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.refresh(minutes, ["signatures"])
    audit.record(
        session, "minutes.sign", at=at, actor_id=actor.id, on=("minutes", minutes.id),
        region_code=minutes.region_code, number=minutes.number, agrees=agrees, sha256=minutes.sha256,
    )  # fmt: skip
    return made


def _post(minutes: Minutes, actor: Actor) -> str:
    listed = minutes.content["facts"].get("team", ())
    return next((one["role"] for one in listed if one["account"] == actor.id), str(Role.ASSESSOR))


def _hold(session: Session, period: Period, kind: Kind) -> None:
    """One at a time draws up or signs minutes of a kind in a region: numbers follow each other, and nobody signs an
    edition that is being replaced.
    """
    key = f"minutes:{kind}:{period.region_code}"
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def _same(session: Session, before: Minutes, draft: Draft) -> bool:
    unchanged = queries.standing_of(session, before) is not Standing.FALLEN
    return unchanged and before.content["facts"] == draft.facts and before.basis_sha256 == draft.basis_sha256


def _number(session: Session, kind: Kind, period: Period, at: datetime) -> str:
    """The next number of its kind in that region and year; the year is the one it is there."""
    day, prefix = at.astimezone(ZoneInfo(period.time_zone)).date(), PREFIXES[kind]
    held = select(func.count(Minutes.id)).where(Minutes.number.like(like_number(prefix, period.region_code, day.year)))
    return number_of(prefix, (session.scalar(held) or 0) + 1, period.region_code, day)
