"""What the page of a case is told: facts, steps, history and moves, in the reader's language. No queries here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from geo.values import Doubt
from webapp.access import Actor, Permission, allows
from webapp.evidence import pii
from webapp.evidence.models import Evidence, EvidenceMove, Photo
from webapp.evidence.rules import (
    EDITABLE,
    MOVE_LABELS,
    STATE_LABELS,
    VERIFIED,
    Move,
    State,
    grade,
    is_before,
    moves_from,
)
from webapp.evidence.services.readiness import missing_for_submission
from webapp.evidence.views import stages
from webapp.evidence.views.maps import photo_fixes
from webapp.evidence.words import DOUBTS, MISSING, WHERE_TO_MEND, said
from webapp.formatting import jarak, waktu
from webapp.programme.rules import Mode
from webapp.territory.rules import RegionResult

_TONES = {
    State.SUBMITTED: "info", State.UNDER_REVIEW: "info", State.RETURNED: "warn", State.REJECTION_PROPOSED: "warn",
    State.REJECTED: "bad", State.VERIFIED_DESK: "good", State.AWAITING_FIELD: "wait", State.VERIFIED_FIELD: "good",
    State.MISMATCH: "bad", State.OBJECTED: "wait",
}  # fmt: skip
_FIELD_STATES = {State.AWAITING_FIELD, State.VERIFIED_FIELD, State.MISMATCH}


@dataclass(frozen=True)
class Powers:
    """What this person may do with this case now, by rules and by grants."""

    edit: bool
    submit: bool
    withdraw: bool
    object: bool  # to a rejection or mismatch; whether there is still time the page says
    own: bool  # of the unit that owns it, whether or not anything may be changed


def powers(case: Evidence, actor: Actor) -> Powers:
    """The moves open to this person. The services ask again; this only decides which buttons are shown."""
    own = allows(actor, Permission.EVIDENCE_WRITE, case.region_code)
    sends = allows(actor, Permission.EVIDENCE_SUBMIT, case.region_code)
    unlocked = case.locked_at is None
    steps = moves_from(case.stands) if unlocked else frozenset()
    return Powers(
        edit=own and unlocked and case.stands in EDITABLE,
        submit=sends and Move.SUBMIT in steps,
        withdraw=sends and Move.WITHDRAW in steps,
        object=sends and Move.OBJECT in steps and case.objection_until is not None,
        own=own,
    )


def may_open_original(photo: Photo, actor: Actor) -> bool:
    """Originals carry what the camera wrote: for those who verify, for who sent it, and for the unit's own photos."""
    code = photo.evidence.region_code
    own = photo.visit_id is None and allows(actor, Permission.EVIDENCE_WRITE, code)
    return own or photo.uploaded_by == actor.id or allows(actor, Permission.ORIGINAL_READ, code)


def reads_personal(case: Evidence, actor: Actor) -> bool:
    """Whether this person reads NIK, telephone and e-mail in the words of a case: its unit, and who verifies it now."""
    if allows(actor, Permission.EVIDENCE_WRITE, case.region_code) or case.taken_by == actor.id:
        return True
    return case.stands is State.AWAITING_FIELD and allows(actor, Permission.FIELD_VERIFY, case.region_code)


def samar(text: str | None, case: Evidence | None = None) -> str:
    """The filter of every template for words of a case: personal numbers covered, unless this reader needs them.

    Without the case (lists, maps) they are always covered.
    """
    if case is not None and reads_personal(case, current_user):
        return text or ""
    return pii.covered(text or "")


def gaps(case: Evidence) -> list[dict[str, str]]:
    """What a submission still needs, each with the page where it is put right."""
    found = []
    for code in missing_for_submission(case):
        endpoint, part = WHERE_TO_MEND[code]
        href = url_for(endpoint, evidence_id=case.id, _anchor=part)
        found.append({"code": code, "words": said(MISSING, code), "href": href})
    return found


def steps(case: Evidence) -> list[dict[str, str]]:
    """The way from draft to result; the field is on it where the activity asks for it, or the case was sent there."""
    state = case.stands
    to_field = state in _FIELD_STATES or (case.activity is not None and case.activity.mode != Mode.DESK)
    names = [_("Draf"), _("Dikirim"), _("Verifikasi meja"), *([_("Cek lapangan")] if to_field else []), _("Hasil")]
    here = _position(state, len(names) - 1)
    ended = state in VERIFIED
    made: list[dict[str, str]] = []
    for number, name in enumerate(names):
        current = number == here and not ended
        place = "done" if number < here or ended else "current" if current else "todo"
        note = str(STATE_LABELS[state]) if number == here else ""
        made.append({"label": name, "state": place, "note": note if note != name else ""})
    return made


def _position(state: State, last: int) -> int:
    known = {
        State.DRAFT: 0, State.WITHDRAWN: 0, State.RETURNED: 0, State.SUBMITTED: 1, State.UNDER_REVIEW: 2,
        State.REJECTION_PROPOSED: 2, State.OBJECTED: 2, State.AWAITING_FIELD: 3,
    }  # fmt: skip
    return known.get(state, last)


