"""The main job in a real browser: a camat proves it, an assessor stands there, the score waits, the region sees it."""

from datetime import UTC, date, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import factories, photos
from tests.journeys.conftest import Enter, Person, Site
from tests.photos import hostile
from webapp.programme.rules import Mode

TITLE = "Kampung Tematik {{7*7}} <b>RW 05</b>"
HERE = factories.middle(factories.MINE)
STANDING = {"longitude": HERE.lon, "latitude": HERE.lat, "accuracy": 8.0}


def five_files(folder: Path) -> list[Path]:
    """Two phone photos, one HEIC, one without GPS, one cut in half."""
    taken = datetime.now().replace(microsecond=0)  # noqa: DTZ005  a camera's clock has no zone
    made = {
        "satu.jpg": photos.phone_jpeg(lon=HERE.lon, lat=HERE.lat, taken_at=taken, seed=1),
        "dua.jpg": photos.phone_jpeg(lon=HERE.lon, lat=HERE.lat, taken_at=taken, seed=2, orientation=6),
        "tiga.heic": photos.heic(lon=HERE.lon, lat=HERE.lat, taken_at=taken, seed=3),
        "empat.jpg": photos.without_gps(seed=4),
        "lima.jpg": hostile.corrupt_jpeg(),
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in made]


def people_of(site: Site) -> factories.Team:
    """A period of this very year with one indicator that asks for the field."""
    with site.session() as session, session.begin():
        people = factories.team(session, Mode.FIELD)
        year = date.today().year  # noqa: DTZ011
        people.period.starts_on, people.period.ends_on = date(year, 1, 1), date(year, 12, 31)
    return people


def verified_on_the_map(page: Page) -> int:
    page.goto(f"/peta/{factories.KABUPATEN}")
    tile = page.locator(".tile", has_text="Terverifikasi").locator(".tile-value").first
    return int(tile.inner_text())


def upload(camat: Person, folder: Path) -> int:
    """A new case with the five files; answers its number."""
    page = camat.page
    page.goto("/bukti/")
    page.get_by_role("link", name="Unggah bukti dukung").first.click()
    page.fill("[name=title]", TITLE)
    page.select_option("[name=activity]", "inovasi/kampung_tematik")
    page.fill("[name=occurred_from]", datetime.now(UTC).date().isoformat())
    page.fill("[name=note]", "Gang dicat warga ${7*7}")
    page.check("[name=consent][value=not_needed]")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/bukti/*")
    number = int(page.url.split("/bukti/")[1].split("?")[0].split("#")[0])
    expect(page.locator("[data-potret-status]")).to_contain_text("8 m")
    page.set_input_files("#berkas-galeri", five_files(folder))
    expect(page.locator("[data-potret-result]")).to_contain_text("4 diterima, 1 ditolak", timeout=60_000)
    page.goto(f"/bukti/{number}")
    expect(page.locator("#foto")).to_contain_text("lima.jpg")
    expect(page.locator("#foto img")).to_have_count(4)
    return number


def claim_and_send(camat: Person, number: int, period: int) -> None:
    page = camat.page
    page.locator("#tindakan").get_by_role("button", name="Kirim").click()
    expect(page.get_by_text("Dikirim").first).to_be_visible()
    page.goto(f"/penilaian/{period}/klaim")
    page.get_by_text("Ajukan klaim").click()
    page.fill("[name=statement]", "Kampung kami bertema.")
    page.get_by_role("button", name="Simpan klaim").click()
    page.select_option("[name=evidence_id]", str(number))
    page.get_by_role("button", name="Kaitkan").click()
    expect(page.get_by_text("Menunggu verifikasi").first).to_be_visible()


def check_at_the_desk(desk: Person, number: int) -> None:
    page = desk.page
    page.goto("/verifikasi/")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("button", name="Ambil untuk diperiksa").click()
    page.get_by_text("Perlu cek lapangan", exact=True).last.click()
    page.get_by_role("button", name="Kirim ke lapangan").click()
    page.goto(f"/verifikasi/{number}")
    expect(page.get_by_text("Menunggu cek lapangan").first).to_be_visible()


def stand_there(surveyor: Person, number: int, folder: Path) -> None:
    page = surveyor.page
    page.goto("/verifikasi/lapangan")
    page.goto(f"/verifikasi/{number}/kunjungan")
    expect(page.locator("#lon")).not_to_have_value("")
    page.get_by_role("button", name="Check-in di lokasi").click()
    picture = folder / "pembanding.jpg"
    picture.write_bytes(photos.phone_jpeg(lon=HERE.lon, lat=HERE.lat, taken_at=datetime.now(), seed=9))  # noqa: DTZ005
    page.set_input_files("#berkas", picture)
    page.get_by_role("button", name="Kirim foto").click()
    for box in page.locator("[name=checked]").all():
        box.check()
    page.check("[name=verdict][value=sesuai]")
    page.get_by_role("button", name="Selesaikan kunjungan").click()
    expect(page.get_by_text("Terverifikasi di lapangan").first).to_be_visible()


def finalise(chair: Person, period: int) -> None:
    page = chair.page
    page.goto(f"/penilaian/{period}/gerbang")
    page.get_by_text("Finalkan nilai").first.click()
    page.locator("details[open] button[type=submit]").click()


def test_the_whole_main_job(site: Site, enter: Enter, tmp_path: Path) -> None:
    people = people_of(site)
    period = people.period.id
    leader = enter(people.leader)
    before = verified_on_the_map(leader.page)

    camat = enter(people.camat, at=STANDING)
    number = upload(camat, tmp_path)
    claim_and_send(camat, number, period)
    desk = enter(people.desk)
    check_at_the_desk(desk, number)

    chair = enter(people.chair)
    finalise(chair, period)
    expect(chair.page.get_by_text("Belum dapat difinalkan")).to_be_visible()
    blocking = chair.page.locator("#menunggu a", has_text=TITLE)
    expect(blocking).to_be_visible()
    blocking.click()
    expect(chair.page.locator("h1")).to_have_text(TITLE)
    assert verified_on_the_map(leader.page) == before

    surveyor = enter(people.surveyor, at=STANDING)
    stand_there(surveyor, number, tmp_path)
    assert verified_on_the_map(leader.page) == before + 1

    assessor = enter(people.assessor)
    assessor.page.goto(f"/penilaian/{period}/nilai")
    assessor.page.get_by_role("link", name=f"Kecamatan {factories.MINE}").click()
    assessor.page.fill("[name=value]", "81,5")
    assessor.page.get_by_role("button", name="Simpan nilai").click()
    finalise(chair, period)
    expect(chair.page.locator("h1")).to_have_text("Hasil")
    expect(chair.page.locator("table")).to_contain_text("81,50")
    expect(chair.page.get_by_text("Isi cocok dengan sidik jari")).to_be_visible()
    assert verified_on_the_map(leader.page) == before + 1

    # What the browser itself logs are the two answers meant to be refusals: the broken file and the closed gate.
    meant = {camat: ["422"], chair: ["409"]}
    for person in (camat, desk, surveyor, assessor, leader, chair):
        assert [said for said in person.complaints if not any(code in said for code in meant.get(person, []))] == []
        assert person.hosts == {site.address.removeprefix("http://")}
