"""What is large, or has photos: made in the background, for its person alone, and gone after a day."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Settings
from tests import factories
from tests.factories import KABUPATEN, KOTA, MINE, Team
from tests.webapp.browsing import let_in
from tests.webapp.conftest import Post
from tests.webapp.exchange.reading import READERS
from tests.webapp.insight.conftest import evidence
from webapp import db
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.audit import AuditEvent
from webapp.evidence.models import Photo
from webapp.evidence.rules import State
from webapp.exchange import services
from webapp.exchange.models import Download
from webapp.exchange.rules import KEPT
from webapp.exchange.shelf import Shelf

Work = Callable[..., int]
HERE = f"/unduh/wilayah/{KABUPATEN}"


@pytest.fixture
def leader(session: Session, client: FlaskClient, people: Team) -> Account:
    let_in(client, people.leader)
    session.commit()
    return people.leader


def only(session: Session) -> Download:
    session.expire_all()
    return session.scalars(select(Download)).one()


def asked(session: Session, client: FlaskClient, post: Post, kind: str = "zip", **fields: Any) -> Download:
    answer = post(client, HERE, kind=kind, **fields)
    assert (answer.status_code, answer.location) == (303, "/unduh/"), answer.text[:500]
    session.expire_all()
    return session.scalars(select(Download).order_by(Download.asked_at.desc()).limit(1)).one()


def fetched(client: FlaskClient, made: Download, **headers: str) -> Any:
    return client.get(f"/unduh/berkas/{made.id}", headers=headers, buffered=True)


def archive(client: FlaskClient, made: Download) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(fetched(client, made).data))


def manifest(found: zipfile.ZipFile) -> list[dict[str, str]]:
    text = found.read("daftar-berkas.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def one_made(session: Session, client: FlaskClient, people: Team, worker: Work, post: Post) -> Download:
    """The file of one case, asked for and made."""
    factories.case(session, people, State.SUBMITTED)
    asked(session, client, post)
    worker()
    return only(session)


def test_an_archive_has_a_folder_for_each_case_and_a_digest_for_each_file(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post
) -> None:
    cases = [factories.case(session, people, State.SUBMITTED, title=title) for title in ("Gang  A/../B", "CON", "😀")]
    made = asked(session, client, post)
    assert worker() == 1
    made = only(session)
    assert (made.state, made.cases, made.done, made.total) == ("ready", 3, 3, 3)
    with archive(client, made) as found:
        assert found.testzip() is None
        names = found.namelist()
        assert len(set(names)) == len(names)
        assert {name.split("/")[0] for name in names if "/" in name} == {
            f"{MINE}_{cases[0].id}_Gang-A-B", f"{MINE}_{cases[1].id}_CON", f"{MINE}_{cases[2].id}",
        }  # fmt: skip
        for line in manifest(found):
            data = found.read(line["berkas"])
            assert hashlib.sha256(data).hexdigest() == line["sha256"]
            assert len(data) == int(line["ukuran_byte"])
        assert {line["berkas"] for line in manifest(found)} == set(names) - {"daftar-berkas.csv"}
        rows = READERS["csv"](found.read("bukti.csv"))
        assert {row["nomor"] for row in rows} == {case.id for case in cases}
        picture = Image.open(io.BytesIO(found.read(next(name for name in names if name.endswith(".jpg")))))
        assert not picture.getexif()
        assert "comment" not in picture.info


def test_the_archive_that_is_fetched_is_the_one_that_was_made(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post
) -> None:
    made = one_made(session, client, people, worker, post)
    data = fetched(client, made).data
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (made.sha256, made.byte_size)
    (line,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "download.taken"))
    assert (line.object_id, line.detail["cases"], line.detail["sha256"]) == (str(made.id), 1, made.sha256)


def test_a_transfer_that_was_cut_goes_on_where_it_stopped(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post
) -> None:
    made = one_made(session, client, people, worker, post)
    whole = fetched(client, made)
    tag, half = whole.headers["ETag"], len(whole.data) // 2
    assert tag == f'"{made.sha256}"'
    assert whole.headers["Accept-Ranges"] == "bytes"
    rest = fetched(client, made, Range=f"bytes={half}-", **{"If-Range": tag})
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes {half}-{len(whole.data) - 1}/{len(whole.data)}"
    assert whole.data[:half] + rest.data == whole.data
    other = fetched(client, made, Range=f"bytes={half}-", **{"If-Range": '"anders"'})
    assert (other.status_code, other.data) == (200, whole.data)
    assert fetched(client, made, Range=f"bytes={len(whole.data)}-").status_code == 416
    taken = select(func.count(AuditEvent.id)).where(AuditEvent.action == "download.taken")
    assert session.scalar(taken) == 1


def test_a_first_request_that_asks_for_a_part_is_written_down_too(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post
) -> None:
    factories.case(session, people, State.SUBMITTED)
    asked(session, client, post)
    worker()
    assert fetched(client, only(session), Range="bytes=1-").status_code == 206
    assert session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.action == "download.taken")) == 1


@pytest.mark.parametrize("kind", READERS)
def test_a_table_too_large_for_one_answer_is_made_in_the_background(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post, kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("webapp.exchange.views.AT_ONCE", 2)
    for _ in range(5):
        evidence(session, people, State.SUBMITTED, MINE)
    session.commit()
    refused = client.get(f"{HERE}/bukti.{kind}")
    assert (refused.status_code, refused.headers["X-Problem-Code"]) == (413, "too_many_for_one_answer")
    asked(session, client, post, kind)
    worker()
    made = only(session)
    assert (made.state, made.cases) == ("ready", 5)
    assert len(READERS[kind](fetched(client, made).data)) == 5


def test_nobody_else_has_it_and_nobody_learns_that_it_is_there(
    session: Session, app: Flask, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post
) -> None:
    factories.case(session, people, State.SUBMITTED)
    made = asked(session, client, post)
    worker()
    same_post = factories.leader(session)
    others = [same_post, people.chair, people.camat, factories.account(session, (Role.AUDITOR, None))]
    session.commit()
    for other in others:
        theirs = let_in(app.test_client(), other)
        assert theirs.get(f"/unduh/berkas/{made.id}").status_code == 404
        assert str(made.id) not in theirs.get("/unduh/").text
        assert theirs.get("/unduh/kemajuan").json == []
        missing = theirs.get(f"/unduh/berkas/{uuid.uuid4()}")
        assert missing.status_code == 404
    visitor = app.test_client()
    assert visitor.get(f"/unduh/berkas/{made.id}").status_code == 303
    assert fetched(client, only(session)).status_code == 200


def test_who_loses_the_area_loses_the_file(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post
) -> None:
    made = one_made(session, client, people, worker, post)
    assert fetched(client, made).status_code == 200
    account = session.get_one(Account, leader.id)
    account.appointments[0].ends_on = db.utcnow().date() - timedelta(days=2)
    session.add(factories.account(session, (Role.LEADER, KOTA)).appointments[0])
    session.commit()
    assert fetched(client, made).status_code == 404


def test_who_lost_the_area_before_it_was_made_gets_none(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post
) -> None:
    factories.case(session, people, State.SUBMITTED)
    asked(session, client, post)
    session.get_one(Account, leader.id).appointments[0].ends_on = db.utcnow().date() - timedelta(days=2)
    worker()
    made = only(session)
    assert (made.state, made.code) == ("failed", "not_found")
    assert list(worker.__closure__ or ()) is not None


def test_it_holds_what_its_person_may_see_when_it_is_made(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post
) -> None:
    factories.case(session, people, State.SUBMITTED)
    asked(session, client, post)
    late = factories.case(session, people, State.SUBMITTED)
    factories.case(session, people, State.DRAFT)
    worker()
    made = only(session)
    assert made.cases == 2
    with archive(client, made) as found:
        assert any(f"_{late.id}_" in name for name in found.namelist())


def test_originals_are_for_those_who_may_open_them_by_their_choice_and_each_has_its_line(
    session: Session, client: FlaskClient, people: Team, worker: Work, post: Post
) -> None:
    case = factories.case(session, people, State.SUBMITTED)
    let_in(client, people.chair)
    session.commit()
    assert "Sertakan berkas asli" in client.get(HERE).text
    asked(session, client, post, originals="y")
    worker()
    made = only(session)
    (photo,) = session.scalars(select(Photo).where(Photo.evidence_id == case.id))
    with archive(client, made) as found:
        (name,) = (name for name in found.namelist() if "/asli-" in name)
        assert name.endswith(f"/asli-{photo.id}.jpeg")
        assert found.read(name) == people.store.get(photo.sha256, "original")
    (line,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "photo.original_opened"))
    assert (line.actor_id, line.object_id, line.detail["download"]) == (people.chair.id, str(photo.id), str(made.id))


def test_without_that_choice_or_that_right_no_original_goes_out(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post
) -> None:
    factories.case(session, people, State.SUBMITTED)
    session.commit()
    assert "Sertakan berkas asli" not in client.get(HERE).text
    asked(session, client, post, originals="y")
    worker()
    with archive(client, only(session)) as found:
        assert not [name for name in found.namelist() if "/asli-" in name]
    assert not session.scalars(select(AuditEvent).where(AuditEvent.action == "photo.original_opened")).all()


def test_a_photo_that_the_store_has_lost_is_named_and_the_rest_goes_out(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post
) -> None:
    cases = [factories.case(session, people, State.SUBMITTED) for _ in range(2)]
    gone = session.scalars(select(Photo).where(Photo.evidence_id == cases[0].id)).one()
    people.store.delete(gone.sha256, "large")
    asked(session, client, post)
    worker()
    with archive(client, only(session)) as found:
        lines = {line["nomor_foto"]: line for line in manifest(found)}
        assert lines[str(gone.id)]["sha256"] == ""
        assert sum(name.endswith(".jpg") for name in found.namelist()) == 1


def test_two_at_a_time_and_no_more(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post
) -> None:
    for _ in range(2):
        asked(session, client, post)
    third = post(client, HERE, kind="zip")
    assert (third.status_code, third.headers["X-Problem-Code"]) == (409, "too_many_downloads")
    worker()
    asked(session, client, post)


def test_what_was_cancelled_is_not_made(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post, disk: Settings
) -> None:
    made = asked(session, client, post)
    assert "0 dari 0" in client.get("/unduh/").text
    assert post(client, f"/unduh/{made.id}/hapus", page="/unduh/").status_code == 303
    worker()
    assert only(session).state == "cancelled"
    assert not list(disk.downloads_dir.glob("*"))
    again = post(client, f"/unduh/{made.id}/hapus", page=HERE)
    assert (again.status_code, again.headers["X-Problem-Code"]) == (409, "download_has_ended")


def test_what_was_deleted_is_gone_from_the_disk(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post, disk: Settings
) -> None:
    made = asked(session, client, post)
    worker()
    assert [path.name for path in disk.downloads_dir.iterdir()] == [str(made.id)]
    assert oct(disk.downloads_dir.stat().st_mode)[-3:] == "700"
    assert oct((disk.downloads_dir / str(made.id)).stat().st_mode)[-3:] == "600"
    post(client, f"/unduh/{made.id}/hapus", page="/unduh/")
    assert not list(disk.downloads_dir.iterdir())
    assert fetched(client, made).status_code == 404


def test_after_a_day_it_is_gone(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post, disk: Settings
) -> None:
    asked(session, client, post)
    worker()
    made = only(session)
    assert made.ready_at is not None
    assert made.expires_at == made.ready_at + KEPT
    shelf = Shelf.of(disk)
    assert services.tidy_up(session, shelf, at=made.expires_at - timedelta(seconds=1)) == 0
    assert shelf.path(made.id).exists()
    assert services.tidy_up(session, shelf, at=made.expires_at + timedelta(seconds=1)) == 1
    assert not shelf.path(made.id).exists()
    session.commit()
    assert only(session).state == "expired"
    assert fetched(client, made).status_code == 404
    assert "Kedaluwarsa" in client.get("/unduh/").text


def test_files_without_a_row_and_rows_without_a_future_are_tidied_up(
    session: Session, client: FlaskClient, people: Team, leader: Account, post: Post, disk: Settings
) -> None:
    made = asked(session, client, post)
    shelf = Shelf.of(disk)
    shelf.root.mkdir()
    stray, fresh = shelf.path(uuid.uuid4()), shelf.path(uuid.uuid4())
    for path, hours in ((stray, 2), (fresh, 0)):
        path.write_bytes(b"x")
        moment = (db.utcnow() - timedelta(hours=hours)).timestamp()
        os.utime(path, (moment, moment))
    services.tidy_up(session, shelf, at=db.utcnow())
    assert (stray.exists(), fresh.exists()) == (False, True)
    services.tidy_up(session, shelf, at=made.asked_at + KEPT + timedelta(minutes=1))
    session.commit()
    assert (only(session).state, only(session).code) == ("failed", "gave_up")
    services.tidy_up(session, shelf, at=made.asked_at + timedelta(days=40))
    session.commit()
    assert session.scalars(select(Download)).all() == []


def test_a_disk_that_is_nearly_full_is_left_to_the_evidence(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post, disk: Settings
) -> None:
    asked(session, client, post)
    worker(replace(disk, keep_free_mb=10**9))
    made = only(session)
    assert (made.state, made.code) == ("failed", "storage_full")
    assert list(disk.downloads_dir.iterdir()) == []
    assert "Penyimpanan server hampir penuh" in client.get("/unduh/").text


def test_the_page_that_waits_learns_how_far_it_is(
    session: Session, client: FlaskClient, people: Team, leader: Account, worker: Work, post: Post
) -> None:
    factories.case(session, people, State.SUBMITTED)
    made = asked(session, client, post)
    assert client.get("/unduh/kemajuan").json == [{"id": str(made.id), "state": "waiting", "done": 0, "total": 0}]
    worker()
    assert client.get("/unduh/kemajuan").json == [{"id": str(made.id), "state": "ready", "done": 1, "total": 1}]


def test_what_one_sheet_cannot_hold_is_refused_and_a_plain_table_is_not(
    session: Session, client: FlaskClient, post: Post, people: Team, leader: Account, worker: Work,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for _ in range(3):
        evidence(session, people, State.VERIFIED_DESK, MINE)
    session.commit()
    monkeypatch.setattr("webapp.exchange.views.AT_ONCE", 2)
    monkeypatch.setattr("webapp.exchange.services.making.MOST_ROWS", 2)
    sheet, table = (asked(session, client, post, kind) for kind in ("xlsx", "csv"))
    worker()
    session.expire_all()
    assert (sheet.state, sheet.code) == ("failed", "too_many_rows")
    assert (table.state, table.cases) == ("ready", 3)
    assert "pilih CSV" in client.get("/unduh/").text
