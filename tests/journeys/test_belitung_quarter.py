"""A quarter of Belitung in a real browser: units report, the centre is away for a while, and a meeting keeps the recap.

The places and figures are those of domain.md 7.2, BLT-01 to BLT-06 (TW III 2019). The app's clock is moved to the days
it happened: what is sent today of 2019 would be late for everybody. The recap is frozen in the meeting of Tuesday 8
October, two days before the third quarter's deadline: who said nothing yet is silent by the second quarter, and what
comes later changes the live page only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from shapely import MultiPolygon, box
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from geo.columns import stored_area, stored_point
from geo.values import LonLat
from tests import factories
from tests.factories import SECRET_KEY
from tests.journeys import conftest
from tests.journeys.conftest import Enter, Person, Site, served
from tests.webapp.reporting.world import Government, Office, line, regions, there
from tests.webapp.transmission.conftest import SECRET, TestCentre
from webapp import db
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.meeting import services as meetings
from webapp.meeting.rules import MeetingKind, UnitKind
from webapp.meeting.services import SeriesFields, Unit
from webapp.reporting import services as reporting
from webapp.reporting.models import ReportingUnit, ReportingYear
from webapp.territory.models import BoundaryDataset, RegionBoundary
from webapp.transmission.centre import Centre
from webapp.transmission.services import send_due

ZONE = "Asia/Jakarta"
TANJUNGPANDAN, MEMBALONG, SELAT_NASIK, SIJUK, BADAU = (f"19.02.0{n}" for n in range(1, 6))
MIDDLES = {
    TANJUNGPANDAN: (107.6949, -2.7571), MEMBALONG: (107.6949, -3.0473), SELAT_NASIK: (107.4228, -2.8853),
    SIJUK: (107.7722, -2.6269), BADAU: (107.7844, -2.7994),
}  # fmt: skip
# Percent of the third quarter's targets, work and money. BLT-04 is written down by its camat, BLT-05 stays silent.
THIRD = {TANJUNGPANDAN: ("82", "78"), SIJUK: ("76", "69"), MEMBALONG: ("75", "75")}
AGENCY = "Dinas Pekerjaan Umum"  # BLT-06, a unit of Tanjungpandan


class Clock:
    """The app's time, in Belitung. It stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2019, 1, 2, 2, tzinfo=UTC)

    def move(self, *moment: int) -> None:
        """Month, day, hour and minute of 2019."""
        self.at = there(ZONE, 2019, *moment)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(db, "utcnow", clock)
    monkeypatch.setattr(conftest, "utcnow", clock)  # by which the phones of second factors go
    return clock


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[TestCentre]:
    made = TestCentre(tmp_path / "pusat.sqlite")
    yield made
    made.close()


@pytest.fixture
def site(fresh_database: Engine, tmp_path: Path, clock: Clock, centre: TestCentre) -> Iterator[Site]:
    """An installation that knows its centre."""
    settings = Settings(
        data_dir=tmp_path, secret_key=SECRET_KEY, demo=False, port=0, threads=4, centre_url=centre.url,
        centre_secret=SECRET,
    )  # fmt: skip
    with served(fresh_database, settings) as site:
        yield site


def pass_on(site: Site, centre: TestCentre, clock: Clock) -> int:
    """What the worker does each minute."""
    sessions = sessionmaker(site.engine, expire_on_commit=False)
    return send_due(sessions, Centre(centre.url, SECRET, read_s=5), clock)


def away() -> None:
    raise ConnectionAbortedError("the centre is away")


def outlines(session: Session) -> None:
    """A square for each kecamatan around its middle, so that there is a map."""
    dataset = BoundaryDataset(
        name="uji", source="tests", licence="-", attribution="uji", vintage="2019", approximate=True,
        imported_at=factories.NOW,
    )  # fmt: skip
    session.add(dataset)
    session.flush()
    areas = {code: MultiPolygon([box(x - 0.06, y - 0.06, x + 0.06, y + 0.06)]) for code, (x, y) in MIDDLES.items()}
    areas["19.02"] = MultiPolygon([box(107.3, -3.2, 107.9, -2.5)])
    for code, area in areas.items():
        session.add(
            RegionBoundary(
                region_code=code, dataset=dataset, area=stored_area(area), outline=stored_area(area),
                label_point=stored_point(LonLat(area.centroid.x, area.centroid.y)), area_km2=1.0,
            )
        )  # fmt: skip


def people_of(site: Site) -> tuple[Account, Account, Account]:
    """Belitung with its map; its secretariat, its leader, and the camat of Badau."""
    with site.session() as session, session.begin():
        regions(session, "19.02")
        outlines(session)
        secretariat = factories.account(session, (Role.SECRETARIAT, "19.02"), name="Sekretariat Belitung")
        leader = factories.account(session, (Role.LEADER, "19.02"), name="Bupati Belitung")
        camat = factories.account(session, (Role.CAMAT, BADAU), name="Camat Badau")
    return secretariat, leader, camat


