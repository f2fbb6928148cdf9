"""Where every unit stands at a moment, and the clock of reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from webapp.reporting.models import (
    ActivityEntry,
    ProgrammeLine,
    QuarterlyReport,
    ReportExcuse,
    ReportingUnit,
    ReportingYear,
    ReportRevision,
)
from webapp.reporting.queries.loading import NAMED, REGION, THE_ONE_THAT_COUNTS
from webapp.reporting.rules import (
    QUARTERS,
    SILENT,
    WAITING,
    Judgement,
    Result,
    State,
    Verdict,
    deadline,
    is_past,
    judge,
    mean_value,
    state_at,
)


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
            contains_eager(QuarterlyReport.unit).options(*NAMED),
            joinedload(QuarterlyReport.excuse).joinedload(ReportExcuse.giver),
        )
    ).all()
    counting = session.scalars(
        select(ReportRevision)
        .join(QuarterlyReport, THE_ONE_THAT_COUNTS)
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
        select(ReportRevision).join(QuarterlyReport, THE_ONE_THAT_COUNTS).where(QuarterlyReport.unit_id == unit.id)
    )
    sent = {one.report_id: one for one in counting}
    return [stands(unit.year, one, sent.get(one.id), at) for one in reports]


def value_of(standings: Sequence[Standing]) -> Decimal | None:
    """The region's value over these reports: zeros of the silent count, excused ones are left out."""
    return mean_value(one.judgement.value for one in standings)


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
        .options(contains_eager(QuarterlyReport.unit).contains_eager(ReportingUnit.year).joinedload(REGION))
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
