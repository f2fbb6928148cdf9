"""Verbs of verification. None commits; each holds the case's row while it looks and decides."""

from webapp.verification.services.desk import (
    accept,
    confirm_rejection,
    decline_rejection,
    extend_repair,
    propose_rejection,
    return_for_repair,
    send_to_field,
)
from webapp.verification.services.objections import answer_objection
from webapp.verification.services.site import (
    CheckIn,
    add_visit_photos,
    check_in,
    complete_visit,
    return_from_site,
)
from webapp.verification.services.taking import expire_locks, release, take

__all__ = [
    "CheckIn", "accept", "add_visit_photos", "answer_objection", "check_in", "complete_visit", "confirm_rejection",
    "decline_rejection", "expire_locks", "extend_repair", "propose_rejection", "release", "return_for_repair",
    "return_from_site", "send_to_field", "take",
]  # fmt: skip
