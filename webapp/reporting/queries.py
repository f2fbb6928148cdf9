"""What is read of reporting: own units, years, entries and their sums, and where every unit stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypedDict

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from webapp.access import GRANTS, Actor, Permission, areas, within
from webapp.errors import NotFound
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
from webapp.reporting.rules import (
    QUARTERS,
    SILENT,
    WAITING,
    ZERO,
    Basis,
    Judgement,
    Reached,
    Result,
    State,
    Verdict,
    deadline,
    is_past,
    is_unfinished,
    judge,
    mean_value,
    quarter_days,
    result_of,
    state_at,
)
from webapp.territory.models import Agency, Region

# Who sees what ------------------------------------------------------------------------------------------------------


def own(actor: Actor) -> ColumnElement[bool]:
    """Units the person reports for: the agency somebody heads, the kecamatan of a camat. Never what lies around."""
    posts = [grant for grant in actor.grants if Permission.REPORT_WRITE in GRANTS[grant.role]]
    agencies = sorted({grant.agency_id for grant in posts if grant.agency_id is not None})
    places = sorted({grant.region_code for grant in posts if grant.agency_id is None})
    return or_(
        ReportingUnit.agency_id.in_(agencies),
        and_(ReportingUnit.agency_id.is_(None), ReportingUnit.region_code.in_(places)),
    )


def is_own(actor: Actor, unit: ReportingUnit) -> bool:
    """The same rule for one unit at hand."""
    return any(
        Permission.REPORT_WRITE in GRANTS[grant.role]
        and (grant.agency_id == unit.agency_id if unit.agency_id else grant.region_code == unit.region_code)
        for grant in actor.grants
    )


def visible_to(actor: Actor) -> Select[ReportingUnit]:
    """Units a person sees: own ones, and those of the areas in which reports are read."""
    reads = within(ReportingUnit.region_code, areas(actor, Permission.REPORT_READ))
    return select(ReportingUnit).where(or_(own(actor), reads))


def unit(session: Session, actor: Actor, unit_id: int) -> ReportingUnit:
    """One unit with its year and lines. Raises `NotFound`."""
    found = session.scalar(
        visible_to(actor)
        .where(ReportingUnit.id == unit_id)
        .options(*_NAMED, joinedload(ReportingUnit.year).joinedload(ReportingYear.region), _LINES)
    )
    if found is None:
        raise NotFound
    return found


_REGION = ReportingYear.region
_NAMED = (joinedload(ReportingUnit.agency), joinedload(ReportingUnit.region))
_LINES = selectinload(ReportingUnit.lines).joinedload(ProgrammeLine.place)


def own_units(session: Session, actor: Actor) -> Sequence[ReportingUnit]:
    """Every unit the person reports for, the latest year first."""
    return session.scalars(
        select(ReportingUnit)
        .join(ReportingUnit.year)
        .where(own(actor))
        .options(contains_eager(ReportingUnit.year).joinedload(ReportingYear.region), *_NAMED)
        .order_by(ReportingYear.year.desc(), ReportingUnit.id)
    ).all()


def years(session: Session, actor: Actor) -> Sequence[ReportingYear]:
    """The reporting years of the areas in which the person reads reports, the latest first."""
    return session.scalars(
        select(ReportingYear)
        .where(within(ReportingYear.region_code, areas(actor, Permission.REPORT_READ)))
        .options(joinedload(ReportingYear.region))
        .order_by(ReportingYear.year.desc(), ReportingYear.region_code)
    ).all()


def year(
    session: Session, actor: Actor, year_id: int, permission: Permission = Permission.REPORT_READ
) -> ReportingYear:  # fmt: skip
    """One reporting year in which the person holds the permission. Raises `NotFound`."""
    found = session.scalar(
        select(ReportingYear)
        .where(ReportingYear.id == year_id, within(ReportingYear.region_code, areas(actor, permission)))
        .options(joinedload(ReportingYear.region))
    )
    if found is None:
        raise NotFound
    return found


def report(session: Session, actor: Actor, report_id: int) -> QuarterlyReport:
    """One report with its unit, year and lines. Raises `NotFound`."""
    seen = visible_to(actor).with_only_columns(ReportingUnit.id)
    found = session.scalar(
        select(QuarterlyReport)
        .where(QuarterlyReport.id == report_id, QuarterlyReport.unit_id.in_(seen))
        .options(
            joinedload(QuarterlyReport.unit).options(
                *_NAMED, joinedload(ReportingUnit.year).joinedload(ReportingYear.region), _LINES
            ),
            joinedload(QuarterlyReport.excuse).joinedload(ReportExcuse.giver),
        )
    )
    if found is None:
        raise NotFound
    return found


def line(session: Session, actor: Actor, line_id: int) -> ProgrammeLine:
    """A line of an own unit. Raises `NotFound`."""
    found = session.scalar(
        select(ProgrammeLine)
        .join(ProgrammeLine.unit)
        .where(ProgrammeLine.id == line_id, own(actor))
        .options(contains_eager(ProgrammeLine.unit).options(*_NAMED, _OF_YEAR))
    )
    if found is None:
        raise NotFound
    return found


_OF_YEAR = joinedload(ReportingUnit.year).joinedload(ReportingYear.region)


def line_of_year(session: Session, year: ReportingYear, line_id: int) -> ProgrammeLine:
    """A line of any unit of a year that is at hand already. Raises `NotFound`."""
    found = session.scalar(
        select(ProgrammeLine)
        .join(ProgrammeLine.unit)
        .where(ProgrammeLine.id == line_id, ReportingUnit.year_id == year.id)
        .options(contains_eager(ProgrammeLine.unit))
    )
    if found is None:
        raise NotFound
    return found


def entry(session: Session, actor: Actor, entry_id: int) -> ActivityEntry:
    """An entry of an own unit. Raises `NotFound`."""
    found = session.scalar(
        select(ActivityEntry)
        .join(ActivityEntry.line)
        .join(ProgrammeLine.unit)
        .where(ActivityEntry.id == entry_id, own(actor))
        .options(contains_eager(ActivityEntry.line).contains_eager(ProgrammeLine.unit))
    )
    if found is None:
        raise NotFound
    return found


def agencies(session: Session, region_code: str) -> Sequence[Agency]:
    """The agencies of a government, by name."""
    return session.scalars(select(Agency).where(Agency.region_code == region_code).order_by(Agency.name)).all()


def kecamatan(session: Session, region_code: str) -> Sequence[Region]:
    """The kecamatan of a government's region, by code."""
    below = within(Region.code, [region_code])
    return session.scalars(select(Region).where(Region.level == "kecamatan", below).order_by(Region.code)).all()


