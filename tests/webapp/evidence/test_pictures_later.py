"""A photo that arrives is there at once; its pictures come later, and nobody is left guessing what became of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from geo.values import LonLat
from media.store import OF_PHOTOS
from tests import factories, photos
from tests.conftest import web_sessions
from tests.factories import MINE, NOW, middle
from tests.photos import hostile
from tests.webapp.working import forget_job, work_off
from webapp.db import utcnow
from webapp.evidence import services
from webapp.evidence.errors import NotReady
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import Move, State
from webapp.evidence.services.photos import ask_for_pictures

QUEUED = text("SELECT queue_name FROM jobs.procrastinate_jobs WHERE task_name = 'evidence.make_pictures' ORDER BY id")


@dataclass
class Desk:
    """A camat's draft, and photos that arrive for it."""

    session: Session
    people: factories.Team
    case: Evidence

    def receive(self, data: bytes, fix: LonLat | None = None, **changes: object) -> Photo | services.RefusedResult:
        file = factories.incoming(fix, data=data, fix=fix, **changes)
        return services.receive_photo(
            self.session, self.case, file, actor=self.people.camat, at=NOW, intake=self.people.intake
        )

    def arrived(self, data: bytes, fix: LonLat | None = None, **changes: object) -> Photo:
        photo = self.receive(data, fix, **changes)
        assert isinstance(photo, Photo)
        return photo


def forget_jobs(session: Session) -> None:
    for number in session.scalars(text("SELECT id FROM jobs.procrastinate_jobs")).all():
        forget_job(session, number)


@pytest.fixture
def desk(session: Session) -> Desk:
    people = factories.team(session)
    case = services.create(
        session, actor=people.camat, region_code=MINE, client_id=uuid.uuid4(), fields=factories.fields(), at=NOW
    )
    return Desk(session, people, case)


def test_a_photo_is_there_with_its_place_before_anybody_has_opened_it(desk: Desk) -> None:
    photo = desk.arrived(
        photos.heic(), middle(MINE), capture_source="camera", captured_at=NOW, fix_count=7, original_sha256="a" * 64,
        original_byte_size=9_000_000,
    )  # fmt: skip
    assert photo.pictures_at is None
    assert photo.dhash is None
    assert (photo.capture_source, photo.captured_at, photo.device_fix_count) == ("camera", NOW, 7)
    assert (photo.original_sha256, photo.original_byte_size) == ("a" * 64, 9_000_000)
    assert [name for name in OF_PHOTOS if desk.people.store.exists(photo.sha256, name)] == ["original"]
    assert services.point_of(desk.case.place) == middle(MINE)
    assert desk.case.grade == "A"


def test_its_pictures_are_made_once_however_often_they_are_asked_for(desk: Desk) -> None:
    photo = desk.arrived(photos.without_gps(seed=1, size=(640, 480)))
    assert not ask_for_pictures(desk.session, photo)
    assert work_off(desk.session, desk.people.intake) == 1
    assert photo.pictures_at is not None
    assert (photo.width, photo.height) == (640, 480)
    assert photo.dhash is not None
    assert all(desk.people.store.exists(photo.sha256, name) for name in OF_PHOTOS)
    made = photo.pictures_at
    assert not ask_for_pictures(desk.session, photo)
    assert work_off(desk.session, desk.people.intake) == 0
    assert photo.pictures_at == made


def test_a_case_waits_for_its_pictures_before_it_is_sent(desk: Desk) -> None:
    desk.arrived(photos.without_gps(seed=2, size=(640, 480)), middle(MINE))
    with pytest.raises(NotReady) as why:
        services.submit(desk.session, desk.case, actor=desk.people.camat, at=NOW)
    assert why.value.missing == ["pictures"]
    work_off(desk.session, desk.people.intake)
    services.submit(desk.session, desk.case, actor=desk.people.camat, at=NOW)
    assert desk.case.stands is State.SUBMITTED


def test_what_takes_long_to_open_waits_in_a_lane_of_its_own(desk: Desk) -> None:
    for data in (photos.heic(size=(4032, 3024)), photos.without_gps(seed=3), photos.png(seed=3)):
        desk.arrived(data)
    assert desk.session.scalars(QUEUED).all() == ["slow", "pictures", "pictures"]


def test_the_same_bytes_are_the_photo_that_is_there(desk: Desk) -> None:
    data = photos.without_gps(seed=4, size=(640, 480))
    first = desk.arrived(data)
    assert desk.arrived(data) is first
    assert desk.arrived(data, upload_id=first.upload_id) is first
    assert len(desk.session.scalars(QUEUED).all()) == 1


def test_a_file_that_is_no_photo_is_refused_at_once_and_remembered(desk: Desk) -> None:
    refused = desk.receive(b"%PDF-1.4 bukan foto")
    assert isinstance(refused, services.RefusedResult)
    assert refused.code == "type_not_allowed"
    desk.session.flush()
    assert [one.code for one in desk.case.refusals] == ["type_not_allowed"]
    assert desk.session.scalars(QUEUED).all() == []


