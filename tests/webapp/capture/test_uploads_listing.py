"""A phone asks what became of its photos, as often as its network needs, and is told what the server really holds."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories, photos
from tests.webapp.capture.conftest import Draft
from tests.webapp.capture.sending import Sender
from webapp.capture.models import Upload
from webapp.capture.parts import Parts
from webapp.db import utcnow
from webapp.evidence.models import Photo, RefusedFile

PHOTO = photos.phone_jpeg(seed=4141, size=(640, 480))


def numbered(path: str) -> str:
    return path.rpartition("/")[2]


def listed(sender: Sender, *paths: str) -> list[dict[str, Any]]:
    query = "&".join(f"id={numbered(path)}" for path in paths)
    answer = sender.ask("GET", f"/rekam/kirim?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    found: list[dict[str, Any]] = answer.json["uploads"]
    return found


def sole(sender: Sender, path: str) -> dict[str, Any]:
    (line,) = listed(sender, path)
    return line


def photo_of(session: Session, path: str) -> Photo:
    return session.scalars(select(Photo).where(Photo.upload_id == uuid.UUID(numbered(path)))).one()


def test_on_its_way_received_accepted(session: Session, sender: Sender, draft: Draft) -> None:
    path = sender.begin(len(PHOTO), case=draft.case.client_id, filename="balai.jpg").headers["Location"]
    sender.piece(path, PHOTO[:1000], 0)
    going = sole(sender, path)
    assert (going["shown"], going["offset"], going["receipt"]) == (None, 1000, None)
    sender.piece(path, PHOTO[1000:], 1000)
    came = sole(sender, path)
    assert (came["shown"], came["offset"], came["byte_size"]) == ("received", len(PHOTO), len(PHOTO))
    assert came["sha256"] == hashlib.sha256(PHOTO).hexdigest()
    assert (came["case"], came["photo_id"]) == (str(draft.case.client_id), photo_of(session, path).id)
    photo_of(session, path).pictures_at = utcnow()
    session.commit()
    done = sole(sender, path)
    assert (done["shown"], done["receipt"]) == ("accepted", came["receipt"])
    assert sender.ask("GET", done["receipt_href"]).status_code == 200


def test_the_same_photo_twice_is_the_same_once_its_pictures_are_there(
    session: Session, sender: Sender, draft: Draft
) -> None:
    """Until then the phone keeps its bytes: the one that came first might still turn out to be no picture."""
    first, _ = sender.whole(PHOTO, draft.case.client_id)
    second, _ = sender.whole(PHOTO, draft.case.client_id)
    assert sole(sender, second)["shown"] == "received"
    photo_of(session, first).pictures_at = utcnow()
    session.commit()
    assert [one["shown"] for one in (sole(sender, first), sole(sender, second))] == ["accepted", "same"]


def test_what_is_no_photo_is_refused_with_its_sentence(sender: Sender, draft: Draft) -> None:
    path, _ = sender.whole(b"bukan foto" * 100, draft.case.client_id, filename="surat.docx")
    line = sole(sender, path)
    assert (line["shown"], line["code"], line["photo_id"]) == ("refused", "type_not_allowed", None)
    assert line["message"] == "bukan foto; kirim JPEG, PNG, WebP atau HEIC"
    assert line["receipt"]


def test_a_photo_that_nobody_could_open_is_refused_afterwards(session: Session, sender: Sender, draft: Draft) -> None:
    path, _ = sender.whole(PHOTO, draft.case.client_id)
    photo = photo_of(session, path)
    session.add(
        RefusedFile(
            evidence_id=draft.case.id, upload_id=photo.upload_id, uploaded_by=photo.uploaded_by, file_name="x",
            byte_size=photo.byte_size, code="image_damaged", at=utcnow(),
        )
    )  # fmt: skip
    session.delete(photo)
    session.commit()
    line = sole(sender, path)
    assert (line["shown"], line["code"]) == ("refused", "image_damaged")


def test_a_photo_taken_out_of_its_case_was_accepted_and_then_removed(
    session: Session, sender: Sender, draft: Draft
) -> None:
    path, _ = sender.whole(PHOTO, draft.case.client_id)
    session.delete(photo_of(session, path))
    session.commit()
    assert sole(sender, path)["shown"] == "removed"


def test_a_photo_for_a_case_that_was_sent_meanwhile_says_so(session: Session, sender: Sender, draft: Draft) -> None:
    path = sender.begin(len(PHOTO), case=draft.case.client_id).headers["Location"]
    draft.case.state, draft.case.submitted_at, draft.case.submitted_by = "submitted", utcnow(), draft.people.camat.id
    session.commit()
    sender.piece(path, PHOTO, 0)
    line = sole(sender, path)
    assert (line["shown"], line["code"]) == ("refused", "not_editable")
    assert line["message"].startswith("Bukti yang sudah dikirim tidak dapat diubah")


def test_what_is_whole_but_was_never_committed_is_settled_by_asking(
    app: Flask, session: Session, sender: Sender, draft: Draft
) -> None:
    """The server was killed between the last byte and the commit."""
    path = sender.begin(len(PHOTO), case=draft.case.client_id).headers["Location"]
    parts = Parts(app.extensions["petabukti_settings"].uploads_dir)
    parts.path(uuid.UUID(numbered(path))).parent.mkdir(parents=True, exist_ok=True)
    parts.path(uuid.UUID(numbered(path))).write_bytes(PHOTO)
    first, again = sole(sender, path), sole(sender, path)
    assert (first["shown"], first["offset"]) == ("received", len(PHOTO))
    assert first == again
    assert session.scalar(select(func.count(Photo.id)).where(Photo.upload_id == uuid.UUID(numbered(path)))) == 1


def test_an_expired_upload_says_that_it_must_begin_again(session: Session, sender: Sender, draft: Draft) -> None:
    path = sender.begin(len(PHOTO), case=draft.case.client_id).headers["Location"]
    session.get_one(Upload, uuid.UUID(numbered(path))).expires_at = utcnow() - timedelta(seconds=1)
    session.commit()
    line = sole(sender, path)
    assert (line["shown"], line["offset"], line["code"]) == (None, 0, "upload_expired")


def test_other_peoples_uploads_unknown_ones_and_nonsense_are_left_out(
    app: Flask, session: Session, sender: Sender, draft: Draft
) -> None:
    path, _ = sender.whole(PHOTO, draft.case.client_id)
    colleague = factories.camat(session)
    session.commit()
    assert listed(Sender(app, colleague), path) == []
    assert len(listed(sender, path, str(uuid.uuid4()), "bukan-nomor")) == 1


def test_a_photo_taken_before_the_deadline_and_delivered_after_is_told_as_that(
    session: Session, sender: Sender, draft: Draft
) -> None:
    draft.people.period.closes_at = utcnow() - timedelta(hours=1)
    session.commit()
    before = (utcnow() - timedelta(hours=2)).isoformat()
    path, _ = sender.whole(PHOTO, draft.case.client_id, captured_at=before)
    line = sole(sender, path)
    assert line["timeliness"] == "captured_before"
    assert line["timeliness_label"] == "Difoto sebelum batas waktu, tiba sesudahnya"
