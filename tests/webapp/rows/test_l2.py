"""L2 [S4], Belitung 2019: "laporan hari ini, kemudian bulan ini mereka mengerjakan apa saja dan sudah berapa"."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from tests.webapp.reporting.world import government, line
from webapp.reporting import queries, services
from webapp.reporting.rules import month_days
from webapp.reporting.services import NewEntry

D = Decimal


def test_l2_daily_entries_roll_into_month_and_quarter_without_retyping(session: Session) -> None:
    belitung = government(session, "19.02", 2019)
    office = belitung.kecamatan("19.02.01", line("Jalan lingkungan Tanjungpandan"))
    for day, metres, physical, spent in (
        (date(2019, 7, 15), "12.5", "4", "4000000"),
        (date(2019, 7, 31), "20", "5.5", "5000000"),
        (date(2019, 8, 1), "7.5", "2", "2500000"),
        (date(2019, 9, 30), "30", "9", "8250000.50"),
    ):
        new = NewEntry(day, f"Pengecoran {metres} m", D(metres), D(physical), D(spent))
        at = belitung.at(day.month, day.day, 17)
        services.log_activity(session, office.line, new, actor=office.head, at=at)

    july = queries.sums(session, office.unit.id, *month_days(2019, 7))[office.line.id]
    assert july == queries.Sum(D("32.5"), D("9.5"), D(9000000), 2)
    (filled,) = queries.filling(session, belitung.report(office, 3))
    assert (filled.rolled.quantity, filled.physical, filled.money) == (D(70), D("20.5"), D("19750000.50"))

    belitung.send(office, 3, belitung.at(10, 8))
    (sent,) = queries.revisions(session, belitung.report(office, 3))
    assert (sent.lines[0].physical, sent.lines[0].money, sent.lines[0].quantity) == (D("20.5"), D("19750000.50"), D(70))
    assert (sent.physical, sent.financial) == (D(82), D(79)), "20,5 of 25 and Rp19.750.000,50 of Rp25.000.000"
