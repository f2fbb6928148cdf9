"""Quarter by quarter: drafts, sending and correcting, silence, excuses, and what the transmission tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, demand
from webapp.reporting import queries
from webapp.reporting.errors import (
    AlreadyExcused,
    CorrectedWithoutReason,
    NothingToExcuse,
    NothingToReport,
    ObstacleMissing,
    QuarterNotBegun,
    ReasonMissing,
)
from webapp.reporting.models import (
    DraftLine,
    QuarterlyReport,
    ReportExcuse,
    ReportMove,
    ReportRevision,
)
from webapp.reporting.queries import Filled
from webapp.reporting.rules import (
    WAITING,
    Move,
    Obstacle,
    State,
    after,
    quarter_days,
    state_at,
)
from webapp.reporting.services.daily import today_of
from webapp.reporting.services.doing import demand_own, note_down
from webapp.reporting.services.freezing import freeze


@dataclass(frozen=True)
class SaidOfLine:
    """What the reporter says of a line; None for a sum that is taken over from the entries."""

    physical: Decimal | None = None
    money: Decimal | None = None
    reason: str = ""
    obstacle_kind: Obstacle | None = None
    obstacle: str = ""


def save_draft(
    session: Session, report: QuarterlyReport, said: Mapping[int, SaidOfLine], *, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Keep what the reporter says, by line; nothing is demanded yet. Raises `NotOwnUnit`, `QuarterNotBegun`."""
    demand_own(actor, report.unit)
    _hold(session, report, at)
    if State(report.state) is State.NOT_REPORTED:
        _move(session, report, Move.BEGIN, actor_id=actor.id, at=at)
    known = {line.id for line in report.unit.lines}
    there = {one.line_id: one for one in session.scalars(select(DraftLine).where(DraftLine.report_id == report.id))}
    for line_id in said.keys() & known:
        draft = there.get(line_id)
        if draft is None:
            draft = DraftLine(report_id=report.id, line_id=line_id)
            session.add(draft)
        one = said[line_id]
        draft.physical, draft.money, draft.reason = one.physical, one.money, one.reason.strip()
        draft.obstacle_kind, draft.obstacle = one.obstacle_kind, one.obstacle.strip()
    session.flush()


def submit(
    session: Session, report: QuarterlyReport, *, actor: Actor, at: datetime, note: str = ""
) -> ReportRevision:  # fmt: skip
    """Send a report, or a correction of one that was sent (then `note` says why). Its lines are frozen as they are.

    `report` comes from `queries.report`. Raises `NotOwnUnit`, `QuarterNotBegun`, `NothingToReport`,
    `CorrectedWithoutReason`, `ObstacleMissing`, `ReasonMissing`.
    """
    demand_own(actor, report.unit)
    _hold(session, report, at)
    year = report.unit.year
    filled = queries.filling(session, report)
    _must_be_complete(filled, year.threshold)
    first = report.revision == 0
    if not first and not note.strip():
        raise ReasonMissing(field="note")
    was = State(report.state)
    report.late = report.late or was is State.DEEMED_IDLE
    number = report.revision + 1
    report.revision = number
    _move(session, report, Move.SUBMIT if first else Move.CORRECT, actor_id=actor.id, at=at, note=note.strip())
    revision = freeze(report, filled, number, actor.id, at, note.strip())
    session.add(revision)
    session.flush()
    session.expire(report, ["revisions"])
    note_down(
        session, "report.submit" if first else "report.correct", year, actor, at, report=report.id,
        quarter=report.quarter, revision=number, late=report.late, sha256=revision.sha256,
    )  # fmt: skip
    return revision


def excuse(session: Session, report: QuarterlyReport, reason: str, *, actor: Actor, at: datetime) -> ReportExcuse:
    """Excuse a report that is silent past its deadline, or came late, in the leader's own name.

    Raises `NotAllowed`, `ReasonMissing`, `NothingToExcuse`, `AlreadyExcused`.
    """
    demand(actor, Permission.REPORT_EXCUSE, report.unit.year.region_code)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    _lock(session, report)
    _expire(session, report, at)
    if State(report.state) is not State.DEEMED_IDLE and not report.late:
        raise NothingToExcuse
    if session.get(ReportExcuse, report.id) is not None:
        raise AlreadyExcused
    made = ReportExcuse(report_id=report.id, reason=reason.strip(), given_by=actor.id, given_at=at)
    session.add(made)
    session.flush()
    session.expire(report, ["excuse"])
    note_down(session, "report.excuse", report.unit.year, actor, at, report=report.id, quarter=report.quarter)
    return made


def pass_deadlines(session: Session, at: datetime) -> int:
    """Write down the silence of every report whose deadline has passed; answers how many. Safe to repeat."""
    found = queries.overdue(session, at)
    for report in found:
        _move(session, report, Move.EXPIRE, actor_id=None, at=at)
    session.flush()
    return len(found)


def mark_received(session: Session, report: QuarterlyReport, *, at: datetime, note: str = "") -> None:
    """The centre has it: for the transmission. A late one stays marked late. Raises `IllegalMove`."""
    _lock(session, report)
    _move(session, report, Move.RECEIVE, actor_id=None, at=at, note=note)
    session.flush()


def mark_failed(session: Session, report: QuarterlyReport, *, at: datetime, note: str = "") -> None:
    """The centre did not answer: for the transmission. Failing again changes nothing. Raises `IllegalMove`."""
    _lock(session, report)
    if State(report.state) is not State.SEND_FAILED:
        _move(session, report, Move.FAIL, actor_id=None, at=at, note=note)
        session.flush()


def _must_be_complete(filled: Sequence[Filled], threshold: Decimal) -> None:
    if not filled:
        raise NothingToReport
    for one in filled:
        draft = one.draft
        if one.corrected and not (draft and draft.reason):
            raise CorrectedWithoutReason(one.line.name, field=f"reason-{one.line.id}")
        if one.unfinished(threshold) and not (draft and draft.obstacle_kind and draft.obstacle):
            raise ObstacleMissing(one.line.name, field=f"obstacle-{one.line.id}")


def _hold(session: Session, report: QuarterlyReport, at: datetime) -> None:
    """Hold the report, let the clock speak first, and see that the quarter has begun."""
    _lock(session, report)
    _expire(session, report, at)
    if not has_begun(report, at):
        raise QuarterNotBegun


def has_begun(report: QuarterlyReport, at: datetime) -> bool:
    """Whether the first day of the quarter has come where it is reported."""
    return today_of(report.unit.year, at) >= quarter_days(report.unit.year.year, report.quarter)[0]


def _lock(session: Session, report: QuarterlyReport) -> None:
    session.refresh(report, ["state", "late", "revision"], with_for_update=True)


def _expire(session: Session, report: QuarterlyReport, at: datetime) -> None:
    stored = State(report.state)
    if stored in WAITING and state_at(stored, *queries.clock(report), at) is State.DEEMED_IDLE:
        _move(session, report, Move.EXPIRE, actor_id=None, at=at)
        session.flush()


def _move(
    session: Session, report: QuarterlyReport, step: Move, *, actor_id: int | None, at: datetime, note: str = ""
) -> None:  # fmt: skip
    """Move a report along its life. The only place that sets `QuarterlyReport.state`."""
    was = State(report.state)
    became = after(was, step, late=report.late)
    report.state = became
    session.add(ReportMove(report_id=report.id, move=step, was=was, became=became, actor_id=actor_id, at=at, note=note))