def units_of_year(session: Session, year: ReportingYear) -> Sequence[ReportingUnit]:
    """Every unit that must report in a year, with its lines and reports; those of agencies first."""
    found = session.scalars(
        select(ReportingUnit)
        .where(ReportingUnit.year_id == year.id)
        .options(*_NAMED, _LINES, selectinload(ReportingUnit.reports))
    ).all()
    return sorted(found, key=lambda one: (one.agency_id is None, one.name, one.id))


# Entries and their sums ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sum:
    """What the entries of a line add up to over some days."""

    quantity: Decimal = ZERO
    physical: Decimal = ZERO
    money: Decimal = ZERO
    entries: int = 0


def entries(session: Session, unit_id: int, first: date, last: date) -> Sequence[ActivityEntry]:
    """The entries of a unit between two days (both included), withdrawn ones too, the latest first."""
    return session.scalars(
        select(ActivityEntry)
        .join(ActivityEntry.line)
        .where(ProgrammeLine.unit_id == unit_id, ActivityEntry.day.between(first, last))
        .options(
            contains_eager(ActivityEntry.line), joinedload(ActivityEntry.maker), joinedload(ActivityEntry.evidence)
        )
        .order_by(ActivityEntry.day.desc(), ActivityEntry.id.desc())
    ).all()


def sums(session: Session, unit_id: int, first: date, last: date) -> dict[int, Sum]:
    """The roll-up of a unit's entries between two days (both included), by line; withdrawn ones do not count."""
    rows = session.execute(
        select(
            ActivityEntry.line_id, func.coalesce(func.sum(ActivityEntry.quantity), 0),
            func.sum(ActivityEntry.physical), func.sum(ActivityEntry.money), func.count(),
        )
        .join(ActivityEntry.line)
        .where(
            ProgrammeLine.unit_id == unit_id, ActivityEntry.day.between(first, last),
            ActivityEntry.withdrawn_at.is_(None),
        )
        .group_by(ActivityEntry.line_id)
    )  # fmt: skip
    return {row[0]: Sum(row[1] or ZERO, row[2] or ZERO, row[3] or ZERO, row[4]) for row in rows}


