"""Visits made without a network: they arrive later, photo by photo, and are settled when all of them is here.

The phone's number makes each visit one, however often it is sent. Presence is judged by the fix, and whether the
check-in still held by the phone's own two times. A case that was decided meanwhile stays as it is; the visit is kept.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel.speaklater import LazyString
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.columns import stored_point
from media.intake import Intake
from webapp import audit
from webapp.access import Actor, Permission
from webapp.errors import NotFound
from webapp.evidence.errors import Locked, SameIdOtherContent
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import Move, State
from webapp.evidence.services import Incoming, RefusedResult
from webapp.evidence.services.arriving import store_file
from webapp.evidence.services.photos import ask_for_pictures, hold, keep
from webapp.evidence.services.turns import one_at_a_time
from webapp.verification.errors import AlreadyDecided, DeskAndSite, VisitClosed
from webapp.verification.models import FieldVisit
from webapp.verification.queries import partial
from webapp.verification.queries import visits as visit_queries
from webapp.verification.rules import Verdict, between, checklist_of
from webapp.verification.services.guarding import held, must_stand_at
from webapp.verification.services.site import CheckIn, Closing, metres_off, settle


@dataclass(frozen=True)
class LaterVisit:
    """A visit as the phone kept it. `returns`: back to the unit for repair, instead of a finding against it.

    `sent_at`: the phone's clock when it was sent, to tell how far that clock is off; it is no part of the visit.
    """

    fix: CheckIn
    happened_at: datetime
    decided_at: datetime
    verdict: Verdict
    checked: frozenset[str] = frozenset()
    note: str = ""
    returns: bool = False
    sent_at: datetime | None = None

    def content(self, evidence_id: int) -> dict[str, Any]:
        """What makes it this visit and no other."""
        return {
            "case": evidence_id,
            "fix": [self.fix.place.lon, self.fix.place.lat, self.fix.accuracy_m, _said(self.fix.fix_at)],
            "happened_at": _said(self.happened_at),
            "decided_at": _said(self.decided_at),
            "verdict": self.verdict,
            "checked": sorted(self.checked),
            "note": self.note,
            "returns": self.returns,
        }


def receive_visit(
    session: Session, evidence_id: int, client_id: uuid.UUID, told: LaterVisit, *, actor: Actor, at: datetime,
    radius_m: float,
) -> tuple[FieldVisit, bool]:  # fmt: skip
    """The visit under that number, and whether it came now. Its photos follow; `settle_visit` then judges it.

    Raises `NotFound`, `NotAllowed`, `OwnWork`, `OwnUnit`, `DeskAndSite`, `Locked`, `TooFarAway`; `SameIdOtherContent`
    when the number is taken, whoever took it. A case that was decided meanwhile refuses no visit.
    """
    one_at_a_time(session, client_id)
    before = visit_queries.sent(session, actor, client_id)
    if before is not None:
        if before.sent != told.content(evidence_id):
            raise SameIdOtherContent
        return before, False
    case = _visitable(session, evidence_id, actor, at)
    visit = _row(case, client_id, told, actor, at, metres_off(case, told.fix, radius_m))
    try:
        with session.begin_nested():
            session.add(visit)
    except IntegrityError as taken:
        raise SameIdOtherContent from taken
    audit.record(
        session, "visit.arrive", at=at, actor_id=actor.id, on=("field_visit", visit.id), region_code=case.region_code,
        evidence_id=case.id, happened_at=_said(told.happened_at), metres_off=visit.metres_off,
        accuracy_m=visit.accuracy_m,
    )  # fmt: skip
    return visit, True


def settle_visit(session: Session, evidence_id: int, client_id: uuid.UUID, *, actor: Actor, at: datetime) -> FieldVisit:
    """The verdict of a visit whose photos are all here settles the case, or is kept beside one that was decided.

    Settling again changes nothing. Raises `NotFound`, `VisitNotComplete`, `Locked`, and as `receive_visit`.
    """
    one_at_a_time(session, client_id)
    visit = visit_queries.sent(session, actor, client_id)
    if visit is None or visit.evidence_id != evidence_id:
        raise NotFound
    if visit.completed_at is not None:
        return visit
    case = _visitable(session, visit.evidence_id, actor, at)
    session.expire(visit, ["photos"])
    if case.stands is State.AWAITING_FIELD:
        settle(session, case, visit, _closing(visit), actor=actor, at=at)
    else:
        _leave_aside(session, case, visit, actor, at)
    return visit


def why_left_aside(session: Session, visit: FieldVisit) -> LazyString | str | None:
    """What had become of the case before this visit arrived, in words; None for a visit that settled it."""
    if visit.left_aside is None or visit.completed_at is None:
        return None
    try:
        must_stand_at(session, visit.evidence)
    except AlreadyDecided as why:
        return why.sentence
    return None


class VisitPhotos:
    """What the wire asks about photos taken on site; see `capture.services.Visits`."""

    def target(self, session: Session, actor: Actor, client_id: uuid.UUID) -> tuple[int, int]:
        """The case and the visit of that number. Raises `NotFound`, `VisitClosed`."""
        visit = visit_queries.sent(session, actor, client_id)
        if visit is None:
            raise NotFound
        if visit.completed_at is not None:
            raise VisitClosed
        return visit.evidence_id, visit.id

    def receive(
        self, session: Session, visit_id: int, file: Incoming, *, actor: Actor, at: datetime, intake: Intake
    ) -> Photo | RefusedResult:
        """Take a photo into an open visit of this person; its pictures are a worker's to make.

        Raises `NotFound`, `NotAllowed`, `VisitClosed`, `Locked`, `SameIdOtherContent`.
        """
        visit = session.get_one(FieldVisit, visit_id)
        if visit.assessor_id != actor.id:
            raise NotFound
        arrived = store_file(session, visit.evidence_id, file, at=at, intake=intake)
        case = _visitable(session, visit.evidence_id, actor, at)
        hold(session, case)
        session.refresh(visit)
        if visit.completed_at is not None:
            raise VisitClosed
        kept = keep(session, case, arrived, actor=actor, at=at, visit_id=visit.id)
        if isinstance(kept, Photo) and kept.pictures_at is None:
            ask_for_pictures(session, kept)
        return kept


def _visitable(session: Session, evidence_id: int, actor: Actor, at: datetime) -> Evidence:
    """The case, held, for somebody who may visit it, whatever has been decided about it meanwhile."""
    case = held(session, actor, evidence_id, Permission.FIELD_VERIFY, at)
    if partial.has_decided_at_desk(session, actor, case.id):
        raise DeskAndSite
    if case.locked_at is not None:
        raise Locked
    return case


def _row(
    case: Evidence, client_id: uuid.UUID, told: LaterVisit, actor: Actor, at: datetime, off: float | None
) -> FieldVisit:
    return FieldVisit(
        evidence_id=case.id, assessor_id=actor.id, checked_in_at=at, fix_at=told.fix.fix_at,
        place=stored_point(told.fix.place), accuracy_m=told.fix.accuracy_m, metres_off=off, checklist={}, note="",
        client_id=client_id, sent=told.content(case.id), happened_at=told.happened_at, decided_at=told.decided_at,
        received_at=at, clock_off_s=(at - told.sent_at).total_seconds() if told.sent_at else None,
    )  # fmt: skip


def _closing(visit: FieldVisit) -> Closing:
    """What the phone said of the verdict, as it was kept."""
    said: dict[str, Any] = visit.sent or {}
    verdict = Verdict(said["verdict"])
    step = Move.CONFIRM_ON_SITE if verdict is Verdict.MATCHES else Move.REFUTE_ON_SITE
    if said["returns"]:
        step, verdict = Move.RETURN_FROM_SITE, None if verdict is Verdict.MATCHES else verdict  # type: ignore[assignment]
    assert visit.happened_at is not None and visit.decided_at is not None  # noqa: S101 - the database insists
    passed = between(visit.happened_at, visit.decided_at)
    return Closing(step, frozenset(said["checked"]), verdict, said["note"], passed)


def _leave_aside(session: Session, case: Evidence, visit: FieldVisit, actor: Actor, at: datetime) -> None:
    said: dict[str, Any] = visit.sent or {}
    items = checklist_of(case.activity.check_kind if case.activity else None)
    visit.checklist = {item.code: item.code in said["checked"] for item in items}
    visit.verdict, visit.note, visit.completed_at = said["verdict"], said["note"].strip(), at
    visit.left_aside = AlreadyDecided.code
    session.flush()
    audit.record(
        session, "visit.left_aside", at=at, actor_id=actor.id, on=("field_visit", visit.id),
        region_code=case.region_code, evidence_id=case.id, verdict=visit.verdict, state=case.state,
    )  # fmt: skip


def _said(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
