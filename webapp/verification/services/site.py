"""The visit on site: check-in with a fix, own photos through the same intake, checklist, verdict."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from geo.columns import read_point, stored_point
from geo.values import LonLat, metres_apart
from media.intake import Intake
from webapp import audit
from webapp.access import Actor, Permission
from webapp.evidence import services as evidence_services
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import Move, State
from webapp.evidence.services import Incoming, RefusedResult
from webapp.evidence.services.arriving import open_file
from webapp.evidence.services.photos import keep
from webapp.verification.errors import DeskAndSite, NotCheckedIn, TooFarAway, VisitedBefore, VisitNotComplete
from webapp.verification.models import FieldVisit
from webapp.verification.queries import partial
from webapp.verification.queries import visits as visit_queries
from webapp.verification.rules import (
    MISSING_LABELS,
    ReturnReason,
    Verdict,
    checklist_of,
    missing_for_verdict,
    was_there,
)
from webapp.verification.services.guarding import held, must_stand_at


@dataclass(frozen=True)
class CheckIn:
    """Where the phone says the assessor stands: lon/lat, accuracy in metres, and the phone's own time."""

    place: LonLat
    accuracy_m: float
    fix_at: datetime | None = None


def check_in(
    session: Session, evidence_id: int, fix: CheckIn, *, actor: Actor, at: datetime, radius_m: float
) -> FieldVisit:
    """Begin a visit, or check in anew to the one under way. A claim without a place can be visited anywhere.

    Raises `NotFound`, `NotAllowed`, `OwnWork`, `OwnUnit`, `DeskAndSite`, `AlreadyDecided`, `TooFarAway`.
    """
    case = _awaiting(session, evidence_id, actor, at)
    metres_off = _metres_off(case, fix, radius_m)
    visit = visit_queries.under_way(session, actor, case.id)
    if visit is None:
        visit = FieldVisit(evidence_id=case.id, assessor_id=actor.id, checklist={}, note="")
        session.add(visit)
    visit.checked_in_at, visit.fix_at = at, fix.fix_at
    visit.place = stored_point(fix.place)  # type: ignore[assignment]
    visit.accuracy_m, visit.metres_off = fix.accuracy_m, metres_off
    session.flush()
    audit.record(
        session, "visit.check_in", at=at, actor_id=actor.id, on=("field_visit", visit.id),
        region_code=case.region_code, evidence_id=case.id, metres_off=metres_off, accuracy_m=fix.accuracy_m,
    )  # fmt: skip
    return visit


def add_visit_photos(
    session: Session, evidence_id: int, files: Iterable[Incoming], *, actor: Actor, at: datetime, intake: Intake
) -> list[Photo | RefusedResult]:
    """Own photos of the visit under way; refused files are kept as results. The case is held once all are opened.

    Raises `NotCheckedIn`, and as `check_in`.
    """
    if visit_queries.under_way(session, actor, evidence_id) is None:
        _visit_under_way(session, evidence_id, actor, at)  # says why not
    arrived = [open_file(session, evidence_id, file, at=at, intake=intake) for file in files]
    case, visit = _visit_under_way(session, evidence_id, actor, at)
    outcome = [keep(session, case, one, actor=actor, at=at, visit_id=visit.id) for one in arrived]
    session.flush()
    session.expire(visit, ["photos"])
    return outcome


def complete_visit(
    session: Session, evidence_id: int, *, actor: Actor, at: datetime, checked: Collection[str],
    verdict: Verdict | None, note: str = "",
) -> FieldVisit:  # fmt: skip
    """The verdict of who stood there settles the case. `checked`: codes ticked off the checklist.

    Raises `VisitNotComplete`, `NotCheckedIn`, and as `check_in`.
    """
    step = Move.CONFIRM_ON_SITE if verdict == Verdict.MATCHES else Move.REFUTE_ON_SITE
    return _close(session, evidence_id, step, actor=actor, at=at, checked=checked, verdict=verdict, note=note)


def return_from_site(
    session: Session, evidence_id: int, *, actor: Actor, at: datetime, checked: Collection[str],
    verdict: Verdict | None, note: str,
) -> FieldVisit:  # fmt: skip
    """What was found differs, but the unit can repair the case: back to it, with the visit kept.

    Raises `VisitNotComplete` (also for the verdict *sesuai*, which leaves nothing to repair), and as `complete_visit`.
    """
    adverse = None if verdict == Verdict.MATCHES else verdict
    return _close(
        session, evidence_id, Move.RETURN_FROM_SITE, actor=actor, at=at, checked=checked, verdict=adverse, note=note
    )


def _close(
    session: Session, evidence_id: int, step: Move, *, actor: Actor, at: datetime, checked: Collection[str],
    verdict: Verdict | None, note: str,
) -> FieldVisit:  # fmt: skip
    case, visit = _visit_under_way(session, evidence_id, actor, at)
    items = checklist_of(case.activity.check_kind if case.activity else None)
    own, copied = visit_queries.photos_of(session, visit)
    missing = missing_for_verdict(
        own_photos=own, copied_photos=copied, checked=checked, items=items, verdict=verdict, note=note,
        since_check_in=at - visit.checked_in_at,
    )  # fmt: skip
    if missing or verdict is None:
        raise VisitNotComplete({lack: MISSING_LABELS[lack] for lack in missing})
    visit.checklist = {item.code: item.code in checked for item in items}
    visit.verdict, visit.note, visit.completed_at = verdict, note.strip(), at
    reason = ReturnReason.DIFFERS_ON_SITE if step is Move.RETURN_FROM_SITE else None
    evidence_services.move(session, case, step, actor=actor, at=at, note=note, reason_code=reason)
    session.flush()
    return visit


def _awaiting(session: Session, evidence_id: int, actor: Actor, at: datetime) -> Evidence:
    case = held(session, actor, evidence_id, Permission.FIELD_VERIFY, at)
    must_stand_at(session, case, State.AWAITING_FIELD)
    if partial.has_decided_at_desk(session, actor, case.id):
        raise DeskAndSite
    if partial.refuted_before(session, actor, case.id):
        raise VisitedBefore
    return case


def _visit_under_way(session: Session, evidence_id: int, actor: Actor, at: datetime) -> tuple[Evidence, FieldVisit]:
    case = _awaiting(session, evidence_id, actor, at)
    visit = visit_queries.under_way(session, actor, case.id)
    if visit is None:
        raise NotCheckedIn
    return case, visit


def _metres_off(case: Evidence, fix: CheckIn, radius_m: float) -> float | None:
    """Metres from the claim to the fix; None when the claim has no place. Raises `TooFarAway`."""
    if case.place is None:
        return None
    claimed = read_point(case.place)
    there = was_there(
        claimed, fix.place, accuracy_m=fix.accuracy_m, claim_accuracy_m=case.accuracy_m or 0, radius_m=radius_m
    )
    metres_off = metres_apart(claimed, fix.place)
    if not there:
        raise TooFarAway(metres_off, radius_m)
    return round(metres_off, 1)
