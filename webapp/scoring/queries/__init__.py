"""Reading claims and scores."""

from webapp.scoring.queries.claims import candidates, claim, claim_count, claims_visible_to, own_units
from webapp.scoring.queries.results import is_partial, latest_result, may_read_scores, photo_hashes, proving_visits
from webapp.scoring.queries.sheet import UnitLine, sheet
from webapp.scoring.queries.standing import ClaimStanding, Placing, blockers, ranking, standings, state_of, supported_by

__all__ = [
    "ClaimStanding", "Placing", "UnitLine", "blockers", "candidates", "claim", "claim_count", "claims_visible_to",
    "is_partial", "latest_result", "may_read_scores", "own_units", "photo_hashes", "proving_visits", "ranking",
    "sheet", "standings", "state_of", "supported_by",
]  # fmt: skip
