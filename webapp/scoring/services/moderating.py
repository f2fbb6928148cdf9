"""What the chair does where assessors of a quorum lie too far apart. No value changes here: they are their owners'."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, demand
from webapp.evidence.errors import NoteMissing
from webapp.scoring import queries
from webapp.scoring.errors import NothingToModerate
from webapp.scoring.models import Claim, Moderation
from webapp.scoring.rules import ModerationState, ModerationStep
from webapp.scoring.services.holding import hold_claim, note

_FROM = {ModerationStep.OPEN: ModerationState.NEEDED, ModerationStep.STANDS: ModerationState.OPEN}


def moderate(
    session: Session, made: Claim, step: ModerationStep, reason: str, *, actor: Actor, at: datetime
) -> Moderation:
    """Open a moderation, or close it with the decision that the values stand although they lie far apart.

    While it is open, assessors may change their own value, with a reason; it ends by itself once they lie within the
    limit. The same form sent twice is one deed.
    Raises `NotAllowed` (the chair decides), `NoteMissing`, `NothingToModerate`, `PeriodSealed`, `PeriodNotOpen`.
    """
    demand(actor, Permission.FINALISE, made.period.region_code)
    hold_claim(session, made)
    if not reason.strip():
        raise NoteMissing(field="reason")
    standing = queries.standing_of(session, made)
    last = standing.moderations[-1] if standing.moderations else None
    if standing.moderation is not _FROM[step]:
        if last is not None and (last.step, last.reason, last.made_by) == (step, reason.strip(), actor.id):
            return last
        raise NothingToModerate
    done = Moderation(
        claim_id=made.id, period_id=made.period_id, step=step, reason=reason.strip(), made_by=actor.id, made_at=at
    )
    session.add(done)
    session.flush()
    note(session, f"claim.moderate_{step}", made, actor, at, reason=done.reason)
    return done
