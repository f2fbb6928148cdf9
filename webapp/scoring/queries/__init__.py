"""Reading claims and scores."""

from webapp.scoring.queries.agreeing import AssessorFigures, Figures, IndicatorFigures, figures
from webapp.scoring.queries.claims import candidates, claim, claim_count, claim_read_at, claims_visible_to, own_units
from webapp.scoring.queries.readers import Task, assessors, loads, sees_values, tasks
from webapp.scoring.queries.results import (
    draws,
    latest_result,
    may_read_agreement,
    may_read_scores,
    photo_hashes,
    proving_visits,
)
from webapp.scoring.queries.sheet import UnitLine, sheet
from webapp.scoring.queries.standing import (
    ClaimStanding,
    Placing,
    blockers,
    ranking,
    standing_of,
    standings,
    state_of,
    supported_by,
)

__all__ = [
    "AssessorFigures", "ClaimStanding", "Figures", "IndicatorFigures", "Placing", "Task", "UnitLine", "assessors",
    "blockers", "candidates", "claim", "claim_count", "claim_read_at", "claims_visible_to", "draws", "figures",
    "latest_result", "loads", "may_read_agreement", "may_read_scores", "own_units", "photo_hashes", "proving_visits",
    "ranking", "sees_values", "sheet", "standing_of", "standings", "state_of", "supported_by", "tasks",
]  # fmt: skip
