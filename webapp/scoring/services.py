"""Verbs that claim, score and seal. None commits."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, allows, demand
from webapp.accounts.models import Appointment
from webapp.errors import NotAllowed, NotFound
from webapp.evidence import services as evidence_services
from webapp.evidence.errors import NoteMissing
from webapp.evidence.models import Evidence
from webapp.evidence.rules import DISMISSED, UNSEEN, VERIFIED
from webapp.programme.models import Indicator, Period
from webapp.programme.rules import PeriodState
from webapp.scoring import queries
from webapp.scoring.errors import (
    ClaimNotProven,
    EvidenceSettled,
    ForeignEvidence,
    GateClosed,
    NotAParticipant,
    Partial,
    PeriodNotOpen,
    PeriodSealed,
    ScoreChanged,
    ValueOutOfRange,
)
from webapp.scoring.models import Claim, ClaimEvidence, ResultSnapshot, Score
from webapp.scoring.rules import CENT, ClaimState
from webapp.verification.rules import recent_enough


def claim(
    session: Session, period: Period, unit: str, indicator_id: int, statement: str, *, actor: Actor, at: datetime
) -> Claim:
    """State what the unit did for an indicator; said again, the statement is replaced.

    Raises `NotAllowed`, `NotAParticipant`, `NotFound` (indicator of another instrument), `PeriodNotOpen`,
    `PeriodSealed`.
    """
    _held_open(session, period)
    if all(one.region_code != unit for one in period.participants):
        raise NotAParticipant
    demand(actor, Permission.CLAIM_WRITE, unit)
    _indicator(period, indicator_id)
    made = session.scalar(
        select(Claim).where(Claim.period_id == period.id, Claim.region_code == unit, Claim.indicator_id == indicator_id)
    )
    if made is None:
        made = Claim(period_id=period.id, region_code=unit, indicator_id=indicator_id, claimed_by=actor.id)
        session.add(made)
    made.statement = statement.strip()
    session.flush()
    _note(session, "claim.state", made, actor, at)
    return made


def _indicator(period: Period, indicator_id: int) -> Indicator:
    known = {one.id: one for aspect in period.instrument.aspects for one in aspect.indicators}
    if indicator_id not in known:
        raise NotFound
    return known[indicator_id]


def tie(session: Session, made: Claim, evidence_id: int, *, actor: Actor, at: datetime) -> None:
    """Let a case of the unit support the claim; doing it twice changes nothing.

    Raises `ForeignEvidence`, `NotAllowed`, `PeriodSealed`, `PeriodNotOpen`.
    """
    _held_open(session, made.period)
    demand(actor, Permission.CLAIM_WRITE, made.region_code)
    possible = {case.id for case in queries.candidates(session, actor, made.period, made.region_code)}
    if evidence_id not in possible:
        raise ForeignEvidence(field="evidence_id")
    if all(link.evidence_id != evidence_id for link in made.links):
        made.links.append(ClaimEvidence(evidence_id=evidence_id, period_id=made.period_id))
        session.flush()
        _note(session, "claim.tie", made, actor, at, evidence_id=evidence_id)


def untie(session: Session, made: Claim, evidence_id: int, *, actor: Actor, at: datetime) -> None:
    """Let a case no longer support the claim. Raises `EvidenceSettled` once it has been judged."""
    _held_open(session, made.period)
    demand(actor, Permission.CLAIM_WRITE, made.region_code)
    case = session.get(Evidence, evidence_id)
    if case is not None and case.stands in VERIFIED | DISMISSED:
        raise EvidenceSettled
    made.links[:] = [link for link in made.links if link.evidence_id != evidence_id]
    session.flush()
    _note(session, "claim.untie", made, actor, at, evidence_id=evidence_id)


def set_aside(session: Session, made: Claim, reason: str, *, actor: Actor, at: datetime) -> None:
    """Let an unproven claim count zero, for a reason that stays in the sealed result: the way past the gate.

    Raises `NotAllowed` (who finalises decides), `NoteMissing`.
    """
    _held_open(session, made.period)
    demand(actor, Permission.FINALISE, made.period.region_code)
    if not reason.strip():
        raise NoteMissing(field="reason")
    made.set_aside_by, made.set_aside_at, made.set_aside_reason = actor.id, at, reason.strip()
    _note(session, "claim.set_aside", made, actor, at, reason=made.set_aside_reason)


def score(
    session: Session,
    made: Claim,
    value: Decimal,
    *,
    actor: Actor,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> Score:
    """Give a proven claim a value; the same assessor's earlier value is replaced.

    `version`: the version of the own score the form showed; another one raises `ScoreChanged`.
    Raises `NotAllowed`, `Partial`, `ClaimNotProven`, `ValueOutOfRange`, `PeriodSealed`, `PeriodNotOpen`.
    """
    _held_open(session, made.period)
    if not allows(actor, Permission.SCORE, made.period.region_code):
        raise NotAllowed
    if partial(session, actor, made.region_code, at):
        raise Partial
    if queries.state_of(made) is not ClaimState.PROVEN:
        raise ClaimNotProven
    indicator = made.indicator
    if not value.is_finite() or not 0 <= value <= indicator.max_value or value != value.quantize(CENT):
        raise ValueOutOfRange(field="value")
    given = session.scalar(
        select(Score).where(Score.claim_id == made.id, Score.assessor_id == actor.id).with_for_update()
    )
    if given is None:
        given = Score(
            period_id=made.period_id, claim_id=made.id, indicator_id=indicator.id, mode=indicator.mode,
            assessor_id=actor.id, value=value, note=note.strip(), scored_at=at,
        )  # fmt: skip
        session.add(given)
    elif version is not None and version != given.version:
        raise ScoreChanged
    given.value, given.note, given.scored_at = value, note.strip(), at
    visit = queries.proving_visit(session, made)
    given.visit_id = visit.id if visit else None
    session.flush()
    _note(session, "score.give", made, actor, at, indicator_id=indicator.id)
    return given


def partial(session: Session, actor: Actor, unit: str, at: datetime) -> bool:
    """Whether the actor holds, or held within 24 months, any post in the very unit."""
    posts = session.scalars(
        select(Appointment).where(Appointment.account_id == actor.id, Appointment.region_code.startswith(unit))
    )
    return any(recent_enough(post.ends_on, at.date()) for post in posts)


def _held_open(session: Session, period: Period) -> None:
    """Hold the period's row against a finalisation, and see that it is open."""
    state = session.scalar(select(Period.state).where(Period.id == period.id).with_for_update(read=True))
    _must_be_open(state)


