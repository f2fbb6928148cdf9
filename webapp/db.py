"""The database: one declarative base, one session per request, one transaction per request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from flask import Flask, Response, current_app, g
from sqlalchemy import DateTime, Engine, MetaData, create_engine, func
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker

SessionFactory = Callable[[], Session]

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]


class Base(DeclarativeBase):
    """Parent of every table. CHECK constraints carry the name of the rule they repeat."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = {datetime: DateTime(timezone=True)}


def engine_for(url: str, **options: Any) -> Engine:
    """An engine that notices a restarted server and keeps the JIT out of short queries."""
    return create_engine(url, pool_pre_ping=True, connect_args={"options": "-c jit=off -c timezone=UTC"}, **options)


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
