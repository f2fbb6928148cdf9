"""Photos on the phone: several at once, smaller copies, no room left, a backup file, a page that was closed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Playwright
from sqlalchemy import Engine, select

from config import Settings
from geo.columns import read_point
from media.store import Store
from tests import factories, photos
from tests.factories import SECRET_KEY
from tests.journeys.conftest import Site, served
from tests.journeys.phone import DAWN, Phone, phone
from tests.webapp.working import eventually
from webapp.accounts.models import Account
from webapp.evidence.models import Photo, RefusedFile

ROUND = "kegiatan/subuh_keliling"
PICK = "#rk-berkas"


@pytest.fixture
def site(fresh_database: Engine, tmp_path: Path) -> Iterator[Site]:
    """An organisation that has phones send at most 800 px."""
    settings = Settings(
        data_dir=tmp_path, secret_key=SECRET_KEY, demo=False, port=0, threads=4, reduce_to=800, reduce_quality=70
    )
    with served(fresh_database, settings) as site:
        yield site


def camat_of(site: Site) -> Account:
    with site.session() as session:
        people = factories.team(session)
        session.commit()
        return people.camat


def written(folder: Path, name: str, data: bytes, age: timedelta = timedelta(0)) -> Path:
    """A file in the phone's gallery, that old."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    then = (datetime.now(UTC) - age).timestamp()
    os.utime(path, (then, then))
    return path


