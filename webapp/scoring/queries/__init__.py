"""Reading claims and scores."""

from webapp.scoring.queries.agreeing import AssessorFigures, Figures, IndicatorFigures, figures
from webapp.scoring.queries.claims import (
    candidates,
    claim,
    claim_count,
    claim_of_quorum,
    claim_read_at,
    claims_visible_to,
    own_units,
)
from webapp.scoring.queries.moderating import revisions
from webapp.scoring.queries.readers import Task, assessors, loads, sees_values, tasks
from webapp.scoring.queries.results import (
    draws,
    latest_result,
    may_read_agreement,
    may_read_scores,
    photo_hashes,
    proving_visits,
)
from webapp.scoring.queries.reuse import cases_of, doubted
from webapp.scoring.queries.sheet import UnitLine, sheet
from webapp.scoring.queries.standing import (
    ClaimStanding,
    LeanStanding,
    Placing,
    allowed_values,
    blockers,
    lean_standings,
    levels_of,
    ranking,
    standing_of,
    standings,
    state_of,
    supported_by,
)

__all__ = [
    "AssessorFigures", "ClaimStanding", "Figures", "IndicatorFigures", "LeanStanding", "Placing", "Task", "UnitLine",
    "allowed_values", "assessors", "blockers", "candidates", "cases_of", "claim", "claim_count", "claim_of_quorum",
    "claim_read_at", "claims_visible_to", "doubted", "draws", "figures", "latest_result", "lean_standings",
    "levels_of", "loads", "may_read_agreement", "may_read_scores", "own_units", "photo_hashes", "proving_visits",
    "ranking", "revisions", "sees_values", "sheet", "standing_of", "standings", "state_of", "supported_by", "tasks",
]  # fmt: skip
