"""Workers beside each other and workers that are killed: every photo gets its pictures once, and none is lost."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from media.buffers import Buffer
from media.errors import DecoderBusy, ImageTooSlow, Refused
from media.formats.header import Header
from media.intake import Intake
from media.limits import Limits
from media.pictures import Decoding, Derivatives
from media.store import OF_PHOTOS, Store
from tests import factories, photos
from tests.webapp.working import eventually, worker_for, worker_process
from webapp.audit import AuditEvent
from webapp.evidence import services
from webapp.evidence.models import Photo, RefusedFile
from webapp.jobs import Tools, make_pictures

STILL = text("SELECT count(*) FROM photo WHERE pictures_at IS NULL")
UNDER_WAY = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE status = 'doing'")
A_MINUTE_PASSES = text("UPDATE jobs.procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'")


def count(engine: Engine, what: object) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(what) or 0)  # type: ignore[call-overload]


def none_is_left(engine: Engine) -> None:
    eventually(lambda: count(engine, STILL) == 0)


def arrived(engine: Engine, store: Store, *files: bytes) -> None:
    """A camat's draft with these photos, none of them opened yet."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        people = factories.team(session)
        people.store = store
        case = factories.case(session, people)
        for data in files:
            file = factories.incoming(None, data=data)
            services.receive_photo(session, case, file, actor=people.camat, at=factories.NOW, intake=people.intake)


def jpegs(number: int, size: tuple[int, int] = (640, 480)) -> list[bytes]:
    return [photos.without_gps(seed=seed, size=size) for seed in range(number)]


class Watched:
    """Opens pictures as ever, and counts them; a HEIC waits until it is let go."""

    def __init__(self, decoder: Decoding) -> None:
        self.decoder, self.opened = decoder, Counter[str]()
        self.let_go = threading.Event()

    def derive(self, data: Buffer, header: Header, orientation: int, limits: Limits) -> Derivatives:
        if header.mime == "image/heic":
            assert self.let_go.wait(60)
        self.opened[header.mime] += 1
        return self.decoder.derive(data, header, orientation, limits)


def test_a_picture_that_takes_long_holds_up_no_other(fresh_database: Engine) -> None:
    store, watched = Store.open("memory:///"), Watched(factories.decoder())
    large = [photos.heic(size=(4032, 3024), seed=seed) for seed in range(2)]
    arrived(fresh_database, store, *large, *jpegs(3))
    with worker_for(fresh_database, Settings(workers=1), Intake(store, watched)):
        eventually(lambda: count(fresh_database, STILL) == 2)
        assert watched.opened == {"image/jpeg": 3}
        watched.let_go.set()
        none_is_left(fresh_database)
    assert watched.opened == {"image/jpeg": 3, "image/heic": 2}


class Unlucky:
    """Opens pictures as ever, but for the first few times."""

    def __init__(self, decoder: Decoding, *troubles: Refused) -> None:
        self.decoder, self.troubles = decoder, list(troubles)

    def derive(self, data: Buffer, header: Header, orientation: int, limits: Limits) -> Derivatives:
        if self.troubles:
            raise self.troubles.pop(0)
        return self.decoder.derive(data, header, orientation, limits)


def test_a_decoder_that_was_busy_is_asked_again_and_the_photo_is_not_to_blame(fresh_database: Engine) -> None:
    store = Store.open("memory:///")
    arrived(fresh_database, store, *jpegs(1))
    unlucky = Unlucky(factories.decoder(), DecoderBusy())
    with worker_for(fresh_database, Settings(workers=1), Intake(store, unlucky)):
        none_is_left(fresh_database)
    assert unlucky.troubles == []


def test_a_picture_too_slow_for_a_busy_machine_is_tried_thrice_more_before_it_is_refused(
    fresh_database: Engine,
) -> None:
    store = Store.open("memory:///")
    arrived(fresh_database, store, *jpegs(1))
    intake = Intake(store, Unlucky(factories.decoder(), *[ImageTooSlow(seconds=20)] * 4))
    tools = Tools(Settings(), sessionmaker(fresh_database), intake)
    with Session(fresh_database) as session:
        number = session.scalars(select(Photo.id).where(Photo.pictures_at.is_(None))).one()
    for tries in range(3):
        with pytest.raises(ImageTooSlow):
            make_pictures(tools, tries, photo_id=number)
    make_pictures(tools, 3, photo_id=number)
    with Session(fresh_database) as session:
        assert session.get(Photo, number) is None
        assert session.scalars(select(RefusedFile.code)).all() == ["image_too_slow"]


def test_two_workers_share_the_photos_and_open_none_twice(fresh_database: Engine) -> None:
    store, watched = Store.open("memory:///"), Watched(factories.decoder())
    arrived(fresh_database, store, *jpegs(12))
    intake, settings = Intake(store, watched), Settings(workers=2)
    with worker_for(fresh_database, settings, intake), worker_for(fresh_database, settings, intake):
        none_is_left(fresh_database)
    assert watched.opened == {"image/jpeg": 12}


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing_visible(
    fresh_database: Engine, tmp_path: Path
) -> None:
    store = Store.open(Settings(data_dir=tmp_path).media_place)
    arrived(fresh_database, store, *jpegs(4, size=(4000, 3000)))
    before = count(fresh_database, select(func.count(AuditEvent.id)))
    with worker_process(fresh_database, tmp_path) as worker:
        eventually(lambda: count(fresh_database, UNDER_WAY) > 0)
        worker.kill()
        worker.wait()
    assert count(fresh_database, UNDER_WAY) > 0
    assert count(fresh_database, STILL) > 0
    with fresh_database.begin() as connection:
        done = dict(connection.execute(select(Photo.id, Photo.pictures_at).where(Photo.pictures_at.is_not(None))).all())
        connection.execute(A_MINUTE_PASSES)
    with worker_process(fresh_database, tmp_path):
        none_is_left(fresh_database)
    with Session(fresh_database) as session:
        found = session.scalars(select(Photo)).all()
        assert len(found) == 5  # the case had one before
        assert all(store.exists(photo.sha256, name) for photo in found[1:] for name in OF_PHOTOS)
        assert all(photo.pictures_at == done.get(photo.id, photo.pictures_at) for photo in found)
    assert count(fresh_database, select(func.count(AuditEvent.id))) == before


def test_a_worker_that_is_asked_to_stop_finishes_its_picture_first(fresh_database: Engine, tmp_path: Path) -> None:
    arrived(fresh_database, Store.open(Settings(data_dir=tmp_path).media_place), *jpegs(6, size=(4000, 3000)))
    with worker_process(fresh_database, tmp_path) as worker:
        eventually(lambda: count(fresh_database, UNDER_WAY) > 0)
        worker.terminate()
        assert worker.wait(60) == 0
    assert count(fresh_database, UNDER_WAY) == 0