def history(case: Evidence) -> list[dict[str, Any]]:
    """The moves, latest first; a note is shown as it was written, but for personal numbers."""
    return [_line(step, case) for step in reversed(case.moves)]


def _line(step: EvidenceMove, case: Evidence) -> dict[str, Any]:
    return {
        "when": waktu(step.at, case.region.time_zone),
        "who": step.actor.name if step.actor else _("Sistem"),
        "what": str(MOVE_LABELS[Move(step.move)]),
        "note": samar(step.note, case),
        "tone": _TONES.get(State(step.became), "neutral"),
    }


def place_words(case: Evidence) -> str:
    """How the place lies to the unit, in one sentence."""
    result, unit = RegionResult(case.region_result), case.region.name
    found = case.found_region.name if case.found_region else None
    sentences = {
        RegionResult.MATCH: _("Titik berada di dalam %(unit)s.", unit=unit),
        RegionResult.NEAR_BORDER: _("Titik dekat batas %(unit)s; batas dan posisi sama-sama tidak pasti.", unit=unit),
        RegionResult.OUTSIDE: _("Titik berada di luar %(unit)s.", unit=unit)
        if found is None
        else _("Titik berada di %(found)s, di luar %(unit)s.", found=found, unit=unit),
        RegionResult.OFFSHORE: _("Titik berada di lepas pantai %(unit)s.", unit=unit),
        RegionResult.ABROAD: _("Titik berada di luar negeri: %(place)s.", place=case.place_label or case.country_code),
        RegionResult.NO_POSITION: _("Belum ada posisi."),
    }
    return str(sentences[result])


def candidates(case: Evidence) -> list[dict[str, str]]:
    """Regions near the place: the name, and the distance in words."""
    return [
        {
            "name": str(one["name"]),
            "distance": _("di dalamnya") if one["metres"] == 0 else _("%(m)s dari titik", m=jarak(one["metres"])),
        }
        for one in case.region_candidates
    ]


def pictures(case: Evidence, *, of_visits: bool = False) -> list[dict[str, Any]]:
    """The photos of a case (or of the visits to it) for a grid, each with the grade of its own position."""
    chosen = [photo for photo in case.photos if (photo.visit_id is not None) == of_visits]
    return [picture(photo, number, len(chosen)) for number, photo in enumerate(chosen, start=1)]


def picture(photo: Photo, number: int, total: int) -> dict[str, Any]:
    """One photo for a grid; `width` and `height` keep the page still while it loads."""
    fixes = photo_fixes(photo)
    return {
        "photo": photo,
        "thumb_url": url_for("evidence.picture", photo_id=photo.id, size="small"),
        "href": url_for("evidence.photo", photo_id=photo.id),
        "alt": _("Foto %(number)s dari %(total)s: %(name)s", number=number, total=total, name=photo.file_name),
        "waits": photo.waits,
        "waits_at": url_for("evidence.pictures", evidence_id=photo.evidence_id),
        "caption": photo.file_name,
        "grade": grade(fixes[0]) if fixes else None,
        "width": 320,
        "height": max(1, round(320 * photo.height / photo.width)),
    }


def camera_zone(photo: Photo) -> str:
    """The zone the camera wrote beside its time ("UTC+07.00"), or that it wrote none."""
    if photo.camera_offset_minutes is None:
        return str(_("tanpa zona waktu"))
    hours, minutes = divmod(abs(photo.camera_offset_minutes), 60)
    return f"UTC{'−' if photo.camera_offset_minutes < 0 else '+'}{hours:02d}.{minutes:02d}"


def lateness(photo: Photo) -> str | None:
    """How a photo that came after the deadline lies to it, in words; None for one that came in time."""
    closes_at = photo.evidence.period.closes_at
    if closes_at is None or photo.received_at <= closes_at:
        return None
    said = photo.captured_at or photo.device_at or photo.taken_at
    if is_before(closes_at, said, photo.received_at):
        return str(_("Difoto sebelum batas waktu, tiba sesudahnya"))
    return str(_("Tiba sesudah batas waktu"))


def offers(doubts: tuple[Doubt, ...]) -> list[dict[str, Any]]:
    """Doubts in words, each with the corrected place that may be taken instead (or None)."""
    return [{"words": said(DOUBTS, doubt.kind), "place": doubt.corrected} for doubt in doubts]


def case_page(case: Evidence, actor: Actor) -> Mapping[str, Any]:
    """Everything the page of a case shows, but for the map."""
    may = powers(case, actor)
    return {
        "case": case,
        "may": may,
        "steps": steps(case),
        "gaps": gaps(case) if may.edit else [],
        "history": history(case),
        "place_words": place_words(case),
        "candidates": candidates(case),
        "pictures": pictures(case),
        "visit_pictures": pictures(case, of_visits=True),
        "stages": stages.stages(case),
        "pairs": stages.pairs(case),
        "zone": case.region.time_zone,
        "camera_zone": camera_zone,
        "fixes": photo_fixes,
        "grade_of": grade,
    }
