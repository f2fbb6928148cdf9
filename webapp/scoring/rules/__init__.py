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
    Blocker,
    ClaimState,
    Reason,
    Weighted,
    after_two_rounds,
    average,
    claim_state,
    counts,
    ranks,
    total,
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
    "ADJUDICATOR", "CENT", "CLAIM_LABELS", "FIRST", "IN_HAND", "LEAST", "PAIR", "PAIR_LABELS", "REASON_LABELS",
    "SECOND", "SETTLED", "Agreement", "Blocker", "ClaimState", "Leniency", "PairState", "ReadClaim", "Reason",
    "Weighted", "after_two_rounds", "agreement", "average", "claim_state", "counted", "counts", "draw_one",
    "draw_pairs", "grade_of", "leniency", "pair_state", "ranks", "too_far", "total",
]  # fmt: skip
