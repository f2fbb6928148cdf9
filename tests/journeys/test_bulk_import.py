"""A clerk with a pile of photos: a zip and a table go in, the proposal is corrected on one screen, drafts come out."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from tests import factories
from tests.journeys.conftest import Enter, Site
from tests.journeys.test_demo_pages import AXE
from tests.webapp.bulk.making import photo, zipped
from webapp.bulk.services import making
from webapp.evidence.models import Evidence

HERE = factories.middle(factories.MINE)
ROUNDS = (("2018-08-01 05:0", 0.0), ("2018-08-01 05:3", 0.01), ("2018-08-03 09:0", 0.0))  # when, how far east


def pile() -> bytes:
    """Twelve photos: four of each round."""
    files = {}
    for number in range(12):
        when, east = ROUNDS[number // 4]
        taken = photo(number, f"{when}{number % 4}", (HERE.lon + east, HERE.lat))
        files[f"DCIM/Camera/IMG_{number + 1:02d}.jpg"] = taken
    return zipped(files)


def sound(page: Page) -> None:
    """Nothing that axe objects to, and no sideways scrolling."""
    page.evaluate(AXE)
    outcome = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(one["id"], one["nodes"][0]["target"]) for one in outcome["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_pile_of_photos_becomes_drafts(site: Site, enter: Enter, tmp_path: Path) -> None:
    with site.session() as session, session.begin():
        people = factories.team(session)
    camat = enter(people.camat)
    page = camat.page
    page.goto("/bukti/")
    page.get_by_role("link", name="Impor foto sekaligus").click()
    sound(page)
    page.get_by_role("button", name="Impor baru").click()
    expect(page.get_by_role("heading", name="1. Pilih berkas")).to_be_visible()
    sound(page)
    zip_file, notes = tmp_path / "subuh.zip", tmp_path / "catatan.csv"
    zip_file.write_bytes(pile())
    notes.write_text("berkas;judul;uraian\nIMG_09;Kerja bakti RW 05;Selokan bersih\n", encoding="utf-8")
    page.set_input_files("#impor-berkas", [zip_file, notes])
    expect(page.get_by_text("12 foto diterima, 0 tidak diterima.")).to_be_visible(timeout=60_000)
    expect(page.locator("fieldset.usul")).to_have_count(4)
    sound(page)
    corrected(page)
    page.get_by_role("button", name="Buat 3 bukti").click()
    expect(page.get_by_text("3 draf bukti dibuat.")).to_be_visible()
    expect(page.locator(".made a")).to_have_count(3)
    sound(page)
    page.locator(".made a").first.click()
    expect(page.locator("#foto img")).to_have_count(4)
    assert camat.complaints == []
    assert camat.hosts == {site.address.removeprefix("http://")}
    made_as_shown(site)


def corrected(page: Page) -> None:
    """The photo that its note set apart goes back to the three others of its round; all are of one kind."""
    cards = page.locator("fieldset.usul")
    titles = [str(card.locator("input[name$=title]").input_value()) for card in cards.all()]
    apart = titles.index("Kerja bakti RW 05")
    rest = next(n for n, card in enumerate(cards.all()) if card.locator("li").count() == 3)
    cards.nth(rest).get_by_text("Uraian, gabungkan, atau lewati").click()
    cards.nth(rest).get_by_label("Gabungkan dengan kelompok lain").select_option(
        label=f"ke kelompok {apart + 1}: Kerja bakti RW 05"
    )
    page.get_by_label("Jenis kegiatan untuk semua yang belum diisi").select_option("kegiatan/subuh_keliling")
    page.get_by_role("button", name="Perbarui pratinjau").click()
    expect(page.get_by_text("Pratinjau diperbarui.")).to_be_visible()
    expect(cards).to_have_count(3)


def made_as_shown(site: Site) -> None:
    with site.session() as session:
        cases = session.scalars(select(Evidence).order_by(Evidence.id)).all()
        assert [len(case.photos) for case in cases] == [4, 4, 4]
        assert {case.title for case in cases} >= {"Kerja bakti RW 05"}
        assert {(case.activity_code, case.place_source) for case in cases} == {("subuh_keliling", "exif")}


def test_a_connection_that_breaks_goes_on_where_it_was(
    site: Site, enter: Enter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One piece is lost on its way out, the answer to another on its way back. A large pile is made in several steps
    without pressing again.
    """
    monkeypatch.setitem(making.make.__kwdefaults__, "most", 1)
    with site.session() as session, session.begin():
        people = factories.team(session)
    page = enter(people.camat).page
    page.goto("/impor/")
    page.get_by_role("button", name="Impor baru").click()
    offsets: list[int] = []

    def broken(route: Route) -> None:
        if route.request.method != "PATCH":
            return route.continue_()
        offsets.append(int(route.request.headers["upload-offset"]))
        if len(offsets) == 2:
            return route.abort()
        if len(offsets) == 4:
            route.fetch()  # it arrives, but nobody hears of it
            return route.abort()
        return route.continue_()

    page.route("**/rekam/kirim/**", broken)
    folder = tmp_path / "tugas"
    folder.mkdir()
    for name, seed in (("senin", 1), ("rabu", 2)):
        (folder / name).mkdir()
        (folder / name / "1.jpg").write_bytes(photo(seed) + bytes(2_500_000))
    page.set_input_files("#impor-folder", folder)
    expect(page.get_by_text("2 foto diterima, 0 tidak diterima.")).to_be_visible(timeout=60_000)
    assert len(offsets) == 2 * 3 + 1  # what was lost on its way out, and nothing else, went out again
    titles = [str(field.input_value()) for field in page.locator("input[name$=title]").all()]
    assert sorted(titles) == ["rabu", "senin"]
    page.get_by_label("Jenis kegiatan untuk semua yang belum diisi").select_option("kegiatan/subuh_keliling")
    for field in page.locator("input[type=date]").all():
        field.fill("2018-08-01")
    page.get_by_role("button", name="Buat 2 bukti").click()
    expect(page.locator(".made a")).to_have_count(2)
    expect(page.get_by_text("Selesai", exact=True)).to_be_visible()
