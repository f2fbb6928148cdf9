"""What a unit says it did, the cases that carry it, and the chair's way past a claim that nothing carries."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, demand
from webapp.errors import NotFound
from webapp.evidence import queries as evidence_queries
from webapp.evidence.errors import NoteMissing
from webapp.evidence.rules import DISMISSED, VERIFIED
from webapp.programme.models import Indicator, Participant, Period
from webapp.programme.rules import Method
from webapp.scoring import queries
from webapp.scoring.errors import (
    ClaimSettled,
    EventCounted,
    EvidenceSettled,
    ForeignEvidence,
    LevelMissing,
    LevelStays,
    LevelUnknown,
    NotAParticipant,
    NothingToClaim,
    NotInRound,
    NotSetAside,
)
from webapp.scoring.models import Claim, ClaimEvidence, Score
from webapp.scoring.rules import SETTLED, level_for
from webapp.scoring.services.guarding import must_claim_now
from webapp.scoring.services.holding import hold_claim, hold_open, must_be_in_open_round, must_be_in_scope, note


def claim(
    session: Session, period: Period, unit: str, indicator_id: int, statement: str, *, actor: Actor, at: datetime,
    level_id: int | None = None, quantity: Decimal | None = None,
) -> Claim:  # fmt: skip
    """State what the unit did for an indicator; said again, the statement is replaced.

    Where the indicator has levels, the unit says which it reached: by its id, or by a number that lies in its range
    (the number decides where both are given).
    Raises `NotAllowed`, `NotAParticipant`, `NotFound` (indicator of another instrument), `NothingToClaim` (valued at
    a presentation), `NotInRound`, `LevelMissing`, `LevelUnknown`, `LevelStays` (valued already), `PeriodNotOpen`,
    `PeriodSealed`, `OutsideReopening`, `ClaimsClosed` (the stage of filling in is not open).
    """
    hold_open(session, period.id)
    rounds = _hold_participant(session, period, unit)
    demand(actor, Permission.CLAIM_WRITE, unit)
    asked = _indicator(period, indicator_id, rounds)
    must_be_in_scope(session, period.id, unit, indicator_id)
    must_be_in_open_round(session, period.id, indicator_id)
    must_claim_now(session, period.id, asked.aspect.round)
    level = _level(asked, level_id, quantity)
    made = session.scalar(
        select(Claim).where(Claim.period_id == period.id, Claim.region_code == unit, Claim.indicator_id == indicator_id)
    )
    if made is None:
        made = Claim(period_id=period.id, region_code=unit, indicator_id=indicator_id, claimed_by=actor.id)
        session.add(made)
    made.statement = statement.strip()
    if (made.level_id, made.quantity) != level:
        if made.id is not None and _is_valued(session, made):
            raise LevelStays(field="level")
        made.level_id, made.quantity = level
    session.flush()
    session.refresh(made, ["level"])
    note(session, "claim.state", made, actor, at, level=made.level_id)
    return made


def _hold_participant(session: Session, period: Period, unit: str) -> int:
    """One claim at a time for a unit: the same form sent twice makes one claim. Answers how far the unit has come.

    Raises `NotAParticipant`.
    """
    taking_part = select(Participant.round).where(Participant.period_id == period.id, Participant.region_code == unit)
    reached = session.scalar(taking_part.with_for_update(key_share=True))
    if reached is None:
        raise NotAParticipant
    return reached


def _indicator(period: Period, indicator_id: int, reached: int) -> Indicator:
    """The indicator, if a unit that came so far claims it. Raises `NotFound`, `NothingToClaim`, `NotInRound`."""
    for aspect in period.instrument.aspects:
        for one in aspect.indicators:
            if one.id == indicator_id:
                if one.method == Method.PRESENTATION:
                    raise NothingToClaim
                if aspect.round > reached:
                    raise NotInRound
                return one
    raise NotFound


def _level(asked: Indicator, level_id: int | None, quantity: Decimal | None) -> tuple[int | None, Decimal | None]:
    """The level claimed and the number behind it. Raises `LevelMissing`, `LevelUnknown`."""
    if asked.method != Method.LEVELS:
        return None, None
    known = queries.levels_of(asked)
    if quantity is not None:
        found = level_for(quantity, known)
        if found is None:
            raise LevelUnknown(field="quantity")
        return found.id, quantity
    if level_id is None:
        raise LevelMissing(field="level")
    if all(one.id != level_id for one in known):
        raise LevelUnknown(field="level")
    return level_id, None


def _is_valued(session: Session, made: Claim) -> bool:
    """Whether an assessor has given a value. The claim is held against those who are giving one now."""
    session.execute(select(Claim.id).where(Claim.id == made.id).with_for_update(key_share=True))
    return bool(session.scalar(select(exists().where(Score.claim_id == made.id))))


def tie(session: Session, made: Claim, evidence_id: int, *, actor: Actor, at: datetime) -> None:
    """Let a case of the unit support the claim; doing it twice changes nothing.

    Raises `ForeignEvidence`, `EventCounted`, `NotAllowed`, `PeriodSealed`, `PeriodNotOpen`, `ClaimsClosed`.
    """
    demand(actor, Permission.CLAIM_WRITE, made.region_code)
    counting = made.indicator.method == Method.COUNT
    if counting:  # one at a time for the unit, so that an event is not tied to two counted claims at once
        hold_open(session, made.period_id)
        _hold_participant(session, made.period, made.region_code)
    hold_claim(session, made)
    must_claim_now(session, made.period_id, made.indicator.aspect.round)
    possible = {case.id for case in queries.candidates(session, actor, made.period, made.region_code)}
    if evidence_id not in possible:
        raise ForeignEvidence(field="evidence_id")
    if all(link.evidence_id != evidence_id for link in made.links):
        if counting and _is_counted(session, evidence_id):
            raise EventCounted(field="evidence_id")
        made.links.append(ClaimEvidence(evidence_id=evidence_id, period_id=made.period_id))
        session.flush()
        note(session, "claim.tie", made, actor, at, evidence_id=evidence_id)


def _is_counted(session: Session, evidence_id: int) -> bool:
    """Whether the case is an event of a counted claim."""
    tied = (
        select(ClaimEvidence.claim_id)
        .join(Claim, Claim.id == ClaimEvidence.claim_id)
        .join(Indicator, Indicator.id == Claim.indicator_id)
        .where(ClaimEvidence.evidence_id == evidence_id, Indicator.method == Method.COUNT)
    )
    return bool(session.scalar(select(tied.exists())))


def untie(session: Session, made: Claim, evidence_id: int, *, actor: Actor, at: datetime) -> None:
    """Let a case no longer support the claim; doing it twice changes nothing.

    The case is held meanwhile, so that nobody unties what is being judged at this moment.
    Raises `EvidenceSettled` once it has been judged, `NotFound`, `NotAllowed`, `PeriodSealed`, `PeriodNotOpen`,
    `ClaimsClosed`.
    """
    demand(actor, Permission.CLAIM_WRITE, made.region_code)
    case = evidence_queries.locked_for_change(session, actor, evidence_id)
    hold_claim(session, made)
    must_claim_now(session, made.period_id, made.indicator.aspect.round)
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
    if queries.standing_of(session, made).state in SETTLED:
        raise ClaimSettled
    made.set_aside_by, made.set_aside_at, made.set_aside_reason = actor.id, at, reason.strip()
    note(session, "claim.set_aside", made, actor, at, reason=made.set_aside_reason)


def restore(session: Session, made: Claim, reason: str, *, actor: Actor, at: datetime) -> None:
    """Take back that a claim was set aside, while the period is open; both reasons stay in the audit history.

    Raises `NotAllowed` (who finalises decides), `NoteMissing`, `NotSetAside`, `PeriodSealed`, `PeriodNotOpen`.
    """
    demand(actor, Permission.FINALISE, made.period.region_code)
    hold_claim(session, made)
    if not reason.strip():
        raise NoteMissing(field="reason")
    if made.set_aside_at is None:
        raise NotSetAside
    before = made.set_aside_reason
    made.set_aside_by, made.set_aside_at, made.set_aside_reason = None, None, ""
    note(session, "claim.restore", made, actor, at, reason=reason.strip(), was=before)
