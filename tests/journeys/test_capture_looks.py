"""The capture page as people see it: small and large, both languages, light and dark, in each of its states."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright
from sqlalchemy import delete

from tests import factories, photos
from tests.journeys.conftest import Site
from tests.journeys.phone import phone
from tests.journeys.test_capture_photos import PICK, written
from tests.journeys.test_demo_pages import AXE
from webapp.accounts.models import OpenSession

ROUND = "kegiatan/subuh_keliling"
LOOKS = [(360, "id-ID", "light"), (360, "en-GB", "dark"), (1280, "id-ID", "dark"), (1280, "en-GB", "light")]


def faults(page: Page, state: str, language: str) -> list[str]:
    """What is wrong with the page as it stands: too wide, in the wrong language, or hard to use by somebody."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = [f"{state}: {wide} px too wide"] if wide > 0 else []
    found += [] if page.locator("html").get_attribute("lang") == language[:2] else [f"{state}: wrong language"]
    page.evaluate(AXE)
    outcome = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return found + [f"{state} {one['id']}: {json.dumps(one['nodes'][0]['target'])}" for one in outcome["violations"]]


@pytest.mark.parametrize(("width", "language", "scheme"), LOOKS)
def test_the_capture_page_is_sound_in_every_state(
    site: Site, playwright: Playwright, tmp_path: Path, width: int, language: str, scheme: str
) -> None:
    with site.session() as session:
        people = factories.team(session)
        session.commit()
    look = {"width": width, "locale": language, "color_scheme": scheme}
    with phone(playwright, tmp_path / "phone", site.address, **look) as held:
        page, seen = held.page, []
        page.goto("/rekam/")
        page.wait_for_selector("#rk-orang a")
        seen += faults(page, "tamu", language)
        held.sign_in(people.camat)
        held.open_capture()
        page.click("#rk-foto")
        page.wait_for_selector("#rk-kamera[open]")
        seen += faults(page, "kamera", language)
        page.click("#rk-tutup")
        bad = written(tmp_path / "galeri", "catatan.jpg", b"bukan foto " * 400)
        good = written(tmp_path / "galeri", "jalan.jpg", photos.without_gps(seed=1, size=(640, 480)))
        page.set_input_files(PICK, [good, bad])
        page.wait_for_selector("#rk-baru li:nth-child(2)")
        page.click("#rk-catatan details summary")
        seen += faults(page, "catatan", language)
        held.note(ROUND, "Subuh keliling bersama warga RW 03 dan jamaah Masjid Al-Ikhlas")
        page.wait_for_selector("#rk-daftar .error")
        page.wait_for_selector("#rk-daftar .rk-ok")
        held.context.set_offline(True)
        held.shoot(2)
        held.note(ROUND, "Tanpa sinyal")
        held.shoot(1)
        page.click("details.fold summary:has-text('Setelan'), details.fold summary:has-text('Settings')")
        page.wait_for_selector("#rk-daftar li:nth-child(2)")
        seen += faults(page, "antrean", language)
        page.goto("/bukti/")
        page.wait_for_selector("main h1")
        seen += faults(page, "tanpa-jaringan", language)
        with site.session() as session, session.begin():
            session.execute(delete(OpenSession))
        held.context.set_offline(False)
        page.goto("/rekam/")
        page.wait_for_selector("#rk-orang a")
        seen += faults(page, "tertutup", language)
        assert seen + held.complaints == []