def test_a_photo_damaged_after_all_becomes_a_refused_file_and_takes_its_place_along(desk: Desk) -> None:
    good = desk.arrived(photos.without_gps(seed=5, size=(640, 480)), middle(MINE), fix_accuracy_m=15.0)
    bad = desk.arrived(hostile.short_png(), LonLat(100.011, -1.989), fix_accuracy_m=4.0)
    number, sha256 = bad.upload_id, bad.sha256
    assert desk.case.accuracy_m == 4.0
    assert work_off(desk.session, desk.people.intake) == 2
    assert desk.case.photos == [good]
    assert desk.case.accuracy_m == 15.0
    assert [(one.upload_id, one.code) for one in desk.case.refusals] == [(number, "image_damaged")]
    assert not any(desk.people.store.exists(sha256, name) for name in OF_PHOTOS)


def test_its_original_stays_where_another_case_has_it_too(desk: Desk) -> None:
    other = services.create(
        desk.session, actor=desk.people.camat, region_code=MINE, client_id=uuid.uuid4(), fields=factories.fields(),
        at=NOW,
    )  # fmt: skip
    data = hostile.short_png()
    bad, again = desk.arrived(data), Desk(desk.session, desk.people, other).arrived(data)
    services.move(desk.session, other, Move.WITHDRAW, actor=desk.people.camat, at=NOW)
    sha256 = bad.sha256
    work_off(desk.session, desk.people.intake)
    assert (desk.case.photos, other.photos) == ([], [again])
    assert desk.people.store.exists(sha256)


def test_in_a_case_that_has_moved_on_it_stays_and_says_so(desk: Desk) -> None:
    bad = desk.arrived(hostile.short_png())
    services.move(desk.session, desk.case, Move.WITHDRAW, actor=desk.people.camat, at=NOW)
    work_off(desk.session, desk.people.intake)
    assert desk.case.photos == [bad]
    assert "undecodable" in bad.flags
    assert bad.pictures_at is None
    assert services.ask_again(desk.session, before=utcnow()) == 0


def test_a_photo_taken_out_meanwhile_is_simply_gone(desk: Desk) -> None:
    photo = desk.arrived(photos.without_gps(seed=6, size=(640, 480)))
    services.remove_photo(desk.session, photo, actor=desk.people.camat, at=NOW)
    assert work_off(desk.session, desk.people.intake) == 1
    assert desk.case.photos == []


def test_what_was_given_up_is_asked_for_again_but_not_what_somebody_works_on(desk: Desk) -> None:
    desk.arrived(photos.without_gps(seed=7, size=(640, 480)))
    assert services.ask_again(desk.session, before=utcnow()) == 0
    forget_jobs(desk.session)
    assert services.ask_again(desk.session, before=NOW) == 0
    assert services.ask_again(desk.session, before=utcnow()) == 1
    assert work_off(desk.session, desk.people.intake) == 1


def test_row_and_job_come_in_one_transaction_or_not_at_all(fresh_database: Engine) -> None:
    with Session(fresh_database, expire_on_commit=False) as session, session.begin():
        people = factories.team(session)
        case = factories.case(session, people)
    for keep in (False, True):
        with Session(fresh_database) as session:
            own = session.get_one(Evidence, case.id)
            file = factories.incoming(None)
            services.receive_photo(session, own, file, actor=people.camat, at=NOW, intake=people.intake)
            session.commit() if keep else session.rollback()
        with Session(fresh_database) as session:
            waiting = session.scalars(select(Photo).where(Photo.pictures_at.is_(None))).all()
            assert (len(waiting), len(session.scalars(QUEUED).all())) == (keep, keep)


def test_the_web_servers_role_may_ask_for_pictures_but_neither_see_nor_name_jobs(fresh_database: Engine) -> None:
    with Session(fresh_database, expire_on_commit=False) as session, session.begin():
        people = factories.team(session)
        case = factories.case(session, people)
        services.receive_photo(
            session, case, factories.incoming(None), actor=people.camat, at=NOW, intake=people.intake
        )
        forget_jobs(session)
        waiting = session.scalars(select(Photo.id).where(Photo.pictures_at.is_(None))).one()
    web = web_sessions(fresh_database)
    with web() as session:
        ask = text("SELECT wall.defer_pictures(:photo)")
        assert [session.scalar(ask, {"photo": photo}) for photo in (waiting, waiting, 999_999)] == [True, False, False]
        session.commit()
    for forbidden in (
        "SELECT 1 FROM jobs.procrastinate_jobs",
        "SELECT wall.defer('default', 'bulk.open', 'x', '{}')",
        "INSERT INTO jobs.procrastinate_jobs (queue_name, task_name) VALUES ('default', 'x')",
    ):
        with web() as session, pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(forbidden))
    with Session(fresh_database) as session:
        assert session.scalars(QUEUED).all() == ["pictures"]
