"""A phone's backup is brought to an office: its cases are what they were, and the phone may still send them itself."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from tests import factories
from tests.webapp.bulk.conftest import Office
from tests.webapp.bulk.making import backup, case_of, photo, photo_of, zipped
from tests.webapp.capture.sending import Sender
from webapp.bulk.backups import BackupRefused, read_backup
from webapp.evidence.services import point_of

HERE = factories.middle(factories.MINE)
FIX = {
    "source": "camera", "captured_at": "2018-08-01T05:00:00+07:00", "fix_lon": str(HERE.lon), "fix_lat": HERE.lat,
    "fix_accuracy": "6.5", "fix_at": "2018-08-01T05:00:01+07:00", "fix_count": 4,
}  # fmt: skip
WORDS: dict[str, Any] = {
    "region_code": factories.MINE, "title": "Subuh keliling RW 05", "activity": "kegiatan/subuh_keliling",
    "occurred_from": "2018-08-01", "tags": ["worship"], "consent": "not_needed",
}  # fmt: skip


class Phone:
    """Two cases that waited in a phone: one filled in, one with photos alone."""

    def __init__(self) -> None:
        self.first, self.second = uuid.uuid4(), uuid.uuid4()
        self.numbers = [uuid.uuid4() for _ in range(3)]
        self.photos = [photo(seed) for seed in (31, 32, 33)]

    def cases(self, words: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        told = [photo_of(number, data, **FIX) for number, data in zip(self.numbers, self.photos, strict=True)]
        return [case_of(self.first, words or WORDS, *told[:2]), case_of(self.second, None, told[2])]

    def files(self) -> dict[str, bytes]:
        return {f"foto/{number}.jpg": data for number, data in zip(self.numbers, self.photos, strict=True)}

    def backup(self, office: Office) -> bytes:
        return backup(office.person.id, self.cases(), self.files())


@pytest.fixture
def phone() -> Phone:
    return Phone()


def test_the_cases_of_a_phone_are_proposed_as_they_were(office: Office, phone: Phone) -> None:
    office.opened({"cadangan.zip": phone.backup(office)})
    first, second = office.groups()
    assert (first.title, first.activity, len(first.items)) == ("Subuh keliling RW 05", "kegiatan/subuh_keliling", 2)
    assert (second.title, str(second.occurred_from), len(second.items)) == ("Foto 1 Agustus 2018", "2018-08-01", 1)
    office.send("buat", **{office.key(2, "activity"): "kegiatan/subuh_keliling"})
    whole, bare = office.cases()
    assert (whole.client_id, whole.tags, whole.consent) == (phone.first, ["worship"], "not_needed")
    assert {one.upload_id for one in whole.photos} == set(phone.numbers[:2])
    assert (whole.place_source, whole.grade, whole.accuracy_m) == ("device", "B", 6.5)  # it came later
    assert point_of(whole.place) == HERE
    kept = whole.photos[0]
    assert (kept.capture_source, kept.device_fix_count, kept.captured_at is not None) == ("camera", 4, True)
    assert (bare.client_id, [one.upload_id for one in bare.photos]) == (phone.second, phone.numbers[2:])


def test_what_the_phone_sends_later_is_the_same_and_nothing_is_doubled(office: Office, phone: Phone) -> None:
    office.opened({"cadangan.zip": phone.backup(office)})
    office.send("buat", **{office.key(2, "activity"): "kegiatan/subuh_keliling", office.key(1, "note"): "Dilengkapi."})
    sender = Sender(office.app, office.person)
    put = sender.client.put(f"/api/v1/bukti/{phone.first}", json=WORDS, headers=sender.usual)
    assert put.status_code == 200, put.text
    for number, data, case in zip(phone.numbers, phone.photos, [phone.first] * 2 + [phone.second], strict=True):
        path, sent = sender.whole(data, case, id=number, filename="IMG_1.jpg")
        assert sent.status_code == 204
        told = sender.client.get("/rekam/kirim", query_string={"id": str(number)}).get_json()["uploads"][0]
        assert (told["shown"], told["offset"]) == ("same", len(data))
        assert sender.offset(path) == len(data)
    assert [len(case.photos) for case in office.cases()] == [2, 1]
    assert office.cases()[0].note == "Dilengkapi."


def test_a_photo_that_is_there_is_the_same_also_when_its_case_was_sent(office: Office, phone: Phone) -> None:
    office.opened({"cadangan.zip": phone.backup(office)})
    office.send("buat", **{office.key(2, "activity"): "kegiatan/subuh_keliling"})
    sender = Sender(office.app, office.person)
    submitted = sender.client.post(f"/api/v1/bukti/{phone.first}/kirim", headers=sender.usual)
    assert submitted.get_json()["state"] == "submitted", submitted.text
    sender.whole(phone.photos[0], phone.first, id=phone.numbers[0])
    told = sender.client.get("/rekam/kirim", query_string={"id": str(phone.numbers[0])}).get_json()["uploads"][0]
    assert told["shown"] == "same"
    other = sender.begin(5, case=phone.first, id=uuid.uuid4())
    assert (other.status_code, other.headers["X-Problem-Code"]) == (409, "not_editable")


def test_other_bytes_under_a_known_number_are_refused_and_change_nothing(office: Office, phone: Phone) -> None:
    office.opened({"cadangan.zip": phone.backup(office)})
    office.send("buat", **{office.key(2, "activity"): "kegiatan/subuh_keliling"})
    sender = Sender(office.app, office.person)
    sender.whole(photo(77), phone.first, id=phone.numbers[0])
    told = sender.client.get("/rekam/kirim", query_string={"id": str(phone.numbers[0])}).get_json()["uploads"][0]
    assert (told["shown"], told["code"]) == ("refused", "id_reused")
    assert [len(case.photos) for case in office.cases()] == [2, 1]


def test_what_the_phone_had_sent_before_is_completed_not_doubled(office: Office, phone: Phone) -> None:
    sender = Sender(office.app, office.person)
    assert sender.client.put(f"/api/v1/bukti/{phone.first}", json=WORDS, headers=sender.usual).status_code == 201
    sender.whole(phone.photos[0], phone.first, id=phone.numbers[0])
    office.opened({"cadangan.zip": phone.backup(office)})
    office.send("buat", **{office.key(2, "activity"): "kegiatan/subuh_keliling", office.key(1, "title"): "Lain"})
    first, _ = office.cases()
    assert (first.title, {one.upload_id for one in first.photos}) == (WORDS["title"], set(phone.numbers[:2]))


def test_the_same_backup_in_a_second_import_makes_nothing_new(office: Office, phone: Phone, open_office: Any) -> None:
    data = phone.backup(office)
    office.opened({"cadangan.zip": data})
    office.send("buat", **{office.key(2, "activity"): "kegiatan/subuh_keliling"})
    again = open_office(office.person, office.people)
    again.opened({"cadangan.zip": data})
    again.send("buat")
    assert again.row().state == "done"
    assert [len(case.photos) for case in again.cases()] == [2, 1]


def test_a_backup_packed_again_with_its_folder_is_a_backup_still(office: Office, phone: Phone) -> None:
    with zipfile.ZipFile(io.BytesIO(phone.backup(office))) as plain:
        again = {f"cadangan 6 Agustus/{name}": plain.read(name) for name in plain.namelist()}
    office.opened({"lagi.zip": zipped(again)})
    assert [(row.because, len(row.items)) for row in office.groups()] == [("backup", 2), ("backup", 1)]


def test_a_backup_of_another_account_is_refused_with_a_clear_sentence(office: Office, phone: Phone) -> None:
    stranger = factories.camat(office.session)
    office.session.commit()
    office.opened({"cadangan.zip": backup(stranger.id, phone.cases(), phone.files())})
    assert "Cadangan ini milik akun lain." in office.page().text
    assert (office.groups(), office.items()) == ([], [])


def test_a_photo_that_is_not_what_the_phone_wrote_down_is_refused_and_the_others_go_on(
    office: Office, phone: Phone
) -> None:
    files = phone.files()
    files[f"foto/{phone.numbers[0]}.jpg"] = photo(78)
    del files[f"foto/{phone.numbers[2]}.jpg"]
    office.opened({"cadangan.zip": backup(office.person.id, phone.cases(), files)})
    assert [item.code for item in office.items()] == ["checksum_mismatch", None, "member_missing"]
    text = office.page().text
    assert "isinya berbeda dari yang dicatat ponsel" in text
    assert [len(row.items) for row in office.groups()] == [1, 0]


def test_photos_of_a_phone_stay_in_their_case_or_are_left_out(office: Office, phone: Phone) -> None:
    office.opened({"cadangan.zip": phone.backup(office), "lain.jpg": photo(79, "2018-08-03 05:00")})
    first, second, other = office.groups()
    item = first.items[0]
    form = office.page().form(f"{office.path}/koreksi")
    data = {**form.fields, f"foto-{item.id}": str(other.id), f"k{second.id}-into": str(other.id)}
    office.browser.client.post(form.action, data=data)
    assert [len(row.items) for row in office.groups()] == [2, 1, 1]
    office.send(**{f"foto-{item.id}": "buang"})
    assert [len(row.items) for row in office.groups()] == [1, 1, 1]


def test_words_that_no_form_would_take_are_left_to_be_written_again(office: Office, phone: Phone) -> None:
    words = {"title": "x" * 500, "activity": 7, "occurred_from": "kemarin", "place": "sini", "region_code": "12.34"}
    office.opened({"cadangan.zip": backup(office.person.id, phone.cases(words), phone.files())})
    assert office.groups()[0].title == "Foto 1 Agustus 2018"
    office.send("buat", **{"umum-activity": "kegiatan/subuh_keliling"})
    assert len(office.cases()) == 2


@pytest.mark.parametrize(
    "manifest",
    [
        b"{", b"[]", b'{"format": "petabukti-cadangan/1"}', b"[" * 100_000,
        b'{"format":"petabukti-cadangan/1","account":{"id":1},"cases":[7]}',
        b'{"format":"petabukti-cadangan/1","account":{"id":true},"cases":[]}',
        b'{"format":"petabukti-cadangan/1","account":{"id":1},"cases":[{"id":"x","fields":null,"photos":[]}]}',
    ],
)  # fmt: skip
def test_a_damaged_manifest_is_refused(office: Office, manifest: bytes) -> None:
    office.opened({"cadangan.zip": zipped({"cadangan.json": manifest})})
    assert "cadangan.zip : Cadangan" in office.page().text


def test_a_backup_of_a_version_nobody_knows_is_refused(office: Office) -> None:
    office.opened({"cadangan.zip": backup(office.person.id, [], {}, format_="petabukti-cadangan/9")})
    assert "Cadangan ini dibuat oleh versi lain yang belum dikenal di sini." in office.page().text


KEYS = some.sampled_from(
    ["id", "fields", "photos", "metadata", "file", "sha256", "bytes", "fix_lon", "fix_lat", "captured_at", "source"]
)
PLAIN = some.floats(allow_nan=False, allow_infinity=False) | some.integers() | some.text(max_size=5)
SAID = some.recursive(
    some.none() | some.booleans() | PLAIN,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@given(some.lists(some.dictionaries(KEYS, SAID, max_size=5), max_size=2))
@example([{"file": "foto/1.jpg", "metadata": {"source": [1], "fix_lon": {}, "captured_at": []}}])
def test_whatever_a_manifest_says_it_is_read_or_refused_with_a_code(photos: list[dict[str, Any]]) -> None:
    named = [{"id": str(uuid.uuid4()), **photo} for photo in photos]
    cases = [{"id": str(uuid.uuid4()), "photos": named}]
    told = {"format": "petabukti-cadangan/1", "account": {"id": 1}, "cases": cases}
    try:
        read_backup(json.dumps(told).encode())
    except BackupRefused as why:
        assert why.code == "backup_unreadable"
