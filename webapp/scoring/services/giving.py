"""One assessor's value for one proven claim."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, allows
from webapp.errors import NotAllowed
from webapp.evidence.errors import NoteMissing
from webapp.programme.rules import Method
from webapp.scoring import queries
from webapp.scoring.errors import (
    AboveTheClaim,
    ClaimNotProven,
    LevelMissing,
    NotDrawn,
    NotRated,
    PairComplete,
    ScoreChanged,
    SeesValues,
    ValueOutOfRange,
)
from webapp.scoring.models import Claim, Score, ScoreRevision
from webapp.scoring.queries import ClaimStanding
from webapp.scoring.rules import CENT, PAIR, ClaimState, ModerationState
from webapp.scoring.services.guarding import must_be_impartial, must_have_heard
from webapp.scoring.services.holding import hold_claim, note

RATES = (Method.RATED, Method.LEVELS, Method.PRESENTATION)  # in which assessors give a claim its value


def score(
    session: Session, made: Claim, value: Decimal, *, actor: Actor, at: datetime, remark: str = "",
    version: int | None = None, reason: str = "",
) -> Score:  # fmt: skip
    """Give a proven claim a value; the same assessor's earlier value is replaced and kept in its history.

    `version`: the version of the own score the form showed (0: none yet); when it has moved on to something else,
    `ScoreChanged` is raised. `reason`: why an own value is changed; of blind readers it is asked.
    Raises `NotAllowed`, `Partial`, `DeclarationMissing`, `ClaimNotProven`, `ValueOutOfRange`, `PeriodSealed`,
    `PeriodNotOpen`, `NotRated` (events are counted), `AboveTheClaim` (no points of the claimed level or a lower one),
    `NoteMissing` (while the claim is moderated, and of blind readers); of a presentation also `NotPresent`,
    `StageNotRunning`; for a blind claim also `NotDrawn`, `SeesValues`, `PairComplete`.
    """
    hold_claim(session, made)
    if not allows(actor, Permission.SCORE, made.period.region_code):
        raise NotAllowed
    must_be_impartial(session, actor, made, at)
    must_have_heard(session, actor, made)
    standing = queries.standing_of(session, made)
    if made.indicator.method not in RATES:
        raise NotRated
    if standing.blind:
        _must_be_drawn(standing, actor)
    if standing.state is not ClaimState.PROVEN:
        raise ClaimNotProven
    must_be_allowed(value, made)
    given = next((one for one in standing.scores if one.assessor_id == actor.id), None)
    if given is not None and (given.value, given.note) == (value, remark.strip()):
        return given  # the same form sent twice, or nothing changed
    if given is not None and version is not None and version != given.version:
        raise ScoreChanged
    if standing.blind and len(standing.scores) >= len(PAIR):
        raise PairComplete
    if given is not None:
        _keep(session, standing, given, reason, at)
    else:
        given = Score(
            period_id=made.period_id, claim_id=made.id, indicator_id=made.indicator_id, mode=made.indicator.mode,
            assessor_id=actor.id, value=value, note=remark.strip(), scored_at=at,
        )  # fmt: skip
        session.add(given)
    given.value, given.note, given.scored_at = value, remark.strip(), at
    visit = queries.proving_visits(session, [made]).get(made.id)
    given.visit_id = visit.id if visit else None
    session.flush()
    note(session, "score.give", made, actor, at, indicator_id=made.indicator_id)
    return given


def _must_be_drawn(standing: ClaimStanding, actor: Actor) -> None:
    if standing.place_of(actor.id) not in PAIR:
        raise NotDrawn
    if queries.sees_values(actor, standing.claim.period.region_code):
        raise SeesValues


def _keep(session: Session, standing: ClaimStanding, given: Score, reason: str, at: datetime) -> None:
    """The value as it stood goes into its history. Raises `NoteMissing` without a reason where one is asked for: of a
    blind reader, and while the chair moderates.
    """
    moderated = standing.moderation is ModerationState.OPEN
    if (standing.blind or moderated) and not reason.strip():
        raise NoteMissing(field="reason")
    session.add(
        ScoreRevision(
            claim_id=given.claim_id, assessor_id=given.assessor_id, value=given.value, note=given.note,
            scored_at=given.scored_at, replaced_at=at, reason=reason.strip(),
        )
    )  # fmt: skip


def must_be_allowed(value: Decimal, made: Claim) -> None:
    """Raises `ValueOutOfRange`; where levels are granted, `AboveTheClaim` and `LevelMissing` (none was claimed)."""
    must_be_on_scale(value, made.indicator.max_value)
    if made.indicator.method == Method.LEVELS:
        if made.level_id is None:
            raise LevelMissing
        if value not in queries.allowed_values(made):
            raise AboveTheClaim(field="value")


def must_be_on_scale(value: Decimal, highest: Decimal) -> None:
    """Raises `ValueOutOfRange`."""
    if not value.is_finite() or not 0 <= value <= highest or value != value.quantize(CENT):
        raise ValueOutOfRange(field="value")