def _must_be_open(state: str | None) -> None:
    if state == PeriodState.FINAL:
        raise PeriodSealed
    if state != PeriodState.OPEN:
        raise PeriodNotOpen


def _note(session: Session, action: str, made: Claim, actor: Actor, at: datetime, **detail: Any) -> None:
    audit.record(
        session, action, at=at, actor_id=actor.id, on=("claim", made.id), region_code=made.region_code,
        period_id=made.period_id, **detail,
    )  # fmt: skip


def finalise(session: Session, period: Period, *, actor: Actor, at: datetime) -> ResultSnapshot:
    """Seal the period: a snapshot with its hash, every score final, every case, claim and score locked.

    The period's row is held alone, so of a finalisation and a late verdict one waits for the other and then sees it.
    Raises `GateClosed` with every blocker, `PeriodSealed`, `PeriodNotOpen`, `NotAllowed`.
    """
    demand(actor, Permission.FINALISE, period.region_code)
    state = session.scalar(select(Period.state).where(Period.id == period.id).with_for_update())
    _must_be_open(state)
    session.expire_all()  # whatever was read before the row was held may have changed meanwhile
    known = queries.standings(session, period)
    waiting = queries.blockers(session, period, known)
    if waiting:
        raise GateClosed(list(waiting))
    for standing in known:
        _seal_scores(session, standing, at)
    result = _snapshot(session, period, known, actor, at)
    for case in session.scalars(select(Evidence).where(Evidence.period_id == period.id, Evidence.state.not_in(UNSEEN))):
        evidence_services.lock(session, case, actor=actor, at=at)
    session.flush()
    period.state, period.finalised_at, period.finalised_by = PeriodState.FINAL, at, actor.id
    audit.record(
        session, "period.finalise", at=at, actor_id=actor.id, on=("period", period.id),
        region_code=period.region_code, sha256=result.sha256,
    )  # fmt: skip
    session.flush()
    return result


def _seal_scores(session: Session, standing: queries.ClaimStanding, at: datetime) -> None:
    visit = queries.proving_visit(session, standing.claim)
    for given in standing.scores if standing.state is ClaimState.PROVEN else ():
        given.visit_id = visit.id if visit else None
        given.finalised_at = at


def _snapshot(
    session: Session, period: Period, known: Iterable[queries.ClaimStanding], actor: Actor, at: datetime
) -> ResultSnapshot:
    before = queries.latest_result(session, period)
    version = before.version + 1 if before else 1
    content = {"period": _period_facts(period, version, at), "claims": [_claim_facts(one) for one in known]}
    content["ranking"] = [
        {"region": line.region_code, "name": line.name, "total": str(line.total), "rank": line.rank}
        for line in queries.ranking(period, list(known))
    ]
    result = ResultSnapshot(
        period_id=period.id, version=version, content=content, sha256=digest(content), finalised_at=at,
        finalised_by=actor.id,
    )  # fmt: skip
    session.add(result)
    session.flush()
    return result


def digest(content: dict[str, Any]) -> str:
    """The sha256 over the canonical JSON of a snapshot: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _period_facts(period: Period, version: int, at: datetime) -> dict[str, Any]:
    instrument = period.instrument
    return {
        "name": period.name,
        "region": period.region_code,
        "version": version,
        "finalised_at": at.isoformat(),
        "quorum": period.quorum,
        "instrument": {
            "name": instrument.name,
            "version": instrument.version,
            "aspects": [
                {
                    "name": aspect.name,
                    "weight": str(aspect.weight),
                    "indicators": [
                        {
                            "id": one.id, "name": one.name, "weight": str(one.weight), "mode": one.mode,
                            "max": str(one.max_value),
                        }
                        for one in aspect.indicators
                    ],
                }
                for aspect in instrument.aspects
            ],
        },
    }  # fmt: skip


def _claim_facts(standing: queries.ClaimStanding) -> dict[str, Any]:
    made = standing.claim
    return {
        "region": made.region_code,
        "indicator": made.indicator_id,
        "state": standing.state,
        "set_aside_reason": made.set_aside_reason,
        "evidence": [
            {
                "id": link.evidence_id, "state": link.evidence.state, "title": link.evidence.title,
                "photos": [photo.sha256 for photo in link.evidence.photos],
            }
            for link in made.links
        ],
        "scores": [
            {"assessor": one.assessor_id, "value": str(one.value), "visit": one.visit_id} for one in standing.scores
        ],
    }  # fmt: skip
