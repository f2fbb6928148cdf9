"""The worker really works: what is due is done on a database of its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config import Settings
from tests import factories
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.jobs import app_for, run_worker


def test_a_desk_lock_that_ran_out_is_released_by_the_worker(fresh_database: Engine) -> None:
    with Session(fresh_database) as session, session.begin():
        case = factories.case(session, factories.team(session), State.UNDER_REVIEW)
        number = case.id
        assert case.taken_until < factories.NOW + timedelta(days=1)
    settings = Settings(database_url=fresh_database.url.render_as_string(hide_password=False))
    with app_for(settings).open() as app:
        app.configure_task("verification.release_expired_locks").defer(timestamp=0)
    # In a thread of its own: the browser tests leave an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(run_worker, settings, wait=False, install_signal_handlers=False).result()
    with Session(fresh_database) as session:
        released = session.get_one(Evidence, number)
        assert released.state == State.SUBMITTED
        assert released.moves[-1].actor_id is None
