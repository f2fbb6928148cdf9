"""The worker really works: what is due is done on a database of its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config import Settings
from tests import factories
from webapp.accounts.models import OpenSession
from webapp.accounts.services import begin_session
from webapp.db import utcnow
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.jobs import app_for, tools_for
from webapp.working import run_worker


def worked(engine: Engine, task: str) -> None:
    """Have the worker do a task that is due."""
    settings = Settings(database_url=engine.url.render_as_string(hide_password=False), workers=1)
    with tools_for(settings) as tools, app_for(tools).open() as app:
        app.configure_task(task).defer(timestamp=0)
    # In a thread of its own: the browser tests leave an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(run_worker, settings, wait=False).result()


def test_a_desk_lock_that_ran_out_is_released_by_the_worker(fresh_database: Engine) -> None:
    with Session(fresh_database) as session, session.begin():
        case = factories.case(session, factories.team(session), State.UNDER_REVIEW)
        number = case.id
        assert case.taken_until < factories.NOW + timedelta(days=1)
    worked(fresh_database, "verification.release_expired_locks")
    with Session(fresh_database) as session:
        released = session.get_one(Evidence, number)
        assert released.state == State.SUBMITTED
        assert released.moves[-1].actor_id is None


def test_sessions_that_are_long_over_are_forgotten_by_the_worker(fresh_database: Engine) -> None:
    with Session(fresh_database) as session, session.begin():
        factories.territory(session)
        camat = factories.camat(session)
        for at in (utcnow(), factories.NOW):
            begin_session(session, camat, address="-", browser="", at=at)
    worked(fresh_database, "accounts.forget_ended_sessions")
    with Session(fresh_database) as session:
        assert [one.begun_at.year > 2018 for one in session.scalars(select(OpenSession))] == [True]
