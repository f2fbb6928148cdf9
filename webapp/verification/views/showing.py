"""What the pages of desk and field are told. No writing here."""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session

from geo.values import metres_apart
from webapp.access import Permission, allows
from webapp.errors import Problem
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Fix, Grade, Move, State
from webapp.evidence.services.placing import point_of
from webapp.evidence.views import showing as evidence_showing
from webapp.evidence.views.maps import photo_fixes
from webapp.formatting import angka, jarak
from webapp.forms import BaseForm
from webapp.programme.rules import Mode
from webapp.territory.rules import RegionResult
from webapp.verification.models import FieldVisit
from webapp.verification.queries import partial
from webapp.verification.queries.queue import Waiting
from webapp.verification.rules import ALONE_LABELS, checklist_of, clocks_differ, why_alone, why_field
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


def chosen_photo(case: Evidence, wanted: str) -> int | None:
    """The photo of the unit that stands in the frame: the one asked for, else the first; None without photos."""
    own = [photo.id for photo in case.photos if photo.visit_id is None]
    return int(wanted) if wanted.isdecimal() and int(wanted) in own else next(iter(own), None)


def metres_off(case: Evidence, fix: Fix) -> str:
    """How far a position lies from the place of the case, in words; "" where there is nothing to measure."""
    if case.place is None:
        return ""
    return str(_("%(m)s dari lokasi bukti", m=jarak(metres_apart(point_of(case.place), fix.place))))


def apart(days: int) -> str:
    """When another case happened, seen from this one."""
    if days == 0:
        return str(_("hari yang sama"))
    n = abs(days)
    if days < 0:
        return str(ngettext("%(n)s hari sebelumnya", "%(n)s hari sebelumnya", n, n=angka(n)))
    return str(ngettext("%(n)s hari sesudahnya", "%(n)s hari sesudahnya", n, n=angka(n)))


def written(tried: dict[str, BaseForm] | None) -> str:
    """What the person had written in the form that came too late."""
    return next((form.note.data or "" for form in (tried or {}).values() if "note" in form), "")


def alone(one: Waiting, at: datetime) -> list[str]:
    """Why a line of the queue cannot be accepted among many, in words; empty when it can."""
    grade, mine = Grade(one.grade) if one.grade else None, one.taken_by == current_user.id
    to_field = why_field(
        mode=Mode(one.mode), grade=grade, region_result=RegionResult(one.region_result), abroad=one.abroad
    )
    reasons = why_alone(
        waits=one.state in (State.SUBMITTED, State.UNDER_REVIEW),
        held_by_other=not mine and one.taken_until is not None and one.taken_until > at,
        partial=one.barred, field=bool(to_field), grade=grade, flagged=one.flagged, late=one.sent_late,
    )  # fmt: skip
    return [str(ALONE_LABELS[reason]) for reason in reasons]
