"""L7 [S4], Belitung 2019: "yang tersalur, terlaksana, dan yang belum, sehingga diketahui hambatannya"."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests.webapp.conftest import Opener
from tests.webapp.reporting.world import government, line
from webapp.reporting import queries, services
from webapp.reporting.errors import ObstacleMissing
from webapp.reporting.rules import Obstacle
from webapp.reporting.services import SaidOfLine

D = Decimal


def test_l7_an_unfinished_line_is_not_sent_without_its_obstacle(session: Session) -> None:
    belitung = government(session, "19.02", 2019)
    office = belitung.kecamatan("19.02.05", line("Embung Badau"), line("Kantor camat"))
    belitung.done(office, date(2019, 8, 20), "25", "25000000")  # the first line is finished, the second not begun
    report, at = belitung.report(office, 3), belitung.at(10, 9)
    with pytest.raises(ObstacleMissing) as refused:
        services.submit(session, report, actor=office.head, at=at)
    second = office.unit.lines[1]
    assert refused.value.field == f"obstacle-{second.id}" and "Kantor camat" in str(refused.value.sentence)
    half = {second.id: SaidOfLine(obstacle_kind=Obstacle.PROCUREMENT)}
    services.save_draft(session, report, half, actor=office.head, at=at)
    with pytest.raises(ObstacleMissing):
        services.submit(session, report, actor=office.head, at=at)
    said = {second.id: SaidOfLine(obstacle_kind=Obstacle.PROCUREMENT, obstacle="Lelang ulang")}
    services.save_draft(session, report, said, actor=office.head, at=at)
    sent = services.submit(session, report, actor=office.head, at=at)
    assert [(one.unfinished, one.obstacle) for one in sent.lines] == [(False, ""), (True, "Lelang ulang")]


def test_l7_obstacles_are_filtered_in_the_table_and_on_the_map(session: Session, opened: Opener) -> None:
    belitung = government(session, "19.02", 2019)
    badau = belitung.kecamatan("19.02.05", line("Embung Badau"))
    works = belitung.agency("Dinas PU", line("Jembatan Sijuk", place="19.02.04"), line("Pendataan jalan"))
    for office in (badau, works):
        belitung.done(office, date(2019, 8, 20), "16", "17750000")
    belitung.send(badau, 3, belitung.at(10, 9), "Lelang ulang")
    belitung.send(works, 3, belitung.at(10, 9), "Menunggu izin")
    found = queries.hindrances(session, belitung.year, quarter=3)
    assert {(one.line.name, one.place and one.place.name) for one in found} == {
        ("Embung Badau", "Badau"), ("Jembatan Sijuk", "Sijuk"), ("Pendataan jalan", None),
    }  # fmt: skip

    browser, base = opened(belitung.leader), f"/laporan/tahun/{belitung.year.id}/hambatan"
    page = browser.open(f"{base}?tw=3&kecamatan=19.02.04")
    assert "Jembatan Sijuk" in page.text and "Embung Badau" not in page.text
    assert "hambatan.geojson?tw=3&kecamatan=19.02.04" in page.html.replace("\\u0026", "&").replace("&amp;", "&")
    assert "Tidak ada hambatan yang cocok." in browser.open(f"{base}?jenis=weather").text
    assert "Pendataan jalan" in browser.open(f"{base}?kecamatan=-").text, "what lies nowhere is listed beside the map"
    whole = browser.client.get(f"{base}.geojson").json
    assert whole is not None and whole["without_place"] == 1
