"""Retries that arrive at the same moment, with real commits and several connections."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from media.formats.header import Header
from media.intake import Intake
from media.limits import Limits
from media.pictures import Derivatives
from tests import factories, photos
from tests.conftest import web_sessions
from tests.corpus.json_door import ADDRESS, BODY
from tests.webapp.evidence.conftest import Browser
from webapp import db
from webapp.app import create_app
from webapp.evidence.models import Evidence, Photo

THREADS = 8


@pytest.fixture
def site(fresh_database: Engine, settings: Settings):  # type: ignore[no-untyped-def]
    """The app on a database of its own, a camat, and a draft."""
    app = create_app(settings, web_sessions(fresh_database))
    with Session(fresh_database, expire_on_commit=False) as session:
        people = factories.team(session)
        case = factories.case(session, people)
        session.commit()
    yield app, people, case
    app.extensions["petabukti_decoder"].close()


def together(app, person, send) -> list[int]:  # type: ignore[no-untyped-def]
    browsers = [Browser(app, person) for _ in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        return sorted(pool.map(send, browsers))


def test_eight_retries_of_one_upload_make_one_photo(site, fresh_database: Engine) -> None:  # type: ignore[no-untyped-def]
    app, people, case = site
    data, number = photos.without_gps(seed=61, size=(640, 480)), str(uuid.uuid4())

    def send(browser: Browser) -> int:
        sent = browser.upload(f"/bukti/{case.id}/foto", ("a.jpg", data), json=True, upload_id=number)
        return sent.status_code

    assert together(app, people.camat, send) == [200] * (THREADS - 1) + [201]
    with Session(fresh_database) as session:
        assert session.scalar(select(func.count(Photo.id)).where(Photo.evidence_id == case.id)) == 2


class Elsewhere:
    """Opens pictures as ever; meanwhile somebody else touches the case, and must not wait for it."""

    def __init__(self, engine: Engine, evidence_id: int) -> None:
        self.engine, self.evidence_id = engine, evidence_id

    def derive(self, data: bytes, header: Header, orientation: int, limits: Limits) -> Derivatives:
        with self.engine.begin() as other:
            other.execute(text("SELECT 1 FROM evidence WHERE id = :id FOR UPDATE NOWAIT"), {"id": self.evidence_id})
        return factories.decoder().derive(data, header, orientation, limits)


def test_a_case_is_free_for_others_while_its_photo_is_opened(site, fresh_database: Engine) -> None:  # type: ignore[no-untyped-def]
    app, people, case = site
    store = app.extensions["petabukti_store"]
    app.extensions["petabukti_intake"] = Intake(store, Elsewhere(fresh_database, case.id))
    sent = Browser(app, people.camat).upload(f"/bukti/{case.id}/foto", ("a.jpg", photos.png(seed=63)), json=True)
    assert sent.status_code == 201


def test_the_same_bytes_under_eight_numbers_make_one_photo(site, fresh_database: Engine) -> None:  # type: ignore[no-untyped-def]
    app, people, case = site
    data = photos.without_gps(seed=62, size=(640, 480))

    def send(browser: Browser) -> int:
        sent = browser.upload(f"/bukti/{case.id}/foto", ("a.jpg", data), json=True, upload_id=str(uuid.uuid4()))
        return sent.status_code

    assert together(app, people.camat, send) == [200] * (THREADS - 1) + [201]


def test_eight_submits_of_one_new_form_make_one_case(site, fresh_database: Engine) -> None:  # type: ignore[no-untyped-def]
    app, people, _case = site
    number = str(uuid.uuid4())
    form = {
        "client_id": number, "title": "Sekali saja", "activity": "rapat/rapat_minggon", "occurred_from": "2018-08-01",
        "region_code": factories.MINE,
    }  # fmt: skip

    def send(browser: Browser) -> int:
        return browser.post("/bukti/baru", **form).status_code

    assert together(app, people.camat, send) == [303] * THREADS
    with Session(fresh_database) as session:
        assert session.scalar(select(func.count(Evidence.id)).where(Evidence.title == "Sekali saja")) == 1


def test_of_eight_sends_one_moves_the_case(site, fresh_database: Engine) -> None:  # type: ignore[no-untyped-def]
    app, people, case = site

    def send(browser: Browser) -> int:
        return browser.post(f"/bukti/{case.id}/kirim").status_code

    assert together(app, people.camat, send) == [303] + [409] * (THREADS - 1)
    with db.transaction(sessionmaker(fresh_database)) as session:
        assert session.get_one(Evidence, case.id).revision == 1


def test_a_hundred_and_sixty_puts_under_twenty_numbers_make_twenty_cases(site, fresh_database: Engine) -> None:  # type: ignore[no-untyped-def]
    app, people, _ = site
    numbers = [uuid.uuid4() for _ in range(20)]

    def send(browser: Browser) -> list[int]:
        head = {"X-CSRFToken": browser.token}
        return [browser.client.put(ADDRESS.format(one), json=BODY, headers=head).status_code for one in numbers]

    answers = together(app, people.camat, send)
    assert [sorted(of_one) for of_one in zip(*answers, strict=True)] == [[200] * (THREADS - 1) + [201]] * 20
    with Session(fresh_database) as session:
        assert session.scalar(select(func.count(Evidence.id)).where(Evidence.client_id.in_(numbers))) == 20


def test_of_eight_sends_by_script_each_is_told_the_same_and_one_moves_the_case(site, fresh_database: Engine) -> None:  # type: ignore[no-untyped-def]
    app, people, case = site

    def send(browser: Browser) -> int:
        path = f"{ADDRESS.format(case.client_id)}/kirim"
        return browser.client.post(path, headers={"X-CSRFToken": browser.token}).status_code

    assert together(app, people.camat, send) == [200] * THREADS
    with Session(fresh_database) as session:
        assert session.get_one(Evidence, case.id).revision == 1
