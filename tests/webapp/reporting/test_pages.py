"""People at the pages of reporting, without JavaScript: the secretariat sets up, a unit reports, a leader reads."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE
from tests.webapp.browsing import HOSTILE, Browser, Page
from tests.webapp.conftest import Opener
from tests.webapp.reporting.world import government, line
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.db import utcnow
from webapp.reporting.rules import QUARTERS, quarter_of

HERE = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def today() -> datetime:
    return utcnow().astimezone(HERE)


@pytest.fixture
def secretariat(session: Session) -> Account:
    factories.territory(session)
    return factories.account(session, (Role.SECRETARIAT, KABUPATEN), on=utcnow().date())


@pytest.fixture
def camat(session: Session, secretariat: Account) -> Account:
    return factories.account(session, (Role.CAMAT, MINE), on=utcnow().date())


@pytest.fixture
def leader(session: Session, secretariat: Account) -> Account:
    return factories.account(session, (Role.LEADER, KABUPATEN), on=utcnow().date())


def _set_up(browser: Browser, year: int, name: str, measure: str = "m") -> Page:
    """A year in which the kecamatan reports, with one programme; the page of its year's set-up."""
    made = browser.send(browser.open("/laporan/"), "/tahun", year=str(year))
    assert made.status == 200, made.text
    unit = browser.send(made, "/unit", unit=f"region-{MINE}")
    quarters = {f"baru-physical_{n}": "25" for n in QUARTERS} | {f"baru-money_{n}": "25.000.000" for n in QUARTERS}
    words = {"baru-name": name, "baru-measure": measure, "baru-money_target": "100.000.000", "baru-place": MINE}
    told = browser.send(unit, unit.path, **{"baru-physical_target": "100"}, **words, **quarters)
    assert "Kegiatan ditambahkan." in told.text, told.text
    return made


def test_a_unit_is_set_up_reports_and_is_read(
    opened: Opener, secretariat: Account, camat: Account, leader: Account, today: datetime
) -> None:
    made = _set_up(opened(secretariat), today.year, "Jalan desa")
    browser, tw = opened(camat), quarter_of(today.date())
    page = browser.open("/laporan/unit")
    logged = browser.send(page, "/catat", said="Pengecoran 20 m", quantity="20", physical="20", money="17.500.000")
    assert "Pengecoran 20 m" in logged.text and "Rp17.500.000" in logged.text, "it is in the month at once"

    report = browser.open(next(link for link in logged.links if "/triwulan/" in link and _is_of(browser, link, tw)))
    own = next(name for name in report.form(report.path).fields if name.endswith("-obstacle")).rpartition("-")[0]
    assert report.form(report.path).fields[f"{own}-money"] == ["17.500.000"]
    refused = _press(browser, report, **{f"{own}-physical": "22"})
    assert (refused.status, refused.code) == (422, "correction_needs_reason")
    corrected = {f"{own}-physical": "22", f"{own}-reason": "Diukur ulang"}
    refused = _press(browser, report, **corrected)
    assert (refused.status, refused.code) == (422, "obstacle_missing") and "Diukur ulang" in refused.html
    sent = _press(
        browser, report, **corrected,
        **{f"{own}-obstacle_kind": "procurement", f"{own}-obstacle": "Lelang ulang"},
    )  # fmt: skip
    assert "Laporan terkirim" in sent.text and "catatan: 20,00" in sent.text and "Diukur ulang" in sent.text

    again = _press(browser, sent)
    assert (again.status, again.code) == (422, "reason_missing")
    again = _press(browser, sent, note="Kurang satu kuitansi")
    assert "Kiriman ke-2" in again.text and "Kiriman ke-1" in again.text, "the old one stays readable"

    reader = opened(leader)
    year = reader.open(f"{made.path.removesuffix('/atur')}?tw={tw}")
    assert "Di bawah target: fisik, keuangan" not in year.text and "Di bawah target: keuangan" in year.text
    assert "Lelang ulang" in reader.open(f"{made.path.removesuffix('/atur')}/hambatan").text


def _is_of(browser: Browser, link: str, quarter: int) -> bool:
    return f"TW {('I', 'II', 'III', 'IV')[quarter - 1]} " in browser.open(link).text


def test_an_entry_is_taken_back_with_a_reason_and_stays_readable(
    opened: Opener, secretariat: Account, camat: Account, today: datetime
) -> None:
    _set_up(opened(secretariat), today.year, "Jalan desa")
    browser = opened(camat)
    logged = browser.send(browser.open("/laporan/unit"), "/catat", said="Salah tulis", physical="7", money="")
    assert browser.send(logged, "/batal", reason=" ").code == "reason_missing"
    gone = browser.send(logged, "/batal", reason="Salah unit")
    assert "Salah tulis" in gone.text and "Dibatalkan: Salah unit" in gone.text and "0,00" in gone.text


