"""The life of a case. `move` is the only place that writes `Evidence.state`."""

from datetime import datetime, timedelta

from sqlalchemy import DateTime, func, insert, literal, not_, select, update
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.evidence.errors import (
    AlreadyObjected,
    DeadlinePassed,
    IllegalMove,
    Locked,
    NoOpenPeriod,
    NoteMissing,
    NotReady,
    ObjectionWindowPassed,
    OutsideReopening,
    RepairWindowPassed,
)
from webapp.evidence.models import Evidence, EvidenceMove, EvidenceRevision
from webapp.evidence.queries import of_award
from webapp.evidence.rules import (
    DISMISSED,
    DISMISSES,
    NOTE_NEEDED,
    REOPENED,
    RETURNS,
    UNSEEN,
    VERIFIED,
    Move,
    State,
    after,
    end_of_day,
    is_before,
)
from webapp.evidence.services.asking import ask_for_look
from webapp.evidence.services.readiness import missing_for_submission
from webapp.programme.models import HouseRule, Period
from webapp.programme.rules import PeriodState


def move(
    session: Session,
    evidence: Evidence,
    step: Move,
    *,
    actor: Actor | None,
    at: datetime,
    note: str = "",
    reason_code: str | None = None,
    until: datetime | None = None,
) -> None:
    """Take the case one step along its life and write the line of history in the same breath.

    `until`: when the desk's lock runs out; with `Move.TAKE` only. Holds the period's row meanwhile, so that a late
    verdict and a finalisation cannot both pass.
    Raises `IllegalMove`, `Locked`, `NoteMissing`.
    """
    _hold_period(session, evidence)
    if evidence.locked_at is not None:
        raise Locked
    note = note.strip()
    if step in NOTE_NEEDED and not note:
        raise NoteMissing(field="note")
    was, became = evidence.stands, after(evidence.stands, step)
    actor_id = actor.id if actor else None
    evidence.state = became
    _settle_marks(evidence, became, at, (actor_id, until))
    _settle_windows(session, evidence, step, at)
    evidence.moves.append(
        EvidenceMove(actor_id=actor_id, move=step, was=was, became=became, note=note, reason_code=reason_code, at=at)
    )
    audit.record(
        session, f"evidence.{step}", at=at, actor_id=actor_id, on=("evidence", evidence.id),
        region_code=evidence.region_code, was=was, became=became,
    )  # fmt: skip


def _hold_period(session: Session, evidence: Evidence) -> None:
    asked = select(Period.state, func.wall.case_in_closed_round(evidence.id)).where(Period.id == evidence.period_id)
    state, rests = session.execute(asked.with_for_update(read=True, of=Period)).one()
    if rests or (state == PeriodState.FINAL and not evidence.outlives_period):
        raise Locked


def _settle_marks(evidence: Evidence, became: State, at: datetime, desk: tuple[int | None, datetime | None]) -> None:
    evidence.taken_by, evidence.taken_until = desk if became is State.UNDER_REVIEW else (None, None)
    evidence.verified_at = at if became in VERIFIED else None
    evidence.dismissed_at = at if became in DISMISSED else None


def _settle_windows(session: Session, evidence: Evidence, step: Move, at: datetime) -> None:
    """A return opens a window to mend the case, a dismissal one to object; every other move closes both."""
    evidence.repair_until = evidence.objection_until = None
    if step not in RETURNS | DISMISSES:
        return
    days, zone = session.scalars(select(HouseRule)).one(), evidence.period.time_zone
    if step in RETURNS:
        evidence.repair_until = end_of_day(at, days.repair_days, zone)
    elif not has_objected(session, evidence):
        evidence.objection_until = end_of_day(at, days.objection_days, zone)


def has_objected(session: Session, evidence: Evidence) -> bool:
    """Whether the unit has objected to a decision on the case before."""
    made = select(EvidenceMove.id).where(EvidenceMove.evidence_id == evidence.id, EvidenceMove.move == Move.OBJECT)
    return session.scalar(made) is not None


def submit(
    session: Session, evidence: Evidence, *, actor: Actor, at: datetime, late_for: timedelta = timedelta(0)
) -> None:
    """Send the case to the desk, and keep what was sent as a numbered revision.

    `late_for`: how long after the deadline a case is still taken whose photos were all taken before it; it then counts
    as sent late (`Evidence.sent_late`). The deadline is an instant, judged by the server's clock alone.
    Raises `NotAllowed`, `NotReady` (with what is missing), `NoOpenPeriod`, `DeadlinePassed`, `RepairWindowPassed`,
    `OutsideReopening`, `IllegalMove`.
    """
    demand(actor, Permission.EVIDENCE_SUBMIT, evidence.region_code)
    after(evidence.stands, Move.SUBMIT)
    if evidence.period.state != PeriodState.OPEN and not evidence.outlives_period:
        raise NoOpenPeriod
    if evidence.period.version > 1 and not session.scalar(
        select(func.wall.in_reopening(evidence.period_id, evidence.region_code, None))
    ):
        raise OutsideReopening
    _must_be_in_time(evidence, at, late_for)
    missing = missing_for_submission(evidence)
    if missing:
        raise NotReady(missing)
    evidence.submitted_at, evidence.submitted_by = at, actor.id
    evidence.revision += 1
    session.add(
        EvidenceRevision(
            evidence_id=evidence.id, number=evidence.revision, submitted_at=at, submitted_by=actor.id,
            content=as_sent(evidence),
        )
    )  # fmt: skip
    move(session, evidence, Move.SUBMIT, actor=actor, at=at)
    ask_for_look(session, evidence.id)


