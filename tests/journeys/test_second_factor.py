"""The second factor on a phone of 360 px: set up, used, lost, and asked for again; sound pages all the way."""

import json
import re

from playwright.sync_api import Page, expect
from sqlalchemy import update

from tests import factories
from tests.factories import PASSWORD
from tests.journeys.conftest import Enter, Site
from tests.journeys.test_demo_pages import AXE
from webapp.accounts import totp
from webapp.accounts.models import OpenSession, SecondFactor
from webapp.db import utcnow


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands: too wide, or something axe objects to."""
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.evaluate(AXE)
    outcome = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    found = [f"{page.url} {one['id']}: {json.dumps(one['nodes'][0]['target'])}" for one in outcome["violations"]]
    return found + ([f"{page.url} {wide} px too wide"] if wide > 0 else [])


def password(page: Page, username: str) -> None:
    page.goto("/masuk")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def next_code(site: Site, secret: str) -> str:
    """The code of now, as if those before had been used long ago."""
    with site.session() as session, session.begin():
        session.execute(update(SecondFactor).values(last_step=0))
    return totp.code_of(secret, totp.step_at(utcnow()))


def test_a_phone_is_set_up_used_and_lost(site: Site, enter: Enter) -> None:
    with site.session() as session, session.begin():
        people = factories.team(session)
    camat = enter(people.camat)
    page, seen = camat.page, []
    page.goto("/akun")
    page.get_by_role("link", name="Faktor kedua").click()
    seen += faults(page)
    page.get_by_role("link", name="Pasang faktor kedua").click()
    seen += faults(page)
    expect(page.locator("svg.qr")).to_be_visible()
    secret = page.locator(".key").inner_text().replace(" ", "")
    code = totp.code_of(secret, totp.step_at(utcnow()))
    page.fill("[name=code]", f"{code[:3]} {code[3:]}")
    page.get_by_role("button", name="Pasang").click()
    seen += faults(page)
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    expect(page.get_by_role("button", name="Cetak")).to_be_visible()
    page.get_by_role("link", name="Sudah saya simpan").click()
    expect(page.get_by_text("Kode pemulihan yang tersisa")).to_be_visible()
    seen += faults(page)

    page.context.clear_cookies()
    password(page, people.camat.username)
    page.wait_for_url(re.compile("/masuk/kode"))
    seen += faults(page)
    page.fill("[name=code]", next_code(site, secret))
    page.click("main button[type=submit]")
    page.wait_for_url("**/")

    page.context.clear_cookies()
    password(page, people.camat.username)
    page.get_by_role("link", name=re.compile("Pakai kode pemulihan")).click()
    seen += faults(page)
    page.fill("[name=code]", codes[2].upper())
    page.click("main button[type=submit]")
    expect(page.get_by_text("Tersisa 9 kode")).to_be_visible()

    with site.session() as session, session.begin():
        session.execute(update(OpenSession).values(proved_at=people.period.opened_at))
    page.get_by_text("Buat kode pemulihan baru").first.click()
    page.locator("details[open] button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("Buktikan bahwa ini Anda")
    seen += faults(page)
    page.fill("[name=bukti-diri-code]", next_code(site, secret))
    page.get_by_role("button", name="Lanjutkan").click()
    expect(page.locator(".codes code")).to_have_count(10)
    assert seen == []
    assert [said for said in camat.complaints if "403" not in said] == []
