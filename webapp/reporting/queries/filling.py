"""A report as it is being filled, and all that was sent and done."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.reporting.models import (
    DraftLine,
    ProgrammeLine,
    QuarterlyReport,
    ReportLine,
    ReportMove,
    ReportRevision,
)
from webapp.reporting.queries.loading import THE_ONE_THAT_COUNTS
from webapp.reporting.queries.sums import Sum, sums
from webapp.reporting.rules import (
    ZERO,
    Basis,
    Reached,
    Result,
    is_unfinished,
    quarter_days,
    result_of,
)


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
        .join(QuarterlyReport, THE_ONE_THAT_COUNTS)
        .where(QuarterlyReport.unit_id == report.unit_id, QuarterlyReport.quarter < report.quarter)
        .group_by(ReportLine.line_id)
    )
    return {row[0]: Sum(ZERO, row[1] or ZERO, row[2] or ZERO, row[3]) for row in rows}


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
