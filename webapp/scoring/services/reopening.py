"""A sealed result is opened again by two people, within a scope; everything outside it stays as locked as it was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.conflict import queries as conflicts
from webapp.conflict.rules import Derived
from webapp.evidence import services as evidence_services
from webapp.evidence.errors import NoteMissing
from webapp.evidence.models import Evidence
from webapp.programme.models import Participant, Period
from webapp.programme.rules import PeriodState
from webapp.scoring.errors import (
    NotFinal,
    OwnRequest,
    PartialDecider,
    ReopeningDecided,
    ReopeningWaits,
    ScopeUnknown,
)
from webapp.scoring.models import Claim, ClaimEvidence, Reopening, ReopeningScope, Score


@dataclass(frozen=True)
class About:
    """What a reopening is about: a unit; one indicator of it; or one of its cases."""

    region_code: str
    indicator_id: int | None = None
    evidence_id: int | None = None


def ask(
    session: Session, period: Period, about: Iterable[About], *, reason: str, legal_basis: str, actor: Actor,
    at: datetime,
) -> Reopening:  # fmt: skip
    """Ask to open the period's sealed result again, for that scope. Nothing is unlocked by asking.

    Raises `NotAllowed`, `NotFinal`, `NoteMissing`, `ScopeUnknown`, `ReopeningWaits`.
    """
    demand(actor, Permission.REOPEN_ASK, period.region_code)
    _hold_final(session, period)
    for field, said in (("reason", reason), ("legal_basis", legal_basis)):
        if not said.strip():
            raise NoteMissing(field=field)
    waiting = select(Reopening.id).where(Reopening.period_id == period.id, Reopening.decided_at.is_(None))
    if session.scalar(waiting) is not None:
        raise ReopeningWaits
    parts = [part for one in dict.fromkeys(about) for part in _settled(session, period, one)]
    if not parts:
        raise ScopeUnknown(field="units")
    made = Reopening(
        period_id=period.id, version=period.version, asked_by=actor.id, asked_at=at, reason=reason.strip(),
        legal_basis=legal_basis.strip(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    for part in dict.fromkeys(parts):
        session.add(
            ReopeningScope(
                reopening_id=made.id, region_code=part.region_code, indicator_id=part.indicator_id,
                evidence_id=part.evidence_id,
            )
        )  # fmt: skip
    session.flush()
    session.refresh(made, ["scope"])
    _note(session, "reopening.ask", period, made, actor, at, reason=made.reason, legal_basis=made.legal_basis)
    return made


def _hold_final(session: Session, period: Period) -> None:
    """Hold the period alone, as it is now. Raises `NotFinal`."""
    session.execute(select(Period.id).where(Period.id == period.id).with_for_update())
    session.refresh(period, ["state", "version", "finalised_at", "finalised_by", "announced_at", "announced_by"])
    if period.state != PeriodState.FINAL:
        raise NotFinal


def _settled(session: Session, period: Period, one: About) -> list[About]:
    """The scope with what a case supports named beside it. Raises `ScopeUnknown`."""
    taking_part = select(Participant.region_code).where(
        Participant.period_id == period.id, Participant.region_code == one.region_code
    )
    known = {part.id for aspect in period.instrument.aspects for part in aspect.indicators}
    if session.scalar(taking_part) is None or (one.indicator_id is not None and one.indicator_id not in known):
        raise ScopeUnknown(field="units")
    if one.evidence_id is None:
        return [one]
    locked = select(Evidence.id).where(
        Evidence.id == one.evidence_id, Evidence.period_id == period.id, Evidence.locked_at.is_not(None),
        func.left(Evidence.region_code, 8) == one.region_code,
    )  # fmt: skip
    if session.scalar(locked) is None:
        raise ScopeUnknown(field="units")
    supports = (
        select(Claim.indicator_id)
        .join(ClaimEvidence, ClaimEvidence.claim_id == Claim.id)
        .where(ClaimEvidence.evidence_id == one.evidence_id)
        .order_by(Claim.indicator_id)
    )
    found = session.scalars(supports).all()
    return [About(one.region_code, number, one.evidence_id) for number in found] or [one]


def decide(
    session: Session, period: Period, asked: Reopening, *, grants: bool, answer: str, actor: Actor, at: datetime
) -> None:
    """Grant a request, which unlocks exactly its scope as the next version, or refuse it with a reason. Once.

    Raises `NotAllowed`, `OwnRequest`, `PartialDecider` (a declared tie to a unit of the scope, or a post in it),
    `NoteMissing`, `ReopeningDecided`, `NotFinal`.
    """
    demand(actor, Permission.REOPEN_APPROVE, period.region_code)
    if grants:
        _hold_cases(session, asked)
    _hold_final(session, period)
    session.execute(select(Reopening.id).where(Reopening.id == asked.id).with_for_update())
    session.refresh(asked)
    if asked.decided_at is not None:
        raise ReopeningDecided
    if asked.asked_by == actor.id:
        raise OwnRequest
    if any(_is_partial(session, actor, period, code, at) for code in {part.region_code for part in asked.scope}):
        raise PartialDecider
    if not answer.strip():
        raise NoteMissing(field="answer")
    asked.decided_by, asked.decided_at, asked.granted, asked.answer = actor.id, at, grants, answer.strip()
    session.flush()
    if grants:
        _unlock(session, period, asked, actor, at)
    action = "reopening.grant" if grants else "reopening.refuse"
    _note(session, action, period, asked, actor, at, answer=asked.answer, version=period.version)
    session.flush()


def _is_partial(session: Session, actor: Actor, period: Period, unit: str, at: datetime) -> bool:
    """A leader stands over every camat of the region; what bars them is what they declared, or a post in the unit."""
    if conflicts.has_declared_tie(session, actor, period.id, unit):
        return True
    derived = conflicts.derived_units(session, actor.id, conflicts.day_there(at, period.region_code))
    return derived.get(unit) is Derived.OWN_UNIT


def _cases(asked: Reopening) -> tuple[set[int], set[str], set[tuple[str, int]]]:
    """Cases named, whole units, and indicators of units."""
    named = {part.evidence_id for part in asked.scope if part.evidence_id is not None}
    rest = [part for part in asked.scope if part.evidence_id is None]
    whole = {part.region_code for part in rest if part.indicator_id is None}
    return named, whole, {(part.region_code, part.indicator_id) for part in rest if part.indicator_id is not None}


def _locked_cases(session: Session, asked: Reopening) -> list[int]:
    """Locked cases within the scope, in their order."""
    named, whole, some = _cases(asked)
    locked = select(Evidence.id, Evidence.region_code).where(
        Evidence.period_id == asked.period_id, Evidence.locked_at.is_not(None)
    )
    units = whole | {code for code, _ in some}
    rows = session.execute(locked.where(func.left(Evidence.region_code, 8).in_(units) | Evidence.id.in_(named)))
    tied: dict[int, set[int]] = {}
    found = {number: code[:8] for number, code in rows}
    links = (
        select(ClaimEvidence.evidence_id, Claim.indicator_id)
        .join(Claim, Claim.id == ClaimEvidence.claim_id)
        .where(ClaimEvidence.evidence_id.in_(found))
    )
    for number, indicator in session.execute(links):
        tied.setdefault(number, set()).add(indicator)
    return sorted(
        number
        for number, code in found.items()
        if number in named or code in whole or any((code, one) in some for one in tied.get(number, ()))
    )


def _hold_cases(session: Session, asked: Reopening) -> None:
    """Cases first, the period after them: the order of everybody who decides."""
    numbers = _locked_cases(session, asked)
    session.execute(
        select(Evidence.id).where(Evidence.id.in_(numbers)).order_by(Evidence.id).with_for_update(key_share=True)
    )


def _unlock(session: Session, period: Period, asked: Reopening, actor: Actor, at: datetime) -> None:
    """Open the next version, and in it what the scope names: cases, claims and scores."""
    period.state, period.version = PeriodState.OPEN, period.version + 1
    period.finalised_at = period.finalised_by = period.announced_at = period.announced_by = None
    session.flush()
    numbers = _locked_cases(session, asked)
    for case in session.scalars(select(Evidence).where(Evidence.id.in_(numbers)).order_by(Evidence.id)):
        session.refresh(case)
        evidence_services.reopen(session, case, actor=actor, at=at, note=asked.reason)
    claims = _claims(asked, period.id)
    session.flush()
    session.execute(
        update(Score)
        .where(Score.claim_id.in_(claims))
        .values(finalised_at=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Claim)
        .where(Claim.id.in_(claims), Claim.set_aside_at.is_not(None))
        .values(set_aside_by=None, set_aside_at=None, set_aside_reason="")
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _claims(asked: Reopening, period_id: int) -> Select[int]:
    """Ids of the claims within the scope; the database's own word decides."""
    inside = func.wall.in_reopening(Claim.period_id, Claim.region_code, Claim.indicator_id)
    units = {part.region_code for part in asked.scope}
    return select(Claim.id).where(Claim.period_id == period_id, Claim.region_code.in_(units), inside)


def _note(
    session: Session, action: str, period: Period, asked: Reopening, actor: Actor, at: datetime, **detail: Any
) -> None:
    audit.record(
        session, action, at=at, actor_id=actor.id, on=("period", period.id), region_code=period.region_code,
        reopening_id=asked.id,
        scope=[[part.region_code, part.indicator_id, part.evidence_id] for part in asked.scope], **detail,
    )  # fmt: skip
