"""What stands behind a score, who may read it, and the sealed results."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Actor, Permission, allows, areas, within
from webapp.errors import NotFound
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.scoring.models import (
    AnnouncedUnit,
    Announcement,
    BlindDraw,
    Claim,
    Reopening,
    ReopeningScope,
    ResultObjection,
    ResultPart,
    ResultSnapshot,
    Score,
)
from webapp.verification.models import FieldVisit
from webapp.verification.rules import Verdict


def proving_visits(session: Session, claims: Iterable[Claim]) -> dict[int, FieldVisit]:
    """By claim, the latest completed visit that found one of its cases as claimed."""
    claims = list(claims)
    cases = {link.evidence_id for claim in claims for link in claim.links}
    found = select(FieldVisit).where(
        FieldVisit.evidence_id.in_(cases), FieldVisit.verdict == Verdict.MATCHES, FieldVisit.left_aside.is_(None)
    )
    # In the order of time: of several visits to a case, and of several cases of a claim, the last one stays.
    ordered = session.scalars(found.order_by(FieldVisit.completed_at, FieldVisit.id)).all()
    claims_of = defaultdict(list)
    for claim in claims:
        for link in claim.links:
            claims_of[link.evidence_id].append(claim.id)
    return {claim_id: visit for visit in ordered for claim_id in claims_of[visit.evidence_id]}


def draws(session: Session, period: Period) -> list[BlindDraw]:
    """Every drawing of lots of the period, in order."""
    return list(session.scalars(select(BlindDraw).where(BlindDraw.period_id == period.id).order_by(BlindDraw.id)))


def latest_result(session: Session, period: Period) -> ResultSnapshot | None:
    """The newest sealed result of the period."""
    return session.scalar(
        select(ResultSnapshot)
        .where(ResultSnapshot.period_id == period.id)
        .order_by(ResultSnapshot.version.desc())
        .limit(1)
    )


def results(session: Session, period: Period) -> list[ResultSnapshot]:
    """Every sealed result of the period, the newest version first."""
    known = select(ResultSnapshot).where(ResultSnapshot.period_id == period.id)
    return list(session.scalars(known.order_by(ResultSnapshot.version.desc())))


def score(session: Session, actor: Actor, period: Period, score_id: int) -> Score:
    """A score of the period, for who finalises in its region. Raises `NotFound`."""
    known = select(Score).where(Score.id == score_id, Score.period_id == period.id)
    found = session.scalar(known) if allows(actor, Permission.FINALISE, period.region_code) else None
    if found is None:
        raise NotFound
    return found


def sealed_part(session: Session, sealed: ResultSnapshot, region_code: str) -> dict[str, Any]:
    """What a sealed result says of one unit: its claims with cases and scores; no claims where it made none."""
    found = session.get(ResultPart, (sealed.id, region_code))
    return found.content if found else {"region": region_code, "claims": []}


def sealed_claims(session: Session, sealed: ResultSnapshot) -> list[dict[str, Any]]:
    """All claims of a sealed result, by unit and indicator."""
    parts = select(ResultPart.content).where(ResultPart.snapshot_id == sealed.id).order_by(ResultPart.region_code)
    return [claim for content in session.scalars(parts) for claim in content["claims"]]


def announcement(session: Session, period: Period) -> Announcement | None:
    """What was last made known of the period; an earlier version's, while a newer one is being worked on."""
    known = select(Announcement).where(Announcement.period_id == period.id)
    return session.scalar(known.order_by(Announcement.version.desc()).limit(1))


def units_of_announcement(session: Session, actor: Actor, told: Announcement) -> list[AnnouncedUnit]:
    """Points by aspect of the person's own units in what was announced."""
    own = within(AnnouncedUnit.region_code, areas(actor, Permission.CLAIM_WRITE))
    known = select(AnnouncedUnit).where(
        AnnouncedUnit.period_id == told.period_id, AnnouncedUnit.version == told.version, own
    )
    return list(session.scalars(known.order_by(AnnouncedUnit.region_code)))


def _objections(actor: Actor) -> Select[ResultObjection]:
    """Objections to results of the own unit, and all of those regions in which one answers or reads results."""
    told = {
        *areas(actor, Permission.EVIDENCE_SUBMIT), *areas(actor, Permission.REOPEN_ASK),
        *areas(actor, Permission.REOPEN_APPROVE), *areas(actor, Permission.AUDIT_READ),
    }  # fmt: skip
    return select(ResultObjection).where(within(ResultObjection.region_code, told))


def objections(session: Session, actor: Actor, period: Period) -> list[ResultObjection]:
    """Objections to results of the period this person may see, the oldest first."""
    known = _objections(actor).where(ResultObjection.period_id == period.id).options(joinedload(ResultObjection.region))
    return list(session.scalars(known.order_by(ResultObjection.id)))


def objection(session: Session, actor: Actor, period: Period, objection_id: int) -> ResultObjection:
    """One of them. Raises `NotFound`."""
    known = _objections(actor).where(ResultObjection.period_id == period.id, ResultObjection.id == objection_id)
    found = session.scalar(known.options(joinedload(ResultObjection.region)))
    if found is None:
        raise NotFound
    return found


def _reopenings(period: Period) -> Select[Reopening]:
    scope = selectinload(Reopening.scope)
    return (
        select(Reopening)
        .where(Reopening.period_id == period.id)
        .options(
            joinedload(Reopening.asker), joinedload(Reopening.decider), scope.joinedload(ReopeningScope.region),
            scope.joinedload(ReopeningScope.indicator), scope.joinedload(ReopeningScope.evidence),
        )
    )  # fmt: skip


def reopenings(session: Session, period: Period) -> list[Reopening]:
    """Every request to open a sealed result of the period again, the newest first."""
    return list(session.scalars(_reopenings(period).order_by(Reopening.id.desc())))


def reopening(session: Session, period: Period, reopening_id: int) -> Reopening:
    """One of them. Raises `NotFound`."""
    found = session.scalar(_reopenings(period).where(Reopening.id == reopening_id))
    if found is None:
        raise NotFound
    return found


def waiting_reopening(session: Session, period: Period) -> Reopening | None:
    """The request nobody has answered yet, if there is one."""
    return session.scalar(_reopenings(period).where(Reopening.decided_at.is_(None)))


def may_read_scores(actor: Actor, period: Period) -> bool:
    """Whether this person sees all scores: chair and auditor at any time, leaders once the result is final."""
    if period.state == PeriodState.FINAL:
        return allows(actor, Permission.SCORE_READ, period.region_code)
    return allows(actor, Permission.SCORE_READ, period.region_code) and not _only_leads(actor, period)


def may_read_agreement(actor: Actor, period: Period) -> bool:
    """Whether this person is told how readers agree and tend: chair and auditor."""
    return not _only_leads(actor, period)


def _only_leads(actor: Actor, period: Period) -> bool:
    return not allows(actor, Permission.FINALISE, period.region_code) and not allows(
        actor, Permission.AUDIT_READ, period.region_code
    )
