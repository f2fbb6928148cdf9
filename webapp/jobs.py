"""Background tasks, on PostgreSQL alone: no further server to run. Workers may be many, on any machine.

`petabukti run` starts one worker beside the web server; `petabukti worker` starts more.
"""

import logging
from datetime import timedelta
from functools import cache
from typing import Any

from procrastinate import App, PsycopgConnector
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from webapp import db
from webapp.accounts.rules import SessionLimits
from webapp.accounts.services import forget_ended_sessions
from webapp.cluster import libpq_url
from webapp.territory.services import forget_drafts
from webapp.verification.services import expire_locks

log = logging.getLogger(__name__)
SCHEMA = "jobs"  # the library's own tables; see migration 0070


def app_for(settings: Settings) -> App:
    """The queue of a database, with every task of the product. `settings.database_url` must be set."""
    if settings.database_url is None:
        raise ValueError("a worker needs settings.database_url")
    url = libpq_url(settings.database_url)
    app = App(connector=PsycopgConnector(conninfo=url, kwargs={"options": f"-c search_path={SCHEMA},public"}))
    factory = _factory(settings.database_url)

    @app.periodic(cron="* * * * *")
    @app.task(name="verification.release_expired_locks", queueing_lock="release_expired_locks", pass_context=False)
    def release_expired_locks(timestamp: int) -> None:  # noqa: ARG001  the library hands over the minute it is for
        with db.transaction(factory) as session:
            released = expire_locks(session, db.utcnow())
        if released:
            log.info("%s desk locks ran out and were released", released)

    @app.periodic(cron="17 * * * *")
    @app.task(name="accounts.forget_ended_sessions", queueing_lock="forget_ended_sessions", pass_context=False)
    def forget_sessions(timestamp: int) -> None:  # noqa: ARG001
        limits = SessionLimits(
            timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
        )
        with db.transaction(factory) as session:
            forgotten = forget_ended_sessions(session, db.utcnow(), limits)
        if forgotten:
            log.info("%s sessions that were over were forgotten", forgotten)

    @app.periodic(cron="27 * * * *")
    @app.task(name="territory.forget_drafts", queueing_lock="forget_drafts", pass_context=False)
    def forget_boundary_drafts(timestamp: int) -> None:  # noqa: ARG001
        with db.transaction(factory) as session:
            forgotten = forget_drafts(session, db.utcnow())
        if forgotten:
            log.info("%s boundary files that nobody confirmed were forgotten", forgotten)

    return app


@cache
def _factory(url: str) -> sessionmaker[Session]:
    return sessionmaker(db.engine_for(url, pool_size=2), expire_on_commit=False)


def run_worker(settings: Settings, **options: Any) -> None:
    """Work until a signal stops it; tasks under way are finished first."""
    with app_for(settings).open() as app:
        app.run_worker(**{"install_signal_handlers": True, "listen_notify": True, **options})
