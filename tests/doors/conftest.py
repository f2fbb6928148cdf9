"""The house in which the access matrix is tried: a world of its own, in a database of its own, made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config import Settings
from tests import factories
from tests.conftest import _administer
from tests.doors.matrix.making import build
from tests.doors.matrix.trying import House
from webapp import db
from webapp.app import create_app
from webapp.cluster import WEB, Cluster


@pytest.fixture(scope="session")
def house(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The app over that world, with everybody signed in. The world stays; every try in it is rolled back."""
    _administer(cluster, f"CREATE DATABASE matrix TEMPLATE {template}")
    url = cluster.url("matrix")
    bare, walled = db.engine_for(url), db.engine_for(url, role=WEB)
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("matrix"), database_url=url, secret_key=factories.SECRET_KEY, demo=False,
        centre_url="https://pusat.example/", centre_secret="rahasia bersama untuk uji", public=True,
    )  # fmt: skip
    app = create_app(settings)
    app.testing = True
    world = build(bare, app.extensions["petabukti_store"])
    settings.downloads_dir.mkdir()
    for number in world.downloads.values():
        (settings.downloads_dir / str(number)).write_bytes(b"isi")
    opened = House(app, walled, bare, world)
    yield opened
    opened.close()
    with app.extensions["petabukti_sessions"]() as session:
        session.get_bind().dispose()
    app.extensions["petabukti_decoder"].close()
    walled.dispose()
    bare.dispose()
