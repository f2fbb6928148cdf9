"""Programmes with targets and realisation, and what hinders unfinished lines."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from webapp.reporting.models import (
    ProgrammeLine,
    QuarterlyReport,
    ReportingUnit,
    ReportingYear,
    ReportLine,
    ReportRevision,
)
from webapp.reporting.queries.loading import NAMED, THE_ONE_THAT_COUNTS
from webapp.reporting.queries.seen import units_of_year
from webapp.reporting.rules import (
    ZERO,
)
from webapp.territory.models import Region


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
        .join(QuarterlyReport, THE_ONE_THAT_COUNTS)
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
        .join(QuarterlyReport, THE_ONE_THAT_COUNTS)
        .join(QuarterlyReport.unit)
        .where(ReportingUnit.year_id == year.id, ReportLine.unfinished)
        .options(contains_eager(QuarterlyReport.unit).options(*NAMED), joinedload(ReportLine.place))
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
