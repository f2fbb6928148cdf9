"""The last byte: judged, stored, receipted, once; and whatever fails in between is made good by the next question."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.orm import Session

from config import Settings
from geo.columns import read_point
from geo.values import LonLat
from media.buffers import Buffer
from media.errors import StoreFull
from media.store import Name, Store
from tests import factories, photos
from tests.conftest import WebSession, web_sessions
from tests.factories import NOW
from tests.webapp.capture.conftest import Draft
from tests.webapp.capture.sending import WIRE, Sender
from webapp.app import create_app
from webapp.capture.models import Upload
from webapp.capture.parts import Parts
from webapp.capture.services import forget_expired
from webapp.db import utcnow
from webapp.evidence import services
from webapp.evidence.models import Photo, RefusedFile

THREADS = 8


def photo_bytes(seed: int) -> bytes:
    return photos.without_gps(seed=seed, size=(640, 480))


def number_of(path: str) -> uuid.UUID:
    return uuid.UUID(path.rpartition("/")[2])


def row_of(session: Session, path: str) -> Upload:
    session.commit()
    return session.get_one(Upload, number_of(path), populate_existing=True)


def photo_of(session: Session, path: str) -> Photo | None:
    session.commit()
    return session.scalar(select(Photo).where(Photo.upload_id == number_of(path)))


def part_of(app: Flask, path: str) -> Parts:
    return Parts(app.extensions["petabukti_settings"].uploads_dir)


def test_a_photo_arrives_with_everything_its_phone_said(
    app: Flask, sender: Sender, draft: Draft, session: Session
) -> None:
    data = photo_bytes(910)
    path, sent = sender.whole(
        data, draft.case.client_id, filename="../balai\u202edesa.jpg", filetype="image/jpeg", source="camera",
        captured_at="2018-08-01T06:00:00+07:00", fix_lon="100.05", fix_lat="-1.95", fix_accuracy="7.5",
        fix_at="2018-08-01T05:59:58+07:00", fix_count="4", original_sha256="AB" * 32, original_bytes="4000000",
    )  # fmt: skip
    assert (sent.status_code, sent.headers["Upload-Offset"]) == (204, str(len(data)))
    row, photo = row_of(session, path), photo_of(session, path)
    assert (row.verdict, row.sha256, row.refused_code) == ("received", hashlib.sha256(data).hexdigest(), None)
    assert row.receipt_code
    assert photo is not None
    assert row.photo_id == photo.id
    assert app.extensions["petabukti_store"].get(photo.sha256, "original") == data
    assert (photo.file_name, photo.pictures_at, photo.capture_source) == ("balaidesa.jpg", None, "camera")
    assert photo.captured_at == datetime(2018, 7, 31, 23, tzinfo=UTC)
    assert photo.device_place is not None
    assert read_point(photo.device_place) == LonLat(100.05, -1.95)
    assert (photo.device_accuracy_m, photo.device_fix_count) == (7.5, 4)
    assert (photo.original_sha256, photo.original_byte_size) == ("ab" * 32, 4_000_000)
    assert not part_of(app, path).path(row.id).exists()


@pytest.mark.parametrize(
    "odd",
    [
        {"fix_lon": "181", "fix_lat": "-1"}, {"fix_lon": "nan", "fix_lat": "inf"}, {"fix_lon": "100"},
        {"fix_lon": "100", "fix_lat": "-1" * 50}, {"fix_lon": "", "fix_lat": ""},
    ],
)  # fmt: skip
def test_a_position_that_cannot_be_is_left_out_and_the_photo_taken(
    sender: Sender, draft: Draft, session: Session, odd: dict[str, str]
) -> None:
    told = {**odd, "fix_accuracy": "-4", "fix_at": "kemarin", "fix_count": "-1", "captured_at": "2018-08-01T06:00:00"}
    path, _ = sender.whole(photo_bytes(911), draft.case.client_id, **told, source="drone", original_sha256="ab")
    photo = photo_of(session, path)
    assert photo is not None
    assert (photo.device_place, photo.device_accuracy_m, photo.device_at, photo.device_fix_count) == (None,) * 4
    assert (photo.captured_at, photo.capture_source, photo.original_sha256) == (None,) * 3


def test_the_same_bytes_under_another_number_are_the_photo_that_is_there(
    sender: Sender, draft: Draft, session: Session
) -> None:
    first, _ = sender.whole(photo_bytes(912), draft.case.client_id)
    second, sent = sender.whole(photo_bytes(912), draft.case.client_id)
    assert sent.status_code == 204
    rows = [row_of(session, path) for path in (first, second)]
    assert [row.verdict for row in rows] == ["received", "same"]
    assert rows[0].photo_id == rows[1].photo_id
    assert rows[0].receipt_code != rows[1].receipt_code


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"%PDF-1.4 bukan foto", "type_not_allowed"), (photo_bytes(913)[:-400], "image_damaged")],
    ids=["no photo", "cut short"],
)
def test_a_file_that_is_refused_has_arrived_and_says_why(
    app: Flask, sender: Sender, draft: Draft, session: Session, data: bytes, code: str
) -> None:
    path, sent = sender.whole(data, draft.case.client_id, filename="rusak.jpg")
    assert (sent.status_code, sent.headers["Upload-Offset"]) == (204, str(len(data)))
    row = row_of(session, path)
    assert (row.verdict, row.refused_code, row.photo_id) == ("refused", code, None)
    assert row.sha256 == hashlib.sha256(data).hexdigest()
    assert session.scalar(select(RefusedFile.code).where(RefusedFile.upload_id == row.id)) == code
    assert not part_of(app, path).path(row.id).exists()
    assert sender.offset(path) == len(data)


@pytest.mark.parametrize("sealed", [False, True], ids=["submitted", "final"])
def test_a_photo_on_its_way_while_its_case_was_sent_is_refused_with_the_reason(
    sender: Sender, draft: Draft, session: Session, sealed: bool
) -> None:
    data = photo_bytes(914)
    path = sender.begin(len(data), case=draft.case.client_id).headers["Location"]
    sender.piece(path, data[:100], 0)
    if sealed:
        draft.case.locked_at = NOW
        session.commit()
    else:
        services.submit(session, draft.case, actor=draft.people.camat, at=NOW)
        session.commit()
    assert sender.piece(path, data[100:], 100).status_code == 204
    code = "evidence_locked" if sealed else "not_editable"
    row = row_of(session, path)
    assert (row.verdict, row.refused_code) == ("refused", code)


def test_who_lost_the_answer_asks_and_is_told_all_is_there(sender: Sender, draft: Draft, session: Session) -> None:
    data, number = photo_bytes(915), uuid.uuid4()
    path, _ = sender.whole(data, draft.case.client_id, id=number)
    receipt = row_of(session, path).receipt_code
    assert sender.offset(path) == len(data)
    assert sender.piece(path, data, 0).status_code == 409
    assert sender.piece(path, b"", len(data)).status_code == 204
    again = sender.begin(len(data), case=draft.case.client_id, id=number)
    assert (again.status_code, again.headers["Location"]) == (200, path)
    assert row_of(session, path).receipt_code == receipt


def test_the_same_number_again_is_200_also_after_the_case_was_sent(
    sender: Sender, draft: Draft, session: Session
) -> None:
    data, number = photo_bytes(916), uuid.uuid4()
    photo = photo_of(session, sender.whole(data, draft.case.client_id, id=number)[0])
    assert photo is not None
    photo.pictures_at = NOW
    session.commit()
    session.expire_all()
    services.submit(session, draft.case, actor=draft.people.camat, at=NOW)
    session.commit()
    assert sender.begin(len(data), case=draft.case.client_id, id=number).status_code == 200


def test_a_number_that_means_something_else_is_409_whoever_took_it(
    app: Flask, sender: Sender, draft: Draft, session: Session
) -> None:
    number, neighbour = uuid.uuid4(), factories.camat(session, factories.NEXT_DOOR)
    theirs = factories.case(session, draft.people, unit=factories.NEXT_DOOR)
    session.commit()
    meant = {"id": number, "case": draft.case.client_id, "filename": "a.jpg"}
    assert sender.begin(9, **meant).status_code == 201
    answers = [
        sender.begin(8, **meant), sender.begin(9, **{**meant, "filename": "b.jpg"}),
        sender.begin(9, **{**meant, "source": "camera"}),
        Sender(app, neighbour).begin(9, **{**meant, "case": theirs.client_id}),
    ]  # fmt: skip
    assert {(one.status_code, one.headers["X-Problem-Code"]) for one in answers} == {(409, "id_reused")}
    assert sender.begin(9, **dict(reversed(meant.items()))).status_code == 200


def test_a_number_that_a_form_used_for_other_bytes_is_refused_at_arrival(
    sender: Sender, draft: Draft, session: Session
) -> None:
    one, other = photo_bytes(917), photo_bytes(918)
    size = max(len(one), len(other)) + 10
    number = uuid.uuid4()
    file = factories.incoming(data=one + b"\0" * (size - len(one)), upload_id=number)
    services.add_photos(session, draft.case, [file], actor=draft.people.camat, at=NOW, intake=draft.people.intake)
    session.commit()
    path, _ = sender.whole(other + b"\0" * (size - len(other)), draft.case.client_id, id=number)
    assert row_of(session, path).refused_code == "id_reused"


# Faults between the last byte and the commit


class Full(Store):
    """A store without room for originals, the first time."""

    tries = 0

    def put_all(self, sha256: str, files: Mapping[Name, Buffer]) -> None:
        self.tries += 1
        if self.tries == 1:
            raise StoreFull
        super().put_all(sha256, files)


def test_a_store_without_room_is_507_and_the_next_question_settles_it(
    app: Flask, sender: Sender, draft: Draft, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = app.extensions["petabukti_intake"]
    full = replace(there, store=Full(there.store._backend))
    monkeypatch.setitem(app.extensions, "petabukti_intake", full)
    data = photo_bytes(919)
    path, sent = sender.whole(data, draft.case.client_id)
    assert (sent.status_code, sent.headers["X-Problem-Code"]) == (507, "store_full")
    assert row_of(session, path).arrived_at is None
    assert sender.offset(path) == len(data)
    assert row_of(session, path).verdict == "received"


@pytest.mark.parametrize("question", ["HEAD", "PATCH", "GET"])
def test_a_death_between_store_and_commit_is_made_good_by_the_next_question(
    app: Flask, sender: Sender, draft: Draft, session: Session, question: str
) -> None:
    data = photo_bytes(920)
    path = sender.begin(len(data), case=draft.case.client_id).headers["Location"]

    def die(_: Session) -> None:
        raise SystemExit

    event.listen(WebSession, "before_commit", die, once=True)
    with pytest.raises(SystemExit):
        sender.piece(path, data, 0)
    row, sha256 = row_of(session, path), hashlib.sha256(data).hexdigest()
    assert app.extensions["petabukti_store"].exists(sha256)
    assert (row.arrived_at, photo_of(session, path)) == (None, None)
    assert part_of(app, path).length(row.id) == len(data)
    answers = {
        "HEAD": lambda: sender.ask("HEAD", path),
        "PATCH": lambda: sender.piece(path, b"", len(data)),
        "GET": lambda: sender.ask("GET", f"{WIRE}?id={row.id}"),
    }
    assert answers[question]().status_code < 300
    row = row_of(session, path)
    assert (row.verdict, row.sha256) == ("received", sha256)
    assert photo_of(session, path) is not None
    assert not part_of(app, path).path(row.id).exists()


def test_the_bytes_of_a_piece_stay_when_the_request_dies_after_them(
    sender: Sender, draft: Draft, session: Session
) -> None:
    path = sender.begin(1000, case=draft.case.client_id).headers["Location"]

    def die(_: Session) -> None:
        raise SystemExit

    event.listen(WebSession, "before_commit", die, once=True)
    with pytest.raises(SystemExit):
        sender.piece(path, b"a" * 600, 0)
    assert sender.offset(path) == 600


# Imports


def test_the_file_of_an_import_waits_for_its_worker(
    app: Flask, sender: Sender, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "petabukti_may_import", lambda _session, _actor, _import: True)
    begun = sender.begin(9, **{"purpose": "import", "import": uuid.uuid4(), "filename": "foto.zip"})
    path = begun.headers["Location"]
    assert sender.piece(path, b"PK, really", 0).status_code == 413
    assert sender.piece(path, b"PK really", 0).status_code == 204
    row = row_of(session, path)
    assert (row.verdict, row.sha256) == ("received", hashlib.sha256(b"PK really").hexdigest())
    assert part_of(app, path).length(row.id) == 9
    asked = session.scalars(
        text("SELECT args FROM jobs.procrastinate_jobs WHERE args ->> 'upload_id' = :id"), {"id": str(row.id)}
    ).all()
    assert len(asked) == 1, json.dumps(asked)


# What nobody goes on with


def test_what_was_not_gone_on_with_is_forgotten_and_the_rest_stays(
    app: Flask, sender: Sender, draft: Draft, session: Session
) -> None:
    going, late = (sender.begin(9, case=draft.case.client_id).headers["Location"] for _ in range(2))
    for path in (going, late):
        sender.piece(path, b"abc", 0)
    arrived, _ = sender.whole(photo_bytes(921), draft.case.client_id)
    parts, stranger = part_of(app, going), uuid.uuid4()
    for number in (stranger, number_of(arrived)):  # left behind by a death after a commit
        parts.path(number).write_bytes(b"abc")
        os.utime(parts.path(number), (0, 0))
    os.utime(parts.path(number_of(going)), (0, 0))
    row_of(session, late).expires_at = utcnow() - timedelta(seconds=1)
    session.commit()
    forget_expired(session, parts, utcnow())
    assert parts.path(number_of(late)).exists()  # until the commit
    session.commit()
    left = [parts.path(one).exists() for one in (number_of(late), stranger, number_of(arrived), number_of(going))]
    assert left == [False, False, False, True]
    assert sender.ask("HEAD", late).status_code == 404
    assert sender.offset(going) == 3


# At once, with real commits and several connections


@pytest.fixture
def site(fresh_database: Engine, settings: Settings) -> Iterator[tuple[Flask, Draft]]:
    app = create_app(settings, web_sessions(fresh_database))
    with Session(fresh_database, expire_on_commit=False) as session:
        people = factories.team(session)
        case = factories.case(session, people)
        session.commit()
    yield app, Draft(case, people)
    app.extensions["petabukti_decoder"].close()


def together(senders: list[Sender], send: Callable[[Sender], int]) -> list[int]:
    with ThreadPoolExecutor(len(senders)) as pool:
        return sorted(pool.map(send, senders))


def begun(meant: dict[str, uuid.UUID], sender: Sender) -> int:
    return sender.begin(1024, **meant).status_code


def test_twenty_numbers_begun_by_eight_at_once_are_twenty_uploads(
    site: tuple[Flask, Draft], fresh_database: Engine
) -> None:
    app, draft = site
    senders = [Sender(app, draft.people.camat) for _ in range(THREADS)]
    for _ in range(20):
        meant = {"case": draft.case.client_id, "id": uuid.uuid4()}
        told = together(senders, partial(begun, meant))
        assert told == [200] * (THREADS - 1) + [201]
    with Session(fresh_database) as session:
        assert session.scalar(select(func.count(Upload.id))) == 20


def test_a_photo_sent_by_eight_at_once_arrives_once(site: tuple[Flask, Draft], fresh_database: Engine) -> None:
    app, draft = site
    senders, data = [Sender(app, draft.people.camat) for _ in range(THREADS)], photo_bytes(922)
    path = senders[0].begin(len(data), case=draft.case.client_id).headers["Location"]
    told = together(senders, lambda one: one.piece(path, data, 0).status_code)
    assert told.count(204) == 1
    assert set(told) <= {204, 409, 423}
    assert senders[0].offset(path) == len(data)
    with Session(fresh_database) as session:
        assert session.scalar(select(func.count(Photo.id)).where(Photo.upload_id == number_of(path))) == 1


def test_a_whole_upload_that_eight_ask_for_is_settled_once(site: tuple[Flask, Draft], fresh_database: Engine) -> None:
    app, draft = site
    senders, data = [Sender(app, draft.people.camat) for _ in range(THREADS)], photo_bytes(923)
    path = senders[0].begin(len(data), case=draft.case.client_id).headers["Location"]
    Parts(app.extensions["petabukti_settings"].uploads_dir).path(number_of(path)).write_bytes(data)
    assert together(senders, lambda one: one.ask("HEAD", path).status_code) == [200] * THREADS
    with Session(fresh_database) as session:
        row = session.get_one(Upload, number_of(path))
        assert (row.verdict, row.sha256) == ("received", hashlib.sha256(data).hexdigest())
        assert session.scalar(select(func.count(Photo.id)).where(Photo.upload_id == row.id)) == 1
