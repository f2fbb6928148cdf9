"""What people say of a finding: with a reason that stays, and can be answered by another."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.errors import NotFound
from webapp.evidence import queries as evidence_queries
from webapp.evidence.errors import Locked
from webapp.evidence.models import Evidence
from webapp.signals.errors import ExplanationMissing
from webapp.signals.models import Finding, FindingExplanation


def explain(
    session: Session, finding_id: int, *, actor: Actor, at: datetime, reason: str, lifted: bool = False
) -> Finding:
    """Put a finding aside as explained, or (`lifted`) take an explanation back; either reason stays for good.

    For whoever may review the case at the desk. Raises `NotFound`, `NotAllowed`, `Locked` (a sealed case),
    `ExplanationMissing`.
    """
    case, finding = _held(session, actor, finding_id)
    demand(actor, Permission.DESK_REVIEW, case.region_code)
    if case.locked_at is not None:
        raise Locked
    reason = reason.strip()
    if not reason:
        raise ExplanationMissing(field="reason")
    session.add(FindingExplanation(finding_id=finding.id, actor_id=actor.id, at=at, reason=reason, lifted=lifted))
    finding.explained_by, finding.explained_at, finding.explained_reason = (
        (None, None, None) if lifted else (actor.id, at, reason)
    )
    audit.record(
        session, "signals.lift" if lifted else "signals.explain", at=at, actor_id=actor.id, on=("finding", finding.id),
        region_code=case.region_code, evidence_id=case.id, code=finding.code, reason=reason,
    )  # fmt: skip
    session.flush()
    return finding


def _held(session: Session, actor: Actor, finding_id: int) -> tuple[Evidence, Finding]:
    """The case and the finding, the case held first: the order everybody keeps."""
    of = session.scalar(select(Finding.evidence_id).where(Finding.id == finding_id))
    if of is None:
        raise NotFound
    case = evidence_queries.locked_for_change(session, actor, of)
    finding = session.scalar(
        select(Finding)
        .where(Finding.id == finding_id, Finding.gone_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if finding is None:
        raise NotFound
    return case, finding
