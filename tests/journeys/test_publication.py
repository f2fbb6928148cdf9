"""From a verified case to what everybody sees: covered by keyboard on a phone, approved by another person."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from config import Settings
from media.store import Store
from tests import factories
from tests.factories import KABUPATEN
from tests.journeys.conftest import Enter, Site
from tests.journeys.test_demo_pages import faults_of, watched
from tests.journeys.test_keyboard import tab_to
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence.rules import State


@pytest.fixture
def officers(site: Site, tmp_path: Path) -> tuple[Account, Account]:
    """Two of them, and a verified case with children on its photo."""
    store = Store.open(Settings(data_dir=tmp_path).media_place)
    with site.session() as session, session.begin():
        team = factories.team(session)
        team.store = store
        factories.case(session, team, State.VERIFIED_DESK, title="Kampung warna", tags=["children"])
        post = (Role.INFORMATION_OFFICER, KABUPATEN)
        return factories.account(session, post), factories.account(session, post)


def _covers(page: Page) -> None:
    """A box by keyboard, another by dragging."""
    tab_to(page, "[data-samar-tambah]", 80)
    page.keyboard.press("Enter")
    box = page.locator(".samar-foto button").first
    expect(box).to_be_focused()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "Shift+ArrowRight"):
        page.keyboard.press(key)
    first = page.locator("tr[data-kotak]").first
    expect(first.locator("[name=x]")).to_have_value("38")
    expect(first.locator("[name=y]")).to_have_value("39")
    expect(first.locator("[name=w]")).to_have_value("21")
    frame = page.locator(".samar-foto").bounding_box()
    assert frame is not None
    page.locator(".samar-foto").scroll_into_view_if_needed()
    frame = page.locator(".samar-foto").bounding_box() or frame
    page.mouse.move(frame["x"] + frame["width"] * 0.05, frame["y"] + frame["height"] * 0.05)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.2, frame["y"] + frame["height"] * 0.2, steps=5)
    page.mouse.up()
    expect(page.locator(".samar-foto button")).to_have_count(2)
    page.locator(".samar-foto button").nth(1).focus()
    page.keyboard.press("Delete")
    expect(page.locator(".samar-foto button")).to_have_count(1)


def test_an_officer_covers_another_approves_and_a_visitor_sees_it(
    site: Site, browser: Browser, enter: Enter, officers: tuple[Account, Account]
) -> None:
    first, second = enter(officers[0]), enter(officers[1])
    page, faults = first.page, []
    page.goto("/publikasi/")
    page.get_by_role("link", name="Kampung warna").click()
    faults += faults_of(page, page.url, "id")
    expect(page.locator("[name=precision][value=grid]")).to_be_checked()
    page.locator("[name=photos]").check()
    page.get_by_role("button", name="Siapkan").click()
    page.wait_for_url(re.compile(r"/publikasi/\d+$"))
    address = page.url
    faults += faults_of(page, address, "id")
    page.locator("#foto a").first.click()
    faults += faults_of(page, page.url, "id")
    _covers(page)
    page.get_by_role("button", name="Simpan dan buat gambarnya").click()
    expect(page.locator("#hasil img")).to_be_visible()
    faults += faults_of(page, page.url.partition("#")[0], "id")

    second.page.goto(address)
    expect(second.page.locator("#foto img")).to_have_attribute("alt", re.compile("sudah disamarkan"))
    second.page.get_by_role("button", name="Setujui untuk terbit").click()
    expect(second.page.locator("h1")).to_contain_text("Kampung warna")
    page.goto(address)
    page.locator("summary", has_text="Terbitkan").click()
    page.locator("form[action$='/terbitkan'] button").click()
    expect(page.locator(".flashes")).to_contain_text("Terbit untuk umum.")
    assert faults + first.complaints + second.complaints == []
    _visited(site, browser)


def _visited(site: Site, browser: Browser) -> None:
    """Everything public, by somebody without an account, on a phone and on a desktop, and inside another page."""
    faults: list[str] = []
    for width, language in ((360, "id"), (1280, "en")):
        colours: Literal["light", "dark"] = "light" if width == 360 else "dark"
        size: ViewportSize = {"width": width, "height": 800}
        context = browser.new_context(base_url=site.address, viewport=size, color_scheme=colours)
        page = context.new_page()
        faults += (seen := watched(page, site.address))
        for path in (f"/publik/?bahasa={language}", f"/publik/?sematkan=1&bahasa={language}"):
            seen += faults_of(page, path, language)
            expect(page.locator("#daftar a").first).to_have_text("Kampung warna")
            drawn = page.locator(".peta-kotak .leaflet-interactive, .peta-kotak .leaflet-marker-icon")
            expect(drawn.first).to_be_attached()
        page.locator("#daftar a").first.click()
        page.wait_for_url(re.compile(r"/publik/[0-9a-f-]{36}"))
        seen += faults_of(page, page.url, language)
        _framed(context.new_page(), site.address)
        assert context.cookies() == []
        faults += seen
        context.close()
    assert faults == []


def _framed(outer: Page, address: str) -> None:
    """Another site's page shows the embedded map, and only that one."""
    folder = Path(tempfile.mkdtemp())
    for name in ("?sematkan=1", ""):
        (folder / f"{bool(name)}.html").write_text(f"<iframe src='{address}/publik/{name}' width='500'></iframe>")
    other = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder)))
    threading.Thread(target=other.serve_forever, daemon=True).start()
    outer.goto(f"http://127.0.0.1:{other.server_port}/True.html")
    expect(outer.frame_locator("iframe").locator("#daftar a").first).to_have_text("Kampung warna")
    outer.goto(f"http://127.0.0.1:{other.server_port}/False.html")
    expect(outer.frame_locator("iframe").locator("#daftar")).to_have_count(0)
    other.shutdown()
    other.server_close()
    shutil.rmtree(folder)
