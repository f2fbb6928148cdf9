"""The map without a mouse: from the country to the page of one case, by keyboard and the list beside the map alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR
from tests.journeys.conftest import Enter, Person, Site
from tests.journeys.test_keyboard import tab_to
from tests.journeys.test_map_tiles import HOSTILE, two_at_one_spot
from tests.journeys.test_map_ways import sound
from tests.webapp.insight.conftest import evidence
from webapp.access import Role
from webapp.evidence.rules import State
from webapp.territory.models import Region

MAP = "Object.values(petabukti.maps)[0]"
ALONE = factories.middle(NEXT_DOOR)


@pytest.fixture
def leader(site: Site, enter: Enter) -> Person:
    """Of the whole country; two cases stand at one point, one alone, one nowhere."""
    with site.session() as session, session.begin():
        people = factories.team(session)
        two_at_one_spot(session, people)
        evidence(session, people, State.REJECTED, NEXT_DOOR, place=ALONE, title="Taman baca", accuracy_m=15)
        evidence(session, people, State.SUBMITTED, MINE, placed=False, title="Di mana saja")
        evidence(session, people, State.DRAFT, NEXT_DOOR, place=ALONE, title="Rahasia")
        person = factories.account(session, (Role.LEADER, None))
    return enter(person)


def pressed(page: Page, key: str, what: str) -> None:
    """Press a key on the map and wait until it has stopped moving for it."""
    before = page.evaluate(f"{MAP}.{what}")
    page.keyboard.press(key)
    at_rest = f"!{MAP}._animatingZoom && !({MAP}._panAnim || {{}})._inProgress"
    page.wait_for_function(f"before => {MAP}.{what} !== before && {at_rest}", arg=before)


def ready(page: Page) -> None:
    page.wait_for_selector(".folium-map[data-ready=true]")


def test_from_the_country_to_the_page_of_a_case(leader: Person) -> None:
    page = leader.page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/peta/")
    said = page.locator("#terlihat [role=status]")
    for place in ("99", KABUPATEN):  # by the table: what has no outline is in no map
        ready(page)
        tab_to(page, "a[href='#tabel']")
        page.keyboard.press("Enter")
        tab_to(page, f"#tabel a[href='/peta/{place}']")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/peta/{place}")
    ready(page)
    tab_to(page, ".folium-map")
    while page.evaluate(f"{MAP}.getZoom()") > 8:
        pressed(page, "-", "getZoom()")
    expect(said).to_contain_text("4 wilayah di peta ini. Perbesar peta")
    page.evaluate("window.scrollTo(0, 0)")
    tab_to(page, "#terlihat li a", 120)
    expect(page.locator(".peta-disorot")).to_have_count(1)  # the area of the entry with the focus
    note = page.locator(".peta-catatan a")
    expect(note).to_have_text("1 tanpa lokasi")
    expect(note).to_have_attribute("href", re.compile(r"/daftar\?kelompok=unplaced$"))

    page.locator("a.skip").first.focus()
    tab_to(page, ".folium-map")
    while page.evaluate(f"{MAP}.getZoom()") < 10.5:
        pressed(page, "+", "getZoom()")
    expect(said).to_have_text("3 bukti di peta ini")
    sound(page)
    for arrow in ("ArrowRight", "ArrowLeft"):
        pressed(page, arrow, "getCenter().lng")
    expect(said).to_have_text("3 bukti di peta ini")
    tab_to(page, "#terlihat li button", 120)
    while "Kerja bakti" not in page.locator(":focus").inner_text():
        page.keyboard.press("Tab")
    expect(page.locator("path.peta-sorot")).to_have_count(1)
    page.keyboard.press("Enter")
    popup = page.locator(".peta-popup")
    expect(popup.locator("li")).to_have_count(2)  # all that stands at the point
    expect(popup).to_contain_text(HOSTILE)
    expect(page.locator(".peta-popup li a").first).to_be_focused()
    expect(page.locator(".leaflet-popup").first).to_have_css("opacity", "1")  # it fades in
    sound(page)
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    expect(page.locator("#terlihat li button:focus")).to_contain_text("Kerja bakti")

    expect(said).to_have_text("3 bukti di peta ini")
    page.locator("#terlihat").focus()  # where the link past the map leads
    tab_to(page, "#terlihat li button", 3)
    while "Taman baca" not in page.locator(":focus").inner_text():
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".peta-popup a:focus")).to_have_text("Buka")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bukti/*")
    expect(page.locator("h1")).to_contain_text("Taman baca")
    assert page.evaluate("window.jahat") is None and leader.complaints == []


def test_the_list_follows_filter_and_view_and_says_how_many(leader: Person) -> None:
    page = leader.page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"/peta/{KABUPATEN}?keadaan=rejected&lat={ALONE.lat}&lon={ALONE.lon}&zoom=16")
    ready(page)
    said = page.locator("#terlihat [role=status]")
    expect(said).to_have_text("1 bukti di peta ini")
    expect(page.locator("#terlihat li")).to_have_count(1)
    expect(page.locator("#terlihat")).not_to_contain_text("Rahasia")
    page.locator(".folium-map").focus()
    for _ in range(8):
        pressed(page, "ArrowLeft", "getCenter().lng")
    expect(said).to_have_text("Tidak ada bukti di bagian peta ini")
    expect(page.locator("#terlihat li")).to_have_count(0)
    beside, map_box = page.locator("#terlihat").bounding_box(), page.locator(".peta-kotak").bounding_box()
    assert beside and map_box and beside["x"] >= map_box["x"] + map_box["width"]  # beside the map on a desk


def test_a_case_of_a_kecamatan_opens_by_keyboard_and_gives_the_focus_back(leader: Person) -> None:
    page = leader.page
    page.goto(f"/peta/{NEXT_DOOR}")
    ready(page)
    expect(page.locator("#terlihat [role=status]")).to_have_text("1 bukti di peta ini")
    dot = page.locator("path.peta-titik")
    dot.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".peta-popup a:focus")).to_have_text("Buka")
    page.keyboard.press("Escape")
    expect(dot).to_be_focused()


def test_the_other_rows_of_a_long_table_come_while_one_scrolls_to_them(site: Site, leader: Person) -> None:
    with site.session() as session, session.begin():
        for number in range(11, 31):
            session.add(
                Region(
                    code=str(number), name=f"Provinsi {number}", level="provinsi", time_zone="Asia/Jakarta",
                    boundary_error_m=100,
                )
            )  # fmt: skip
        session.flush()
        people = factories.team(session)
        for number in range(11, 31):
            evidence(session, people, State.SUBMITTED, str(number), placed=False)
    page = leader.page
    page.goto("/peta/")
    rows = page.locator("#tabel tbody tr")
    page.locator("#tabel").scroll_into_view_if_needed()
    expect(rows.filter(has=page.locator("a[href^='/peta/'], th"))).to_have_count(21)
    expect(page.locator("#tabel [data-baris]")).to_have_count(0)
    expect(rows.filter(has_text="Provinsi 30").locator("a").first).to_have_attribute("href", "/peta/30")
    sound(page)
