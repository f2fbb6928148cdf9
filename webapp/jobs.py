"""Background tasks, on PostgreSQL alone: no further server to run. Workers may be many, on any machine.

`petabukti run` starts one worker beside the web server; `petabukti worker` starts more.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Chore:
    """Something done again and again: when, what, and the line for the log when there was anything to do."""

    name: str
    cron: str
    work: Callable[[Session, Settings], int]
    said: str


def _forget_sessions(session: Session, settings: Settings) -> int:
    limits = SessionLimits(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))
    return forget_ended_sessions(session, db.utcnow(), limits)


CHORES = (
    Chore(
        "verification.release_expired_locks", "* * * * *",
        lambda session, _: expire_locks(session, db.utcnow()), "%s desk locks ran out and were released",
    ),
    Chore(
        "accounts.forget_ended_sessions", "17 * * * *",
        _forget_sessions, "%s sessions that were over were forgotten",
    ),
    Chore(
        "territory.forget_drafts", "27 * * * *",
        lambda session, _: forget_drafts(session, db.utcnow()),
        "%s boundary files that nobody confirmed were forgotten",
    ),
)  # fmt: skip


def app_for(settings: Settings) -> App:
    """The queue of a database, with every task of the product. `settings.database_url` must be set."""
    if settings.database_url is None:
        raise ValueError("a worker needs settings.database_url")
    url = libpq_url(settings.database_url)
    app = App(connector=PsycopgConnector(conninfo=url, kwargs={"options": f"-c search_path={SCHEMA},public"}))
    for chore in CHORES:
        _take_on(app, chore, settings, _factory(settings.database_url))
    return app


def _take_on(app: App, chore: Chore, settings: Settings, factory: sessionmaker[Session]) -> None:
    @app.periodic(cron=chore.cron)
    @app.task(name=chore.name, queueing_lock=chore.name.partition(".")[2], pass_context=False)
    def run(timestamp: int) -> None:  # noqa: ARG001  the library hands over the minute it is for
        with db.transaction(factory) as session:
            done = chore.work(session, settings)
        if done:
            log.info(chore.said, done)


@cache
def _factory(url: str) -> sessionmaker[Session]:
    return sessionmaker(db.engine_for(url, pool_size=2), expire_on_commit=False)


def run_worker(settings: Settings, **options: Any) -> None:
    """Work until a signal stops it; tasks under way are finished first."""
    with app_for(settings).open() as app:
        app.run_worker(**{"install_signal_handlers": True, "listen_notify": True, **options})
