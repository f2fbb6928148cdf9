"""What the pages of desk and field are told. No writing here."""

from typing import Any

from flask import url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from webapp.access import Permission, allows
from webapp.errors import Problem
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.evidence.views import showing as evidence_showing
from webapp.evidence.views.maps import photo_fixes
from webapp.verification.models import FieldVisit
from webapp.verification.queries import partial
from webapp.verification.rules import checklist_of, clocks_differ
from webapp.verification.services.guarding import must_be_impartial
from webapp.verification.views.comparing import comparison


def common(case: Evidence) -> dict[str, Any]:
    """What both pages say about a case."""
    return {
        "case": case,
        "zone": case.region.time_zone,
        "pictures": evidence_showing.pictures(case),
        "history": evidence_showing.history(case),
        "place_words": evidence_showing.place_words(case),
        "candidates": evidence_showing.candidates(case),
        "camera_zone": evidence_showing.camera_zone,
        "fixes": photo_fixes,
        "large": lambda photo: url_for("evidence.picture", photo_id=photo.id, size="large"),
        "clocks_differ": clocks_differ,
        "compare": comparison(case),
        "items": checklist_of(case.activity.check_kind if case.activity else None),
    }


def partiality(session: Session, case: Evidence, at: Any) -> Problem | None:
    """Why this person may not judge the case, in words; None when they may."""
    try:
        must_be_impartial(session, current_user, case, at)
    except Problem as why:
        return why
    return None


def standing(session: Session, case: Evidence, at: Any) -> dict[str, Any]:
    """What this person can do at the desk with the case now. The services ask again."""
    reviews = allows(current_user, Permission.DESK_REVIEW, case.region_code) and case.locked_at is None
    running = case.taken_until is not None and case.taken_until > at
    mine = case.taken_by == current_user.id and running
    proposal = partial.last_move(session, case.id, Move.PROPOSE_REJECTION)
    return {
        "mine": reviews and mine,
        "takeable": reviews and (case.stands is State.SUBMITTED or (case.stands is State.UNDER_REVIEW and not running)),
        "held": case.stands is State.UNDER_REVIEW and running and not mine,
        "proposal": proposal if case.stands is State.REJECTION_PROPOSED else None,
        "second": reviews and proposal is not None and proposal.actor_id != current_user.id,
        "desk_yes": reviews and case.stands is State.VERIFIED_DESK and case.study_assignment_id is None,
    }


def visit_pictures(visit: FieldVisit) -> list[dict[str, Any]]:
    """The photos of a visit for a grid."""
    total = len(visit.photos)
    return [evidence_showing.picture(photo, number, total) for number, photo in enumerate(visit.photos, start=1)]
