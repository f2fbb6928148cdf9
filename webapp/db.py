"""The database: one declarative base, one session per request, one transaction per request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from flask import Flask, Response, current_app, g
from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event, func, text
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, mapped_column, sessionmaker

SessionFactory = Callable[[], Session]

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_TOKEN = "token"  # noqa: S105  under which name a session keeps it
_ENTER = text("SELECT wall.enter(:token)")

Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]


class Base(DeclarativeBase):
    """Parent of every table. CHECK constraints carry the name of the rule they repeat."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = {datetime: DateTime(timezone=True)}


def engine_for(url: str, *, role: str | None = None, **options: Any) -> Engine:
    """An engine that notices a restarted server and keeps the JIT out of short queries. `role`: taken on connecting."""
    # Work memory: what a country is grouped by fits, instead of being sorted on disk.
    settings = "-c jit=off -c timezone=UTC -c work_mem=16MB" + (f" -c role={role}" if role else "")
    # Errors of a statement are logged: what people wrote must not be in them.
    return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args={"options": settings}, **options)


def init_app(app: Flask, factory: SessionFactory) -> None:
    """Give the app its sessions. A request commits when it answers below 400, anything else leaves nothing."""
    app.extensions["petabukti_sessions"] = factory
    app.after_request(_settle)
    app.teardown_request(_close)


def session() -> Session:
    """The session of this request; the same one however often it is asked for."""
    if "session" not in g:
        g.session = current_app.extensions["petabukti_sessions"]()
    return cast(Session, g.session)


def narrow(opened: Session, token: str) -> None:
    """Let the database itself find out whose browser this is and which areas that person has, now and in every later
    transaction of this session: row-level security (migration 0093) then shows the rows of those areas alone.

    `token`: of an open session; one that has ended, or none, leaves nobody standing here, and nothing to see.
    """
    opened.info[_TOKEN] = token
    if opened.in_transaction():
        opened.execute(_ENTER, {"token": token})


@event.listens_for(Session, "after_begin")
def _stand_again(opened: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """What says who stands here ends with its transaction. A savepoint inherits it."""
    if _TOKEN in opened.info and not transaction.nested:
        connection.execute(_ENTER, {"token": opened.info[_TOKEN]})


def keep_despite_refusal() -> None:
    """Let this request commit although its answer is an error: a refusal that must itself be remembered."""
    g.keep_despite_refusal = True


def _settle(response: Response) -> Response:
    if "session" in g:
        if response.status_code < 400 or g.pop("keep_despite_refusal", False):
            g.session.commit()
        else:
            g.session.rollback()
    return response


def _close(_: BaseException | None) -> None:
    opened = g.pop("session", None)
    if opened is not None:
        opened.close()


@contextmanager
def transaction(factory: sessionmaker[Session]) -> Iterator[Session]:
    """A session outside a request: commits at the end, leaves nothing on an error."""
    with factory() as opened, opened.begin():
        yield opened


def utcnow() -> datetime:
    """The clock of views and commands; services are given the time."""
    return datetime.now(UTC)
