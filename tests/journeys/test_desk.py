"""The desk in a real browser: worked through by keyboard alone, by two people at once, on a phone and on a desktop."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from config import Settings
from media.store import Store
from tests import factories
from tests.journeys.conftest import Enter, Site
from tests.journeys.test_demo_pages import AXE
from tests.journeys.test_keyboard import tab_to
from webapp.db import utcnow
from webapp.evidence import services as evidence_services
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.signals.models import CaseLook, Finding
from webapp.signals.rules import Weight

PLAIN = {"kind_code": "kegiatan", "activity_code": "subuh_keliling"}  # the desk may accept it by itself
DESKTOP = {"width": 1280, "height": 800}


@dataclass
class Cases:
    """Two cases of one kind, the first with two photos and a signal; a case of another kind; and who works on them."""

    people: factories.Team
    first: int
    other_kind: int
    second: int


@pytest.fixture
def cases(site: Site, tmp_path: Path) -> Cases:
    with site.session() as session, session.begin():
        people = factories.team(session)
        people.store = Store.open(Settings(data_dir=tmp_path).media_place)
        at = utcnow() - timedelta(hours=1)
        first = factories.case(session, people, at=at, title="Subuh pertama", **PLAIN)
        place = factories.middle(factories.MINE)
        evidence_services.add_photos(
            session, first, [factories.incoming(place, fix=place)], actor=people.camat, at=at, intake=people.intake
        )
        evidence_services.submit(session, first, actor=people.camat, at=at)
        other = factories.case(session, people, State.SUBMITTED, at=at + timedelta(minutes=1))
        second = factories.case(session, people, State.SUBMITTED, at=at + timedelta(minutes=2), **PLAIN)
        photo = first.photos[1]
        session.add(
            Finding(
                evidence_id=first.id, photo_id=photo.id, code="bytes_after_image", weight=Weight.STRONG, found_at=at,
                other_photo_id=second.photos[0].id, other_evidence_id=second.id,
            )
        )  # fmt: skip
        session.add(CaseLook(evidence_id=first.id, looked_at=at))
        session.flush()
        session.execute(text("SET LOCAL search_path TO jobs, public"))
        session.execute(text("DELETE FROM jobs.procrastinate_jobs"))  # nobody looks again: the signals stay as set here
        return Cases(people, first.id, other.id, second.id)


def stands(site: Site, case_id: int) -> str:
    with site.session() as session:
        return session.get_one(Evidence, case_id).state


def shown_photo(page: Page) -> str | None:
    return page.locator("[data-foto]:not([hidden])").get_attribute("data-foto")


def test_a_verifier_works_by_keyboard_alone(site: Site, enter: Enter, cases: Cases) -> None:
    page = enter(cases.people.desk).page
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.goto("/verifikasi/?jenis=kegiatan")
    tab_to(page, f'a[href^="/verifikasi/{cases.first}?"]', 90)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/verifikasi/{cases.first}?jenis=kegiatan")

    expect(page.locator("html.tombol")).to_be_attached()
    page.keyboard.press("a")  # not taken yet: there is nothing the key could do
    page.keyboard.press("t")
    expect(page.locator("[data-kunci]")).to_contain_text("sisa ")
    expect(page.locator("html.tombol")).to_be_attached()
    frame, news = page.locator("[data-foto-meja]"), page.locator("[data-kabar]")
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(frame).to_have_attribute("data-skala", "1.96")
    page.keyboard.press("0")
    expect(frame).to_have_attribute("data-skala", "1.00")
    before = shown_photo(page)
    page.keyboard.press("ArrowRight")
    expect(news).to_contain_text("Foto 2 dari 2")
    assert shown_photo(page) != before

    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("bukti berikutnya")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)

    page.keyboard.press("s")
    expect(page.locator(":focus")).to_have_text("Jelaskan")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Kamera kantor, fax")  # letters that are keys elsewhere
    assert page.url.endswith(f"/verifikasi/{cases.first}?jenis=kegiatan")
    page.keyboard.press("Enter")
    expect(page.locator("#sinyal")).to_contain_text("1 sudah dijelaskan")

    expect(page.locator("html.tombol")).to_be_attached()  # the script of the new page listens
    page.keyboard.press("Control+x")
    page.keyboard.press("a")
    expect(page.locator("#catatan_terima")).to_be_focused()
    assert stands(site, cases.first) == State.UNDER_REVIEW
    page.keyboard.type("Jelas.")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/verifikasi/{cases.second}?jenis=kegiatan")  # the next of the filtered queue, not of all
    assert stands(site, cases.first) == State.VERIFIED_DESK
    flash = page.locator(".flashes")
    expect(flash).to_contain_text("Bukti diterima.")
    expect(flash.get_by_role("link", name="Subuh pertama")).to_have_attribute(
        "href", f"/verifikasi/{cases.first}?jenis=kegiatan"
    )


def test_a_lock_warns_is_extended_without_losing_words_and_tells_its_end(
    site: Site, enter: Enter, cases: Cases
) -> None:
    page = enter(cases.people.desk).page
    page.goto(f"/verifikasi/{cases.first}")
    page.get_by_role("button", name="Ambil untuk diperiksa").click()
    lock = page.locator("[data-kunci]")
    expect(lock).to_contain_text("sisa ")
    until(site, cases.first, timedelta(seconds=100))
    page.reload()
    expect(lock).to_have_class(re.compile("hampir"))
    expect(page.locator("[data-kabar]")).to_contain_text("Tekan e untuk memperpanjang")
    page.locator("summary", has_text="Kembalikan untuk perbaikan").click()
    page.fill("#catatan_kembali", "Tanggalnya keliru.")
    page.locator("#foto h2").first.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("e")
    expect(lock).not_to_have_class(re.compile("hampir"))
    expect(page.locator("#catatan_kembali")).to_have_value("Tanggalnya keliru.")
    until(site, cases.first, timedelta(seconds=1))
    page.reload()
    expect(lock).to_contain_text("Waktu Anda habis")
    expect(page.get_by_role("button", name="Ambil lagi")).to_be_visible()


def until(site: Site, case_id: int, left: timedelta) -> None:
    with site.session() as session, session.begin():
        session.get_one(Evidence, case_id).taken_until = utcnow() + left


def test_of_two_people_the_slower_is_told_what_happened_and_keeps_their_words(
    site: Site, enter: Enter, cases: Cases
) -> None:
    slow, quick = enter(cases.people.desk), enter(cases.people.second)
    slow.page.goto(f"/verifikasi/{cases.first}")
    slow.page.get_by_role("button", name="Ambil untuk diperiksa").click()
    expect(slow.page.locator("[data-kunci]")).to_be_visible()
    quick.page.goto(f"/verifikasi/{cases.first}")
    expect(quick.page.get_by_text("Sedang diperiksa").last).to_be_visible()

    until(site, cases.first, timedelta(0))  # a long telephone call
    quick.page.goto(f"/verifikasi/{cases.first}")
    quick.page.get_by_role("button", name="Ambil untuk diperiksa").click()
    quick.page.locator("summary", has_text="Terima").click()
    quick.page.get_by_role("button", name="Terima di meja").click()
    expect(quick.page.locator(".flashes")).to_contain_text("Bukti diterima.")

    slow.page.locator("summary", has_text="Kembalikan untuk perbaikan").click()
    slow.page.select_option("#alasan_kembali", index=1)
    slow.page.fill("#catatan_kembali", "Tanggalnya keliru, lihat spanduk.")
    slow.page.get_by_role("button", name="Kembalikan", exact=True).click()
    told = slow.page.get_by_role("alert")
    expect(told).to_contain_text("sudah berpindah keadaan")
    expect(told).to_contain_text(cases.people.second.name)
    expect(told.locator("textarea")).to_have_value("Tanggalnya keliru, lihat spanduk.")
    assert stands(site, cases.first) == State.VERIFIED_DESK
    told.get_by_role("link", name="Lanjut ke bukti berikutnya").click()
    slow.page.wait_for_url(re.compile(rf"/verifikasi/({cases.other_kind}|{cases.second})$"))
    assert [one for one in quick.complaints if one] == []


LOOKS = [(360, "id-ID", "dark"), (1280, "en-GB", "light")]  # the other pairs are those of the demo pages


@pytest.mark.parametrize(("width", "language", "scheme"), LOOKS)
def test_desk_and_many_are_sound_in_their_states(
    site: Site, browser: Browser, enter: Enter, cases: Cases, width: int, language: str, scheme: str
) -> None:
    person = enter(cases.people.desk, locale=language)
    page = person.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found: list[str] = []
    page.goto(f"/verifikasi/{cases.first}", wait_until="networkidle")
    found += faults(page, "waiting")
    if width >= 1024:
        by_mouse(page)
        photo, drawn = page.locator(".bingkai").first.bounding_box(), page.locator("#map_meja").bounding_box()
        assert photo and drawn
        assert photo["x"] + photo["width"] <= drawn["x"]
        assert max(photo["y"] + photo["height"], drawn["y"] + 200) <= 800
    page.locator('[data-tombol="t"]').click()
    page.locator("[data-kunci]").wait_for()
    page.locator('[data-tombol="a"]').click()
    page.locator("[data-jelaskan]").first.click()
    found += faults(page, "taken, forms open")
    if width >= 1024:
        page.locator('button[data-tombol="?"]').click()
        found += faults(page, "help")
    page.goto(f"/verifikasi/{cases.second}", wait_until="networkidle")
    page.goto("/verifikasi/?pilih=1", wait_until="networkidle")
    page.locator("[data-semua]").click()
    found += faults(page, "choosing")
    page.locator("[data-banyak] button[type=submit]").click()
    page.locator(".banyak-daftar").first.wait_for()
    found += faults(page, "many")
    page.locator("main form button[type=submit]").last.click()
    page.locator("table.data").wait_for()
    found += faults(page, "many, done")
    assert found == []
    assert person.complaints == []


def by_mouse(page: Page) -> None:
    """The wheel brings the photo closer, dragging moves it, a click lets it fit again."""
    box, frame = page.locator("[data-foto-meja]"), page.locator(".bingkai").first
    picture = frame.locator("img")
    frame.hover()
    page.mouse.wheel(0, -500)
    expect(box).not_to_have_attribute("data-skala", "1.00")
    before = picture.evaluate("one => one.style.transform")
    page.mouse.down()
    page.mouse.move(200, 400, steps=4)
    page.mouse.up()
    assert picture.evaluate("one => one.style.transform") != before
    frame.click()
    expect(box).to_have_attribute("data-skala", "1.00")


def faults(page: Page, state: str) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = [f"{state}: {wide} px too wide"] if wide > 0 else []
    page.evaluate(AXE)
    outcome = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return found + [f"{state} {one['id']}: {json.dumps(one['nodes'][0]['target'])}" for one in outcome["violations"]]
