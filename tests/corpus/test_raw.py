"""Raw requests, over real sockets, to the server that `petabukti run` starts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.corpus import Case, answered
from tests.corpus._sockets import PORT
from tests.corpus.house import House
from tests.corpus.raw import CASES
from webapp.connections import Patience
from webapp.serving import listener, reserve


@pytest.fixture(scope="module")
def _served(_house: House) -> Iterator[None]:
    """The house's app behind its real server: one thread, because the house has one connection to the database."""
    app = _house.app
    settings = replace(app.extensions["petabukti_settings"], port=0, threads=1, max_request_mb=25)
    server = listener(app, settings, reserve(settings), Patience(head_s=1, body_s=1))
    app.config[PORT] = int(server.effective_port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield
    server.task_dispatcher.shutdown()
    server.close()
    thread.join(10)


# Werkzeug drops the file of a part that breaks off, and leaves its closing to Python.
@pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_bytes_are_answered_as_stated(case: Case, house: House, _served: None) -> None:
    answered(case, house)
    assert not [one.name for one in house.temporary.iterdir()]
