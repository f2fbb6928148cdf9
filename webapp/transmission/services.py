"""Verbs of the outbox. A report is handed in in one transaction, queued in another, sent between two: whoever is
killed at any moment leaves a row that is taken up again, and the centre knows it by its key.
"""

import hashlib
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload, sessionmaker

from webapp import audit, db
from webapp.access import Actor, Permission, allows
from webapp.errors import NotAllowed
from webapp.reporting import services as reporting
from webapp.reporting.models import QuarterlyReport, ReportingUnit, ReportRevision
from webapp.reporting.rules import Move
from webapp.transmission.centre import Centre, NotReceived, Receipt, canonical
from webapp.transmission.errors import AlreadyReceived
from webapp.transmission.models import Transmission, TransmissionTry
from webapp.transmission.rules import IN_HAND, Outcome, State, pause_after

log = logging.getLogger(__name__)
AT_ONCE = 200  # reports sent in one go: the next minute goes on


@dataclass(frozen=True)
class Errand:
    """What one try has to deliver."""

    revision_id: int
    number: int
    key: str
    content: dict[str, Any]
    sha256: str


def queue_new(session: Session, *, at: datetime) -> int:
    """A row for every revision that has none yet; answers how many."""
    known = exists().where(Transmission.revision_id == ReportRevision.id)
    unit = joinedload(ReportRevision.report).joinedload(QuarterlyReport.unit)
    fresh = session.scalars(
        select(ReportRevision)
        .where(~known)
        .options(
            unit.joinedload(ReportingUnit.year), unit.joinedload(ReportingUnit.agency),
            unit.joinedload(ReportingUnit.region), selectinload(ReportRevision.lines),
        )
        .order_by(ReportRevision.id)
        .limit(AT_ONCE)
    ).all()  # fmt: skip
    for one in fresh:
        content = content_of(one)
        session.add(
            Transmission(
                revision_id=one.id, region_code=one.report.unit.year.region_code, key=uuid.uuid4(), content=content,
                sha256=hashlib.sha256(canonical(content)).hexdigest(), queued_at=one.sent_at, due_at=at,
            )
        )  # fmt: skip
    session.flush()
    return len(fresh)


def content_of(revision: ReportRevision) -> dict[str, Any]:
    """What the centre is told: the frozen report, numbers as text so that none changes on the way. No people."""
    report, unit = revision.report, revision.report.unit
    return {
        "format": "petabukti-laporan-triwulan/1",
        "region": unit.year.region_code,
        "unit": {"code": unit.region_code, "agency": unit.agency_id, "name": unit.name},
        "year": unit.year.year,
        "quarter": report.quarter,
        "revision": revision.number,
        "sent_at": revision.sent_at.isoformat(),
        "after_deadline": revision.after_deadline,
        "physical_pct": _said(revision.physical),
        "financial_pct": _said(revision.financial),
        "sha256": revision.sha256,
        "lines": [
            {
                "name": line.name, "measure": line.measure, "place": line.place_code,
                "target_physical": _said(line.target_physical), "target_money": _said(line.target_money),
                "physical": _said(line.physical), "money": _said(line.money), "unfinished": line.unfinished,
                "obstacle_kind": line.obstacle_kind, "obstacle": line.obstacle,
            }
            for line in revision.lines
        ],
    }  # fmt: skip


def _said(number: Decimal | None) -> str | None:
    """A number in the one form it has, without the zeros a column adds."""
    return None if number is None else format(number.normalize() if number else Decimal(0), "f")


