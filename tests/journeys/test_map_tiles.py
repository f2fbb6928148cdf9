"""Single cases on the map of a kabupaten: on a canvas, from vector tiles, once one has zoomed in beyond the regions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from geo.values import LonLat
from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR
from tests.journeys.conftest import Enter, Person, Site
from tests.webapp.insight.conftest import evidence
from webapp.evidence.rules import State

AXE = (Path(__file__).resolve().parents[2] / "webapp/static/vendor/axe-core/axe.min.js").read_text()
SPOT, ALONE = LonLat(100.0512345, -1.9487654), LonLat(100.0642345, -1.9487654)
HOSTILE = "<img src=x onerror=window.jahat=1>"
LOOK = "([lat, lon, zoom]) => Object.values(petabukti.maps)[0].setView([lat, lon], zoom, {animate: false})"
CLICK = """
([lon, lat, away]) => {
    const map = Object.values(petabukti.maps)[0], box = map.getContainer().getBoundingClientRect();
    const spot = map.latLngToContainerPoint([lat, lon]);
    return [box.left + spot.x + away, box.top + spot.y + away];
}
"""


def two_at_one_spot(session: Session, people: factories.Team) -> None:
    for state, title in ((State.SUBMITTED, "Kerja bakti"), (State.VERIFIED_DESK, HOSTILE)):
        evidence(session, people, state, MINE, place=SPOT, title=title, accuracy_m=30)


@pytest.fixture
def leader(site: Site, enter: Enter) -> Person:
    with site.session() as session, session.begin():
        people = factories.team(session)
        two_at_one_spot(session, people)
        evidence(session, people, State.REJECTED, MINE, place=ALONE, title="Taman baca", accuracy_m=15)
        evidence(session, people, State.DRAFT, NEXT_DOOR, place=ALONE, title="Rahasia")
        person = people.leader
    return enter(person)


def go_to(page: Page, path: str, zoom: float) -> None:
    page.goto(path)
    page.wait_for_selector(".folium-map[data-ready=true]")
    page.locator(".folium-map").scroll_into_view_if_needed()
    with page.expect_response(re.compile(r"\.mvt")):
        page.evaluate(LOOK, [SPOT.lat, SPOT.lon, zoom])
    page.wait_for_load_state("networkidle")


def click_at(page: Page, place: LonLat, away: int = 0) -> None:
    x, y = page.evaluate(CLICK, [place.lon, place.lat, away])
    page.mouse.click(x, y)


def test_what_draws_single_cases_comes_when_somebody_zooms_in(leader: Person) -> None:
    page, asked = leader.page, []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/peta/{KABUPATEN}")
    page.wait_for_selector(".folium-map[data-ready=true]")
    assert not any("VectorGrid" in url or "petak.js" in url or "cluster" in url for url in asked)
    go_to(page, f"/peta/{KABUPATEN}", 13)
    assert any("VectorGrid" in url for url in asked) and any("petak.js" in url for url in asked)


def test_points_at_one_spot_open_as_a_list_and_one_alone_as_itself(leader: Person) -> None:
    page = leader.page
    go_to(page, f"/peta/{KABUPATEN}", 13)
    click_at(page, SPOT)
    popup = page.locator(".peta-popup")
    expect(popup.locator("li")).to_have_count(2)
    expect(popup).to_contain_text("2 bukti di titik ini")
    expect(popup).to_contain_text(HOSTILE)
    expect(popup.locator("a").first).to_have_attribute("href", re.compile(r"^/bukti/\d+$"))
    click_at(page, ALONE)
    expect(popup.filter(has_text="Taman baca")).to_be_visible()
    expect(popup).to_have_count(1)  # the one before fades away
    expect(popup).not_to_contain_text("Rahasia")
    assert page.evaluate("window.jahat") is None
    page.evaluate(AXE)
    assert (
        page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => v.id))") == []
    )
    assert leader.complaints == []


def test_cases_are_drawn_from_the_half_zoom_on_at_which_the_list_beside_the_map_tells_of_them(leader: Person) -> None:
    page = leader.page
    go_to(page, f"/peta/{KABUPATEN}", 10.5)
    expect(page.locator("#terlihat [role=status]")).to_have_text("3 bukti di peta ini")
    expect(page.locator(".leaflet-cases-pane canvas").first).to_be_attached()
    click_at(page, SPOT)
    expect(page.locator(".peta-popup li")).to_have_count(2)


def test_the_filter_of_the_address_acts_on_the_tiles(leader: Person) -> None:
    page = leader.page
    go_to(page, f"/peta/{KABUPATEN}?keadaan=submitted", 13)
    click_at(page, SPOT)
    expect(page.locator(".peta-popup")).to_contain_text("Kerja bakti")
    expect(page.locator(".peta-popup li")).to_have_count(0)


def test_a_click_beside_every_mark_opens_the_region_below_the_canvas(leader: Person) -> None:
    page = leader.page
    go_to(page, f"/peta/{KABUPATEN}", 13)
    click_at(page, SPOT, away=60)
    page.wait_for_url(f"**/peta/{MINE}")


def test_who_is_signed_out_is_told_so_and_sees_no_empty_map(leader: Person) -> None:
    page = leader.page
    go_to(page, f"/peta/{KABUPATEN}", 13)
    leader.context.clear_cookies()
    page.evaluate("() => Object.values(petabukti.maps)[0].setZoom(15, {animate: false})")
    expect(page.locator(".peta-pesan")).to_contain_text("Sesi Anda sudah berakhir")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".peta-pesan")).to_have_count(1)  # once, whatever layers met it
