"""Pure facts of scoring: claims and totals, blind pairs and what counts of them, how far readers agree."""

from webapp.programme.rules import grade_of
from webapp.scoring.rules.agreement import (
    LEAST,
    Agreement,
    Leniency,
    ReadClaim,
    agreement,
    leniency,
)
from webapp.scoring.rules.claims import (
    CENT,
    CLAIM_LABELS,
    IN_HAND,
    REASON_LABELS,
    SETTLED,
    STEP_LABELS,
    Blocker,
    ClaimState,
    ClaimStep,
    Level,
    Reason,
    Weighted,
    after_two_rounds,
    average,
    claim_state,
    claim_step,
    counted_events,
    counts,
    distinct_events,
    grantable,
    level_for,
    mean,
    ranks,
    rounded,
    total,
    total_of,
)
from webapp.scoring.rules.moderation import (
    MODERATION_LABELS,
    STEP_WORDS,
    ModerationState,
    ModerationStep,
    moderation_state,
)
from webapp.scoring.rules.pairs import (
    ADJUDICATOR,
    FIRST,
    PAIR,
    PAIR_LABELS,
    SECOND,
    PairState,
    counted,
    draw_one,
    draw_pairs,
    pair_state,
    too_far,
)

__all__ = [
    "ADJUDICATOR", "CENT", "CLAIM_LABELS", "FIRST", "IN_HAND", "LEAST", "MODERATION_LABELS", "PAIR", "PAIR_LABELS",
    "REASON_LABELS", "SECOND", "SETTLED", "STEP_LABELS", "STEP_WORDS", "Agreement", "Blocker", "ClaimState",
    "ClaimStep", "Leniency", "Level", "ModerationState", "ModerationStep", "PairState", "ReadClaim", "Reason",
    "Weighted", "after_two_rounds", "agreement", "average", "claim_state", "claim_step", "counted", "counted_events",
    "counts", "distinct_events", "draw_one", "draw_pairs", "grade_of", "grantable", "leniency", "level_for", "mean",
    "moderation_state", "pair_state", "ranks", "rounded", "too_far", "total", "total_of",
]  # fmt: skip
