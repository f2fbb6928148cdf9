"""Photos through the real door: good, odd, damaged and hostile ones, sent by a form or by a script."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.columns import read_point
from geo.values import LonLat
from media.decoding import Decoder
from media.intake import Intake
from media.keeping import Confinement
from media.store import Store
from tests import factories, photos
from tests.photos import hostile
from tests.webapp.evidence.conftest import Browser, Opened
from webapp.audit import AuditEvent
from webapp.evidence.models import Evidence, Photo, RefusedFile
from webapp.evidence.rules import Grade, PlaceSource, State
from webapp.evidence.words import REFUSALS, STATUS_OF


@pytest.fixture
def store(app: Flask) -> Store:
    kept: Store = app.extensions["petabukti_store"]
    return kept


@pytest.fixture
def case(session: Session, people: factories.Team) -> Evidence:
    """A draft without photos."""
    return factories.services.create(
        session, actor=people.camat, region_code=factories.MINE, client_id=uuid.uuid4(), fields=factories.fields(),
        at=factories.NOW,
    )  # fmt: skip


@pytest.fixture
def mine(people: factories.Team, browser: Opened, case: Evidence) -> Browser:
    return browser(people.camat)


TAKEN: dict[str, Callable[[], bytes]] = {
    "foto.jpg": photos.phone_jpeg, "tanpa_gps.jpg": photos.without_gps, "IMG_0001.HEIC": photos.heic,
    "layar.png": photos.png, "hemat.webp": photos.webp, "baru.avif": photos.avif, "disamarkan.jpg": photos.redacted_gps,
    "nol.jpg": photos.null_island, "tertukar.jpg": photos.swapped_axes, "gerak.jpg": photos.motion_photo,
    "komentar.jpg": hostile.jpeg_with_comment_html, "ekor.jpg": hostile.jpeg_with_zip_tail,
}  # fmt: skip
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "kosong.jpg": (bytes, "empty_file"), "rusak.jpg": (hostile.corrupt_jpeg, "image_damaged"),
    "separuh.heic": (hostile.half_heic, "image_damaged"), "surat.jpg": (hostile.pdf_named_jpg, "type_not_allowed"),
    "gambar.svg": (hostile.svg, "type_not_allowed"), "halaman.jpg": (hostile.html, "type_not_allowed"),
    "lucu.gif": (hostile.gif, "type_not_allowed"), "film.mp4": (hostile.movie, "type_not_allowed"),
    "acak.png": (hostile.random_bytes, "type_not_allowed"),
    "gerak.webp": (hostile.animated_webp, "animated_not_allowed"),
    "bom.png": (hostile.png_bomb, "too_many_pixels"), "bom.webp": (hostile.webp_bomb_32_bytes, "too_many_pixels"),
    "kecil.jpg": (hostile.tiny, "image_too_small"), "zip.png": (hostile.ztxt_bomb, "image_damaged"),
}  # fmt: skip


def test_every_reason_for_refusal_has_its_sentence() -> None:
    assert set(REFUSALS) == set(STATUS_OF)


@pytest.mark.parametrize("name", TAKEN)
def test_a_photo_of_any_honest_kind_is_taken(mine: Browser, case: Evidence, store: Store, name: str) -> None:
    answer = mine.upload(f"/bukti/{case.id}/foto", (name, TAKEN[name]()), json=True)
    assert answer.status_code == 201
    [one] = answer.json["results"]
    assert (one["name"], one["status"], one["code"]) == (name, "accepted", None)
    for size in ("small", "medium", "large"):
        picture = mine.get(f"/bukti/foto/{one['photo_id']}/{size}")
        assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
        assert b"Exif" not in picture.data
        assert hostile.SCRIPT not in picture.data
    assert mine.get(f"/bukti/foto/{one['photo_id']}").status_code == 200


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_usable_photo_is_refused_by_its_own_status_and_leaves_nothing_in_the_store(
    session: Session, mine: Browser, case: Evidence, store: Store, name: str
) -> None:
    make, code = REFUSED[name]
    before = set(store.keys())
    answer = mine.upload(f"/bukti/{case.id}/foto", (name, make()), json=True)
    assert answer.status_code == STATUS_OF[code]
    [one] = answer.json["results"]
    assert (one["status"], one["code"], one["photo_id"]) == ("refused", code, None)
    assert set(store.keys()) == before
    assert session.scalar(select(func.count(Photo.id))) == 0
    kept = session.scalars(select(RefusedFile)).one()  # the refusal is remembered although the answer was an error
    assert (kept.file_name, kept.code) == (name, code)
    assert str(REFUSALS[code]) in mine.get(f"/bukti/{case.id}").text


def test_one_bad_file_harms_no_other(session: Session, mine: Browser, case: Evidence) -> None:
    files = [
        ("1.jpg", photos.phone_jpeg(seed=1)), ("2.heic", photos.heic(seed=2)), ("3.jpg", photos.without_gps(seed=3)),
        ("4.jpg", hostile.pdf_named_jpg()), ("5.png", photos.png(seed=5)),
    ]  # fmt: skip
    answer = mine.upload(f"/bukti/{case.id}/foto", *files)
    assert (answer.status_code, answer.location) == (303, f"/bukti/{case.id}#foto")
    page = mine.get(f"/bukti/{case.id}").text
    assert "4 diterima, 1 ditolak: bukan foto" in page
    assert "4.jpg" in page
    assert session.scalar(select(func.count(Photo.id))) == 4
    mixed = mine.upload(f"/bukti/{case.id}/foto", ("6.jpg", photos.png(seed=6)), ("7.gif", hostile.gif()), json=True)
    assert (mixed.status_code, [one["status"] for one in mixed.json["results"]]) == (201, ["accepted", "refused"])


def test_the_same_bytes_twice_are_the_same_photo(session: Session, mine: Browser, case: Evidence) -> None:
    data = photos.phone_jpeg(seed=8)
    path = f"/bukti/{case.id}/foto"
    first = mine.upload(path, ("a.jpg", data), json=True)
    again = mine.upload(path, ("b.jpg", data), json=True, upload_id=str(uuid.uuid4()))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["results"][0]["status"] == "same"
    assert again.json["results"][0]["photo_id"] == first.json["results"][0]["photo_id"]
    both = mine.upload(path, ("c.jpg", photos.png(seed=9)), ("d.jpg", photos.png(seed=9)), json=True)
    assert [one["status"] for one in both.json["results"]] == ["accepted", "same"]
    mine.upload(path, ("e.jpg", data))
    assert "1 sudah pernah diunggah" in mine.get(f"/bukti/{case.id}").text
    assert session.scalar(select(func.count(Photo.id))) == 2


def test_a_retry_with_the_same_number_is_harmless_and_other_content_under_it_is_a_conflict(
    session: Session, mine: Browser, case: Evidence
) -> None:
    number, path = str(uuid.uuid4()), f"/bukti/{case.id}/foto"
    for status in (201, 200, 200):
        answer = mine.upload(path, ("a.jpg", photos.phone_jpeg(seed=8)), json=True, upload_id=number)
        assert answer.status_code == status
    other = mine.upload(path, ("a.jpg", photos.png(seed=9)), json=True, upload_id=number)
    assert (other.status_code, other.json["code"]) == (409, "id_reused")
    assert session.scalar(select(func.count(Photo.id))) == 1


def test_a_photo_carries_the_fix_of_its_moment(session: Session, mine: Browser, case: Evidence) -> None:
    now = datetime.now(UTC).isoformat()
    fix = {"fix_lon": "100.05", "fix_lat": "-1.95", "fix_accuracy": "8.4", "fix_time": now}
    mine.upload(f"/bukti/{case.id}/foto", ("a.jpg", photos.without_gps()), json=True, **fix)
    session.refresh(case)
    assert (case.place_source, case.grade, case.accuracy_m) == (PlaceSource.DEVICE, Grade.A, 8.4)
    assert read_point(case.place) == LonLat(100.05, -1.95)


@pytest.mark.parametrize(
    "fix",
    [
        {"fix_lon": "NaN", "fix_lat": "-1.95", "fix_accuracy": "8"},
        {"fix_lon": "200", "fix_lat": "-1.95", "fix_accuracy": "8"},
        {"fix_lon": "100", "fix_lat": "-1.95", "fix_accuracy": "-8"},
        {"fix_lon": "100", "fix_lat": "-1.95"},
        {"fix_lon": "1e999", "fix_lat": "x", "fix_accuracy": "<b>"},
    ],
)
def test_an_impossible_fix_is_no_fix_and_the_photo_is_taken(
    session: Session, mine: Browser, case: Evidence, fix: dict[str, str]
) -> None:
    answer = mine.upload(f"/bukti/{case.id}/foto", ("a.jpg", photos.without_gps()), json=True, **fix)
    assert answer.status_code == 201
    session.refresh(case)
    assert case.place is None


def test_fixes_belong_to_the_files_in_their_order(session: Session, mine: Browser, case: Evidence) -> None:
    files = [(f"{n}.jpg", photos.without_gps(seed=n)) for n in range(2)]
    fixes = {"fix_lon": ["", "100.05"], "fix_lat": ["", "-1.95"], "fix_accuracy": ["", "12"], "fix_time": ["", "tadi"]}
    mine.upload(f"/bukti/{case.id}/foto", *files, json=True, **fixes)
    session.expire_all()
    assert [photo.device_accuracy_m for photo in case.photos] == [None, 12.0]
    assert case.photos[1].device_at is None


def test_a_form_without_files_and_a_case_that_was_sent_are_refused(
    session: Session, people: factories.Team, browser: Opened
) -> None:
    sent = factories.case(session, people, State.SUBMITTED)
    mine = browser(people.camat)
    answer = mine.upload(f"/bukti/{sent.id}/foto", json=True)
    assert (answer.status_code, answer.json["code"]) == (422, "no_files")
    answer = mine.upload(f"/bukti/{sent.id}/foto", ("a.jpg", photos.png()), json=True)
    assert (answer.status_code, answer.json["code"]) == (409, "not_editable")


def test_a_form_without_its_token_is_refused(session: Session, mine: Browser, case: Evidence) -> None:
    mine.token = "lain"
    answer = mine.upload(f"/bukti/{case.id}/foto", ("a.jpg", photos.png()), json=True)
    assert (answer.status_code, answer.json["code"]) == (400, "csrf_failed")


def test_a_file_that_is_too_heavy_is_refused_without_being_kept(
    session: Session, app: Flask, mine: Browser, case: Evidence, store: Store
) -> None:
    before = set(store.keys())
    heavy = photos.phone_jpeg() + b"\x00" * app.config["LIMITS"].max_bytes
    answer = mine.upload(f"/bukti/{case.id}/foto", ("berat.jpg", heavy), json=True)
    assert (answer.status_code, answer.json["results"][0]["code"]) == (413, "file_too_large")
    assert set(store.keys()) == before


def test_a_large_file_is_looked_into_where_it_lies_and_kept_bit_for_bit(
    mine: Browser, case: Evidence, store: Store
) -> None:
    noisy = photos.encoded(Image.effect_noise((1600, 1200), 90).convert("RGB"), quality=95)
    assert len(noisy) > 1_000_000  # the parser has put it on the disk
    files = ("besar.jpg", noisy), ("terpotong.jpg", noisy[: len(noisy) // 2])
    answer = mine.upload(f"/bukti/{case.id}/foto", *files, json=True)
    assert [one["code"] for one in answer.json["results"]] == [None, "image_damaged"]
    assert store.get(hashlib.sha256(noisy).hexdigest(), "original") == noisy


def test_pictures_are_kept_by_the_browser_and_never_by_others(mine: Browser, case: Evidence) -> None:
    answer = mine.upload(f"/bukti/{case.id}/foto", ("a.jpg", photos.phone_jpeg()), json=True)
    path = f"/bukti/foto/{answer.json['results'][0]['photo_id']}/small"
    picture = mine.get(path)
    assert picture.headers["Cache-Control"].startswith("private, ")
    assert "immutable" in picture.headers["Cache-Control"]
    again = mine.get(path, headers={"If-None-Match": picture.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert mine.get(path.replace("small", "original")).status_code == 404


def test_an_original_is_handed_out_untouched_as_a_download_and_each_opening_is_written_down(
    session: Session, mine: Browser, case: Evidence
) -> None:
    data = hostile.jpeg_with_html_tail()
    answer = mine.upload(f"/bukti/{case.id}/foto", ('"><svg onload=1>.html', data), json=True)
    number = answer.json["results"][0]["photo_id"]
    for _time in range(2):
        original = mine.get(f"/bukti/foto/{number}/asli")
    assert original.data == data
    assert original.mimetype == "image/jpeg"
    assert original.headers["Content-Disposition"] == f'attachment; filename="bukti-{case.id}-foto-{number}.jpg"'
    assert "sandbox" in original.headers["Content-Security-Policy"]
    assert original.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in original.headers["Cache-Control"]
    opened = select(func.count(AuditEvent.id)).where(AuditEvent.action == "photo.original_opened")
    assert session.scalar(opened) == 2


def test_a_photo_is_taken_out_of_a_draft_only(session: Session, people: factories.Team, browser: Opened) -> None:
    drafted, sent = factories.case(session, people), factories.case(session, people, State.SUBMITTED)
    mine = browser(people.camat)
    first, second = (f"/bukti/foto/{case.photos[0].id}" for case in (drafted, sent))
    assert mine.post(f"{first}/hapus").status_code == 303
    assert mine.get(first).status_code == 404
    assert mine.post(f"{second}/hapus").status_code == 409
    assert mine.get(second).status_code == 200


@pytest.fixture
def hasty(app: Flask, memory: int) -> Iterator[None]:
    """The app with a decoder that gives a picture half a second and that many bytes of memory."""
    usual = app.extensions["petabukti_intake"]
    with Decoder(Confinement(memory=memory, seconds=0.5), quick=1) as decoder:
        app.extensions["petabukti_intake"] = Intake(usual.store, decoder)
        yield
        app.extensions["petabukti_intake"] = usual


@pytest.mark.parametrize(
    ("memory", "build", "code"),
    [
        (520_000_000, lambda: hostile.jpeg_of_many_scans(85, (8_000, 6_000)), "image_too_slow"),
        (345_000_000, lambda: photos.webp(size=(6_000, 5_000)), "image_too_heavy"),
    ],
)
def test_a_picture_that_wants_too_much_is_refused_with_its_reason_and_the_next_one_taken(
    hasty: None, mine: Browser, case: Evidence, store: Store, build: Callable[[], bytes], code: str
) -> None:
    before = set(store.keys())
    answer = mine.upload(f"/bukti/{case.id}/foto", ("berat.bin", build()), json=True)
    assert (answer.status_code, answer.json["code"], answer.json["field"]) == (422, code, "berkas")
    assert answer.json["message"] == str(REFUSALS[code])
    assert set(store.keys()) == before
    assert mine.upload(f"/bukti/{case.id}/foto", ("a.png", photos.png(seed=71)), json=True).status_code == 201


def test_files_refused_for_several_reasons_are_listed_under_one_refusal(mine: Browser, case: Evidence) -> None:
    files = [("1.gif", hostile.gif()), ("2.jpg", b"")]
    answer = mine.upload(f"/bukti/{case.id}/foto", *files, json=True)
    assert (answer.status_code, answer.json["code"]) == (422, "photo_refused")
    assert [one["code"] for one in answer.json["results"]] == ["type_not_allowed", "empty_file"]
    assert answer.json["request_id"]
