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
from webapp.scoring.queries.gate import blockers, partial_scores, required_of, survey_blockers, unclaimed_zero
from webapp.scoring.queries.moderating import revisions
from webapp.scoring.queries.parts import (
    Survey,
    digest,
    lines,
    region_mean,
    standing_digest,
    standing_digest_of,
    survey,
    uncollected,
)
from webapp.scoring.queries.readers import Task, assessors, loads, sees_values, tasks
from webapp.scoring.queries.results import (
    announcement,
    draws,
    latest_result,
    may_read_agreement,
    may_read_scores,
    objection,
    objections,
    proving_visits,
    reopening,
    reopenings,
    results,
    score,
    sealed_claims,
    sealed_part,
    units_of_announcement,
    waiting_reopening,
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
    claim_blockers,
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
    "Survey", "Task", "UnitLine", "allowed_values", "announcement", "assessors", "blockers", "candidates",
    "cases_of", "claim", "claim_blockers", "claim_count", "claim_of_quorum", "claim_read_at", "claims_of",
    "claims_visible_to", "digest", "doubted", "draws", "figures", "holds_up", "indicators_of", "latest_result",
    "lean_standings", "levels_of", "lines", "loads", "may_read_agreement", "may_read_scores", "objection",
    "objections", "own_scores", "own_units", "partial_scores", "photo_hashes", "presented", "progress",
    "proving_visits", "ranking", "region_mean", "reopening", "reopenings", "required_of", "results", "revisions",
    "score", "scorers", "sealed_claims", "sealed_part", "sees_values", "sheet", "slot_blockers", "standing_digest",
    "standing_digest_of", "standing_of", "standings", "state_of", "supported_by", "survey", "survey_blockers",
    "tasks", "unclaimed_zero", "uncollected", "units_of_announcement", "waiting_reopening",
    "was_there",
]  # fmt: skip
