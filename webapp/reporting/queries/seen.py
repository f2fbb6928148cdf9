"""Who sees which units, years, reports, lines and entries."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from webapp.access import GRANTS, Actor, Permission, areas, within
from webapp.errors import NotFound
from webapp.reporting.models import (
    ActivityEntry,
    ProgrammeLine,
    QuarterlyReport,
    ReportExcuse,
    ReportingUnit,
    ReportingYear,
)
from webapp.reporting.queries.loading import LINES, NAMED, OF_YEAR
from webapp.territory.models import Agency, Region


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
        .options(*NAMED, joinedload(ReportingUnit.year).joinedload(ReportingYear.region), LINES)
    )
    if found is None:
        raise NotFound
    return found


def own_units(session: Session, actor: Actor) -> Sequence[ReportingUnit]:
    """Every unit the person reports for, the latest year first."""
    return session.scalars(
        select(ReportingUnit)
        .join(ReportingUnit.year)
        .where(own(actor))
        .options(contains_eager(ReportingUnit.year).joinedload(ReportingYear.region), *NAMED)
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
                *NAMED, joinedload(ReportingUnit.year).joinedload(ReportingYear.region), LINES
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
        .options(contains_eager(ProgrammeLine.unit).options(*NAMED, OF_YEAR))
    )
    if found is None:
        raise NotFound
    return found


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
        .options(*NAMED, LINES, selectinload(ReportingUnit.reports))
    ).all()
    return sorted(found, key=lambda one: (one.agency_id is None, one.name, one.id))
