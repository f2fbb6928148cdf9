"""The wire never holds a photo in memory: eight of 24 MB at once, in a server of its own."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from config import Settings
from tests import factories, photos
from tests.conftest import web_sessions
from tests.factories import SECRET_KEY
from tests.webapp.capture.conftest import Draft
from tests.webapp.capture.sending import PIECE, Sender, said
from webapp.app import create_app
from webapp.capture.models import Upload
from webapp.cluster import web_url

ROOT = Path(__file__).resolve().parents[3]
SERVER = """
import sys
from config import Settings
from webapp.app import create_app
from webapp.serving import address_of, reserve, serve
import os
settings = Settings.from_environ(os.environ, demo=False, port=0, threads=8)
door = reserve(settings)
serve(create_app(settings), settings, door, lambda: print(address_of(door), flush=True))
"""
AT_ONCE, SIZE = 8, 24 * 1024 * 1024


@pytest.fixture
def server(fresh_database: Engine, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that serves this database, and its address."""
    there = {
        **os.environ, "PETABUKTI_DATA": str(tmp_path), "PETABUKTI_SECRET_KEY": SECRET_KEY,
        "PETABUKTI_WEB_DATABASE_URL": web_url(fresh_database.url.render_as_string(hide_password=False)),
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, cwd=ROOT, env=there, text=True
    ) as one:
        assert one.stdout is not None
        yield one, one.stdout.readline().strip()
        one.terminate()


@pytest.fixture
def senders(fresh_database: Engine, tmp_path: Path) -> Iterator[tuple[Draft, list[dict[str, str]]]]:
    """A draft, and what the headers of eight sessions of its camat say."""
    settings = Settings(data_dir=tmp_path, secret_key=SECRET_KEY, demo=False)
    app: Flask = create_app(settings, web_sessions(fresh_database))
    with Session(fresh_database, expire_on_commit=False) as session:
        people = factories.team(session)
        case = factories.case(session, people)
        session.commit()
    found = []
    for _ in range(AT_ONCE):
        sender = Sender(app, people.camat)
        cookie = sender.client.get_cookie("petabukti")
        assert cookie is not None
        found.append({**sender.usual, "Cookie": f"petabukti={cookie.value}"})
    yield Draft(case, people), found
    app.extensions["petabukti_decoder"].close()


def private_mb(pid: int) -> float:
    """Memory of the process that is its own, not a file's."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


class Watch(threading.Thread):
    """Notes the most memory a process has had."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.most, self.over = pid, private_mb(pid), threading.Event()

    def run(self) -> None:
        with suppress(FileNotFoundError):
            while not self.over.wait(0.01):
                self.most = max(self.most, private_mb(self.pid))


def test_eight_photos_of_24_mb_at_once_take_no_memory_of_their_size(
    server: tuple[subprocess.Popen[str], str], senders: tuple[Draft, list[dict[str, str]]], fresh_database: Engine
) -> None:
    (process, address), (draft, headers) = server, senders
    photo = photos.without_gps(seed=930, size=(640, 480))
    told = said(case=draft.case.client_id, filename="besar.jpg")

    def send(number: int) -> int:
        data = photo + random.Random(number).randbytes(SIZE - len(photo))
        mine = headers[number]
        begun = requests.post(
            f"{address}/rekam/kirim", headers={**mine, "Upload-Length": str(SIZE), "Upload-Metadata": told}, timeout=60
        )
        piece = {**mine, "Content-Type": PIECE, "Upload-Offset": "0"}
        return requests.patch(address + begun.headers["Location"], data, headers=piece, timeout=60).status_code

    assert requests.get(f"{address}/sehat", timeout=60).status_code == 200
    before, watch = private_mb(process.pid), Watch(process.pid)
    watch.start()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(send, range(AT_ONCE))) == [204] * AT_ONCE
    watch.over.set()
    watch.join()
    with Session(fresh_database) as session:
        kept = select(func.count(Upload.id)).where(Upload.verdict == "received")
        assert session.scalar(kept) == AT_ONCE
    print(f"private memory: {before:.0f} MB before, {watch.most:.0f} MB at most")
    assert watch.most - before < SIZE / 2**20 * 2
