"""Nobody judges their own kin, and whoever rejected does not answer the objection: both in a real browser."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR
from tests.journeys.conftest import Enter, Site
from tests.journeys.test_demo_pages import AXE
from webapp.access import Role
from webapp.db import utcnow
from webapp.evidence.rules import State


def sound(page: Page) -> None:
    """Nothing axe objects to, and no sideways scrolling."""
    page.evaluate(f"() => {{ {AXE} }}")
    found = page.evaluate("() => axe.run().then((seen) => seen.violations.map((one) => one.id))")
    assert found == [], (page.url, found)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), page.url


def test_a_declaration_is_asked_for_and_then_keeps_kin_away(site: Site, enter: Enter) -> None:
    with site.session() as session, session.begin():
        people = factories.team(session)
        kin = factories.case(session, people, State.SUBMITTED, at=utcnow())
        other = factories.case(session, people, State.SUBMITTED, at=utcnow(), unit=NEXT_DOOR)
        new = factories.account(session, (Role.DESK_VERIFIER, KABUPATEN), declares=False)
    page = enter(new).page
    page.goto(f"/verifikasi/{other.id}")
    page.get_by_role("button", name="Ambil untuk diperiksa").click()
    expect(page.locator("h1")).to_have_text("Keadaan sudah berubah")
    page.get_by_role("link", name="Buat pernyataan").click()
    expect(page.locator("h1")).to_have_text("Pernyataan bebas konflik kepentingan")
    sound(page)
    page.get_by_label(f"Hubungan dengan Kecamatan {MINE}").select_option("kin")
    page.get_by_label(f"Keterangan tentang Kecamatan {MINE}").fill("ipar camat")
    page.get_by_label("Saya menyatakan seperti di atas.").check()
    page.get_by_role("button", name="Buat pernyataan").click()
    page.wait_for_url(f"**/verifikasi/{other.id}")  # back to what they were doing
    page.get_by_role("button", name="Ambil untuk diperiksa").click()
    expect(page.get_by_text("Anda memeriksa bukti ini sampai")).to_be_visible()
    page.goto(f"/verifikasi/{kin.id}")
    expect(page.get_by_text("Anda menyatakan ada hubungan dengan unit ini")).to_be_visible()
    expect(page.get_by_role("button", name="Ambil untuk diperiksa")).to_have_count(0)
    sound(page)


def test_an_objection_goes_to_somebody_else_and_the_camat_is_told(site: Site, enter: Enter) -> None:
    with site.session() as session, session.begin():
        people = factories.team(session)
        case = factories.case(session, people, State.REJECTED, at=utcnow() - timedelta(hours=1))
    camat = enter(people.camat).page
    camat.get_by_role("link", name="Pemberitahuan").click()
    expect(camat.locator("#kabar")).to_contain_text("Dapat disanggah sampai")
    camat.get_by_role("link", name="ditolak").first.click()
    camat.get_by_text("Sanggah keputusan ini").click()
    camat.get_by_label("Alasan sanggahan").fill("Foto itu diambil dari sudut lain.")
    camat.get_by_role("button", name="Kirim sanggahan").click()
    expect(camat.get_by_text("Disanggah").first).to_be_visible()

    before = enter(people.desk).page
    before.goto(f"/verifikasi/{case.id}/sanggahan")
    expect(before.get_by_text("Anda sudah pernah memutuskan bukti ini")).to_be_visible()
    expect(before.get_by_role("button", name="Simpan putusan")).to_have_count(0)

    chair = enter(people.chair).page
    chair.get_by_role("link", name="Pemberitahuan").click()
    chair.get_by_role("link", name="keputusannya disanggah").click()
    expect(chair.get_by_text("Foto itu diambil dari sudut lain.").first).to_be_visible()
    sound(chair)
    chair.get_by_label("Diterima: diperiksa lagi di meja").check()
    chair.get_by_label("Alasan putusan").fill("Sudutnya memang lain.")
    chair.get_by_role("button", name="Simpan putusan").click()
    expect(chair.get_by_text("Putusan atas sanggahan tersimpan.")).to_be_visible()

    camat.goto("/pemberitahuan/")
    expect(camat.locator("#kabar")).to_contain_text("sanggahan diterima, diperiksa lagi di meja")
    sound(camat)
    camat.get_by_role("button", name="Tandai semua sudah dibaca").click()
    expect(camat.locator(".bell .count")).to_have_count(0)
