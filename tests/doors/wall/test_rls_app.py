"""The application behind the wall: where a filter was forgotten, and where the wall hides what it must know."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from tests import factories
from tests.conftest import WebSession
from tests.doors.wall.conftest import Stage
from tests.factories import KOTA
from tests.webapp.browsing import browser_of
from webapp import db
from webapp.cluster import WEB
from webapp.evidence import queries
from webapp.evidence.models import Evidence


def test_a_session_of_the_app_stands_where_it_stood_after_commit_rollback_and_savepoint(stage: Stage) -> None:
    engine = create_engine(stage.url.replace("postgresql:", "postgresql+psycopg:"))
    count = text("SELECT count(*) FROM evidence")
    with Session(engine) as session:
        assert session.scalar(count) == 0
        db.narrow(session, stage.tokens["camat"])
        seen = [session.scalar(count)]
        session.commit()
        seen.append(session.scalar(count))
        session.rollback()
        seen.append(session.scalar(count))
        with session.begin_nested() as inner:
            seen.append(session.scalar(count))
            inner.rollback()
        seen.append(session.scalar(count))
    with Session(engine) as another:  # the same connection of the pool
        seen.append(another.scalar(count))
    engine.dispose()
    assert seen == [2, 2, 2, 2, 2, 0]


def test_a_filter_that_was_forgotten_shows_nothing_of_another_area(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = factories.team(session), factories.team(session, code=KOTA)
    own, foreign = factories.case(session, here), factories.case(session, there)
    session.commit()
    monkeypatch.setattr(queries, "visible_to", lambda _actor: select(Evidence))  # the hole
    camat = browser_of(app, here.camat)
    assert camat.open(f"/bukti/{own.id}").status == 200
    assert camat.open(f"/bukti/{foreign.id}").status == 404


def test_a_number_taken_in_another_area_is_refused_like_one_of_the_own(app: Flask, session: Session) -> None:
    """Row-level security hides the case that has it; the unique index would answer with a failure."""
    here, there = factories.team(session), factories.team(session, code=KOTA)
    foreign = factories.case(session, there)
    session.commit()
    camat = browser_of(app, here.camat)
    page = camat.open("/bukti/baru")
    form = next(one for one in page._read.forms if "client_id" in one.fields)
    sent = camat.client.post(
        form.action or "/bukti/baru", data={**form.fields, **_written(), "client_id": foreign.client_id}
    )
    assert (sent.status_code, sent.headers.get("X-Problem-Code")) == (409, "id_reused")


def _written() -> dict[str, object]:
    return {
        "title": "Gang dicat",
        "activity": "inovasi/kampung_tematik",
        "occurred_from": "2018-08-01",
        "occurred_to": "2018-08-01",
    }


def test_the_tests_themselves_run_behind_the_wall(app: Flask) -> None:
    with app.app_context():
        session = app.extensions["petabukti_sessions"]()
        assert isinstance(session, WebSession)
        assert session.scalar(text("SELECT current_user")) == WEB
        session.close()
