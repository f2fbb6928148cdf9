"""The demo as a visitor meets it: every page sound on a phone and on a desktop, in both languages, light and dark."""

import json
import re
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select

from config import Settings
from tests.factories import SECRET_KEY
from tests.journeys.conftest import Site
from webapp import db
from webapp.demo.items import ITEMS
from webapp.demo.start import load_into_new, remembered
from webapp.publication.models import Publication
from webapp.publication.rules import Stand

AXE = (Path(__file__).resolve().parents[2] / "webapp/static/vendor/axe-core/axe.min.js").read_text()
CASES = {key: number for number, key in enumerate((item.key for item in ITEMS), start=1)}

# Width in px, language, colours.
LOOKS: tuple[tuple[int, str, Literal["light", "dark"]], ...] = ((360, "id-ID", "light"), (1280, "en-GB", "dark"))

# Who opens what; {KEY} is the number of a demo case.
VISITS = {
    "camat.margahayu": (
        "/", "/bukti/", "/bukti/baru", "/bukti/{MGH-01}", "/bukti/{MGH-12}", "/bukti/{MGH-12}/lokasi",
        "/bukti/{MGH-12}/ubah", "/penilaian/", "/penilaian/1/klaim", "/peta/32.04.09/inovasi",
        "/akun", "/akun/sandi", "/akun/sesi",
        "/akun/faktor-kedua", "/akun/faktor-kedua/pasang", "/akun/bukti-diri", "/pemberitahuan/",
    ),
    "camat.coblong": (
        "/unduh/unit",
        "/bukti/{SEL-06}", "/rekam/tanda-terima-saya", "/rekam/tanda-terima", "/rekam/", "/rekam/tanpa-jaringan",
        "/impor/",
    ),
    "meja.kabbandung": (
        "/verifikasi/", "/verifikasi/{MGH-09}", "/verifikasi/{MGH-05}", "/verifikasi/?pilih=1",
        "/verifikasi/terima-sekaligus?bukti={MGH-09}&bukti={MGH-05}", "/konflik/1",
    ),
    "lapangan.kabbandung": (
        "/verifikasi/lapangan", "/verifikasi/{MGH-02}/kunjungan", "/lapangan/hari-ini",
        "/lapangan/tanpa-sinyal",
    ),
    "penilai.kabbandung": ("/penilaian/1/nilai", "/penilaian/1/nilai/32.04.09", "/penilaian/1/tugas"),
    "ketua.kabbandung": (
        "/penilaian/1/gerbang", "/verifikasi/sanggahan", "/konflik/1", "/penilaian/1/pasangan",
        "/penilaian/1/kesepakatan", "/penilaian/1/peringkat", "/berita-acara/", "/berita-acara/periode/1",
        "/berita-acara/periode/1/plenary", "/seleksi/1",
    ),
    "pimpinan.belitung": (
        "/penilaian/5/hasil", "/penilaian/5/buka-kembali", "/laporan/", "/laporan/tahun/1?tw=3",
        "/laporan/tahun/1/program", "/laporan/tahun/1/hambatan", "/rekap/1", "/dasbor/",
        "/dasbor/19.02.01/profil",
    ),
    "sekretariat.belitung": ("/laporan/tahun/1/atur", "/laporan/tahun/1/unit/1", "/laporan/pengiriman/"),
    "camat.sijuk": ("/laporan/unit", "/laporan/unit?unit=2&bulan=2019-09", "/laporan/triwulan/7"),
    "pimpinan.kabbandung": ("/dasbor/", "/dasbor/32.04.09/profil", "/dasbor/32.04/daftar?tahap=lolos_meja"),
    "pimpinan.bandung": (
        "/", "/peta/", "/peta/32.73.02", "/peta/studi", "/peta/32.73/daftar", "/bukti/{BDG-15}",
        "/peta/32.73/waktu", "/peta/banding?kiri=32.73.02&kanan=32.73.12", "/peta/32.73/tiruan", "/peta/32.73/foto",
        "/unduh/", "/unduh/wilayah/32.73?jenis=inovasi", "/unduh/studi", "/dasbor/", "/dasbor/32.73.13/profil",
    ),
    "informasi.bandung": (
        "/publikasi/", "/publikasi/?keadaan=prepared", "/publikasi/?keadaan=published", "/publikasi/baru/{BDG-11}",
        "/publikasi/4", "/publikasi/4/foto/{photo of BDG-05}", "/publikasi/5", "/publikasi/5/foto/{photo of BDG-07}",
        "/publik/?bahasa={language}", "/publik/{public}?bahasa={language}",
    ),
    "sekretariat.kabbandung": ("/publikasi/", "/publikasi/2", "/peta/32.04.09/tiruan"),
    "pimpinan.oki": ("/peta/16.02/foto", "/unduh/wilayah/16.02"),
    "sekretariat.oki": (
        "/lapangan/rencana", "/lapangan/rencana/baru", "/periksa",
        "/program/", "/program/3", "/program/baru", "/program/baru?layout=two_stage", "/program/instrumen/3",
        "/program/instrumen/baru", "/pemaparan/", "/pemaparan/3", "/rapat/", "/rapat/rangkaian/baru", "/perjanjian/",
        "/perjanjian/kumpulan/baru", "/perjanjian/baru", "/regulasi/", "/regulasi/baru",
    ),
    "admin": ("/akun/orang", "/akun/orang/baru", "/akun/orang/5", "/wilayah/", "/wilayah/32.73", "/wilayah/impor"),
    "auditor": ("/akun/jejak", "/akun/jejak/kepala", "/peta/", "/dasbor/"),
}  # fmt: skip


