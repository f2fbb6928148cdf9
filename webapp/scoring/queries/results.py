"""What stands behind a score, who may read it, and the sealed results."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, allows
from webapp.evidence.models import Evidence, Photo
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.scoring.models import BlindDraw, Claim, ResultSnapshot
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


def photo_hashes(session: Session, period: Period) -> dict[int, list[str]]:
    """By case of the period, the sha256 of its photos in the order they came."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = select(Photo.evidence_id, Photo.sha256).join(Photo.evidence).where(Evidence.period_id == period.id)
    for evidence_id, sha256 in session.execute(rows.order_by(Photo.id)):
        found[evidence_id].append(sha256)
    return found


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
