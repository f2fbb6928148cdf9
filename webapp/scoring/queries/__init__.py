"""Reading claims and scores."""

from webapp.scoring.queries.agreeing import AssessorFigures, Figures, IndicatorFigures, figures
from webapp.scoring.queries.claims import candidates, claim, claim_count, claim_read_at, claims_visible_to, own_units
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
        "AssessorFigures", "ClaimStanding", "Figures", "IndicatorFigures", "LeanStanding", "Placing", "Progress",
    "Task", "UnitLine", "allowed_values", "assessors", "blockers", "candidates", "cases_of", "claim", "claim_count",
    "claim_read_at", "claims_of", "claims_visible_to", "doubted", "draws", "figures", "holds_up", "indicators_of",
    "latest_result", "lean_standings", "levels_of", "loads", "may_read_agreement", "may_read_scores", "own_scores",
    "own_units", "photo_hashes", "presented", "progress", "proving_visits", "ranking", "revisions", "scorers",
    "sees_values", "sheet", "slot_blockers", "standing_of", "standings", "state_of", "supported_by", "tasks",
    "was_there",
]  # fmt: skip
