"""Without a mouse: a camat signs in, reaches the contents past the navigation, and writes a case by keyboard alone."""

from datetime import UTC, datetime

from playwright.sync_api import Browser, Page, expect

from tests import factories
from tests.journeys.conftest import Site
from tests.journeys.test_main_job import people_of


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until the element has the focus, and see that a person can see where it is."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            ring = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            assert ring != "none", f"{selector} has the focus and does not show it"
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_camat_writes_a_case_by_keyboard_alone(site: Site, browser: Browser) -> None:
    people = people_of(site)
    context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 800}, locale="id-ID")
    page = context.new_page()
    page.goto("/masuk")
    tab_to(page, "[name=username]")
    page.keyboard.type(people.camat.username)
    tab_to(page, "[name=password]")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")

    page.goto("/bukti/baru")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Langsung ke isi")
    page.keyboard.press("Enter")
    tab_to(page, "[name=title]", 8)
    page.keyboard.type("Kampung dari papan ketik")
    tab_to(page, "[name=activity]")
    page.keyboard.type("Kampung tematik")
    tab_to(page, "[name=occurred_from]")
    page.keyboard.type(datetime.now(UTC).strftime("%m%d%Y"))
    tab_to(page, "main form button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Kampung dari papan ketik")
    tab_to(page, "#berkas-kamera")
    context.close()
