"""One assessor's value for one proven claim."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, allows
from webapp.conflict.services import must_have_declared
from webapp.errors import NotAllowed
from webapp.scoring import queries
from webapp.scoring.errors import ClaimNotProven, Partial, ScoreChanged, ValueOutOfRange
from webapp.scoring.models import Claim, Score
from webapp.scoring.rules import CENT, ClaimState
from webapp.scoring.services.holding import hold_claim, note


def score(
    session: Session, made: Claim, value: Decimal, *, actor: Actor, at: datetime, remark: str = "",
    version: int | None = None,
) -> Score:  # fmt: skip
    """Give a proven claim a value; the same assessor's earlier value is replaced.

    `version`: the version of the own score the form showed (0: none yet); when it has moved on to something else,
    `ScoreChanged` is raised.
    Raises `NotAllowed`, `Partial`, `DeclarationMissing`, `ClaimNotProven`, `ValueOutOfRange`, `PeriodSealed`,
    `PeriodNotOpen`.
    """
    hold_claim(session, made)
    if not allows(actor, Permission.SCORE, made.period.region_code):
        raise NotAllowed
    if queries.is_partial(session, actor, made.period_id, made.region_code, at):
        raise Partial
    must_have_declared(session, actor, made.period_id)
    if queries.state_of(made) is not ClaimState.PROVEN:
        raise ClaimNotProven
    _must_be_on_scale(value, made.indicator.max_value)
    given = session.scalar(select(Score).where(Score.claim_id == made.id, Score.assessor_id == actor.id))
    if given is None:
        given = Score(
            period_id=made.period_id, claim_id=made.id, indicator_id=made.indicator_id, mode=made.indicator.mode,
            assessor_id=actor.id, value=value, note=remark.strip(), scored_at=at,
        )  # fmt: skip
        session.add(given)
    elif version is not None and version != given.version:
        if (given.value, given.note) == (value, remark.strip()):
            return given  # the same form sent twice
        raise ScoreChanged
    given.value, given.note, given.scored_at = value, remark.strip(), at
    visit = queries.proving_visits(session, [made]).get(made.id)
    given.visit_id = visit.id if visit else None
    session.flush()
    note(session, "score.give", made, actor, at, indicator_id=made.indicator_id)
    return given


def _must_be_on_scale(value: Decimal, highest: Decimal) -> None:
    if not value.is_finite() or not 0 <= value <= highest or value != value.quantize(CENT):
        raise ValueOutOfRange(field="value")
