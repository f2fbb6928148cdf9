"""A clerk brings a pile of photos, looks at what is proposed, corrects it, and has drafts made."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.webapp.browsing import HOSTILE, browser_of
from tests.webapp.bulk.conftest import Office, Offices
from tests.webapp.bulk.making import photo, zipped
from tests.webapp.capture.sending import Sender
from webapp.bulk.models import PhotoImport
from webapp.bulk.services import making
from webapp.bulk.tables import read_notes
from webapp.evidence.models import PhotoPrint

HERE = factories.middle(factories.MINE)
THERE = (HERE.lon + 0.01, HERE.lat)  # 1.1 km on
ROUND = {
    "a/1.jpg": photo(1, "2018-08-01 05:00", (HERE.lon, HERE.lat)),
    "a/2.jpg": photo(2, "2018-08-01 05:20", (HERE.lon, HERE.lat)),
    "a/3.jpg": photo(3, "2018-08-01 05:40", THERE),
    "a/4.jpg": photo(4, "2018-08-02 09:00", (HERE.lon, HERE.lat)),
}


def test_a_zip_becomes_one_case_for_each_time_and_place(office: Office) -> None:
    page = office.bring({"subuh.zip": zipped(ROUND)})
    assert "1 berkas diterima" in page.text
    assert "0 dari" in page.text
    assert office.browser.client.get(f"{office.path}/keadaan").get_json()["opening"] == 1
    assert office.work() == 1
    state = office.browser.client.get(f"{office.path}/keadaan").get_json()
    assert (state["opening"], state["photos"], state["done"], state["total"]) == (0, 4, 4, 4)
    assert [(row.title, len(row.items)) for row in office.groups()] == [
        ("Foto 1 Agustus 2018 pukul 05.00", 2),
        ("Foto 1 Agustus 2018 pukul 05.40", 1),
        ("Foto 2 Agustus 2018", 1),
    ]
    made = office.send("buat", **{"umum-activity": "kegiatan/subuh_keliling"})
    assert "3 draf bukti dibuat" in made.text
    cases = office.cases()
    assert [(case.state, len(case.photos), case.grade, case.place_source) for case in cases] == [
        ("draft", 2, "C", "exif"), ("draft", 1, "C", "exif"), ("draft", 1, "C", "exif")
    ]  # fmt: skip
    assert all(photo.pictures_at and photo.dhash for case in cases for photo in case.photos)
    assert office.session.scalar(select(func.count()).select_from(PhotoPrint)) == 4
    assert {photo.preview for case in cases for photo in case.photos} == {"none"}
    assert {photo.camera_serial for case in cases for photo in case.photos} == {"SN-0042"}
    assert office.row().state == "done"
    assert all(f"/bukti/{case.id}" in made.links for case in cases)
    assert office.work() == 0  # no picture is made a second time


def test_pressing_twice_makes_one_set(office: Office) -> None:
    office.opened({"subuh.zip": zipped(ROUND)})
    page = office.page()
    form = page.form(f"{office.path}/koreksi")
    data = {**form.fields, "langkah": "buat", "umum-activity": "kegiatan/subuh_keliling"}
    first, second = (office.browser.client.post(form.action, data=data) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(office.cases()) == 3


def test_what_is_still_missing_is_said_at_its_group_and_the_others_are_made(office: Office) -> None:
    office.opened({"subuh.zip": zipped(ROUND)})
    page = office.send("buat", **{office.key(2, "activity"): "kegiatan/subuh_keliling"})
    assert "1 draf bukti dibuat" in page.text
    assert "2 kelompok belum dapat dibuat" in page.text
    assert page.text.count("Jenis kegiatan belum dipilih.") == 2
    assert (len(office.cases()), office.row().state) == (1, "open")
    office.send("buat", **{"umum-activity": "kegiatan/subuh_keliling"})
    assert (len(office.cases()), office.row().state) == (3, "done")


def test_a_unit_without_an_open_period_keeps_its_groups_with_the_reason(open_office: Offices, session: Session) -> None:
    elsewhere = factories.team(session, code=factories.KOTA)
    office = open_office(factories.camat(session), elsewhere)
    office.opened({"1.jpg": photo(1, "2018-08-01 05:00")})
    page = office.send("buat", **{office.key(1, "activity"): "kegiatan/subuh_keliling"})
    assert "Tidak ada periode penilaian yang sedang dibuka untuk wilayah ini." in page.text
    assert (office.cases(), office.row().state) == ([], "open")


def test_groups_are_corrected_on_one_screen(office: Office) -> None:
    """One photo goes to a group of its own, two groups become one, one photo is not used."""
    office.opened({"subuh.zip": zipped(ROUND)})
    _, second, third, fourth = office.items()
    page = office.send(**{f"foto-{second.id}": "baru", office.key(2, "into"): str(office.groups()[2].id)})
    assert "Pratinjau diperbarui" in page.text
    assert [[item.path for item in row.items] for row in office.groups()] == [
        ["a/1.jpg"], ["a/3.jpg", "a/4.jpg"], ["a/2.jpg"]
    ]  # fmt: skip
    office.send(**{f"foto-{fourth.id}": "buang", office.key(3, "title"): "Dipisahkan"})
    assert [len(row.items) for row in office.groups()] == [1, 1, 1]
    assert [row.title for row in office.groups()][2] == "Dipisahkan"
    office.send(**{f"foto-{fourth.id}": str(office.groups()[0].id), f"foto-{third.id}": str(office.groups()[2].id)})
    assert [[item.path for item in row.items] for row in office.groups()] == [
        ["a/1.jpg", "a/4.jpg"],
        ["a/2.jpg", "a/3.jpg"],
    ]
    office.send("buat", **{"umum-activity": "kegiatan/subuh_keliling", office.key(1, "left_out"): "y"})
    assert [(case.title, len(case.photos)) for case in office.cases()] == [("Dipisahkan", 2)]
    assert office.row().state == "done"


def test_a_correction_sent_twice_is_one_correction(office: Office) -> None:
    office.opened({"subuh.zip": zipped(ROUND)})
    form = office.page().form(f"{office.path}/koreksi")
    second = office.items()[1]
    data = {**form.fields, "langkah": "perbarui", f"foto-{second.id}": "baru"}
    for _ in range(2):
        office.browser.client.post(form.action, data=data)
        assert [[item.path for item in row.items] for row in office.groups()] == [
            ["a/1.jpg"], ["a/3.jpg"], ["a/4.jpg"], ["a/2.jpg"]
        ]  # fmt: skip


def test_what_is_wrong_in_a_field_is_said_beside_it_and_nothing_is_kept(office: Office) -> None:
    office.opened({"subuh.zip": zipped(ROUND)})
    page = office.send("buat", **{office.key(1, "occurred_from"): "kemarin", office.key(2, "title"): "Baru"})
    assert (page.status, page.code) == (422, "date_invalid")
    assert "Tanggal tidak benar" in page.text
    assert "Baru" in page.html
    assert office.groups()[1].title != "Baru"
    assert office.cases() == []


def test_foreign_numbers_in_the_form_change_nothing(office: Office, open_office: Offices) -> None:
    """Photos and groups of another import, numbers that are none, choices nobody offered."""
    other = open_office(people=factories.team(office.session, code=factories.KOTA))
    for each in (office, other):
        each.opened({"subuh.zip": zipped(ROUND)})
    theirs = next(item for item in other.items() if item.import_id == other.number)
    form = office.page().form(f"{office.path}/koreksi")
    wild = {f"foto-{theirs.id}": "buang", "foto-999999": "baru", f"foto-{office.items()[0].id}": "../../x"}
    office.browser.client.post(form.action, data={**form.fields, "langkah": "perbarui", **wild})
    office.browser.client.post(
        form.action, data={**form.fields, f"foto-{office.items()[0].id}": str(other.groups()[0].id)}
    )
    assert [len(row.items) for row in office.groups()] == [2, 1, 1]
    assert [len(row.items) for row in other.groups()] == [2, 1, 1]


def test_files_of_one_import_come_by_form_wire_and_folder_and_are_one_pile(office: Office) -> None:
    office.bring({"subuh.zip": zipped({"a/1.jpg": ROUND["a/1.jpg"]})})
    office.wire(ROUND["a/2.jpg"], "kamera/IMG_2.jpg")
    office.bring({"kamera/IMG_3.jpg": ROUND["a/3.jpg"]}, field="folder")
    office.work()
    assert {item.path for item in office.items()} == {"a/1.jpg", "kamera/IMG_2.jpg", "kamera/IMG_3.jpg"}
    assert [len(row.items) for row in office.groups()] == [2, 1]


def test_the_same_form_again_brings_nothing_twice(office: Office) -> None:
    for _ in range(2):
        office.opened({"1.jpg": ROUND["a/1.jpg"]})
    assert len(office.items()) == 1


def test_the_same_photo_twice_in_one_import_is_used_once(office: Office) -> None:
    office.opened({"satu.zip": zipped(ROUND), "dua.zip": zipped({"lagi.jpg": ROUND["a/1.jpg"]})})
    assert sum(len(row.items) for row in office.groups()) == 4
    assert "1 foto ada dua kali; hanya satu yang dipakai" in office.page().text


def test_what_comes_after_a_correction_joins_as_new_groups_and_leaves_the_others(office: Office) -> None:
    office.opened({"subuh.zip": zipped(ROUND)})
    office.send(**{office.key(1, "title"): "Subuh keliling"})
    office.opened({"5.jpg": photo(5, "2018-08-01 05:10", (HERE.lon, HERE.lat))})
    assert (office.groups()[0].title, len(office.groups()[0].items)) == ("Subuh keliling", 2)
    assert len(office.groups()) == 4


def test_drafts_wait_until_every_file_is_opened(office: Office) -> None:
    office.opened({"1.jpg": ROUND["a/1.jpg"]})
    form = office.page().form(f"{office.path}/koreksi")
    office.bring({"2.jpg": ROUND["a/2.jpg"]})
    answer = office.browser.client.post(form.action, data={**form.fields, "langkah": "buat"})
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "import_still_opening")
    assert office.cases() == []


def test_a_large_pile_is_made_in_several_steps(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(making.make.__kwdefaults__, "most", 2)
    office.opened({"subuh.zip": zipped(ROUND)})
    page = office.send("buat", **{"umum-activity": "kegiatan/subuh_keliling"})
    assert (len(office.cases()), office.row().state) == (1, "open")
    assert "Masih ada 2 kelompok" in page.text
    office.send("buat")
    assert (len(office.cases()), office.row().state) == (3, "done")


def test_an_import_without_photos_says_so(office: Office) -> None:
    office.opened({"kosong.zip": zipped({}), "surat.zip": zipped({"surat.pdf": b"%PDF-1.4 surat"})})
    page = office.page()
    assert "0 foto diterima, 1 tidak diterima" in page.text
    assert "surat.pdf : bukan foto; kirim JPEG, PNG, WebP atau HEIC" in page.text
    assert "Belum ada foto yang dapat dikelompokkan" in page.text


def test_no_file_and_a_closed_import_are_said(office: Office) -> None:
    page = office.page()
    assert office.browser.force(f"{office.path}/berkas", page).code == "no_files"
    office.browser.send(page, "/batal")
    assert office.row().state == "abandoned"
    sent = Sender(office.app, office.person).begin(5, id=uuid.uuid4(), purpose="import", **{"import": office.number})
    assert sent.status_code == 404
    answer = office.browser.client.post(
        f"{office.path}/berkas",
        data={**page.form("/berkas").fields, "berkas": [(io.BytesIO(b"x"), "1.jpg")]},
    )
    assert answer.headers["X-Problem-Code"] == "import_closed"


def test_one_button_pressed_twice_begins_one_import(office: Office) -> None:
    form = office.browser.open("/impor/").form("/impor/")
    came = {office.browser.client.post("/impor/", data=form.fields).headers["Location"] for _ in range(2)}
    assert len(came) == 1
    assert office.session.scalar(select(func.count()).select_from(PhotoImport)) == 2


def test_an_import_is_its_persons_alone(office: Office, session: Session) -> None:
    """A colleague of the same unit, the neighbour, an assessor, nobody: to each the door is closed."""
    office.opened({"1.jpg": ROUND["a/1.jpg"]})
    picture = f"{office.path}/foto/{office.items()[0].id}"
    colleague, neighbour = factories.camat(session), factories.camat(session, factories.NEXT_DOOR)
    session.commit()
    for person, status in ((office.person, 200), (colleague, 404), (neighbour, 404), (office.people.assessor, 403)):
        browser = browser_of(office.app, person)
        came = [browser.client.get(path).status_code for path in (office.path, f"{office.path}/keadaan", picture)]
        assert came == [status] * 3
    visitor = browser_of(office.app, None)
    assert visitor.client.get(office.path).status_code == 303
    theirs = Sender(office.app, colleague)
    assert theirs.begin(5, purpose="import", **{"import": office.number}).status_code == 404
    browser = browser_of(office.app, colleague)
    listing = browser.open("/impor/")
    assert str(office.number) not in listing.html
    taken = browser.force("/impor/", listing, nomor=str(office.number))
    assert (taken.status, taken.code) == (409, "id_reused")


def test_the_example_of_notes_is_read_by_the_importer_itself(office: Office) -> None:
    example = office.browser.client.get("/impor/contoh-catatan.csv").data
    notes = read_notes(example)
    assert notes.problems == []
    assert [(row.file, row.title) for row in notes.rows] == [("IMG_0012.jpg", "Kerja bakti RW 05")]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_words_wherever_they_stand(office: Office, text: str) -> None:
    """As a folder, a file name, a title and a note."""
    notes = io.StringIO()
    csv.writer(notes).writerows([["berkas", "judul"], ["2.jpg", text]])
    files = {f"{text}/1.jpg": photo(1), "b/2.jpg": photo(2), f"c/{text}.jpg": photo(3)}
    office.opened({"foto.zip": zipped({**files, "catatan.csv": notes.getvalue().encode()})})
    page = office.send("buat", **{office.key(1, "note"): text, "umum-activity": "kegiatan/subuh_keliling"})
    assert page.status == 200
    for shown in (page, office.browser.open("/bukti/")):
        assert "<script>window" not in shown.html
        assert "<img src=x" not in shown.html
    assert len(office.groups()) == 3
