"""What a test may ask for: a real PostGIS of this run, one transaction per test, the app inside that transaction."""

from __future__ import annotations

import importlib
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker
from sqlalchemy.pool import NullPool

from config import Settings
from webapp import catalogue, db, schema
from webapp.cluster import WEB, Cluster, web_url

_TEMPLATE = "template_petabukti"
_numbers = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def _english() -> None:
    """The English catalogue, compiled: also when the tests are started without the launcher."""
    catalogue.compile_catalogue()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL of this run, without fsync. Not in `tmp_path`: as root the server's user cannot reach that."""
    home = Path(tempfile.mkdtemp(prefix="petabukti-tests-"))
    home.chmod(0o711)
    try:
        with Cluster(home / "pg", durable=False) as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """A database built by the migrations, once; nobody stays connected, so it can be cloned in 100 ms."""
    _administer(cluster, f"CREATE DATABASE {_TEMPLATE}")
    engine = create_engine(cluster.url(_TEMPLATE))
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION postgis"))
    engine.dispose()
    schema.upgrade(cluster.url(_TEMPLATE))
    return _TEMPLATE


@pytest.fixture(scope="session")
def engine(cluster: Cluster, template: str) -> Iterator[Engine]:
    """The database that all tests share; each leaves it as it was."""
    _administer(cluster, f"CREATE DATABASE shared TEMPLATE {template}")
    engine = db.engine_for(cluster.url("shared"))
    yield engine
    engine.dispose()


@pytest.fixture
def fresh_database(cluster: Cluster, template: str) -> Iterator[Engine]:
    """A database of the test's own, for real commits and several connections."""
    name = f"fresh_{next(_numbers)}"
    _administer(cluster, f"CREATE DATABASE {name} TEMPLATE {template}")
    engine = db.engine_for(cluster.url(name))
    yield engine
    engine.dispose()
    _administer(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """The outer transaction of one test, always rolled back."""
    with engine.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()


class WebSession(Session):
    """A session as the app has it in production, bound by row-level security; on the connection it shares with the test
    the role is taken for the session's own transactions only.
    """


@event.listens_for(WebSession, "after_begin")
def _take_role(_session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if not transaction.nested:
        connection.execute(text(f"SET LOCAL ROLE {WEB}"))


@event.listens_for(WebSession, "after_transaction_end")
def _leave_role(session: Session, transaction: SessionTransaction) -> None:
    connection = session.get_bind()
    if transaction.parent is None and isinstance(connection, Connection) and connection.in_transaction():
        connection.execute(text("SET LOCAL ROLE NONE"))
        connection.execute(text("SET LOCAL petabukti.standing = ''"))


@pytest.fixture
def session_factory(connection: Connection) -> sessionmaker[WebSession]:
    """The app's sessions: commits and rollbacks are true inside the test and gone after it (savepoints)."""
    return sessionmaker(connection, class_=WebSession, join_transaction_mode="create_savepoint", expire_on_commit=False)


def web_sessions(engine: Engine) -> sessionmaker[Session]:
    """The app's own sessions on a database of the test's own, through a login that owns nothing there."""
    url = web_url(engine.url.render_as_string(hide_password=False))
    return sessionmaker(db.engine_for(url, poolclass=NullPool), expire_on_commit=False)


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """The test's own session. Commit before asking the app; what the app changed is seen after that commit."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture(scope="session")
def settings(cluster: Cluster, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the app under test: a data directory of this run, and no secret of anybody."""
    return Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=cluster.url("shared"),
        secret_key="kunci-untuk-uji",
        demo=False,
    )


@pytest.fixture(scope="session")
def _whole_app(settings: Settings) -> Iterator[Flask]:
    # Imported when asked for: tests of geo and media run although a page is broken.
    app: Flask = importlib.import_module("webapp.app").create_app(settings)
    app.testing = True
    yield app
    app.extensions["petabukti_decoder"].close()


@pytest.fixture
def app(_whole_app: Flask, session_factory: sessionmaker[Session]) -> Iterator[Flask]:
    """The whole app, its requests inside the test's transaction. CSRF stays on."""
    before = _whole_app.extensions["petabukti_sessions"]
    _whole_app.extensions["petabukti_sessions"] = session_factory
    yield _whole_app
    _whole_app.extensions["petabukti_sessions"] = before


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript, signed in as nobody."""
    return app.test_client()


def _administer(cluster: Cluster, statement: str) -> None:
    """A statement for the whole server, such as making a database."""
    engine = create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
