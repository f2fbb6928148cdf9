"""Real governments with people who report: made through the product's own verbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from tests import factories
from webapp.access import Role
from webapp.accounts.models import Account, Appointment
from webapp.reporting import queries, services
from webapp.reporting.models import ProgrammeLine, QuarterlyReport, ReportingUnit, ReportingYear
from webapp.reporting.rules import Obstacle, Terms
from webapp.reporting.services import NewEntry, NewLine, SaidOfLine
from webapp.territory.models import Region
from webapp.territory.rules import AgencyKind, level_of, time_zone_of
from webapp.territory.services.abroad import seed_rows

D = Decimal


def regions(session: Session, upper: str) -> None:
    """A real kabupaten with its province and kecamatan."""
    for row in seed_rows("wilayah.csv"):
        code = row["kode"]
        wanted = code in (upper, upper[:2]) or code.startswith(upper + ".")
        if wanted and session.get(Region, code) is None:
            session.add(
                Region(
                    code=code, name=row["nama"], level=level_of(code), parent_code=code.rpartition(".")[0] or None,
                    time_zone=time_zone_of(code), boundary_error_m=250,
                )
            )  # fmt: skip
            session.flush()


def there(zone: str, *moment: int) -> datetime:
    """A moment of that zone, in UTC."""
    return datetime(*moment, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type,misc]


@dataclass
class Office:
    """A unit with the person who reports for it."""

    unit: ReportingUnit
    head: Account

    @property
    def line(self) -> ProgrammeLine:
        return self.unit.lines[0]


@dataclass
class Government:
    """A government in a reporting year, set up on its first of January."""

    session: Session
    year: ReportingYear
    secretariat: Account
    leader: Account
    offices: dict[str, Office] = field(default_factory=dict)

    def agency(self, name: str, *lines: NewLine, at: datetime | None = None) -> Office:
        """An agency that must report, its head and its programmes."""
        at = at or self.begun
        agency = services.make_agency(
            self.session, self.year.region, name, AgencyKind.OPD, actor=self.secretariat, at=at
        )  # fmt: skip
        head = factories.account(self.session, name=f"Kepala {name}")
        head.appointments.append(
            Appointment(
                role=Role.AGENCY_HEAD, region_code=self.year.region_code, agency_id=agency.id,
                starts_on=date(2016, 1, 1),
            )
        )  # fmt: skip
        self.session.flush()
        unit = services.add_unit(self.session, self.year, agency, actor=self.secretariat, at=at)
        return self._office(name, unit, head.as_of(factories.TODAY), lines, at)

    def kecamatan(self, code: str, *lines: NewLine, at: datetime | None = None) -> Office:
        """A kecamatan that must report, and its camat."""
        at = at or self.begun
        region = self.session.get_one(Region, code)
        unit = services.add_unit(self.session, self.year, region, actor=self.secretariat, at=at)
        return self._office(code, unit, factories.account(self.session, (Role.CAMAT, code)), lines, at)

    def _office(self, name: str, unit: ReportingUnit, head: Account, lines: Sequence[NewLine], at: datetime) -> Office:
        for one in lines:
            services.add_line(self.session, unit, one, actor=self.secretariat, at=at)
        self.offices[name] = Office(unit, head)
        return self.offices[name]

    @property
    def begun(self) -> datetime:
        return there(self.year.region.time_zone, self.year.year, 1, 1, 8)

    def at(self, *day: int) -> datetime:
        """A moment of the year in the government's zone: month, day, and hour if it matters."""
        month, number, *clock = day
        return there(self.year.region.time_zone, self.year.year, month, number, *(clock or [9]))

    def report(self, office: Office, quarter: int) -> QuarterlyReport:
        found = self.session.query(QuarterlyReport).filter_by(unit_id=office.unit.id, quarter=quarter).one()
        return queries.report(self.session, office.head, found.id)

    def stands(self, office: Office, quarter: int, at: datetime) -> queries.Standing:
        """As the leader sees it."""
        found = queries.standing(self.session, self.year, at, [quarter])
        return next(one for one in found if one.unit.id == office.unit.id)

    def done(self, office: Office, day: date, physical: str, money: str, said: str = "Pekerjaan berjalan") -> None:
        """One entry of that very day."""
        at = there(self.year.region.time_zone, day.year, day.month, day.day, 16)
        new = NewEntry(day, said, physical=D(physical), money=D(money))
        services.log_activity(self.session, office.line, new, actor=office.head, at=at)

    def send(self, office: Office, quarter: int, at: datetime, obstacle: str = "Lelang ulang") -> QuarterlyReport:
        """The report as the entries fill it, with one obstacle for every line."""
        report = self.report(office, quarter)
        said = SaidOfLine(obstacle_kind=Obstacle.PROCUREMENT, obstacle=obstacle)
        services.save_draft(
            self.session, report, {one.id: said for one in report.unit.lines}, actor=office.head, at=at
        )  # fmt: skip
        services.submit(self.session, report, actor=office.head, at=at)
        return report


def line(name: str = "Program", money: str = "100000000", place: str | None = None, *, weight: str = "1") -> NewLine:
    """A programme whose work and money are a quarter each of the year's."""
    each = D(money) / 4
    return NewLine(name, [D(25)] * 4, [each] * 4, place_code=place, weight=D(weight))


def government(session: Session, code: str, number: int, terms: Terms | None = None) -> Government:
    """A real kabupaten or kota in that year, with its deadlines ten days after each quarter."""
    regions(session, code)
    secretariat = factories.account(session, (Role.SECRETARIAT, code))
    leader = factories.account(session, (Role.LEADER, code), name="Bupati")
    region = session.get_one(Region, code)
    at = there(region.time_zone, number, 1, 1, 8)
    year = services.make_year(session, region, number, actor=secretariat, at=at, terms=terms)
    return Government(session, year, secretariat, leader)
