"""The day in the field and the comparison as people see them: small and large, both languages, light and dark."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from media.store import Store
from tests import factories
from tests.factories import MINE
from tests.journeys.conftest import Site
from tests.journeys.phone import phone
from tests.journeys.test_capture_looks import faults
from tests.journeys.test_field_offline import OPEN, THERE, check_in, decide, prepare, shoot, take_along
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.services.photos import add_photo

LOOKS = [(360, "id-ID", "light"), (1280, "en-GB", "dark")]


def photographed(site: Site, media: Path, case_id: int) -> None:
    """A visit to the case with a photo of its own, ten days after the unit's; its pictures are in the site's store."""
    store = Store.open(media.as_uri())
    with site.session() as session, session.begin():
        case = session.get_one(Evidence, case_id)
        visit = factories.visit(session, case, factories.surveyor(session), None)
        here = factories.middle(MINE)
        shot = factories.incoming(here, fix=here, captured_at=factories.NOW + timedelta(days=10))
        kept = add_photo(
            session,
            case,
            shot,
            actor=visit.assessor,
            at=factories.NOW,
            intake=factories.intake(store),
            visit_id=visit.id,
        )
        assert isinstance(kept, Photo)


@pytest.mark.parametrize(("width", "language", "scheme"), LOOKS)
def test_the_day_in_the_field_is_sound_in_every_state(
    site: Site, playwright: Playwright, tmp_path: Path, width: int, language: str, scheme: str
) -> None:
    assessor, _, cases = prepare(site, tmp_path / "media", 2)
    look = {"width": width, "locale": language, "color_scheme": scheme, "at": THERE}
    with phone(playwright, tmp_path / "phone", site.address, **look) as held:
        page, seen = held.page, []
        page.goto("/lapangan/tanpa-sinyal")
        page.wait_for_selector("#lp-orang a")
        seen += faults(page, "tamu", language)
        held.sign_in(assessor, site.code_for(assessor))
        take_along(held, 2)
        page.wait_for_selector("#lp-peta svg .lp-saya")
        seen += faults(page, "hari", language)
        held.context.set_offline(True)
        check_in(held, cases[0])
        shoot(held)
        page.click("#lp-putusan button[type=submit]")
        page.wait_for_selector("#lp-salah:not([hidden])")
        seen += faults(page, "kasus", language)
        decide(held)
        check_in(held, cases[1])
        page.click("#lp-kembali")
        page.wait_for_function(OPEN)
        page.wait_for_selector("#lp-kunjungan li:nth-child(2)")
        seen += faults(page, "antrean", language)
        held.context.set_offline(False)
        page.wait_for_selector("#lp-kunjungan [data-keadaan=settled]")
        photographed(site, tmp_path / "media", cases[1])
        page.goto(f"/verifikasi/{cases[1]}/kunjungan")
        page.wait_for_selector("#bd-pengusul option", state="attached")
        seen += faults(page, "berdampingan", language)
        page.check("[name=bd-cara][value=geser]")
        page.focus("#bd-batas")
        page.keyboard.press("ArrowRight")
        assert page.input_value("#bd-batas") == "51"
        assert page.evaluate("() => document.querySelector('[data-geser]').style.getPropertyValue('--bd')") == "51%"
        seen += faults(page, "geser", language)
        assert seen + held.complaints == []
