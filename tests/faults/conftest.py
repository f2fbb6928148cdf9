"""Databases, processes and lines for tests that break them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.faults.field import Phone, Scene, Server


@pytest.fixture
def scene(fresh_database: Engine, tmp_path: Path) -> Scene:
    """A camat with a draft, on a database that truly commits."""
    return Scene.laid(fresh_database, tmp_path)


@pytest.fixture
def server(scene: Scene) -> Server:
    """The web server of that scene, not started yet."""
    return Server(scene.engine, scene.data_dir)


@pytest.fixture
def phone(scene: Scene, server: Server) -> Phone:
    """The camat's phone."""
    return Phone(scene, server.address)
