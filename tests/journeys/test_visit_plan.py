"""A day in the field in a real browser: the secretariat draws at a desk, the assessor reads the route on a phone."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from playwright.sync_api import Page

from tests import factories
from tests.factories import KABUPATEN, NOW
from tests.journeys.conftest import Enter, Site
from tests.journeys.test_demo_pages import AXE
from tests.webapp.fieldwork.conftest import verified, wait
from webapp.access import Role
from webapp.db import utcnow
from webapp.verification.queries.partial import day_there


def sound(page: Page) -> None:
    """Nothing axe objects to, and no sideways scrolling."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert found == [], json.dumps([(one["id"], one["nodes"][0]["target"]) for one in found])
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_plan_is_drawn_read_on_a_phone_and_printed(site: Site, enter: Enter) -> None:
    with site.session() as session, session.begin():
        people = factories.team(session)
        planner = factories.account(session, (Role.SECRETARIAT, KABUPATEN), name="Sekretariat Uji", on=utcnow().date())
        for number in range(4):
            wait(session, people, number, title=f"Posyandu Melati {number}")
        for number in range(10, 20):
            verified(session, people, number, verified_at=NOW + timedelta(days=1))
    desk = enter(planner).page
    desk.set_viewport_size({"width": 1280, "height": 900})
    desk.goto("/lapangan/rencana/baru")
    desk.fill("[name=day]", day_there(utcnow(), KABUPATEN).isoformat())
    desk.fill("[name=start_label]", "Kantor bupati")
    desk.fill("[name=lon]", "100,2")
    desk.fill("[name=lat]", "-1,95")
    sound(desk)
    desk.click("text=Undi dan simpan")
    desk.wait_for_url(re.compile(r"/lapangan/rencana/\d+$"))
    desk.wait_for_selector(".peta-henti-planned >> nth=4")
    desk.wait_for_selector("path.peta-rute")
    assert desk.locator(".peta-henti-planned").count() == 5, "four that wait, one of ten by chance"
    sound(desk)

    phone = enter(people.surveyor, None, "en-GB").page
    phone.set_viewport_size({"width": 360, "height": 780})
    phone.goto("/lapangan/hari-ini")
    phone.wait_for_selector(".peta-henti-planned >> nth=4")
    numbers = phone.locator("#rute .urutan").all_inner_texts()
    assert numbers == ["1", "2", "3", "4", "5"]
    sound(phone)
    with phone.expect_download() as came:
        phone.locator("a[href*='rute.gpx']").click()
    assert came.value.suggested_filename.endswith(".gpx")
