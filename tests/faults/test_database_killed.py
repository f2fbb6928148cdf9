"""`kill -9` of PostgreSQL, the server and all its children, while photos arrive: nobody is told that one is there which
is not, and everything that was acknowledged is there when it comes back.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import requests

from tests.faults.field import Phone, Scene, Server, Shot, until
from webapp import db, schema
from webapp.cluster import Cluster, leftovers

KILLS, PHONES = 2, 4


@pytest.fixture
def own() -> Iterator[Cluster]:
    """A PostgreSQL of this test's own, which syncs what it commits as in production."""
    home = Path(tempfile.mkdtemp(prefix="petabukti-tests-"))
    home.chmod(0o711)
    try:
        with Cluster(home / "pg") as cluster:
            schema.upgrade(cluster.url("petabukti"))
            yield cluster
    finally:
        shutil.rmtree(home, ignore_errors=True)


def kill(cluster: Cluster) -> None:
    """All its processes at once; none has time for a last word."""
    for pid in leftovers.survivors(cluster.data_dir):
        os.kill(pid, signal.SIGKILL)
    until(lambda: not leftovers.survivors(cluster.data_dir))


def test_a_database_killed_while_photos_arrive_loses_and_doubles_nothing(own: Cluster, tmp_path: Path) -> None:
    engine, chance = db.engine_for(own.url("petabukti")), random.Random(5)
    scene = Scene.laid(engine, tmp_path)
    server = Server(engine, tmp_path)
    phones = [Phone(scene, server.address) for _ in range(PHONES)]
    acknowledged: list[Shot] = []
    over = threading.Event()

    def send(number: int) -> list[Shot]:
        """Photo after photo, each again and again until it is acknowledged."""
        sent: list[Shot] = []
        while not over.is_set():
            shot = Shot.taken(1000 * number + len(sent))
            until(partial(phones[number].goes_on, shot))
            acknowledged.append(shot)
            sent.append(shot)
        return sent

    def one_more(before: int) -> bool:
        return len(acknowledged) > before

    with server.up(), ThreadPoolExecutor(PHONES) as pool:
        going = [pool.submit(send, number) for number in range(PHONES)]
        try:
            for _ in range(KILLS):
                before = len(acknowledged) + PHONES
                until(lambda before=before: one_more(before))  # type: ignore[misc]
                over.wait(chance.uniform(0, 0.1))
                kill(own)
                while_it_is_away(server, phones[0])
                own.stop()
                own.start()
                scene.holds(*acknowledged[:], dust=True)
            before = len(acknowledged) + PHONES
            until(lambda: one_more(before))
        finally:
            over.set()
        sent = [shot for each in going for shot in each.result()]
        said = sum((phone.said for phone in phones), start=Counter[tuple[str, int]]())
        assert {status for _, status in said} <= {200, 201, 204, 503}, said
        scene.holds(*sent)
    engine.dispose()


def while_it_is_away(server: Server, phone: Phone) -> None:
    """Everybody is told that it is, and to come back; a person by a page that needs no database."""
    answer = phone.begin(Shot.taken(1))
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert "Coba lagi" in answer.json()["message"]
    page = requests.get(f"{server.address}/", headers={**phone.scene.headers, "Accept": "text/html"}, timeout=60)
    assert page.status_code == 503
    assert page.headers["X-Problem-Code"] == "database_unavailable"
    assert "<h1>Layanan belum siap</h1>" in page.text