# A report as it is being filled -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    """One line of a report before it is sent: the roll-up, and what the reporter says besides."""

    line: ProgrammeLine
    quarter: int
    rolled: Sum
    before: Sum  # what earlier quarters of the year had reported; silence reported nothing
    draft: DraftLine | None = None

    @property
    def target_physical(self) -> Decimal:
        return self.line.physical_quarters[self.quarter - 1]

    @property
    def target_money(self) -> Decimal:
        return self.line.money_quarters[self.quarter - 1]

    @property
    def physical(self) -> Decimal:
        corrected = self.draft.physical if self.draft else None
        return self.rolled.physical if corrected is None else corrected

    @property
    def money(self) -> Decimal:
        corrected = self.draft.money if self.draft else None
        return self.rolled.money if corrected is None else corrected

    @property
    def corrected(self) -> bool:
        return (self.physical, self.money) != (self.rolled.physical, self.rolled.money)

    @property
    def in_quarter(self) -> Reached:
        return Reached(self.target_physical, self.target_money, self.physical, self.money, self.line.weight)

    def reached(self, basis: Basis) -> Reached:
        """What is judged: the quarter's own, or the year so far against the whole year."""
        if basis is Basis.QUARTER:
            return self.in_quarter
        return Reached(
            self.line.physical_target, self.line.money_target, self.before.physical + self.physical,
            self.before.money + self.money, self.line.weight,
        )  # fmt: skip

    def unfinished(self, threshold: Decimal) -> bool:
        return is_unfinished(self.in_quarter, threshold)


def filling(session: Session, report: QuarterlyReport) -> list[Filled]:
    """The lines of a report as they stand now. `report` comes from `report`, with unit, year and lines."""
    first, last = quarter_days(report.unit.year.year, report.quarter)
    rolled, before = sums(session, report.unit_id, first, last), _reported_before(session, report)
    drafts = session.scalars(select(DraftLine).where(DraftLine.report_id == report.id))
    said = {draft.line_id: draft for draft in drafts}
    nothing = Sum()
    return [
        Filled(one, report.quarter, rolled.get(one.id, nothing), before.get(one.id, nothing), said.get(one.id))
        for one in report.unit.lines
    ]


def _reported_before(session: Session, report: QuarterlyReport) -> dict[int, Sum]:
    rows = session.execute(
        select(ReportLine.line_id, func.sum(ReportLine.physical), func.sum(ReportLine.money), func.count())
        .join(ReportRevision, ReportRevision.id == ReportLine.revision_id)
        .join(QuarterlyReport, _THE_ONE_THAT_COUNTS)
        .where(QuarterlyReport.unit_id == report.unit_id, QuarterlyReport.quarter < report.quarter)
        .group_by(ReportLine.line_id)
    )
    return {row[0]: Sum(ZERO, row[1] or ZERO, row[2] or ZERO, row[3]) for row in rows}


_THE_ONE_THAT_COUNTS = and_(
    QuarterlyReport.id == ReportRevision.report_id, QuarterlyReport.revision == ReportRevision.number
)


def result(filled: Sequence[Filled], basis: Basis) -> Result:
    """What the lines reach together."""
    return result_of(one.reached(basis) for one in filled)


def revisions(session: Session, report: QuarterlyReport) -> Sequence[ReportRevision]:
    """Everything that was sent, the latest first, each with its frozen lines."""
    return session.scalars(
        select(ReportRevision)
        .where(ReportRevision.report_id == report.id)
        .options(selectinload(ReportRevision.lines).joinedload(ReportLine.place), joinedload(ReportRevision.sender))
        .order_by(ReportRevision.number.desc())
    ).all()


def moves(session: Session, report: QuarterlyReport) -> Sequence[ReportMove]:
    """The life of a report, from its beginning."""
    return session.scalars(
        select(ReportMove)
        .where(ReportMove.report_id == report.id)
        .options(joinedload(ReportMove.actor))
        .order_by(ReportMove.id)
    ).all()


