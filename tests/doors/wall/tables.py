"""Which tables an area binds, and how the owner of the tables, whom no policy binds, would say so."""

MEETINGS = "meeting_id IN (SELECT id FROM meeting WHERE {area})"
CASES = "evidence_id IN (SELECT id FROM evidence WHERE {area})"
CLAIMS = "claim_id IN (SELECT id FROM claim WHERE {area})"
FINDINGS = f"finding_id IN (SELECT id FROM finding WHERE {CASES})"
PUBLICATIONS = "publication_id IN (SELECT id FROM publication WHERE {area})"
UNITS = "unit_id IN (SELECT id FROM reporting_unit WHERE {area})"
REPORTS = f"report_id IN (SELECT id FROM quarterly_report WHERE {UNITS})"
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
    "moderation": CLAIMS,
    "agreement": "{area}",
    "agreement_set": "{area}",
    "agreement_step": "agreement_id IN (SELECT id FROM agreement WHERE {area})",
    "claim_regulation": CLAIMS,
    "meeting": "{area}",
    "meeting_amendment": MEETINGS,
    "meeting_annex": MEETINGS,
    "meeting_attendance": MEETINGS,
    "meeting_item": MEETINGS,
    "meeting_item_step": f"item_id IN (SELECT id FROM meeting_item WHERE {MEETINGS})",
    "meeting_seat": "series_id IN (SELECT id FROM meeting_series WHERE {area})",
    "meeting_series": "{area}",
    "audit_event": "{area}",
    "reporting_unit": "{area}",
    "programme_line": UNITS,
    "quarterly_report": UNITS,
    "activity_entry": f"line_id IN (SELECT id FROM programme_line WHERE {UNITS})",
    "draft_line": REPORTS,
    "report_move": REPORTS,
    "report_revision": REPORTS,
    "report_excuse": REPORTS,
    "report_line": f"revision_id IN (SELECT id FROM report_revision WHERE {REPORTS})",
    "transmission": "{area}",
    "transmission_try": "revision_id IN (SELECT revision_id FROM transmission WHERE {area})",
    "shortlist_place": "{area}",
    "award_place": "{area}",
    "nomination": "{area}",
    "inspiration": CASES,
    "announced_unit": "{area}",
    "result_objection": "{area}",
    "minutes": "{area}",
    "publication": "{area}",
    "publication_photo": PUBLICATIONS,
    "publication_step": PUBLICATIONS,
    "redaction_box": f"publication_photo_id IN (SELECT id FROM publication_photo WHERE {PUBLICATIONS})",
    "redaction_look": f"photo_id IN (SELECT id FROM photo WHERE {CASES})",
    "redaction_suggestion": f"photo_id IN (SELECT id FROM photo WHERE {CASES})",
    "minutes_signature": "minutes_id IN (SELECT id FROM minutes WHERE {area})",
}
ABOVE = (
    "period", "participant", "study_assignment", "result_snapshot", "blind_draw", "instrument", "aspect", "indicator",
    "programme", "grade_band", "indicator_level", "period_stage", "agency", "reporting_year", "shortlist", "award",
    "study_topic", "result_part", "unclaimed_zero", "reopening", "reopening_scope", "announcement",
    "presentation_slot", "slot_presence", "regulation",
)  # fmt: skip
# Everybody's: the register of posts, and the map.
OPEN = {"appointment", "region", "region_boundary"}
TRUSTED = {
    "evidence_parts_keep_its_lock", "period_parts_keep_its_seal", "instrument_stays_frozen", "reviewer_is_impartial",
    "only_the_drawn_score", "rubric_stays_frozen", "readers_stay_once_they_scored",
    "value_is_one_allowed", "claim_keeps_its_level",
    "wall.standing", "wall.person", "wall.areas", "wall.manages", "wall.way_up", "wall.enter", "wall.last_sign_in",
    "wall.case_exists", "wall.upload_exists", "wall.claim_counts", "wall.receipt", "wall.on_the_way", "wall.paper",
    "wall.field_paper", "wall.minutes_told", "wall.minutes_mark", "minutes_are_marked", "only_the_team_signs",
    "wall.defer", "wall.defer_pictures", "wall.defer_import", "wall.defer_look", "wall.defer_seal", "wall.leave_leaf",
    "wall.first_round_closed", "wall.case_in_closed_round", "round_stays_closed", "case_of_closed_round_stays",
    "final_period_takes_studies_alone", "study_of_award_is_no_claim", "nominee_takes_part",
    "wall.conflict_units", "wall.barred_units", "wall.oversees", "scorer_is_impartial", "wall.in_reopening",
    "wall.case_in_reopening", "wall.leave_leaves", "evidence_keeps_its_rules", "final_period_stays",
    "scope_is_settled_when_asked", "only_the_present_score", "who_scored_was_there", "scores_keep_their_seal",
    "meeting_parts_keep_its_lock", "amendments_follow_the_end", "agreement_step_follows", "wall.defer_redaction",
    "publication_keeps_its_rules", "publication_parts_stay", "publication_follows_its_case",
}  # fmt: skip
