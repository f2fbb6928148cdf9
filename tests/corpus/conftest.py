"""The house of this module's cases: built once, people signed in once; each case is tried in a savepoint of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from tests import factories
from tests.conftest import WebSession
from tests.corpus.house import House, tables_of


@pytest.fixture(scope="module")
def _house(_whole_app: Flask, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    temporary = tmp_path_factory.mktemp("sementara")
    before, tempfile.tempdir = tempfile.tempdir, str(temporary)
    sessions = _whole_app.extensions["petabukti_sessions"]
    with engine.connect() as connection:
        outer = connection.begin()
        how = {"join_transaction_mode": "create_savepoint", "expire_on_commit": False}
        own = sessionmaker(connection, **how)
        _whole_app.extensions["petabukti_sessions"] = sessionmaker(connection, class_=WebSession, **how)
        with own() as session:
            yield _furnished(_whole_app, session, temporary)
        _whole_app.extensions["petabukti_sessions"] = sessions
        outer.rollback()
    tempfile.tempdir = before


def _furnished(app: Flask, session: Session, temporary: Path) -> House:
    people = factories.team(session)
    people.store = app.extensions["petabukti_store"]
    session.commit()
    connection = session.connection()
    house = House(app, connection, session, people, temporary, tables_of(connection))
    assert house.indonesian.locale != house.english.locale  # both have signed in before anything is counted
    return house


@pytest.fixture
def house(_house: House) -> Iterator[House]:
    with _house.trial() as house:
        yield house
