"""Before and after over each other: a slider that arrow keys move, with date and place; without script side by side."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from config import Settings
from media.store import Store
from tests import factories
from tests.factories import KABUPATEN, MINE
from tests.journeys.conftest import Enter, Site
from tests.journeys.test_map_ways import sound
from tests.webapp.insight.test_photo_sets import staged


def test_the_first_and_the_last_stage_lie_over_each_other_under_a_slider(
    site: Site, enter: Enter, tmp_path: Path
) -> None:
    with site.session() as session, session.begin():
        people = factories.team(session)
        people.store = Store.open(Settings(data_dir=tmp_path).media_place)
        case = staged(session, people, 0, 50, 100, title="Trotoar lengkap")
        number, leader = case.id, people.leader
    person = enter(leader)
    page = person.page
    page.goto(f"/peta/{KABUPATEN}/foto")
    expect(page.locator(f"#bukti-{number} .photo-set img")).to_have_count(3)  # side by side, with or without script
    summary = page.locator("[data-geser-foto] summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    slider = page.get_by_label("Geser: kiri 0")
    expect(slider).to_be_focused()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "60 dari 100 foto kiri")
    edge = "() => getComputedStyle(document.querySelector('[data-atas]')).clipPath"
    assert page.evaluate(edge) == "inset(0px 40% 0px 0px)"
    expect(page.locator("[data-geser-foto]")).to_contain_text(f"Kecamatan {MINE}")
    page.wait_for_function("() => [...document.querySelectorAll('.bd-tumpuk img')].every(one => one.naturalWidth > 0)")
    sound(page)
    assert person.complaints == []
