"""What a unit says it did, the cases that carry it, and the chair's way past a claim that nothing carries."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, demand
from webapp.errors import NotFound
from webapp.evidence import queries as evidence_queries
from webapp.evidence.errors import NoteMissing
from webapp.evidence.rules import DISMISSED, VERIFIED
from webapp.programme.models import Participant, Period
from webapp.scoring import queries
from webapp.scoring.errors import ClaimSettled, EvidenceSettled, ForeignEvidence, NotAParticipant
from webapp.scoring.models import Claim, ClaimEvidence
from webapp.scoring.rules import SETTLED
from webapp.scoring.services.holding import hold_claim, hold_open, must_be_in_open_round, note


def claim(
    session: Session, period: Period, unit: str, indicator_id: int, statement: str, *, actor: Actor, at: datetime
) -> Claim:
    """State what the unit did for an indicator; said again, the statement is replaced.

    Raises `NotAllowed`, `NotAParticipant`, `NotFound` (indicator of another instrument), `PeriodNotOpen`,
    `PeriodSealed`.
    """
    hold_open(session, period.id)
    _hold_participant(session, period, unit)
    demand(actor, Permission.CLAIM_WRITE, unit)
    if all(one.id != indicator_id for aspect in period.instrument.aspects for one in aspect.indicators):
        raise NotFound
    must_be_in_open_round(session, period.id, indicator_id)
    made = session.scalar(
        select(Claim).where(Claim.period_id == period.id, Claim.region_code == unit, Claim.indicator_id == indicator_id)
    )
    if made is None:
        made = Claim(period_id=period.id, region_code=unit, indicator_id=indicator_id, claimed_by=actor.id)
        session.add(made)
    made.statement = statement.strip()
    session.flush()
    note(session, "claim.state", made, actor, at)
    return made


def _hold_participant(session: Session, period: Period, unit: str) -> None:
    """One claim at a time for a unit: the same form sent twice makes one claim. Raises `NotAParticipant`."""
    taking_part = select(Participant.region_code).where(
        Participant.period_id == period.id, Participant.region_code == unit
    )
    if session.scalar(taking_part.with_for_update(key_share=True)) is None:
        raise NotAParticipant


def tie(session: Session, made: Claim, evidence_id: int, *, actor: Actor, at: datetime) -> None:
    """Let a case of the unit support the claim; doing it twice changes nothing.

    Raises `ForeignEvidence`, `NotAllowed`, `PeriodSealed`, `PeriodNotOpen`.
    """
    demand(actor, Permission.CLAIM_WRITE, made.region_code)
    hold_claim(session, made)
    possible = {case.id for case in queries.candidates(session, actor, made.period, made.region_code)}
    if evidence_id not in possible:
        raise ForeignEvidence(field="evidence_id")
    if all(link.evidence_id != evidence_id for link in made.links):
        made.links.append(ClaimEvidence(evidence_id=evidence_id, period_id=made.period_id))
        session.flush()
        note(session, "claim.tie", made, actor, at, evidence_id=evidence_id)


def untie(session: Session, made: Claim, evidence_id: int, *, actor: Actor, at: datetime) -> None:
    """Let a case no longer support the claim; doing it twice changes nothing.

    The case is held meanwhile, so that nobody unties what is being judged at this moment.
    Raises `EvidenceSettled` once it has been judged, `NotFound`, `NotAllowed`, `PeriodSealed`, `PeriodNotOpen`.
    """
    demand(actor, Permission.CLAIM_WRITE, made.region_code)
    case = evidence_queries.locked_for_change(session, actor, evidence_id)
    hold_claim(session, made)
    if case.stands in VERIFIED | DISMISSED:
        raise EvidenceSettled
    if any(link.evidence_id == evidence_id for link in made.links):
        made.links[:] = [link for link in made.links if link.evidence_id != evidence_id]
        session.flush()
        note(session, "claim.untie", made, actor, at, evidence_id=evidence_id)


def set_aside(session: Session, made: Claim, reason: str, *, actor: Actor, at: datetime) -> None:
    """Let an unproven claim count zero, for a reason that stays in the sealed result: the way past the gate.

    Raises `NotAllowed` (who finalises decides), `NoteMissing`, `ClaimSettled`, `PeriodSealed`, `PeriodNotOpen`.
    """
    demand(actor, Permission.FINALISE, made.period.region_code)
    hold_claim(session, made)
    if not reason.strip():
        raise NoteMissing(field="reason")
    if queries.state_of(made) in SETTLED:
        raise ClaimSettled
    made.set_aside_by, made.set_aside_at, made.set_aside_reason = actor.id, at, reason.strip()
    note(session, "claim.set_aside", made, actor, at, reason=made.set_aside_reason)
