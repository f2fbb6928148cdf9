"""The verbs of reporting. None commits; each writes its line of history."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, covers, demand
from webapp.evidence import queries as cases
from webapp.evidence.models import Evidence
from webapp.reporting import queries
from webapp.reporting.errors import (
    AgencyTaken,
    AlreadyExcused,
    AlreadyWithdrawn,
    CorrectedWithoutReason,
    DayOutside,
    DeadlineBeforeQuarterEnds,
    DeadlinePassed,
    EntryEmpty,
    EvidenceElsewhere,
    LineInUse,
    NotAGovernment,
    NothingToExcuse,
    NothingToReport,
    NotOwnUnit,
    ObstacleMissing,
    PlaceElsewhere,
    QuarterNotBegun,
    ReasonMissing,
    TargetsDoNotAddUp,
    UnitElsewhere,
    UnitTaken,
    YearTaken,
)
from webapp.reporting.models import (
    ActivityEntry,
    DraftLine,
    ProgrammeLine,
    QuarterlyReport,
    ReportExcuse,
    ReportingUnit,
    ReportingYear,
    ReportLine,
    ReportMove,
    ReportRevision,
)
from webapp.reporting.queries import Filled
from webapp.reporting.rules import (
    QUARTERS,
    WAITING,
    ZERO,
    Move,
    Obstacle,
    State,
    Terms,
    adds_up,
    after,
    is_past,
    quarter_days,
    state_at,
    usual_deadlines,
)
from webapp.territory.models import Agency, Region
from webapp.territory.rules import AgencyKind

# Setting up ---------------------------------------------------------------------------------------------------------


def make_agency(
    session: Session, region: Region, name: str, kind: AgencyKind, *, actor: Actor, at: datetime
) -> Agency:  # fmt: skip
    """Register an agency of a government. Raises `NotAllowed`, `NotAGovernment`, `AgencyTaken`."""
    demand(actor, Permission.REPORT_MANAGE, region.code)
    if len(region.code) not in (2, 5):
        raise NotAGovernment
    agency = Agency(region_code=region.code, name=name.strip(), kind=kind)
    _add_once(session, agency, AgencyTaken(field="name"))
    audit.record(
        session, "agency.make", at=at, actor_id=actor.id, on=("agency", agency.id), region_code=region.code,
        name=agency.name,
    )  # fmt: skip
    return agency


def make_year(
    session: Session, region: Region, number: int, *, actor: Actor, at: datetime,
    terms: Terms | None = None, due_on: Sequence[date] = (),
) -> ReportingYear:  # fmt: skip
    """Set up the reporting of a government for a year; `due_on` empty: ten days after each quarter.

    Raises `NotAllowed`, `NotAGovernment`, `YearTaken`, `DeadlineBeforeQuarterEnds`.
    """
    demand(actor, Permission.REPORT_MANAGE, region.code)
    if len(region.code) not in (2, 5):
        raise NotAGovernment(field="region")
    dates = list(due_on) or usual_deadlines(number)
    _must_follow_quarters(number, dates)
    chosen = terms or Terms()
    year = ReportingYear(
        region_code=region.code, year=number, threshold=chosen.threshold, target_basis=chosen.basis,
        late_counts=chosen.late_counts, excuse_rule=chosen.excuse_rule, due_on=dates, grades=[], made_by=actor.id,
        made_at=at,
    )  # fmt: skip
    _add_once(session, year, YearTaken(field="year"))
    _note(session, "reporting.make_year", year, actor, at, number=number)
    return year


def set_terms(
    session: Session, year: ReportingYear, terms: Terms, due_on: Sequence[date],
    bands: Sequence[tuple[str, Decimal]] = (), *, actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Change what decides about values, deadlines that are still ahead, and the grade table (label, from).

    Raises `NotAllowed`, `DeadlineBeforeQuarterEnds`, `DeadlinePassed`.
    """
    demand(actor, Permission.REPORT_MANAGE, year.region_code)
    dates, zone = list(due_on), year.region.time_zone
    _must_follow_quarters(year.year, dates)
    for old, new in zip(year.due_on, dates, strict=True):
        if old != new and (is_past(old, zone, at) or is_past(new, zone, at)):
            raise DeadlinePassed(field="due_on")
    year.threshold, year.target_basis = terms.threshold, terms.basis
    year.late_counts, year.excuse_rule = terms.late_counts, terms.excuse_rule
    year.due_on = dates
    year.grades = [[label, str(begins), True] for label, begins in bands]
    session.flush()
    _note(
        session, "reporting.set_terms", year, actor, at, threshold=str(terms.threshold), basis=terms.basis,
        late_counts=terms.late_counts, excuse_rule=terms.excuse_rule, due_on=[one.isoformat() for one in dates],
    )  # fmt: skip


