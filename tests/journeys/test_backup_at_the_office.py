"""A phone's backup, brought to an office and imported there; the phone itself may send all the same afterwards."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright, expect
from sqlalchemy import select

from tests import factories
from tests.journeys.conftest import Enter, Site
from tests.journeys.phone import phone
from webapp.evidence.models import Evidence, Photo

ROUND = "kegiatan/subuh_keliling"


def test_a_backup_arrives_at_an_office_and_the_phone_that_sends_later_doubles_nothing(
    site: Site, playwright: Playwright, enter: Enter, tmp_path: Path
) -> None:
    with site.session() as session, session.begin():
        people = factories.team(session)
    backup = tmp_path / "cadangan.zip"
    with phone(playwright, tmp_path / "phone", site.address) as held:
        held.sign_in(people.camat)
        held.open_capture()
        held.context.set_offline(True)
        held.shoot(2)
        held.note(ROUND, "Ponsel rusak")
        taken = held.kept()
        held.page.click("details.fold summary:has-text('Setelan')")
        held.page.wait_for_selector("#rk-cadangan:not([disabled])")
        with held.page.expect_download() as saved:
            held.page.click("#rk-cadangan")
        backup.write_bytes(Path(saved.value.path()).read_bytes())

        office = enter(people.camat).page
        office.goto("/impor/")
        office.get_by_role("button", name="Impor baru").click()
        office.set_input_files("#impor-berkas", [backup])
        expect(office.get_by_text("2 foto diterima, 0 tidak diterima.")).to_be_visible(timeout=60_000)
        office.get_by_role("button", name="Buat 1 bukti").click()
        expect(office.get_by_text("1 draf bukti dibuat.")).to_be_visible()

        held.context.set_offline(False)  # it was not quite broken after all
        held.wait_until_safe()
        assert {one["state"] for one in held.kept()} == {"same"}
        assert held.page.locator("#rk-daftar .error").count() == 0
        assert held.complaints == []
    with site.session() as session:
        case = session.scalars(select(Evidence)).one()
        assert (case.title, case.activity_code) == ("Ponsel rusak", "subuh_keliling")
        rows = session.scalars(select(Photo)).all()
        assert sorted(row.sha256 for row in rows) == sorted(one["sha256"] for one in taken)
        assert {row.capture_source for row in rows} == {"camera"}
        assert all(row.device_place is not None and row.device_fix_count for row in rows)