def take_due(session: Session, *, at: datetime) -> Errand | None:
    """The next report whose turn it is, taken for as long as a try may last; None when none is due.

    A correction waits for what it corrects: the centre hears of a report in the order in which it was sent.
    """
    mine, earlier, before = aliased(ReportRevision), aliased(ReportRevision), aliased(Transmission)
    overtaken = (
        exists()
        .where(before.revision_id == earlier.id, before.state != State.RECEIVED)
        .where(earlier.report_id == mine.report_id, earlier.number < mine.number)
        .correlate(mine)
    )
    row = session.scalar(
        select(Transmission)
        .join(mine, mine.id == Transmission.revision_id)
        .where(Transmission.state != State.RECEIVED, Transmission.due_at <= at, ~overtaken)
        .order_by(Transmission.due_at, Transmission.revision_id)
        .limit(1)
        .with_for_update(of=Transmission, skip_locked=True)
    )
    if row is None:
        return None
    row.tries += 1
    row.due_at = at + IN_HAND
    session.add(TransmissionTry(revision_id=row.revision_id, number=row.tries, at=at))
    session.flush()
    return Errand(row.revision_id, row.tries, str(row.key), row.content, row.sha256)


def settle(session: Session, errand: Errand, came: Receipt | NotReceived, *, at: datetime) -> None:
    """Write down what became of a try. A receipt that comes twice, or after another try's, changes nothing more."""
    row = session.get_one(Transmission, errand.revision_id, with_for_update=True, populate_existing=True)
    trial = session.get_one(TransmissionTry, (errand.revision_id, errand.number))
    trial.ended_at = at
    if isinstance(came, Receipt):
        trial.outcome, trial.status, trial.said = Outcome.RECEIVED, came.status, came.number
    else:
        trial.outcome, trial.status, trial.said = came.outcome, came.status, came.said
    if row.state == State.RECEIVED:
        return
    if isinstance(came, Receipt):
        row.state, row.received_at, row.receipt = State.RECEIVED, at, came.number
        _tell(session, row, Move.RECEIVE, at, came.number)
    else:
        row.state, row.due_at = State.FAILED, at + pause_after(row.tries)
        _tell(session, row, Move.FAIL, at, trial.outcome)
    session.flush()


def _tell(session: Session, row: Transmission, move: Move, at: datetime, note: str) -> None:
    """The report itself follows, as long as this is the revision that counts."""
    revision = session.get_one(ReportRevision, row.revision_id)
    if revision.number != revision.report.revision:
        return
    mark = reporting.mark_received if move is Move.RECEIVE else reporting.mark_failed
    mark(session, revision.report, at=at, note=note)


def send_due(sessions: sessionmaker[Session], centre: Centre, now: Callable[[], datetime]) -> int:
    """Queue what is new and send what is due, one after another; answers how many the centre confirmed.

    No transaction is open while the centre is asked.
    """
    with db.transaction(sessions) as session:
        queue_new(session, at=now())
    confirmed = 0
    for _ in range(AT_ONCE):
        with db.transaction(sessions) as session:
            errand = take_due(session, at=now())
        if errand is None:
            break
        came = _deliver(centre, errand)
        with db.transaction(sessions) as session:
            settle(session, errand, came, at=now())
        if isinstance(came, Receipt):
            confirmed += 1
        elif came.outcome is Outcome.UNREACHABLE:
            break  # nor are the others reached; their turn comes with the next minute
    return confirmed


def _deliver(centre: Centre, errand: Errand) -> Receipt | NotReceived:
    try:
        return centre.deliver(errand.content, key=errand.key, sha256=errand.sha256)
    except NotReceived as why:
        log.warning("report revision %s did not arrive: %s %s", errand.revision_id, why.outcome, why.status or "")
        return why


def send_now(session: Session, row: Transmission, *, actor: Actor, at: datetime) -> None:
    """Let the next try come at once, unless one is under way. Raises `NotAllowed`, `AlreadyReceived`."""
    if not allows(actor, Permission.REPORT_MANAGE, row.region_code):
        raise NotAllowed  # who reads here may manage elsewhere
    if row.state == State.RECEIVED:
        raise AlreadyReceived
    if any(trial.ended_at is None and at - trial.at < IN_HAND for trial in row.log):
        return
    row.due_at = at
    audit.record(
        session, "transmission.hurry", at=at, actor_id=actor.id, on=("report_revision", row.revision_id),
        region_code=row.region_code,
    )  # fmt: skip
    session.flush()
