"""Which tables an area binds, and how the owner of the tables, whom no policy binds, would say so."""

CASES = "evidence_id IN (SELECT id FROM evidence WHERE {area})"
CLAIMS = "claim_id IN (SELECT id FROM claim WHERE {area})"
FINDINGS = f"finding_id IN (SELECT id FROM finding WHERE {CASES})"
# Which rows belong to an area, said by the owner of the tables, whom no policy binds.
BELONGS = {
    "evidence": "{area}",
    "photo": CASES,
    "photo_print": f"photo_id IN (SELECT id FROM photo WHERE {CASES})",
    "refused_file": CASES,
    "evidence_move": CASES,
    "evidence_revision": CASES,
    "field_visit": CASES,
    "planned_visit": CASES,
    "field_plan": "{area}",
    "field_paper": "{area}",
    "finding": CASES,
    "case_look": CASES,
    "finding_explanation": FINDINGS,
    "claim": "{area}",
    "claim_evidence": CLAIMS,
    "score": CLAIMS,
    "score_revision": CLAIMS,
    "reader": CLAIMS,
    "adjudication": CLAIMS,
    "audit_event": "{area}",
    "shortlist_place": "{area}",
    "award_place": "{area}",
    "nomination": "{area}",
    "inspiration": CASES,
}
ABOVE = (
    "period", "participant", "study_assignment", "result_snapshot", "blind_draw", "instrument", "aspect", "indicator",
    "programme", "grade_band", "indicator_level", "period_stage", "shortlist", "award", "study_topic",
)  # fmt: skip
# Everybody's: the register of posts, and the map.
OPEN = {"appointment", "region", "region_boundary"}
TRUSTED = {
    "evidence_parts_keep_its_lock", "period_parts_keep_its_seal", "instrument_stays_frozen", "reviewer_is_impartial",
    "only_the_drawn_score", "rubric_stays_frozen", "readers_stay_once_they_scored",
    "wall.standing", "wall.person", "wall.areas", "wall.manages", "wall.way_up", "wall.enter", "wall.last_sign_in",
    "wall.case_exists", "wall.upload_exists", "wall.claim_counts", "wall.receipt", "wall.on_the_way", "wall.paper",
    "wall.defer", "wall.defer_pictures", "wall.defer_import", "wall.defer_look", "wall.defer_seal", "wall.leave_leaf",
    "wall.first_round_closed", "wall.case_in_closed_round", "round_stays_closed",
    "case_of_closed_round_stays", "final_period_takes_studies_alone",
    "study_of_award_is_no_claim", "nominee_takes_part",
    "wall.conflict_units", "wall.barred_units", "wall.oversees", "scorer_is_impartial",
}  # fmt: skip
