"""The tus protocol 1.0.0, rule by rule: the core, creation, expiration, checksum, termination.

https://tus.io/protocols/resumable-upload ; its words stand in the names of the tests.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests import factories, photos
from tests.webapp.capture.conftest import Draft
from tests.webapp.capture.sending import PIECE, WIRE, Sender, said
from webapp.capture.models import Upload
from webapp.db import utcnow
from webapp.evidence.rules import State

DATA = bytes(range(256)) * 4


@pytest.fixture
def path(sender: Sender, draft: Draft) -> str:
    """An upload of 1,024 bytes that has just begun."""
    return sender.begin(len(DATA), case=draft.case.client_id, filename="foto.jpg").headers["Location"]


def expire(session: Session, path: str) -> None:
    row = session.get_one(Upload, uuid.UUID(path.rpartition("/")[2]))
    row.expires_at = utcnow() - timedelta(seconds=1)
    session.commit()


# The core


def test_head_tells_offset_and_length_from_the_first_moment_and_is_never_cached(sender: Sender, path: str) -> None:
    answer = sender.ask("HEAD", path)
    assert answer.status_code == 200
    assert answer.headers["Upload-Offset"] == "0"
    assert answer.headers["Upload-Length"] == "1024"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data == b""


def test_head_gives_the_metadata_back_as_it_was_said(sender: Sender, draft: Draft) -> None:
    words = said(case=draft.case.client_id, filename="balai desa.jpg", kosong="") + ",sendiri"
    begun = sender.ask("POST", WIRE, Upload_Length="5", Upload_Metadata=words)
    assert sender.ask("HEAD", begun.headers["Location"]).headers["Upload-Metadata"] == words


def test_a_piece_is_acknowledged_with_the_new_offset(sender: Sender, path: str) -> None:
    answer = sender.piece(path, DATA[:1000], 0)
    assert (answer.status_code, answer.headers["Upload-Offset"], answer.data) == (204, "1000", b"")
    assert sender.offset(path) == 1000
    assert sender.piece(path, b"", 1000).headers["Upload-Offset"] == "1000"


@pytest.mark.parametrize("offset", ["0", "299", "301", "1024"])
def test_a_wrong_offset_is_409_and_changes_nothing(sender: Sender, path: str, offset: str) -> None:
    sender.piece(path, DATA[:300], 0)
    answer = sender.piece(path, DATA[300:310], offset)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "wrong_offset")
    assert sender.offset(path) == 300


@pytest.mark.parametrize("offset", ["-1", "+0", "0x0", " ", "1e3", "٠", "9" * 40, None])
def test_an_offset_is_digits_and_nothing_else(sender: Sender, path: str, offset: str | None) -> None:
    answer = sender.ask("PATCH", path, b"a", Content_Type="application/offset+octet-stream", Upload_Offset=offset)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "upload_header_unusable")


@pytest.mark.parametrize("kind", ["application/octet-stream", "image/jpeg", "multipart/form-data", None])
def test_a_piece_of_another_type_is_415(sender: Sender, path: str, kind: str | None) -> None:
    assert sender.piece(path, b"abc", 0, Content_Type=kind).status_code == 415
    assert sender.offset(path) == 0


def test_a_piece_beyond_the_end_is_refused_whole(sender: Sender, path: str) -> None:
    answer = sender.piece(path, DATA + b"x", 0)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (413, "upload_too_large")
    assert sender.offset(path) == 0


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_what_is_not_there_is_404_without_an_offset(sender: Sender, method: str) -> None:
    answer = sender.ask(
        method, f"{WIRE}/{uuid.uuid4()}", Upload_Offset="0", Content_Type="application/offset+octet-stream"
    )
    assert answer.status_code == 404
    assert "Upload-Offset" not in answer.headers


@pytest.mark.parametrize("version", ["0.2.2", "1.0", "2.0.0", "1.0.0, 2.0.0", None])
@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
def test_another_version_is_412_names_ours_and_does_nothing(
    sender: Sender, path: str, method: str, version: str | None
) -> None:
    answer = sender.ask(
        method, WIRE if method == "POST" else path, b"abc" if method == "PATCH" else b"", without="Tus-Resumable",
        Tus_Resumable=version, Upload_Offset="0", Content_Type="application/offset+octet-stream", Upload_Length="3",
    )  # fmt: skip
    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert "Upload-Offset" not in answer.headers
    assert sender.offset(path) == 0


def test_every_answer_names_the_version_refusals_and_unknown_addresses_too(app: Flask, sender: Sender) -> None:
    answers = [
        sender.ask("POST", WIRE), sender.ask("HEAD", f"{WIRE}/{uuid.uuid4()}"), sender.ask("PATCH", f"{WIRE}/x"),
        sender.ask("PUT", WIRE), sender.ask("OPTIONS", WIRE), Sender(app, None).ask("POST", WIRE),
        sender.ask("POST", WIRE, without="X-CSRFToken"),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [400, 404, 404, 405, 204, 401, 400]
    assert {answer.headers["Tus-Resumable"] for answer in answers} == {"1.0.0"}


def test_options_says_what_is_spoken_here_whatever_version_is_asked(app: Flask, sender: Sender, path: str) -> None:
    for address in (WIRE, path):
        for one in (sender, Sender(app, None)):
            answer = one.ask("OPTIONS", address, Tus_Resumable="9.9.9")
            assert answer.status_code == 204
            assert answer.headers["Tus-Version"] == "1.0.0"
            assert answer.headers["Tus-Extension"] == "creation,expiration,checksum,termination"
            assert answer.headers["Tus-Max-Size"] == str(512 * 1024 * 1024)
            assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_the_method_of_the_override_counts_and_the_one_of_the_request_line_does_not(sender: Sender, path: str) -> None:
    kind = {"Content_Type": "application/offset+octet-stream", "Upload_Offset": "0"}
    assert sender.ask("POST", path, b"abc", X_HTTP_Method_Override="PATCH", **kind).headers["Upload-Offset"] == "3"
    assert sender.ask("DELETE", path, X_HTTP_Method_Override="HEAD").headers["Upload-Offset"] == "3"
    assert sender.ask("GET", path, X_HTTP_Method_Override="DELETE").status_code == 204
    assert sender.ask("HEAD", path).status_code == 404


def test_an_override_is_not_a_way_around_the_token_nor_for_other_pages(sender: Sender, path: str) -> None:
    refused = sender.ask("GET", path, without="X-CSRFToken", X_HTTP_Method_Override="DELETE")
    assert refused.headers["X-Problem-Code"] == "csrf_failed"
    assert sender.offset(path) == 0
    assert sender.ask("GET", "/sehat", X_HTTP_Method_Override="DELETE").status_code == 200


# Creation


def test_an_upload_begins_with_201_and_the_address_it_is_found_at(sender: Sender, draft: Draft) -> None:
    number = uuid.uuid4()
    answer = sender.begin(7, case=draft.case.client_id, id=number)
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{WIRE}/{number}")
    other = sender.begin(7, case=draft.case.client_id)
    assert other.headers["Location"] not in (WIRE, answer.headers["Location"])


@pytest.mark.parametrize("length", ["0", "-1", "x", "", "1.5", "+7", "7 7", "٧", "1_0", "9" * 16])
def test_a_length_is_digits_above_nothing(sender: Sender, draft: Draft, length: str) -> None:
    answer = sender.begin(length, case=draft.case.client_id)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "upload_header_unusable")
    assert "Upload-Length" in answer.json["message"]  # type: ignore[index]


@pytest.mark.parametrize("length", [None, "7"])
def test_a_length_to_be_told_later_is_refused_clearly(sender: Sender, length: str | None) -> None:
    answer = sender.ask("POST", WIRE, Upload_Length=length, Upload_Defer_Length="1")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "upload_length_deferred")


@pytest.mark.parametrize(
    "metadata",
    [
        "case", "case !!!", "case YQ==", "case YWJj,case YWJj", "case  YWJj", ",", "ké YQ==", "case YQ", "case /w==",
        "a" * 9000, "purpose " + base64.b64encode(b"teka-teki").decode(),
    ],
)  # fmt: skip
def test_metadata_that_cannot_be_read_is_400(sender: Sender, metadata: str) -> None:
    answer = sender.ask("POST", WIRE, Upload_Length="5", Upload_Metadata=metadata)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "upload_header_unusable")


def test_too_large_is_said_before_a_byte_is_sent(sender: Sender, draft: Draft) -> None:
    answer = sender.begin(25 * 1024 * 1024 + 1, case=draft.case.client_id)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (413, "upload_too_large")
    assert sender.begin(25 * 1024 * 1024, case=draft.case.client_id).status_code == 201


def test_the_file_of_an_import_may_be_larger(app: Flask, sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "petabukti_may_import", lambda _session, _actor, _import: True)
    there = {"purpose": "import", "import": uuid.uuid4()}
    assert sender.begin(512 * 1024 * 1024, **there).status_code == 201
    assert sender.begin(512 * 1024 * 1024 + 1, **there).status_code == 413


# Expiration


def test_until_when_it_is_kept_is_said_with_every_answer_while_it_is_on_its_way(sender: Sender, draft: Draft) -> None:
    data = photos.without_gps(seed=901, size=(640, 480))
    begun = sender.begin(len(data), case=draft.case.client_id)
    path = begun.headers["Location"]
    for answer in (begun, sender.ask("HEAD", path), sender.piece(path, data[:-1], 0)):
        left = parsedate_to_datetime(answer.headers["Upload-Expires"]) - utcnow()
        assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert "Upload-Expires" not in sender.piece(path, data[-1:], len(data) - 1).headers


def test_an_upload_that_goes_on_is_kept_longer(sender: Sender, path: str, session: Session) -> None:
    row = session.get_one(Upload, uuid.UUID(path.rpartition("/")[2]))
    row.expires_at = utcnow() + timedelta(minutes=5)
    session.commit()
    sender.piece(path, b"abc", 0)
    session.refresh(row)
    assert row.expires_at > utcnow() + timedelta(days=6)


@pytest.mark.parametrize("method", ["HEAD", "PATCH"])
def test_an_expired_upload_is_410_without_an_offset(sender: Sender, path: str, session: Session, method: str) -> None:
    expire(session, path)
    answer = sender.ask(method, path, Upload_Offset="0", Content_Type="application/offset+octet-stream")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (410, "upload_expired")
    assert "Upload-Offset" not in answer.headers


def test_who_begins_an_expired_upload_again_goes_on_where_it_was(
    sender: Sender, draft: Draft, session: Session
) -> None:
    meant = {"case": draft.case.client_id, "id": uuid.uuid4()}
    path = sender.begin(1024, **meant).headers["Location"]
    sender.piece(path, DATA[:100], 0)
    expire(session, path)
    assert sender.begin(1024, **meant).status_code == 200
    assert sender.offset(path) == 100


# Checksum


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_that_does_not_hash_to_what_was_said_is_460_and_dropped(
    sender: Sender, path: str, algorithm: str
) -> None:
    digest = base64.b64encode(hashlib.new(algorithm, DATA[:500]).digest()).decode()
    wrong = sender.piece(path, DATA[1:501], 0, Upload_Checksum=f"{algorithm} {digest}")
    assert (wrong.status_code, wrong.headers["X-Problem-Code"]) == (460, "checksum_mismatch")
    assert sender.offset(path) == 0
    assert sender.piece(path, DATA[:500], 0, Upload_Checksum=f"{algorithm} {digest}").status_code == 204


@pytest.mark.parametrize("checksum", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1", "sha1 ???", "sha1 YWJj", "", "sha1  a"])
def test_a_checksum_nobody_here_computes_is_400(sender: Sender, path: str, checksum: str) -> None:
    answer = sender.piece(path, DATA, 0, Upload_Checksum=checksum)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "checksum_unknown")
    assert sender.offset(path) == 0


# Termination


def test_a_cancelled_upload_is_gone_with_its_bytes(app: Flask, sender: Sender, path: str) -> None:
    sender.piece(path, DATA[:500], 0)
    kept = app.extensions["petabukti_settings"].uploads_dir / f"{path.rpartition('/')[2]}.part"
    assert kept.stat().st_size == 500
    assert sender.ask("DELETE", path).status_code == 204
    assert not kept.exists()
    assert [sender.ask(method, path).status_code for method in ("HEAD", "DELETE")] == [404, 404]


def test_a_number_that_was_cancelled_begins_anew_with_nothing(sender: Sender, draft: Draft) -> None:
    meant = {"case": draft.case.client_id, "id": uuid.uuid4()}
    path = sender.begin(1024, **meant).headers["Location"]
    sender.piece(path, DATA[:500], 0)
    sender.ask("DELETE", path)
    assert sender.begin(1024, **meant).status_code == 201
    assert sender.offset(path) == 0


def test_what_has_its_receipt_is_not_cancelled(sender: Sender, draft: Draft) -> None:
    path, sent = sender.whole(photos.without_gps(seed=902, size=(640, 480)), draft.case.client_id)
    assert sent.status_code == 204
    answer = sender.ask("DELETE", path)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "already_arrived")


# Who


def test_a_script_that_is_nobody_is_told_so_and_not_led_to_the_door(app: Flask, path: str) -> None:
    nobody = Sender(app, None)
    for method, address in (("POST", WIRE), ("HEAD", path), ("PATCH", path), ("DELETE", path)):
        answer = nobody.ask(method, address)
        assert (answer.status_code, answer.headers["X-Problem-Code"]) == (401, "not_signed_in")
    large = nobody.piece(path, b"a" * 300_000, 0)
    assert (large.status_code, large.json["code"]) == (401, "not_signed_in")  # type: ignore[index]


def test_an_upload_is_its_senders_alone(app: Flask, draft: Draft, path: str, session: Session) -> None:
    others = [factories.camat(session), draft.people.desk, factories.camat(session, factories.NEXT_DOOR)]
    session.commit()
    for person, status in zip(others, (404, 403, 404), strict=True):
        other = Sender(app, person)
        for method in ("HEAD", "PATCH", "DELETE"):
            answer = other.ask(method, path, Upload_Offset="0", Content_Type="application/offset+octet-stream")
            assert answer.status_code == status


def test_photos_are_for_cases_one_may_add_to(app: Flask, sender: Sender, draft: Draft, session: Session) -> None:
    foreign = factories.case(session, draft.people, unit=factories.NEXT_DOOR)
    sealed = factories.case(session, draft.people, State.SUBMITTED)
    colleague = factories.camat(session)
    session.commit()
    answers = {
        name: sender.begin(5, case=number)
        for name, number in {
            "unknown": uuid.uuid4(), "foreign": foreign.client_id, "submitted": sealed.client_id,
        }.items()
    }  # fmt: skip
    codes = {name: (answer.status_code, answer.headers["X-Problem-Code"]) for name, answer in answers.items()}
    assert codes == {
        "unknown": (404, "not_found"), "foreign": (404, "not_found"), "submitted": (409, "not_editable"),
    }  # fmt: skip
    assert Sender(app, colleague).begin(5, case=draft.case.client_id).status_code == 201


def test_an_import_of_somebody_else_is_none(sender: Sender) -> None:
    assert sender.begin(5, **{"purpose": "import", "import": uuid.uuid4()}).status_code == 404


def test_nobody_begins_more_than_they_could_ever_finish(sender: Sender, draft: Draft, session: Session) -> None:
    session.execute(
        text(
            "INSERT INTO upload (id, account_id, purpose, evidence_id, sent_digest, file_name, claimed_type, byte_size,"
            " created_at, expires_at) SELECT gen_random_uuid(), :who, 'photo', :case, '', '', '', 9, now(),"
            " now() + interval '1 hour' FROM generate_series(1, 500)"
        ),
        {"who": draft.people.camat.id, "case": draft.case.id},
    )
    session.commit()
    answer = sender.begin(5, case=draft.case.client_id)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (429, "too_many_uploads")


def test_more_than_one_request_may_carry_is_413_and_smaller_pieces_are_the_way(sender: Sender, path: str) -> None:
    headers = {**sender.usual, "Upload-Offset": "0"}
    size = {"CONTENT_LENGTH": str(160 * 1024 * 1024 + 1), "CONTENT_TYPE": PIECE}
    answer = sender.client.patch(path, headers=headers, environ_overrides=size)
    assert answer.status_code == 413
    assert sender.offset(path) == 0