# Where everybody stands ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """A unit's report of one quarter at a moment: its state by the clock, and what it counts."""

    unit: ReportingUnit
    report: QuarterlyReport
    state: State
    judgement: Judgement
    result: Result | None
    revision: ReportRevision | None
    last_entry: date | None

    @property
    def quarter(self) -> int:
        return self.report.quarter

    @property
    def silent(self) -> bool:
        return self.state in SILENT

    @property
    def excuse(self) -> ReportExcuse | None:
        return self.report.excuse


_FIRST = {Verdict.IDLE: 0, Verdict.WAITING: 1, Verdict.EXCUSED: 2, Verdict.BELOW: 3}


def standing(session: Session, year: ReportingYear, at: datetime, quarters: Sequence[int] = QUARTERS) -> list[Standing]:
    """Where every unit of a year stands at a moment, quarter by quarter: the silent first, then those below target."""
    reports = session.scalars(
        select(QuarterlyReport)
        .join(QuarterlyReport.unit)
        .where(ReportingUnit.year_id == year.id, QuarterlyReport.quarter.in_(quarters))
        .options(
            contains_eager(QuarterlyReport.unit).options(*_NAMED),
            joinedload(QuarterlyReport.excuse).joinedload(ReportExcuse.giver),
        )
    ).all()
    counting = session.scalars(
        select(ReportRevision)
        .join(QuarterlyReport, _THE_ONE_THAT_COUNTS)
        .where(ReportRevision.report_id.in_([one.id for one in reports]))
    )
    sent = {one.report_id: one for one in counting}
    last = {unit: day for unit, day in session.execute(_last_entries(year))}  # noqa: C416 - for the types
    found = [stands(year, one, sent.get(one.id), at, last.get(one.unit_id)) for one in reports]
    return sorted(found, key=lambda one: (one.quarter, _FIRST.get(one.judgement.verdict, 4), one.unit.name))


def stands(
    year: ReportingYear, report: QuarterlyReport, revision: ReportRevision | None, at: datetime,
    last_entry: date | None = None,
) -> Standing:  # fmt: skip
    """Where one report stands at a moment. `revision`: the one that counts."""
    state = state_at(State(report.state), year.deadline_of(report.quarter), year.region.time_zone, at)
    reached = Result(revision.physical, revision.financial) if revision else None
    judged = judge(
        state, reached, year.terms, report.quarter, late=report.late, excused=report.excuse is not None
    )  # fmt: skip
    return Standing(report.unit, report, state, judged, reached, revision, last_entry)


def _last_entries(year: ReportingYear) -> Select[int, date]:
    return (
        select(ProgrammeLine.unit_id, func.max(ActivityEntry.day))
        .join(ProgrammeLine, ProgrammeLine.id == ActivityEntry.line_id)
        .join(ReportingUnit, ReportingUnit.id == ProgrammeLine.unit_id)
        .where(ReportingUnit.year_id == year.id, ActivityEntry.withdrawn_at.is_(None))
        .group_by(ProgrammeLine.unit_id)
    )


def of_unit(session: Session, unit: ReportingUnit, at: datetime) -> list[Standing]:
    """Where a unit stands, quarter by quarter. `unit` comes from `unit`, with its year."""
    reports = session.scalars(
        select(QuarterlyReport)
        .where(QuarterlyReport.unit_id == unit.id)
        .options(joinedload(QuarterlyReport.unit), joinedload(QuarterlyReport.excuse))
        .order_by(QuarterlyReport.quarter)
    ).all()
    counting = session.scalars(
        select(ReportRevision).join(QuarterlyReport, _THE_ONE_THAT_COUNTS).where(QuarterlyReport.unit_id == unit.id)
    )
    sent = {one.report_id: one for one in counting}
    return [stands(unit.year, one, sent.get(one.id), at) for one in reports]


def value_of(standings: Sequence[Standing]) -> Decimal | None:
    """The region's value over these reports: zeros of the silent count, excused ones are left out."""
    return mean_value(one.judgement.value for one in standings)


# Programmes and obstacles -------------------------------------------------------------------------------------------


@dataclass
class Programme:
    """A line with what each quarter had as target and what was reported of it; None where nothing was."""

    line: ProgrammeLine
    reported: dict[int, ReportLine] = field(default_factory=dict)

    def reached(self, quarter: int) -> ReportLine | None:
        return self.reported.get(quarter)

    @property
    def has_data(self) -> bool:
        return bool(self.reported)

    @property
    def physical(self) -> Decimal:
        return sum((one.physical for one in self.reported.values()), ZERO)

    @property
    def money(self) -> Decimal:
        return sum((one.money for one in self.reported.values()), ZERO)