def set_up(secretariat: Person) -> None:
    """A year, Badau as a unit that must report, and its programme with the targets of four quarters."""
    page = secretariat.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/laporan/")
    page.fill("[name=year]", "2019")
    page.get_by_role("button", name="Buat").click()
    expect(page.locator("h1")).to_have_text("Atur pelaporan 2019")
    expect(page.locator("[name=due_3]")).to_have_value("2019-10-10")
    page.select_option("[name=unit]", f"region-{BADAU}")
    page.get_by_role("button", name="Tambahkan unit").click()
    expect(page.locator("h1")).to_have_text("Badau")
    page.fill("[name=baru-name]", "Embung desa")
    page.fill("[name=baru-measure]", "m")
    page.fill("[name=baru-money_target]", "400.000.000")
    for quarter in range(1, 5):
        page.fill(f"[name=baru-physical_{quarter}]", "25")
        page.fill(f"[name=baru-money_{quarter}]", "100.000.000")
    page.get_by_role("button", name="Tambahkan kegiatan").click()
    expect(page.get_by_text("Embung desa · Rp400.000.000")).to_be_visible()


def tell_the_year(session: Session, secretariat: Account, leader: Account, camat: Account) -> Government:
    """The other five units, and what all six did and reported up to the fourth of October."""
    year = session.query(ReportingYear).one()
    made = Government(session, year, secretariat, leader)
    badau = Office(session.query(ReportingUnit).one(), camat)
    money = "400000000"
    for code in (*THIRD, SELAT_NASIK):
        made.kecamatan(code, line("Jalan lingkungan", money, code))
    works = made.agency(AGENCY, line("Drainase kota", money, TANJUNGPANDAN))
    active = [*(made.offices[code] for code in THIRD), badau, works]
    for quarter, month in ((1, 2), (2, 5)):
        for office in active:
            made.done(office, date(2019, month, 20), "25", "100000000")
            if (office, quarter) != (works, 2):  # whose second report comes late
                made.send(office, quarter, made.at(3 * quarter + 1, 3))
    made.done(made.offices[SELAT_NASIK], date(2019, 2, 21), "25", "100000000")
    made.send(made.offices[SELAT_NASIK], 1, made.at(4, 3))
    reporting.pass_deadlines(session, made.at(7, 11, 0))
    for office, (work, paid) in [*((made.offices[code], each) for code, each in THIRD.items()), (works, ("80", "79"))]:
        share = Decimal(work) / 4, Decimal(paid) * 1_000_000
        made.done(office, date(2019, 9, 27), str(share[0]), str(share[1]))
        made.send(office, 3, made.at(10, 4))
    made.done(badau, date(2019, 8, 20), "10", "40000000")
    said = SeriesFields(
        region_code="19.02", kind=MeetingKind.RAPIM, name="Rapat pimpinan", starts_on=date(2019, 1, 1),
        units=(Unit(UnitKind.KECAMATAN, "Badau", BADAU),),
    )  # fmt: skip
    run = meetings.begin(session, said, actor=secretariat, at=made.begun)
    meetings.call(session, run, date(2019, 10, 8), time(9), "Tanjungpandan", actor=secretariat, at=made.at(10, 1))
    session.commit()
    return made


def write_down_and_send(camat: Person) -> None:
    """Two days of work on a phone; the report is full by itself, and goes only with the obstacle named."""
    page = camat.page
    page.goto("/laporan/unit")
    expect(page.locator("h1")).to_have_text("Badau")
    for physical, money in (("4", "20.000.000"), ("2", "11.000.000")):
        page.fill("[name=said]", "Galian embung <b>Dusun Sungai Samak</b> {{7*7}}")
        page.fill("[name=physical]", physical)
        page.fill("[name=money]", money)
        page.fill("[name=day]", "2019-09-30")
        page.get_by_role("button", name="Catat", exact=True).click()
        expect(page.get_by_text("Tercatat.")).to_be_visible()
    page.get_by_role("link", name="TW III", exact=True).click()
    expect(page.locator("#isian")).to_contain_text("fisik 16,00 %, keuangan Rp71.000.000 dari 3 catatan")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.locator("#isian [aria-invalid=true]").first).to_be_visible()
    page.locator("[name$=obstacle_kind]").select_option("procurement")
    page.locator("[name$='-obstacle']").fill("Lelang ulang")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_text("Laporan terkirim dan isinya beku.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Di bawah target: fisik, keuangan")


def hurry(secretariat: Person) -> None:
    """What did not arrive is seen with its reasons, and let go at once."""
    page = secretariat.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/laporan/tahun/1")
    page.get_by_role("link", name="Pengiriman ke pusat").click()
    row = page.locator("tr", has_text=AGENCY).filter(has_text="TW II 2019")
    expect(row).to_contain_text("Gagal kirim, dicoba lagi")
    row.get_by_text("2 kali").click()
    expect(row.get_by_text("Pusat tidak dapat dihubungi")).to_have_count(2)
    row.get_by_role("button", name="Kirim sekarang").click()
    expect(page.get_by_text("Dicoba lagi dalam satu menit.")).to_be_visible()


