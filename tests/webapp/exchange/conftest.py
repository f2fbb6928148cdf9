"""People who take things out of the map, and the worker that makes what is large."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import Settings
from media.store import Store
from tests import factories
from tests.factories import Team
from tests.webapp.working import work_off


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


@pytest.fixture
def disk(app: Flask, tmp_path: Path) -> Iterator[Settings]:
    """The app with a data directory of this test, where files for download lie."""
    before: Settings = app.extensions["petabukti_settings"]
    app.extensions["petabukti_settings"] = replace(before, data_dir=tmp_path)
    yield app.extensions["petabukti_settings"]
    app.extensions["petabukti_settings"] = before


@pytest.fixture
def worker(session: Session, people: Team, disk: Settings) -> Callable[..., int]:
    """`worker()`: everything that was asked for is made, with the photos of the team's store."""

    def work(settings: Settings = disk, store: Store | None = None) -> int:
        return work_off(session, factories.intake(store or people.store), settings)

    return work
