"""The secretariat sets up: agencies, reporting years, who must report, programmes with their targets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, covers, demand
from webapp.reporting.errors import (
    AgencyTaken,
    DeadlineBeforeQuarterEnds,
    DeadlinePassed,
    LineInUse,
    NotAGovernment,
    PlaceElsewhere,
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
    ReportingUnit,
    ReportingYear,
    ReportLine,
)
from webapp.reporting.rules import (
    QUARTERS,
    ZERO,
    State,
    Terms,
    adds_up,
    is_past,
    quarter_days,
    usual_deadlines,
)
from webapp.reporting.services.doing import add_once, note_down
from webapp.territory.models import Agency, Region
from webapp.territory.rules import AgencyKind


def make_agency(
    session: Session, region: Region, name: str, kind: AgencyKind, *, actor: Actor, at: datetime
) -> Agency:  # fmt: skip
    """Register an agency of a government. Raises `NotAllowed`, `NotAGovernment`, `AgencyTaken`."""
    demand(actor, Permission.REPORT_MANAGE, region.code)
    if len(region.code) not in (2, 5):
        raise NotAGovernment
    agency = Agency(region_code=region.code, name=name.strip(), kind=kind)
    add_once(session, agency, AgencyTaken(field="name"))
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
    add_once(session, year, YearTaken(field="year"))
    note_down(session, "reporting.make_year", year, actor, at, number=number)
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
    note_down(
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
    add_once(session, made, UnitTaken(field="unit"))
    ahead = [one for one in QUARTERS if not is_past(year.deadline_of(one), year.region.time_zone, at)]
    session.add_all(
        QuarterlyReport(unit_id=made.id, quarter=one, state=State.NOT_REPORTED, late=False, revision=0) for one in ahead
    )
    session.flush()
    session.expire(year, ["units"])
    note_down(session, "reporting.add_unit", year, actor, at, unit=made.id)
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
    note_down(session, "reporting.add_line", unit.year, actor, at, unit=unit.id, line=line.id)
    return line


def change_line(
    session: Session, year: ReportingYear, line: ProgrammeLine, new: NewLine, *, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Set a line's targets anew; reports that were sent keep those of then. Raises as `add_line`."""
    demand(actor, Permission.REPORT_MANAGE, year.region_code)
    for name, value in _targets(year, new).items():
        setattr(line, name, value)
    session.flush()
    note_down(session, "reporting.change_line", year, actor, at, line=line.id)


def remove_line(session: Session, year: ReportingYear, line: ProgrammeLine, *, actor: Actor, at: datetime) -> None:
    """Take back a line nobody has used yet. Raises `NotAllowed`, `LineInUse`."""
    demand(actor, Permission.REPORT_MANAGE, year.region_code)
    used = (exists().where(table.line_id == line.id) for table in (ActivityEntry, ReportLine, DraftLine))
    if any(session.scalar(select(one)) for one in used):
        raise LineInUse
    session.execute(delete(ProgrammeLine).where(ProgrammeLine.id == line.id))
    note_down(session, "reporting.remove_line", year, actor, at, line=line.id)


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
