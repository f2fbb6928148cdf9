"""A leader filters the map, takes a workbook out, asks for the photos, waits, and goes on after the line broke."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import requests
from playwright.sync_api import Page, expect

from config import Settings
from media.store import Store
from tests import factories
from tests.factories import KABUPATEN
from tests.journeys.conftest import Enter, Site
from tests.journeys.test_demo_pages import AXE
from tests.webapp.exchange.reading import of_xlsx
from webapp.evidence.rules import State


def objections(page: Page) -> list[str]:
    """What axe objects to, and how much wider than the phone the page is."""
    page.evaluate(AXE)
    outcome = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = [f"{one['id']}: {json.dumps(one['nodes'][0]['target'])}" for one in outcome["violations"]]
    return found + ([f"{wide} px too wide"] if wide > 0 else [])


def test_a_leader_takes_out_what_the_filter_shows_and_then_the_photos(site: Site, enter: Enter, tmp_path: Path) -> None:
    with site.session() as session, session.begin():
        people = factories.team(session)
        people.store = Store.open(Settings(data_dir=tmp_path).media_place)
        for number in range(3):
            factories.case(session, people, State.SUBMITTED, title=f"Kampung {number}")
        factories.case(session, people, State.VERIFIED_DESK, title="Kampung terbukti")
    leader = enter(people.leader)
    page = leader.page
    page.goto(f"/peta/{KABUPATEN}?keadaan=submitted")
    page.get_by_role("link", name="Unduh", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Unduh")
    assert objections(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Unduh", exact=True).click()
    rows = of_xlsx(Path(waiting.value.path()).read_bytes())
    assert {row["judul"] for row in rows} == {"Kampung 0", "Kampung 1", "Kampung 2"}

    page.get_by_label("Arsip zip dengan foto").check()
    page.get_by_role("button", name="Unduh", exact=True).click()
    page.wait_for_url("**/unduh/")
    link = page.get_by_role("link", name="Ambil berkas")
    expect(link).to_be_visible(timeout=60_000)  # by itself: the page asks how far it is
    assert objections(page) == []
    address = site.address + str(link.get_attribute("href"))
    cookies = {one["name"]: one["value"] for one in leader.context.cookies()}
    whole = requests.get(address, cookies=cookies, timeout=60)
    assert whole.status_code == 200
    with requests.get(address, cookies=cookies, timeout=60, stream=True) as cut:
        got = next(cut.iter_content(5_000))
    going_on = {"Range": f"bytes={len(got)}-", "If-Range": whole.headers["ETag"]}
    rest = requests.get(address, cookies=cookies, timeout=60, headers=going_on)
    assert rest.status_code == 206
    assert hashlib.sha256(got + rest.content).hexdigest() == whole.headers["ETag"].strip('"')
    with zipfile.ZipFile(io.BytesIO(got + rest.content)) as archive:
        assert archive.testzip() is None
        assert sum(name.endswith(".jpg") for name in archive.namelist()) == 3

    page.get_by_role("button", name="Hapus").click()
    expect(page.get_by_text("Belum ada unduhan.")).to_be_visible()
    assert requests.get(address, cookies=cookies, timeout=60).status_code == 404
    assert leader.complaints == []