@dataclass
class UnitProgrammes:
    """A unit's programmes; `has_data` when any quarter was reported."""

    unit: ReportingUnit
    programmes: list[Programme]

    @property
    def has_data(self) -> bool:
        return any(one.has_data for one in self.programmes)


def programmes(session: Session, year: ReportingYear) -> list[UnitProgrammes]:
    """Target and realisation of every programme of a year, by quarter; units without any data first."""
    rows = session.execute(
        select(QuarterlyReport.quarter, ReportLine)
        .join(ReportRevision, ReportRevision.id == ReportLine.revision_id)
        .join(QuarterlyReport, _THE_ONE_THAT_COUNTS)
        .join(ReportingUnit, ReportingUnit.id == QuarterlyReport.unit_id)
        .where(ReportingUnit.year_id == year.id)
    )
    reported: dict[int, dict[int, ReportLine]] = {}
    for quarter, one in rows:
        reported.setdefault(one.line_id, {})[quarter] = one
    found = [
        UnitProgrammes(one, [Programme(each, reported.get(each.id, {})) for each in one.lines])
        for one in units_of_year(session, year)
    ]
    return sorted(found, key=lambda one: one.has_data)  # stable: by name within


@dataclass(frozen=True)
class Hindrance:
    """An unfinished line as it was reported, with its obstacle."""

    unit: ReportingUnit
    quarter: int
    line: ReportLine

    @property
    def place(self) -> Region | None:
        """Where the work is done; without one, the kecamatan that reports."""
        return self.line.place or (self.unit.region if self.unit.agency_id is None else None)


class Asked(TypedDict):
    """What obstacles are filtered by; None and "" for all, "-" for those without a place."""

    quarter: int | None
    kind: str
    place_code: str


def hindrances(
    session: Session, year: ReportingYear, *, quarter: int | None = None, kind: str = "", place_code: str = ""
) -> list[Hindrance]:  # fmt: skip
    """What hinders unfinished lines, by quarter and unit; filtered where asked. `place_code`: "-" for without place."""
    query = (
        select(QuarterlyReport, ReportLine)
        .join(ReportRevision, ReportRevision.id == ReportLine.revision_id)
        .join(QuarterlyReport, _THE_ONE_THAT_COUNTS)
        .join(QuarterlyReport.unit)
        .where(ReportingUnit.year_id == year.id, ReportLine.unfinished)
        .options(contains_eager(QuarterlyReport.unit).options(*_NAMED), joinedload(ReportLine.place))
        .order_by(QuarterlyReport.quarter, ReportingUnit.id, ReportLine.position)
    )
    if quarter is not None:
        query = query.where(QuarterlyReport.quarter == quarter)
    if kind:
        query = query.where(ReportLine.obstacle_kind == kind)
    found = [Hindrance(one.unit, one.quarter, line) for one, line in session.execute(query)]
    if place_code == "-":
        return [one for one in found if one.place is None]
    return [one for one in found if not place_code or (one.place is not None and one.place.code == place_code)]


def overdue(session: Session, at: datetime) -> list[QuarterlyReport]:
    """Reports of every region that still wait although their deadline has passed, held: for the clock."""
    waiting = session.scalars(
        select(QuarterlyReport)
        .join(QuarterlyReport.unit)
        .join(ReportingUnit.year)
        .where(
            QuarterlyReport.state.in_(sorted(WAITING)),
            ReportingYear.due_on[QuarterlyReport.quarter] <= at.date(),  # of UTC: Indonesia is ahead of it
        )
        .options(contains_eager(QuarterlyReport.unit).contains_eager(ReportingUnit.year).joinedload(_REGION))
        .order_by(QuarterlyReport.id)
        .with_for_update(of=QuarterlyReport, skip_locked=True)
    ).all()
    return [one for one in waiting if is_past(*clock(one), at)]


def clock(report: QuarterlyReport) -> tuple[date, str]:
    """The last day to hand a report in, and in which zone."""
    return report.unit.year.deadline_of(report.quarter), report.unit.year.region.time_zone


def deadline_of(report: QuarterlyReport) -> datetime:
    """The last minute in which the report is in time, in UTC: for people, who write 23.59."""
    return deadline(*clock(report)) - timedelta(minutes=1)
