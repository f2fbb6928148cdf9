"""A leader with five minutes: from the desk to the cases behind a number, on to a profile, and home with its paper."""

from __future__ import annotations

import re
from typing import Literal

import pypdfium2 as pdfium
import pytest

from tests import factories
from tests.factories import KABUPATEN, MINE
from tests.journeys.conftest import Enter, Site
from tests.journeys.test_demo_pages import faults_of
from tests.webapp.insight.conftest import evidence
from webapp.accounts.models import Account
from webapp.evidence.rules import State

LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((360, "light"), (360, "dark"), (1280, "light"))


@pytest.fixture
def leader(site: Site) -> Account:
    """Of a kabupaten in which one kecamatan has sent nine cases over the months, and the others none."""
    with site.session() as session, session.begin():
        people = factories.team(session)
        for state in (State.VERIFIED_FIELD, State.SUBMITTED, State.AWAITING_FIELD):
            for number in range(3):
                evidence(session, people, state, MINE, title=f"Kampung Tematik {state.value} {number}")
        return people.leader


def test_a_leader_follows_a_number_to_its_cases_and_takes_a_profile_home(
    site: Site, leader: Account, enter: Enter
) -> None:
    person = enter(leader)
    page = person.page
    page.get_by_role("navigation").get_by_role("link", name="Dasbor").click()
    page.wait_for_url(f"**/dasbor/{KABUPATEN}")
    assert page.locator("section h2").first.inner_text() == "Unit diam"
    page.locator("#corong").get_by_role("link", name="Lolos pemeriksaan meja").first.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Lolos pemeriksaan meja")
    assert page.locator("main tbody tr").count() == 6
    page.get_by_role("link", name="Dasbor", exact=True).last.click()
    page.locator("#arus summary").click()  # the table behind the chart
    assert page.locator("#arus table").is_visible()
    page.locator("#unit").get_by_role("link", name=f"Kecamatan {MINE}").click()
    page.get_by_role("link", name="Profil", exact=True).click()
    page.wait_for_url(f"**/dasbor/{MINE}/profil")
    address = page.get_by_role("link", name="Unduh PDF").get_attribute("href")
    paper = page.context.request.get(f"{site.address}{address}")
    assert (paper.status, paper.headers["content-type"]) == (200, "application/pdf")
    opened = pdfium.PdfDocument(paper.body())
    text = re.sub(r"\s+", " ", " ".join(one.get_textpage().get_text_bounded() for one in opened))
    assert "Diklaim 9, terverifikasi 3, menunggu 6" in text
    assert person.complaints == []


def test_desk_and_profile_are_sound_at_any_width_and_light(leader: Account, enter: Enter) -> None:
    faults, person = [], enter(leader)
    page = person.page
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        for path in (f"/dasbor/{KABUPATEN}", f"/dasbor/{MINE}/profil", f"/dasbor/{KABUPATEN}/daftar?umur=31"):
            faults += [f"{width} px {scheme}: {one}" for one in faults_of(page, path, "id")]
    assert faults + person.complaints == []
