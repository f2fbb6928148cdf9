"""Everything a final result waits for: of each claim, and of the period as a whole (domain.md 3.5, invariant 8)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, func, not_, select, text
from sqlalchemy.orm import Session

from webapp.conflict import queries as conflicts
from webapp.evidence.models import Evidence
from webapp.evidence.queries import of_award
from webapp.evidence.rules import State
from webapp.minutes import queries as minutes
from webapp.minutes.rules import Kind
from webapp.programme.models import Participant, Period
from webapp.programme.rules import STAGE_LABELS, Method, StageKind
from webapp.scoring.models import Claim, ClaimEvidence, UnclaimedZero
from webapp.scoring.queries.parts import Survey, survey
from webapp.scoring.queries.slots import slot_blockers
from webapp.scoring.queries.standing import ClaimStanding, claim_blockers, standings
from webapp.scoring.rules import IN_HAND, Blocker, Reason

# Parts that are closed by people before anything is final; the first rounds of filling and looking end by themselves.
CLOSED_FIRST = (StageKind.PRESENTATION, StageKind.SHORTLIST, StageKind.ADVANCED)


def blockers(session: Session, period: Period, known: list[ClaimStanding], at: datetime | None = None) -> list[Blocker]:
    """Everything a final result waits for, in the order of units; empty when the gate may open.

    `at`: the day for which it is asked who has become partial; without it, that is not asked.
    """
    found = [*claim_blockers(period, known), *period_blockers(session, period, at)]
    if any(one.kind == StageKind.PLENARY for one in period.stages):
        found += plenary_blockers(session, period, survey(session, period))
    return _in_order(found)


def survey_blockers(session: Session, period: Period, found: Survey, at: datetime) -> list[Blocker]:
    """The same for a survey of a whole period: units with something to wait for are read with all their words."""
    waiting = standings(session, period, found.waiting) if found.waiting else []
    every = [*claim_blockers(period, waiting), *period_blockers(session, period, at)]
    if any(one.kind == StageKind.PLENARY for one in period.stages):
        every += plenary_blockers(session, period, found)
    return _in_order(every)


def _in_order(found: Iterable[Blocker]) -> list[Blocker]:
    return sorted(found, key=lambda one: (one.region_code, one.indicator, one.title))


def period_blockers(session: Session, period: Period, at: datetime | None) -> list[Blocker]:
    """What holds the gate beside the claims there are: loose cases, claims nobody made, partial scores, open stages."""
    partial = _partial(session, period, at) if at is not None else []
    waiting = [*_loose(session, period), *_missing(session, period), *slot_blockers(session, period)]
    return [*waiting, *partial, *_stages(period)]


def _loose(session: Session, period: Period) -> Iterable[Blocker]:
    """Cases in the assessors' hands that no claim rests on: they too are decided before the result is sealed."""
    tied = exists().where(ClaimEvidence.evidence_id == Evidence.id)
    rows = session.execute(
        select(Evidence.id, Evidence.region_code, Evidence.title, Evidence.state)
        .where(Evidence.period_id == period.id, Evidence.state.in_(IN_HAND), ~tied, not_(of_award()))
        .order_by(Evidence.id)
    )
    return [
        Blocker(Reason.EVIDENCE_OPEN, row.region_code, None, row.id, row.title, state=State(row.state)) for row in rows
    ]


def _missing(session: Session, period: Period) -> Iterable[Blocker]:
    """By unit, the required indicators it never claimed, unless the team has let what nobody claimed count zero."""
    if unclaimed_zero(session, period) is not None:
        return []
    rows = select(Claim.region_code, func.array_agg(Claim.indicator_id)).where(Claim.period_id == period.id)
    made = {code: set(claimed) for code, claimed in session.execute(rows.group_by(Claim.region_code))}
    found = []
    for unit in period.participants:
        asked = required_of(period, unit)
        missing = [name for number, name in asked.items() if number not in made.get(unit.region_code, ())]
        if missing:
            have, need = len(asked) - len(missing), len(asked)
            found.append(
                Blocker(Reason.CLAIM_MISSING, unit.region_code, indicator="; ".join(missing), have=have, need=need)
            )
    return found


def required_of(period: Period, unit: Participant) -> dict[int, str]:
    """Names of the indicators a participant must claim, by id: nothing only presented, none of a later round."""
    return {
        one.id: one.name
        for aspect in period.instrument.aspects
        if aspect.round <= unit.round
        for one in aspect.indicators
        if one.required and one.method != Method.PRESENTATION
    }


def unclaimed_zero(session: Session, period: Period) -> UnclaimedZero | None:
    """The decision that what nobody claimed counts zero, if it was made."""
    return session.get(UnclaimedZero, period.id)


_PARTIAL = text(
    "SELECT score.id, score.claim_id, claim.region_code, claim.indicator_id FROM ("
    "  SELECT DISTINCT assessor_id FROM score"
    "  WHERE period_id = :period AND left_out_at IS NULL AND finalised_at IS NULL"
    ") AS who CROSS JOIN LATERAL (SELECT wall.barred_units(who.assessor_id, :period, :day, 0) AS unit) AS bar "
    "JOIN claim ON claim.period_id = :period AND left(claim.region_code, length(bar.unit)) = bar.unit "
    "JOIN score ON score.claim_id = claim.id AND score.assessor_id = who.assessor_id "
    "WHERE score.left_out_at IS NULL AND score.finalised_at IS NULL ORDER BY score.id"
)


def _partial(session: Session, period: Period, at: datetime) -> list[Blocker]:
    """Scores of people who by now may not judge the unit: left out by the chair, for a reason."""
    day = conflicts.day_there(at, period.region_code)
    names = {one.id: one.name for aspect in period.instrument.aspects for one in aspect.indicators}
    found = {
        row.id: Blocker(
            Reason.SCORE_PARTIAL, row.region_code, row.claim_id, indicator=names.get(row.indicator_id, ""),
            score_id=row.id,
        )
        for row in session.execute(_PARTIAL, {"period": period.id, "day": day})
    }  # fmt: skip
    return list(found.values())


def _stages(period: Period) -> Iterable[Blocker]:
    return [
        Blocker(Reason.STAGE_OPEN, period.region_code, title=one.name or str(STAGE_LABELS[StageKind(one.kind)]))
        for one in period.stages
        if one.kind in CLOSED_FIRST and one.closed_at is None
    ]


def plenary_blockers(session: Session, period: Period, found: Survey) -> list[Blocker]:
    """Minutes of the plenary that are not signed, or were drawn up before something changed."""
    signed = minutes.signed(session, period, Kind.PLENARY)
    if not signed:
        return [Blocker(Reason.MINUTES_OPEN, period.region_code)]
    standing = found.digest
    return [
        Blocker(Reason.MINUTES_OUTDATED, period.region_code, title=one.number)
        for one in signed
        if one.basis_sha256 != standing
    ]


def partial_scores(session: Session, period: Period, at: datetime) -> set[int]:
    """Scores whose assessor may by now not judge the unit."""
    return {one.score_id for one in _partial(session, period, at) if one.score_id is not None}
