"""Naming a regulation as the legal basis of a claim, and taking that back."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, demand
from webapp.scoring.citation_models import ClaimRegulation
from webapp.scoring.errors import UnknownRegulation
from webapp.scoring.models import Claim
from webapp.scoring.queries import citing
from webapp.scoring.services.holding import hold_claim, note


def cite(session: Session, made: Claim, regulation_id: int, *, actor: Actor, at: datetime) -> None:
    """Let the claim name a regulation; doing it twice changes nothing. An expired one may be named: it is flagged.

    Raises `UnknownRegulation`, `NotAllowed`, `PeriodSealed`, `PeriodNotOpen`.
    """
    demand(actor, Permission.CLAIM_WRITE, made.region_code)
    hold_claim(session, made)
    if regulation_id not in {one.id for one in citing.citable(session, made.region_code)}:
        raise UnknownRegulation(field="regulation_id")
    if not _named(session, made, regulation_id):
        session.add(
            ClaimRegulation(
                claim_id=made.id, regulation_id=regulation_id, period_id=made.period_id, cited_by=actor.id, cited_at=at
            )
        )
        session.flush()
        note(session, "claim.cite", made, actor, at, regulation_id=regulation_id)


def uncite(session: Session, made: Claim, regulation_id: int, *, actor: Actor, at: datetime) -> None:
    """Let the claim no longer name it; doing it twice changes nothing.

    Raises `NotAllowed`, `PeriodSealed`, `PeriodNotOpen`.
    """
    demand(actor, Permission.CLAIM_WRITE, made.region_code)
    hold_claim(session, made)
    if _named(session, made, regulation_id):
        session.execute(
            delete(ClaimRegulation).where(
                ClaimRegulation.claim_id == made.id, ClaimRegulation.regulation_id == regulation_id
            )
        )
        note(session, "claim.uncite", made, actor, at, regulation_id=regulation_id)


def _named(session: Session, made: Claim, regulation_id: int) -> bool:
    held = select(ClaimRegulation.claim_id).where(
        ClaimRegulation.claim_id == made.id, ClaimRegulation.regulation_id == regulation_id
    )
    return session.scalar(held) is not None
