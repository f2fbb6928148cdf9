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
from webapp.scoring.queries.slots import (
    Progress,
    claims_of,
    indicators_of,
    own_scores,
    presented,
    progress,
    scorers,
    slot_blockers,
    was_there,
)
from webapp.scoring.queries.stages import holds_up
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
    "AssessorFigures", "ClaimStanding", "Figures", "IndicatorFigures", "Placing", "Progress", "Task", "UnitLine",
    "assessors", "blockers", "candidates", "claim", "claim_count", "claim_read_at", "claims_of",
    "claims_visible_to", "draws", "figures", "holds_up", "indicators_of", "latest_result", "loads",
    "may_read_agreement", "may_read_scores", "own_scores", "own_units", "photo_hashes", "presented", "progress",
    "proving_visits", "ranking", "scorers", "sees_values", "sheet", "slot_blockers", "standing_of", "standings",
    "state_of", "supported_by", "tasks", "was_there",
]  # fmt: skip
