"""D2 [S3], Dharmasraya 2017: evaluation as control of the targets of APBD 2017 "pada setiap periode"."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from tests.webapp.conftest import Opener
from tests.webapp.reporting.world import D, government
from webapp.reporting import queries
from webapp.reporting.services import NewLine


def test_d2_targets_of_apbd_2017_per_programme_and_period_units_without_data_first(
    session: Session, opened: Opener
) -> None:
    dharmasraya = government(session, "13.10", 2017)
    roads = NewLine("Peningkatan jalan", [D(10), D(30), D(40), D(20)], [D(100), D(300), D(400), D(200)])
    clinics = NewLine("Pelayanan puskesmas", [D(25)] * 4, [D(50)] * 4)
    opd_a = dharmasraya.agency("OPD A", roads, clinics)
    opd_b = dharmasraya.agency("OPD Z, tanpa laporan", roads)
    dharmasraya.done(opd_a, date(2017, 3, 15), "8", "90")
    dharmasraya.send(opd_a, 1, dharmasraya.at(4, 5))
    dharmasraya.done(opd_a, date(2017, 6, 15), "33", "250")
    dharmasraya.send(opd_a, 2, dharmasraya.at(7, 3))  # the day before the meeting of 4 July

    first, second = queries.programmes(session, dharmasraya.year)
    assert (first.unit.id, first.has_data) == (opd_b.unit.id, False), "without data first"
    road = second.programmes[0]
    by_quarter = [road.reached(n) for n in (1, 2, 3)]
    assert [(one.physical, one.target_physical, one.money, one.target_money) for one in by_quarter if one] == [
        (D(8), D(10), D(90), D(100)), (D(33), D(30), D(250), D(300)),
    ]  # fmt: skip
    assert by_quarter[2] is None
    assert (road.physical, road.money, road.line.money_target) == (Decimal(41), Decimal(340), Decimal(1000))

    page = opened(dharmasraya.leader).open(f"/laporan/tahun/{dharmasraya.year.id}/program")
    assert page.text.index("OPD Z") < page.text.index("OPD A")
    assert "Belum ada data" in page.text and "Rp250 / Rp300" in page.text