def load_demo(site: Site, folder: Path) -> str:
    """The demo in the site's database; answers the password of its accounts."""
    settings = Settings(data_dir=folder, secret_key=SECRET_KEY)
    with site.session() as session, session.begin():
        load_into_new(session, settings, at=db.utcnow(), progress=lambda *_: None)
    return remembered(settings)[0].rsplit(": ", 1)[1]


def test_every_page_is_sound_on_a_phone_and_on_a_desktop(site: Site, browser: Browser, tmp_path: Path) -> None:
    """No sideways scrolling, no complaint of the browser, no foreign host, nothing axe objects to, one language."""
    password = load_demo(site, tmp_path)
    places = {**{key: str(number) for key, number in CASES.items()}, **of_publications(site)}
    faults: list[str] = []
    for width, language, scheme in LOOKS:
        places["language"] = language[:2]
        for username, paths in VISITS.items():
            context = browser.new_context(
                base_url=site.address, viewport={"width": width, "height": 800}, locale=language, color_scheme=scheme
            )
            page = signed_in(context, username, password)
            seen = watched(page, site.address)
            for path in paths:
                seen += faults_of(page, re.sub(r"\{(.*?)\}", lambda key: places[key[1]], path), language)
            faults += [f"{username} {width} px {language}: {fault}" for fault in seen]
            context.close()
    assert faults == []


def of_publications(site: Site) -> dict[str, str]:
    """What addresses say of them: the photo of each case that has one, and the public address of one that is out."""
    keys = {number: key for key, number in CASES.items()}
    with site.session() as session:
        made = session.scalars(select(Publication)).all()
        told = {f"photo of {keys[one.evidence_id]}": str(one.photos[0].photo_id) for one in made}
        return {**told, "public": str(next(one.public_id for one in made if one.state == Stand.PUBLISHED))}


def signed_in(context: BrowserContext, username: str, password: str) -> Page:
    page = context.new_page()
    page.goto("/masuk")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/(masuk/kode\?.*)?$"))
    if "/masuk/kode" in page.url:
        page.fill("[name=code]", code_on(page))
        page.click("main button[type=submit]")
        page.wait_for_url("**/")
    return page


def code_on(page: Page) -> str:
    """The code that the page itself tells for a demo account, waited for when the last one was used."""
    for _ in range(40):
        told = re.search(r"\d{3} \d{3}", page.locator("main .notice").inner_text())
        if told:
            return told[0]
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError("no code on the page")


def watched(page: Page, address: str) -> list[str]:
    """A list that fills with what the browser complains about and which foreign address it is sent to."""
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith((address, "blob:")) else faults.append(asked.url))
    return faults


def faults_of(page: Page, path: str, language: str) -> list[str]:
    answer = page.goto(path, wait_until="networkidle")
    found = (
        [] if answer is not None and answer.status == 200 else [f"{path} status {answer.status if answer else None}"]
    )
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found += [f"{path} {wide} px too wide"] if wide > 0 else []
    found += [] if page.locator("html").get_attribute("lang") == language[:2] else [f"{path} wrong language"]
    page.evaluate(AXE)
    outcome = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    found += [f"{path} {one['id']}: {json.dumps(one['nodes'][0]['target'])}" for one in outcome["violations"]]
    return found
