"""Whether a case may be changed, and what a submission still needs."""

from datetime import date

from webapp.evidence.errors import Locked, NotEditable
from webapp.evidence.models import Evidence
from webapp.evidence.rules import EDITABLE
from webapp.territory.rules import NEEDS_REASON, RegionResult


def must_be_editable(evidence: Evidence) -> None:
    """Raises `Locked` after finalisation and `NotEditable` unless the case is a draft or was returned."""
    if evidence.locked_at is not None:
        raise Locked
    if evidence.stands not in EDITABLE:
        raise NotEditable


def bounds(evidence: Evidence) -> tuple[date, date]:
    """First and last day on which what the case shows may have happened."""
    if evidence.study_assignment is not None and evidence.study_assignment.outlives_period:
        return evidence.study_assignment.starts_on, evidence.study_assignment.ends_on
    return evidence.period.starts_on, evidence.period.ends_on


def missing_for_submission(evidence: Evidence) -> list[str]:
    """Codes of what is missing, in the order the page asks for it; empty when the case may be sent.

    `photo`: no photo yet; `pictures`: a photo that arrived has not been opened yet; `place`: neither a position nor a
    reason for having none; `outside_reason`: the place lies outside the unit and nobody said why; `consent`: the
    questions about people are unanswered; `dates`: the event lies outside the period, or outside
    the days of a study that came with an award.
    """
    first, last = bounds(evidence)
    own_photos = [photo for photo in evidence.photos if photo.visit_id is None]
    result = RegionResult(evidence.region_result)
    unexplained = result in NEEDS_REASON and not evidence.place_reason.strip()
    abroad_unassigned = result is RegionResult.ABROAD and not evidence.study_assignment_id
    checks = {
        "photo": bool(own_photos),
        "pictures": not any(photo.waits for photo in own_photos),
        "place": not (unexplained and result is RegionResult.NO_POSITION),
        "outside_reason": not (unexplained and result is RegionResult.OUTSIDE)
        and not (abroad_unassigned and not evidence.place_reason.strip()),
        "consent": evidence.consent is not None,
        "dates": first <= evidence.occurred_from <= evidence.occurred_to <= last,
    }
    return [code for code, satisfied in checks.items() if not satisfied]
