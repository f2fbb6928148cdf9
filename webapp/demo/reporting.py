"""Belitung's reporting year 2019 in the demo: six units, one of which stays silent in TW III and one late in TW II.

The percentages of TW III are those of the demo's items; targets, amounts and the agency are made up.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Account
from webapp.demo.people import AgencyHead, Team
from webapp.reporting import queries
from webapp.reporting import services as reporting
from webapp.reporting.models import QuarterlyReport, ReportingUnit
from webapp.reporting.rules import QUARTERS, Obstacle, quarter_days
from webapp.territory.models import Region

NUMBER, BEGUN = 2019, datetime(2019, 1, 2, 2, tzinfo=UTC)
EACH, MONEY = Decimal(25), Decimal(100_000_000)  # targets of a quarter: percent of the year's work, rupiah
IN_TIME, TOO_LATE = 5, 15  # days after the quarter
WAITING = (Obstacle.BUDGET, "Pencairan termin menunggu berita acara.")


@dataclass(frozen=True)
class Unit:
    """What a unit reached in TW III, in percent of both targets; None: it did not report."""

    place: str
    programme: str
    third: tuple[int, int] | None
    obstacle: tuple[Obstacle, str] = WAITING


KECAMATAN = (
    Unit("19.02.01", "Jalan lingkungan", (82, 78)),
    Unit("19.02.04", "Jembatan desa", (76, 69)),
    Unit("19.02.02", "Pasar kecamatan", (75, 75)),
    Unit("19.02.05", "Embung", (64, 71), (Obstacle.PROCUREMENT, "Lelang ulang")),
    Unit("19.02.03", "Dermaga", None),
)
AGENCY = Unit("19.02.01", "Drainase kota", (80, 79))


def tell_reporting(session: Session, team: Team, head: AgencyHead, region: Region) -> None:
    """The year from its set-up to its last report."""
    year = reporting.make_year(session, region, NUMBER, actor=team.secretariat, at=BEGUN)
    for one in KECAMATAN:
        made = reporting.add_unit(
            session, year, session.get_one(Region, one.place), actor=team.secretariat, at=BEGUN
        )  # fmt: skip
        _tell(session, made, one, team.secretariat, team.camat(one.place), late=())
    made = reporting.add_unit(session, year, head.agency, actor=team.secretariat, at=BEGUN)
    _tell(session, made, AGENCY, team.secretariat, head.account, late=(2,))
    reporting.pass_deadlines(session, datetime(NUMBER + 1, 1, 12, tzinfo=UTC))


def _tell(
    session: Session, unit: ReportingUnit, told: Unit, by: Account, who: Account, *,
    late: tuple[int, ...],
) -> None:  # fmt: skip
    new = reporting.NewLine(told.programme, [EACH] * 4, [MONEY] * 4, measure="m", place_code=told.place)
    line = reporting.add_line(session, unit, new, actor=by, at=BEGUN)
    for quarter in QUARTERS:
        reached = told.third if quarter == 3 else (100, 100)
        if reached is None:
            continue
        first, last = quarter_days(NUMBER, quarter)
        for share, day in ((Decimal("0.4"), first.replace(day=20)), (Decimal("0.6"), last)):
            physical, money = (target * part * share / 100 for target, part in zip((EACH, MONEY), reached, strict=True))
            said = reporting.NewEntry(
                day, f"{told.programme}: pekerjaan berjalan.", physical * 4, physical, money.quantize(Decimal("0.01"))
            )
            reporting.log_activity(session, line, said, actor=who, at=_evening(day))
        _send(session, unit, quarter, told, who, _days_after(last, TOO_LATE if quarter in late else IN_TIME))


def _send(session: Session, unit: ReportingUnit, quarter: int, told: Unit, who: Account, at: datetime) -> None:
    asked = select(QuarterlyReport.id).where(QuarterlyReport.unit_id == unit.id, QuarterlyReport.quarter == quarter)
    report = queries.report(session, who, session.scalars(asked).one())
    kind, words = told.obstacle
    said = reporting.SaidOfLine(obstacle_kind=kind, obstacle=words)
    reporting.save_draft(session, report, {line.id: said for line in report.unit.lines}, actor=who, at=at)
    reporting.submit(session, report, actor=who, at=at)


def _evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)  # 17.00 WIB


def _days_after(day: date, days: int) -> datetime:
    return _evening(date.fromordinal(day.toordinal() + days))
