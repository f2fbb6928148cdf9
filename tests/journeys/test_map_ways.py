"""The leader's ways through the map in a real browser: filters and position in the address, time by slider and
playback, two times side by side, copies as lines; by keyboard, at 360 px and on a desk, with nothing axe objects to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR, NOW, PASSWORD
from tests.journeys.conftest import Enter, Site
from tests.journeys.test_demo_pages import AXE
from tests.webapp.insight.conftest import evidence
from webapp.accounts.models import Account
from webapp.evidence.rules import State
from webapp.replication.models import Replication

MONTHS = (1, 1, 2, 4)


@pytest.fixture
def leader(site: Site) -> Account:
    """Cases of four months in two kecamatan, one a copy of another."""
    with site.session() as session, session.begin():
        people = factories.team(session)
        made = []
        for number, month in enumerate(MONTHS):
            unit, day = (MINE if number % 2 else NEXT_DOOR), date(2026, month, 10)
            state = State.VERIFIED_FIELD if number < 3 else State.SUBMITTED
            made.append(
                evidence(session, people, state, unit, title=f"Pelayanan {number}", occurred_from=day, occurred_to=day)
            )
        for copy in (made[1], made[3]):
            session.add(
                Replication(
                    evidence_id=copy.id, source_id=made[0].id, source_region_code=NEXT_DOOR, said_by=people.camat.id,
                    said_at=NOW,
                )
            )  # fmt: skip
        return people.leader


@pytest.fixture
def phone(leader: Account, enter: Enter) -> Iterator[Page]:
    """The leader at a phone; in the end the browser has complained of nothing."""
    person = enter(leader)
    yield person.page
    assert person.complaints == []
    assert len(person.hosts) == 1


def opened(page: Page, path: str) -> None:
    page.goto(path)
    for one in page.locator(".folium-map").all():
        expect(one).to_have_attribute("data-ready", "true")


def sound(page: Page) -> None:
    """Nothing too wide, nothing axe objects to."""
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.evaluate(AXE)
    outcome = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [f"{one['id']}: {json.dumps(one['nodes'][0]['target'])}" for one in outcome["violations"]] == []


def test_the_address_keeps_filter_and_position(phone: Page) -> None:
    opened(phone, f"/peta/{KABUPATEN}")
    sound(phone)
    phone.locator("details.fold summary").first.click()
    phone.fill("[name=dari]", "2026-02")
    phone.fill("[name=cari]", "layanan")
    phone.evaluate("petabukti.maps.map_inovasi.setView([-1.95, 100.1], 11, {animate: false})")
    expect(phone).to_have_url("**lat=-1.95000&lon=100.10000&zoom=11".replace("**", f"{phone.url.split('?')[0]}?"))
    phone.get_by_role("button", name="Terapkan").click()
    phone.wait_for_url("**dari=2026-02**zoom=11**")
    expect(phone.locator(".tile-value").first).to_have_text("2")
    expect(phone.locator(".folium-map")).to_have_attribute("data-ready", "true")
    assert phone.evaluate("petabukti.maps.map_inovasi.getZoom()") == 11
    phone.reload()
    expect(phone.locator(".tile-value").first).to_have_text("2")
    phone.locator(".chips a", has_text="sejak Februari 2026").click()
    phone.wait_for_url("**cari=layanan**zoom=11**")
    assert "dari=" not in phone.url
    expect(phone.locator(".tile-value").first).to_have_text("4")


def test_time_moves_by_keyboard_and_plays_and_the_table_follows(phone: Page) -> None:
    opened(phone, f"/peta/{KABUPATEN}/waktu?bulan=2026-01")
    sound(phone)
    shaded = f"() => petabukti.maps.map_inovasi.petabukti.regions.getLayers().find(l => l.feature.id === '{MINE}')"
    look = f"() => ({shaded})().getElement().getAttribute('class')"
    cell = phone.locator(f"[data-kode='{MINE}'] ~ [data-kelompok=verified]")
    expect(cell).to_have_text("1")
    assert "peta-shade-1" in phone.evaluate(look)
    slider = phone.get_by_label("Geser waktu")
    slider.focus()
    phone.keyboard.press("ArrowRight")
    expect(phone.locator("#waktu-kini")).to_have_text("Februari 2026")
    expect(cell).to_have_text("0")
    assert "peta-s-silent" in phone.evaluate(look) and "bulan=2026-02" in phone.url
    expect(slider).to_have_attribute("aria-valuetext", "Februari 2026")
    phone.get_by_role("button", name="Putar").focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("button", name="Jeda")).to_have_attribute("aria-pressed", "true")
    expect(phone.locator("#waktu-kini")).to_have_text("April 2026")
    expect(phone.get_by_role("button", name="Putar")).to_be_visible()  # it stops at the end
    summed, leading = phone.locator("[data-waktu-angka]"), phone.locator("[data-waktu-teratas] li")
    expect(summed).to_contain_text("Dari 1 yang diklaim")
    expect(summed).to_contain_text("Angka kecil")  # too few for a share
    expect(leading).to_have_count(1)
    expect(phone.locator("[data-waktu-unit]")).to_contain_text("Tanpa bukti: 3 dari 4 unit")
    expect(phone.locator("[data-waktu-diam] li")).to_have_count(3)
    assert phone.evaluate("document.documentElement.scrollHeight") < 5000
    phone.get_by_text("Tabel angka per wilayah").click()
    claimed = phone.locator(f"[data-kode='{MINE}'] ~ [data-kelompok=claimed] a")
    assert leading.locator("a").evaluate("link => link.href") == claimed.evaluate("link => link.href")
    claimed.click()
    phone.wait_for_url("**/daftar?**dari=2026-04**")
    expect(phone.locator("main")).to_contain_text("1 bukti di balik angka ini.")


def test_without_script_time_is_asked_of_the_server(leader: Account, browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.address, java_script_enabled=False, locale="id-ID")
    page = context.new_page()
    page.goto("/masuk")
    page.fill("[name=username]", leader.username)
    page.fill("[name=password]", PASSWORD)
    code = site.code_for(leader)
    page.click("main button[type=submit]")
    page.fill("[name=code]", code or "")
    page.click("main button[type=submit]")
    page.goto(f"/peta/{KABUPATEN}/waktu")
    expect(page.locator("#waktu-kini")).to_have_text("April 2026")
    page.select_option("select[name=bulan]", "2026-01")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.locator("#waktu-kini")).to_have_text("Januari 2026")
    page.get_by_text("Tabel angka menurut waktu").click()
    page.get_by_role("link", name="Februari 2026").click()
    expect(page.locator("#waktu-kini")).to_have_text("Februari 2026")
    expect(page.locator("[data-waktu]")).to_be_hidden()
    context.close()


def test_two_times_move_together_and_the_table_says_the_difference(phone: Page) -> None:
    times = "kiri_dari=2026-01&kiri_sampai=2026-01&kanan_dari=2026-02&kanan_sampai=2026-12"
    opened(phone, f"/peta/banding?kiri={KABUPATEN}&kanan={KABUPATEN}&{times}")
    sound(phone)
    left, right = (phone.locator(f"#map_{side}").bounding_box() for side in ("kiri", "kanan"))
    assert left and right and right["y"] >= left["y"] + left["height"]  # one above the other
    phone.evaluate("petabukti.maps.map_kiri.setView([-1.95, 100.1], 12, {animate: false})")
    assert phone.evaluate("petabukti.maps.map_kanan.getZoom()") == 12
    expect(phone.locator("#tabel tr", has_text="Terverifikasi").first).to_contain_text("−1")
    phone.set_viewport_size({"width": 1280, "height": 800})
    left, right = (phone.locator(f"#map_{side}").bounding_box() for side in ("kiri", "kanan"))
    assert left and right and left["y"] == right["y"] and right["x"] >= left["x"] + left["width"]
    sound(phone)


def test_copies_are_lines_that_keyboard_and_list_reach(phone: Page) -> None:
    opened(phone, f"/peta/{KABUPATEN}/tiruan")
    sound(phone)
    assert phone.locator("path.peta-tiruan[tabindex]").count() == 2
    assert phone.locator("path.peta-tiruan-belum[tabindex]").count() == 1
    phone.locator("path.peta-tiruan[tabindex]").first.focus()
    phone.keyboard.press("Enter")
    expect(phone.locator(".peta-bukti")).to_contain_text("Diadaptasi dari: Pelayanan 0")
    expect(phone.locator("#tabel")).to_contain_text("Pelayanan 3")
    opened(phone, f"/peta/{KABUPATEN}/foto")
    sound(phone)