def _must_be_in_time(evidence: Evidence, at: datetime, late_for: timedelta) -> None:
    if evidence.repair_until is not None:  # a returned case has a window of its own
        if at > evidence.repair_until:
            raise RepairWindowPassed(evidence.repair_until, evidence.period.time_zone)
        return
    closes_at = None if evidence.outlives_period else evidence.period.closes_at
    if closes_at is None or at <= closes_at:
        return
    taken = [
        is_before(closes_at, photo.captured_at or photo.device_at or photo.taken_at, photo.received_at)
        for photo in evidence.photos
        if photo.visit_id is None
    ]
    if at > closes_at + late_for or not taken or not all(taken):
        raise DeadlinePassed


def withdraw(session: Session, evidence: Evidence, *, actor: Actor, at: datetime, note: str = "") -> None:
    """Take a case back before anyone has taken it for review. Raises `NotAllowed`, `IllegalMove`, `Locked`."""
    demand(actor, Permission.EVIDENCE_SUBMIT, evidence.region_code)
    move(session, evidence, Move.WITHDRAW, actor=actor, at=at, note=note)


def object_to(session: Session, evidence: Evidence, *, actor: Actor, at: datetime, reason: str) -> None:
    """The unit's one objection to a rejection or a mismatch; somebody who has not decided on the case answers it.

    Raises `NotAllowed`, `IllegalMove`, `AlreadyObjected`, `ObjectionWindowPassed`, `NoteMissing`, `Locked`.
    """
    demand(actor, Permission.EVIDENCE_SUBMIT, evidence.region_code)
    after(evidence.stands, Move.OBJECT)
    if evidence.locked_at is not None:
        raise Locked
    if has_objected(session, evidence):
        raise AlreadyObjected
    if evidence.objection_until is None or at > evidence.objection_until:
        raise ObjectionWindowPassed
    move(session, evidence, Move.OBJECT, actor=actor, at=at, note=reason)


def as_sent(evidence: Evidence) -> dict[str, object]:
    """What a revision keeps: the words, the dates, the place's witness and the photos by their hashes."""
    return {
        "title": evidence.title,
        "note": evidence.note,
        "kind": evidence.kind_code,
        "activity": evidence.activity_code,
        "occurred": [evidence.occurred_from.isoformat(), evidence.occurred_to.isoformat()],
        "tags": list(evidence.tags),
        "consent": evidence.consent,
        "place_source": evidence.place_source,
        "grade": evidence.grade,
        "place_reason": evidence.place_reason,
        "photos": [photo.sha256 for photo in evidence.photos if photo.visit_id is None],
        **({"late": True} if evidence.sent_late else {}),
    }


def lock_all(session: Session, period_id: int, *, actor: Actor, at: datetime) -> None:
    """Seal every case of a period that anybody outside its unit knows of: states stay readable, and the database
    refuses every later change. Two statements, however many cases; what is in the session must be read anew.
    """
    seen = (
        Evidence.period_id == period_id, Evidence.state.not_in(UNSEEN), Evidence.locked_at.is_(None), not_(of_award()),
    )  # fmt: skip
    lines = select(
        Evidence.id, literal(actor.id), literal(str(Move.LOCK)), Evidence.state, Evidence.state, literal(""),
        literal(at, DateTime(timezone=True)),
    ).where(*seen).order_by(Evidence.id)  # fmt: skip
    into = ["evidence_id", "actor_id", "move", "was", "became", "note", "at"]
    session.execute(insert(EvidenceMove).from_select(into, lines, include_defaults=False))
    mark = update(Evidence).where(*seen).values(locked_at=at, version=Evidence.version + 1)
    session.execute(mark.execution_options(synchronize_session=False))


def reopen(session: Session, evidence: Evidence, *, actor: Actor, at: datetime, note: str) -> None:
    """Unlock a sealed case within a granted reopening, and send it to where it is decided anew.

    Raises `IllegalMove` for a case that is not locked.
    """
    if evidence.locked_at is None or evidence.stands not in REOPENED:
        raise IllegalMove
    was, became = evidence.stands, REOPENED[evidence.stands]
    evidence.state, evidence.locked_at = became, None
    _settle_marks(evidence, became, at, (None, None))
    evidence.repair_until = evidence.objection_until = None
    if became is State.RETURNED:
        days = session.scalars(select(HouseRule)).one().repair_days
        evidence.repair_until = end_of_day(at, days, evidence.period.time_zone)
    evidence.moves.append(EvidenceMove(actor_id=actor.id, move=Move.REOPEN, was=was, became=became, note=note, at=at))
    audit.record(
        session, "evidence.reopen", at=at, actor_id=actor.id, on=("evidence", evidence.id),
        region_code=evidence.region_code, was=was, became=became,
    )  # fmt: skip