def test_nobody_is_excused_before_the_deadline(
    opened: Opener, secretariat: Account, camat: Account, leader: Account, today: datetime
) -> None:
    made = _set_up(opened(secretariat), today.year, "Jalan desa")
    browser = opened(leader)
    page = browser.open(f"{made.path.removesuffix('/atur')}?tw=4")
    report = browser.open(next(link for link in page.links if "/triwulan/" in link))
    assert not report.offers("/dispensasi")
    forced = browser.force(f"{report.path}/dispensasi", browser.open("/akun"), reason="Banjir")
    assert (forced.status, forced.code) == (409, "nothing_to_excuse")


def test_a_leader_excuses_a_silent_report_on_its_page(session: Session, opened: Opener) -> None:
    belitung = government(session, "19.02", 2019)
    report = belitung.report(belitung.kecamatan("19.02.03", line("Dermaga")), 3)
    browser = opened(belitung.leader)
    page = browser.open(f"/laporan/triwulan/{report.id}")
    assert "10 Oktober 2019 23.59 WIB" in page.text and "dianggap tidak bekerja" in page.text
    excused = browser.send(page, "/dispensasi", reason="Kapal tidak berlayar.")
    assert "Dispensasi oleh Bupati" in excused.text and "Kapal tidak berlayar." in excused.text


def _press(browser: Browser, page: Page, **filled: str) -> Page:
    """Fill in the report and press the button that sends it."""
    form = page.form(page.path)
    assert set(filled) <= set(form.fields), set(filled) - set(form.fields)
    data = {**form.fields, **filled, "act": "send"}
    return Page(browser.client.post(page.path, data=data, follow_redirects=True))


def test_what_people_write_is_text_wherever_it_comes_to(
    opened: Opener, secretariat: Account, camat: Account, leader: Account, today: datetime
) -> None:
    said = HOSTILE[0]
    setter = opened(secretariat)
    made = _set_up(setter, today.year, said, measure=HOSTILE[1][:40])
    added = setter.send(setter.open(made.path), "/unit", unit="", name=HOSTILE[2], kind="opd")
    browser = opened(camat)
    logged = browser.send(browser.open("/laporan/unit"), "/catat", said=said, physical="20", money="17.500.000")
    link = next(one for one in logged.links if "/triwulan/" in one and _is_of(browser, one, quarter_of(today.date())))
    report = browser.open(link)
    own = next(name for name in report.form(report.path).fields if name.endswith("-obstacle")).rpartition("-")[0]
    sent = _press(
        browser, report,
        **{
            f"{own}-physical": "21", f"{own}-reason": said, f"{own}-obstacle_kind": "other",
            f"{own}-obstacle": said,
        },
    )  # fmt: skip
    base, reader = made.path.removesuffix("/atur"), opened(leader)
    pages = [reader.open(f"{base}{tail}") for tail in ("?tw=1", "/program", "/hambatan")]
    for page in (added, logged, sent, setter.open(made.path), *pages):
        assert page.status == 200 and "<script>window.jahat" not in page.html and "<img src=x" not in page.html
    assert said in logged.text and said in sent.text and HOSTILE[2] in pages[1].text, "and nothing of it is lost"


def test_targets_that_do_not_add_up_are_refused_at_their_field(
    opened: Opener, secretariat: Account, today: datetime
) -> None:
    browser = opened(secretariat)
    made = browser.send(browser.open("/laporan/"), "/tahun", year=str(today.year))
    again = browser.send(browser.open("/laporan/"), "/tahun", year=str(today.year))
    assert (again.status, again.code) == (409, "reporting_year_taken")
    unit = browser.send(made, "/unit", unit=f"region-{MINE}")
    quarters = {f"baru-physical_{n}": "20" for n in QUARTERS} | {f"baru-money_{n}": "1" for n in QUARTERS}
    words = {"baru-name": "Jalan", "baru-money_target": "4", "baru-physical_target": "100"}
    refused = browser.send(unit, unit.path, **words, **quarters)
    assert (refused.status, refused.code) == (422, "targets_do_not_add_up")
    early = browser.send(browser.open(made.path), "/atur", due_1=f"{today.year}-03-31")
    assert (early.status, early.code) == (422, "deadline_too_early")