def add_unit(
    session: Session, year: ReportingYear, who: Agency | Region, *, actor: Actor, at: datetime
) -> ReportingUnit:  # fmt: skip
    """Let an agency or a kecamatan report in a year: it owes every quarter whose deadline is still ahead.

    Raises `NotAllowed`, `UnitElsewhere`, `UnitTaken`.
    """
    demand(actor, Permission.REPORT_MANAGE, year.region_code)
    if isinstance(who, Agency):
        fits, unit = who.region_code == year.region_code, {"agency_id": who.id, "region_code": who.region_code}
    else:
        fits = len(who.code) == 8 and covers(year.region_code, who.code)
        unit = {"agency_id": None, "region_code": who.code}
    if not fits:
        raise UnitElsewhere(field="unit")
    made = ReportingUnit(year_id=year.id, **unit)
    _add_once(session, made, UnitTaken(field="unit"))
    ahead = [one for one in QUARTERS if not is_past(year.deadline_of(one), year.region.time_zone, at)]
    session.add_all(
        QuarterlyReport(unit_id=made.id, quarter=one, state=State.NOT_REPORTED, late=False, revision=0) for one in ahead
    )
    session.flush()
    session.expire(year, ["units"])
    _note(session, "reporting.add_unit", year, actor, at, unit=made.id)
    return made


@dataclass(frozen=True)
class NewLine:
    """A programme line as the secretariat sets it; targets of TW I–IV in percent points and rupiah."""

    name: str
    physical_quarters: Sequence[Decimal]
    money_quarters: Sequence[Decimal]
    physical_target: Decimal = Decimal(100)
    money_target: Decimal | None = None  # None: the sum of the quarters
    measure: str = ""
    weight: Decimal = Decimal(1)
    place_code: str | None = None


def add_line(
    session: Session, unit: ReportingUnit, new: NewLine, *, actor: Actor, at: datetime
) -> ProgrammeLine:  # fmt: skip
    """Give a unit a programme with its targets. Raises `NotAllowed`, `TargetsDoNotAddUp`, `PlaceElsewhere`."""
    demand(actor, Permission.REPORT_MANAGE, unit.year.region_code)
    last = session.scalar(select(func.max(ProgrammeLine.position)).where(ProgrammeLine.unit_id == unit.id)) or 0
    line = ProgrammeLine(unit_id=unit.id, position=last + 1, **_targets(unit.year, new))
    session.add(line)
    session.flush()
    session.expire(unit, ["lines"])
    _note(session, "reporting.add_line", unit.year, actor, at, unit=unit.id, line=line.id)
    return line


