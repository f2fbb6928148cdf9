"""What a chair sees of a claim whose assessors lie apart."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.scoring.models import Claim, ScoreRevision


def revisions(session: Session, claim: Claim) -> list[ScoreRevision]:
    """Values of a claim as they stood before their owners changed them, in the order of the changes."""
    found = select(ScoreRevision).where(ScoreRevision.claim_id == claim.id).order_by(ScoreRevision.id)
    return list(session.scalars(found))