def read_the_recap(leader: Person) -> None:
    """From the menu to the recap; from a number to its report; from a unit to the map."""
    page = leader.page
    page.goto("/laporan/")
    page.get_by_role("link", name="2019").click()
    expect(page.locator("h1")).to_have_text("Laporan TW III 2019")  # the one that is due, not the one just begun
    page.locator("main").get_by_role("link", name="Rekap").click()
    expect(page.locator("h1")).to_have_text("Rekap TW I–III 2019, Kabupaten Belitung")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(6)
    expect(rows.first).to_contain_text("Selat Nasik")
    expect(rows.first).to_contain_text("Diam 1 triwulan")
    membalong = page.locator("tr", has=page.get_by_role("rowheader", name="Membalong"))
    expect(membalong).to_contain_text(re.compile(r"fisik 75,00 %\s*keuangan 75,00 %"))
    expect(membalong).not_to_contain_text("Di bawah target")
    expect(page.locator("tr", has_text=AGENCY)).to_contain_text("Terlambat")
    page.get_by_role("link", name="Laporan Badau TW III").click()
    expect(page.locator("h1")).to_have_text("Laporan TW III 2019, Badau")
    expect(page.locator("#kiriman-1")).to_contain_text("Lelang ulang")
    page.go_back()
    page.get_by_role("link", name="Peta Sijuk").click()
    expect(page.locator("h1")).to_contain_text("Sijuk")
    page.wait_for_load_state("networkidle")


def freeze(secretariat: Person) -> str:
    """Into the meeting of that morning; answers the address of the annex."""
    page = secretariat.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/rekap/1")
    wide = page.locator("main .table-box").evaluate("box => box.scrollWidth - box.clientWidth")
    assert wide <= 0, f"the recap is {wide} px wider than its page"
    page.get_by_role("button", name="Bekukan").click()
    expect(page.get_by_text("Rekap dibekukan sebagai lampiran rapat.")).to_be_visible()
    return page.url


def body_of(page: Page, address: str) -> str:
    page.goto(address)
    return page.locator("main").inner_text()


def test_a_quarter_of_belitung_from_the_daily_entry_to_the_annex_of_the_leadership_meeting(
    site: Site, enter: Enter, clock: Clock, centre: TestCentre
) -> None:
    secretariat, leader, camat = people_of(site)
    clock.move(1, 2, 9)
    office = enter(secretariat)
    set_up(office)
    people = [office]
    with site.session() as session:
        made = tell_the_year(session, secretariat, leader, camat)

        clock.move(10, 4, 9, 12)
        assert pass_on(site, centre, clock) == 14  # ten of the first half of the year, four of the third quarter

        clock.move(10, 7, 9)
        phone = enter(camat)
        people.append(phone)
        write_down_and_send(phone)
        assert pass_on(site, centre, clock) == 1

        clock.move(10, 7, 10)
        made.send(made.offices[AGENCY], 2, clock())
        session.commit()
        centre.mood = away
        assert pass_on(site, centre, clock) == 0
        clock.move(10, 7, 10, 2)
        assert pass_on(site, centre, clock) == 0
        clock.move(10, 7, 11, 5)
        desk = enter(secretariat)
        people.append(desk)
        hurry(desk)
        centre.mood = lambda: None
        assert pass_on(site, centre, clock) == 1
        desk.page.reload()
        arrived = desk.page.locator("tr", has_text=AGENCY).filter(has_text="TW II 2019")
        expect(arrived).to_contain_text("Terkirim ke pusat")
        expect(arrived).to_contain_text("3 kali")
        expect(arrived).to_contain_text("65 menit lebih lama dari 60 menit yang dijanjikan")
        prompt = desk.page.locator("tr", has_text="Tanjungpandan").filter(has_text="TW III 2019")
        expect(prompt).to_contain_text("12 menit")

        clock.move(10, 8, 9)
        above = enter(leader)
        people.append(above)
        read_the_recap(above)
        keeper = enter(secretariat)
        people.append(keeper)
        annex = freeze(keeper)
        frozen = body_of(above.page, annex)
        assert frozen.index("Selat Nasik") < frozen.index("Badau")
        above.page.get_by_role("link", name="Rapat pimpinan").click()
        above.page.get_by_role("link", name="Rekap TW I–III 2019, Kabupaten Belitung").click()
        above.page.wait_for_url(annex)

        reporting.pass_deadlines(session, made.at(10, 11, 0))
        clock.move(10, 11, 9)
        made.done(made.offices[SELAT_NASIK], date(2019, 9, 30), "25", "100000000")
        made.send(made.offices[SELAT_NASIK], 2, clock())
        session.commit()
    again = enter(leader)
    people.append(again)
    live = body_of(again.page, "/rekap/1")
    assert "Dianggap tidak bekerja" in live
    assert body_of(again.page, annex) == frozen
    # What the browser itself logs is the one answer meant to be a refusal: the report without its obstacle.
    for person in people:
        assert [said for said in person.complaints if not (person is phone and "422" in said)] == []
        assert person.hosts == {site.address.removeprefix("http://")}