def change_line(
    session: Session, year: ReportingYear, line: ProgrammeLine, new: NewLine, *, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Set a line's targets anew; reports that were sent keep those of then. Raises as `add_line`."""
    demand(actor, Permission.REPORT_MANAGE, year.region_code)
    for name, value in _targets(year, new).items():
        setattr(line, name, value)
    session.flush()
    _note(session, "reporting.change_line", year, actor, at, line=line.id)


def remove_line(session: Session, year: ReportingYear, line: ProgrammeLine, *, actor: Actor, at: datetime) -> None:
    """Take back a line nobody has used yet. Raises `NotAllowed`, `LineInUse`."""
    demand(actor, Permission.REPORT_MANAGE, year.region_code)
    used = (exists().where(table.line_id == line.id) for table in (ActivityEntry, ReportLine, DraftLine))
    if any(session.scalar(select(one)) for one in used):
        raise LineInUse
    session.execute(delete(ProgrammeLine).where(ProgrammeLine.id == line.id))
    _note(session, "reporting.remove_line", year, actor, at, line=line.id)


def _targets(year: ReportingYear, new: NewLine) -> dict[str, Any]:
    money_target = sum(new.money_quarters, ZERO) if new.money_target is None else new.money_target
    if not adds_up(new.physical_quarters, new.physical_target):
        raise TargetsDoNotAddUp(field="physical_1")
    if not adds_up(new.money_quarters, money_target):
        raise TargetsDoNotAddUp(field="money_1")
    if new.place_code and not (len(new.place_code) == 8 and covers(year.region_code, new.place_code)):
        raise PlaceElsewhere(field="place")
    return {
        "name": new.name.strip(), "measure": new.measure.strip(), "weight": new.weight,
        "place_code": new.place_code or None, "physical_target": new.physical_target, "money_target": money_target,
        "physical_quarters": list(new.physical_quarters), "money_quarters": list(new.money_quarters),
    }  # fmt: skip


def _must_follow_quarters(number: int, dates: Sequence[date]) -> None:
    ends = [quarter_days(number, quarter)[1] for quarter in QUARTERS]
    if len(dates) != len(ends) or any(due <= end for due, end in zip(dates, ends, strict=False)):
        raise DeadlineBeforeQuarterEnds(field="due_on")
    if sorted(set(dates)) != list(dates):
        raise DeadlineBeforeQuarterEnds(field="due_on")


# Day by day ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewEntry:
    """What was done on a day: `physical` in percent points of the year's work, `money` in rupiah."""

    day: date
    said: str
    quantity: Decimal | None = None
    physical: Decimal = ZERO
    money: Decimal = ZERO
    evidence_id: int | None = None


def log_activity(
    session: Session, line: ProgrammeLine, new: NewEntry, *, actor: Actor, at: datetime
) -> ActivityEntry:  # fmt: skip
    """Write down what was done. Raises `NotOwnUnit`, `EntryEmpty`, `DayOutside`, `EvidenceElsewhere`."""
    _demand_own(actor, line.unit)
    if not new.said.strip():
        raise EntryEmpty(field="said")
    if new.day.year != line.unit.year.year or new.day > today_of(line.unit.year, at):
        raise DayOutside(field="day")
    if new.evidence_id is not None:
        _must_be_of_unit(session, actor, line.unit, new.evidence_id)
    made = ActivityEntry(
        line_id=line.id, day=new.day, said=new.said.strip(), quantity=new.quantity, physical=new.physical,
        money=new.money, evidence_id=new.evidence_id, made_by=actor.id, made_at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def withdraw_entry(session: Session, entry: ActivityEntry, because: str, *, actor: Actor, at: datetime) -> None:
    """Take an entry back; it stays readable. Raises `NotOwnUnit`, `AlreadyWithdrawn`, `ReasonMissing`."""
    _demand_own(actor, entry.line.unit)
    if entry.withdrawn_at is not None:
        raise AlreadyWithdrawn
    if not because.strip():
        raise ReasonMissing(field="because")
    entry.withdrawn_at, entry.withdrawn_by, entry.withdrawn_because = at, actor.id, because.strip()
    session.flush()


def today_of(year: ReportingYear, at: datetime) -> date:
    """The day it is where the year is reported."""
    return at.astimezone(ZoneInfo(year.region.time_zone)).date()


def _must_be_of_unit(session: Session, actor: Actor, unit: ReportingUnit, evidence_id: int) -> None:
    found = session.scalar(cases.visible_to(actor).where(Evidence.id == evidence_id))
    if found is None or not covers(unit.region_code, found.region_code):
        raise EvidenceElsewhere(field="evidence")


# Quarter by quarter -------------------------------------------------------------------------------------------------


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
    _demand_own(actor, report.unit)
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
    _demand_own(actor, report.unit)
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
    revision = _freeze(report, filled, number, actor.id, at, note.strip())
    session.add(revision)
    session.flush()
    session.expire(report, ["revisions"])
    _note(
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
    _note(session, "report.excuse", report.unit.year, actor, at, report=report.id, quarter=report.quarter)
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


def digest(content: Mapping[str, Any]) -> str:
    """The sha256 over canonical JSON: sorted keys, no spaces, UTF-8; decimals as text."""
    said = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


FROZEN = (
    "line_id", "position", "name", "measure", "weight", "place_code", "year_physical", "year_money", "target_physical",
    "target_money", "before_physical", "before_money", "quantity", "rolled_physical", "rolled_money", "physical",
    "money", "reason", "unfinished", "obstacle_kind", "obstacle",
)  # fmt: skip


def content_of(revision: ReportRevision) -> dict[str, Any]:
    """What a revision's `sha256` is over; numbers as plain text, so that it can be worked out again anywhere."""
    return {
        "report": revision.report_id,
        "number": revision.number,
        "lines": [
            {name: _plain(getattr(line, name)) for name in FROZEN}
            for line in sorted(revision.lines, key=lambda one: one.position)
        ],
    }


def _plain(value: Any) -> Any:
    """Decimals without the zeros a column adds, so that a number has one form."""
    return format(value.normalize() if value else ZERO, "f") if isinstance(value, Decimal) else value


def _freeze(
    report: QuarterlyReport, filled: Sequence[Filled], number: int, actor_id: int, at: datetime, note: str
) -> ReportRevision:  # fmt: skip
    year, threshold = report.unit.year, report.unit.year.threshold
    reached = queries.result(filled, year.terms.basis)
    revision = ReportRevision(
        report_id=report.id, number=number, sent_by=actor_id, sent_at=at, note=note, physical=reached.physical,
        financial=reached.financial,
        after_deadline=is_past(year.deadline_of(report.quarter), year.region.time_zone, at),
        lines=[_frozen(one, threshold) for one in filled],
    )  # fmt: skip
    revision.sha256 = digest(content_of(revision))
    return revision


def _frozen(one: Filled, threshold: Decimal) -> ReportLine:
    line, draft = one.line, one.draft
    unfinished = one.unfinished(threshold)
    return ReportLine(
        line_id=line.id, position=line.position, name=line.name, measure=line.measure, weight=line.weight,
        place_code=line.place_code, year_physical=line.physical_target, year_money=line.money_target,
        target_physical=one.target_physical, target_money=one.target_money, before_physical=one.before.physical,
        before_money=one.before.money, quantity=one.rolled.quantity, rolled_physical=one.rolled.physical,
        rolled_money=one.rolled.money, physical=one.physical, money=one.money,
        reason=draft.reason if draft and one.corrected else "", unfinished=unfinished,
        obstacle_kind=draft.obstacle_kind if draft and unfinished else None,
        obstacle=draft.obstacle if draft and unfinished else "",
    )  # fmt: skip


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


def _demand_own(actor: Actor, unit: ReportingUnit) -> None:
    if not queries.is_own(actor, unit):
        raise NotOwnUnit


def _add_once(session: Session, made: Any, taken: Exception) -> None:
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as why:
        raise taken from why


def _note(
    session: Session, action: str, year: ReportingYear, actor: Actor, at: datetime, **detail: Any
) -> None:  # fmt: skip
    audit.record(
        session, action, at=at, actor_id=actor.id, on=("reporting_year", year.id), region_code=year.region_code,
        **detail,
    )  # fmt: skip