def test_several_files_come_at_once_and_each_says_what_became_of_it(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    camat, gallery = camat_of(site), tmp_path / "galeri"
    files = [
        written(gallery, "baru.jpg", photos.without_gps(seed=1, size=(640, 480))),
        written(gallery, "kemarin.jpg", photos.without_gps(seed=2, size=(640, 480)), timedelta(days=1)),
        written(gallery, "catatan.jpg", b"bukan foto " * 400),
    ]
    with phone(playwright, tmp_path / "phone", site.address) as held:
        held.sign_in(camat)
        held.open_capture()
        held.page.set_input_files(PICK, files)
        held.page.wait_for_selector("#rk-baru li:nth-child(3)")
        told = {one["name"]: one for one in held.kept()}
        assert (told["baru.jpg"]["fix"]["lon"], told["kemarin.jpg"]["fix"]) == (DAWN["longitude"], None)
        held.note(ROUND, "Dari galeri")
        held.page.wait_for_selector("#rk-daftar .error")
        held.page.wait_for_selector("#rk-hitung:has-text('Menunggu 1 foto · tiba 3 dari 3')")
        assert held.complaints == []
        held.page.on("dialog", lambda asked: asked.accept())
        held.page.click("#rk-daftar button:has-text('Hapus yang ditolak')")
        held.wait_until_safe()
    with site.session() as session:
        rows = {row.file_name: row for row in session.scalars(select(Photo))}
        assert set(rows) == {"baru.jpg", "kemarin.jpg"}
        assert {row.capture_source for row in rows.values()} == {"gallery"}
        assert rows["baru.jpg"].device_place is not None
        assert rows["kemarin.jpg"].device_place is None
        assert session.scalars(select(RefusedFile.file_name)).all() == ["catatan.jpg"]


def test_a_smaller_copy_keeps_its_exif_stands_upright_and_names_its_original(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    camat = camat_of(site)
    lon, lat = photos.MARGAHAYU
    original = photos.phone_jpeg(lon=lon, lat=lat, orientation=6, seed=3, size=(1600, 1200))
    path = written(tmp_path / "galeri", "tegak.jpg", original)
    with phone(playwright, tmp_path / "phone", site.address) as held:
        held.sign_in(camat)
        held.open_capture()
        held.page.click("details.fold summary:has-text('Setelan')")
        held.page.check("#rk-perkecil")
        held.page.set_input_files(PICK, [path])
        held.page.wait_for_selector("#rk-baru li")
        held.note(ROUND, "Diperkecil")
        held.wait_until_safe()
        assert held.complaints == []
    with site.session() as session:
        photo = session.scalars(select(Photo)).one()
        assert photo.original_sha256 == hashlib.sha256(original).hexdigest()
        assert photo.original_byte_size == len(original)
        assert photo.byte_size < len(original) / 2
        assert photo.exif_place is not None
        place = read_point(photo.exif_place)
        assert (round(place.lon, 4), round(place.lat, 4)) == (round(lon, 4), round(lat, 4))
        assert photo.camera_time is not None
        sent = Store.open((tmp_path / "media").as_uri()).get(photo.sha256, "original")
    with Image.open(io.BytesIO(sent)) as picture:
        assert picture.size == (600, 800)  # the original lies on its side and says so
        assert picture.getexif().get(0x0112) == 1


# A phone that is full: its browser refuses what goes beyond so much, as it does on a small disk. (Chromium's own
# override of a quota is told to pages, but not kept.)
FULL = """(() => {
    const sizes = new Map(), real = IDBObjectStore.prototype, { put, delete: drop } = real;
    window.room = Infinity;
    real.put = function (value, key) {
        if (this.name === "bytes") {
            const others = Array.from(sizes).reduce((sum, [one, size]) => one === key ? sum : sum + size, 0);
            if (others + value.byteLength > window.room) { throw new DOMException("full", "QuotaExceededError"); }
            sizes.set(key, value.byteLength);
        }
        return put.call(this, value, key);
    };
    real.delete = function (key) {
        if (this.name === "bytes") { sizes.delete(key); }
        return drop.call(this, key);
    };
})()"""


def full_phone(held: Phone) -> None:
    held.context.add_init_script(FULL)


def room(held: Phone, megabytes: int) -> None:
    """Let the phone keep only so much."""
    held.page.evaluate("(bytes) => { window.room = bytes; }", megabytes * 1_000_000)


def large(folder: Path, number: int) -> Path:
    """A photo of 6 MB."""
    photo = photos.without_gps(seed=40 + number, size=(640, 480))
    return written(folder, f"besar{number}.jpg", photo + os.urandom(6_000_000))


def test_the_photo_that_fills_the_phone_is_kept_and_the_next_is_not_taken(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    camat = camat_of(site)
    with phone(playwright, tmp_path / "phone", site.address) as held:
        full_phone(held)
        held.sign_in(camat)
        held.open_capture()
        held.context.set_offline(True)
        room(held, 40)
        for number in range(1, 4):  # with the room that is held for one more, the third no longer fits
            assert held.page.is_enabled("#rk-foto")
            held.page.set_input_files(PICK, [large(tmp_path / "galeri", number)])
            held.page.wait_for_selector(f"#rk-baru li:nth-child({number})")
        held.page.wait_for_selector("#rk-ruang:has-text('Penyimpanan ponsel penuh')")
        assert [held.page.is_enabled(one) for one in ("#rk-foto", PICK, "#rk-ponsel")] == [False, False, False]
        held.note(ROUND, "Sampai penuh")
        assert len(held.kept()) == 3
        held.context.set_offline(False)
        held.wait_until_safe()
        held.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
        held.page.wait_for_selector("#rk-foto:not([disabled])")
        assert held.complaints == []


def test_a_photo_that_does_not_fit_is_handed_back_and_never_called_kept(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    camat, path = camat_of(site), large(tmp_path / "galeri", 1)
    with phone(playwright, tmp_path / "phone", site.address) as held:
        full_phone(held)
        held.sign_in(camat)
        held.open_capture()
        room(held, 2)
        held.page.set_input_files(PICK, [path])
        held.page.wait_for_selector("#rk-keluhan :text('BELUM tersimpan')")
        with held.page.expect_download() as saved:
            held.page.click("#rk-keluhan a")
        assert Path(saved.value.path()).read_bytes() == path.read_bytes()
        assert held.kept() == []


def test_the_backup_holds_what_waits_byte_for_byte(site: Site, playwright: Playwright, tmp_path: Path) -> None:
    camat = camat_of(site)
    with phone(playwright, tmp_path / "phone", site.address) as held:
        held.sign_in(camat)
        held.open_capture()
        held.context.set_offline(True)
        held.shoot(2)
        held.note(ROUND, "Ponsel akan diganti")
        taken = {one["id"]: one for one in held.kept()}
        held.page.wait_for_selector("#rk-cadangan:not([disabled])", state="attached")
        held.page.click("details.fold summary:has-text('Setelan')")
        with held.page.expect_download() as saved:
            held.page.click("#rk-cadangan")
        held.page.wait_for_selector("#rk-cadangan-hasil:has-text('2 foto')")
        data = Path(saved.value.path()).read_bytes()
        held.wait_for_waiting(2)
        assert held.complaints == []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        told = json.loads(archive.read("cadangan.json"))
        assert (told["format"], told["account"]["id"]) == ("petabukti-cadangan/1", camat.id)
        (case,) = told["cases"]
        assert (case["fields"]["title"], case["fields"]["activity"]) == ("Ponsel akan diganti", ROUND)
        assert {one["id"] for one in case["photos"]} == set(taken)
        for one in case["photos"]:
            assert hashlib.sha256(archive.read(one["file"])).hexdigest() == one["sha256"] == taken[one["id"]]["sha256"]
            assert one["metadata"]["source"] == "camera"
            assert float(one["metadata"]["fix_lon"]) == DAWN["longitude"]


def test_what_waits_is_sent_though_the_page_was_closed(site: Site, playwright: Playwright, tmp_path: Path) -> None:
    camat = camat_of(site)
    with phone(playwright, tmp_path / "phone", site.address) as held:
        held.context.grant_permissions(["geolocation", "camera", "background-sync"], origin=site.address)
        held.sign_in(camat)
        held.open_capture()
        held.context.set_offline(True)
        held.shoot(2)
        held.note(ROUND, "Dikirim di latar")
        held.page.wait_for_selector("#rk-jaringan:has-text('Tanpa jaringan')")
        held.page.wait_for_timeout(500)
        held.context.new_page()
        held.page.close()
        held.context.set_offline(False)

        def arrived() -> bool:
            with site.session() as session:
                return len(session.scalars(select(Photo.id)).all()) == 2

        eventually(arrived)
