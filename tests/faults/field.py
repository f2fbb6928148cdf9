"""Processes of the product that a test may kill, a phone that does not give up, and what must hold afterwards."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from media.store import Store
from tests import factories, photos
from tests.conftest import web_sessions
from tests.factories import SECRET_KEY
from tests.webapp.capture.sending import PIECE, WIRE, Sender, said
from webapp.accounts.models import Account
from webapp.app import create_app
from webapp.capture.models import Upload
from webapp.cluster import web_url
from webapp.connections import Patience
from webapp.evidence import services
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.services import What
from webapp.serving import listener, reserve

ROOT = Path(__file__).resolve().parents[2]
HANGS_S = 60.0  # after which a test gives up; nothing here takes a tenth of it
_COMMAND = "\nfrom webapp.cli import main\nmain({words!r}, prog_name='petabukti')\n"


def words_for(engine: Engine, data_dir: Path, **more: str) -> dict[str, str]:
    """The environment of a process of the product on that database and data directory, and of nobody else's."""
    url = engine.url.render_as_string(hide_password=False)
    usual = {name: text for name, text in os.environ.items() if not name.startswith(("PETABUKTI_", "AWS_"))}
    ours = {
        "DATABASE_URL": url, "PETABUKTI_WEB_DATABASE_URL": web_url(url), "PETABUKTI_DATA": str(data_dir),
        "PETABUKTI_SECRET_KEY": SECRET_KEY, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    return {**usual, **ours, **more}


@contextmanager
def running(
    engine: Engine, data_dir: Path, *words: str, first: str = "", **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """`petabukti …`, killed in the end if nobody did so before. `first`: Python it runs before anything else."""
    process = subprocess.Popen(
        [sys.executable, "-c", first + _COMMAND.format(words=list(words))],
        env=words_for(engine, data_dir, **more), cwd=ROOT, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@dataclass
class Server:
    """`petabukti serve`, under one address however often it is killed and started again."""

    engine: Engine
    data_dir: Path
    port: int = field(default_factory=lambda: _free_port())

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def up(self, first: str = "", **more: str) -> Iterator[subprocess.Popen[bytes]]:
        """Answering, until the block ends or somebody kills it."""
        with running(self.engine, self.data_dir, "serve", "--port", str(self.port), first=first, **more) as process:
            until(lambda: process.poll() is not None or self._answers())
            assert process.poll() is None, "the server ended at once"
            yield process

    @contextmanager
    def here(self, **changes: Any) -> Iterator[Flask]:
        """The same in this process, with these settings changed."""
        settings = Settings(
            data_dir=self.data_dir, secret_key=SECRET_KEY, demo=False, port=self.port, threads=8, **changes
        )
        app = create_app(settings, web_sessions(self.engine))
        listening = listener(app, settings, reserve(settings), Patience())
        thread = threading.Thread(target=listening.run, daemon=True)
        thread.start()
        try:
            yield app
        finally:
            listening.task_dispatcher.shutdown()
            listening.close()
            thread.join(10)
            app.extensions["petabukti_decoder"].close()

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def until(fact: Callable[[], bool]) -> None:
    """Wait until it is so; the time is only for machines that hang."""
    last = time.monotonic() + HANGS_S
    while not fact():
        assert time.monotonic() < last, "it never happened"
        time.sleep(0.02)


@dataclass
class Scene:
    """A camat with a draft in a database and data directory of the test's own."""

    engine: Engine
    data_dir: Path
    camat: Account
    case: Evidence
    headers: dict[str, str]  # of the camat's open session

    @classmethod
    def laid(cls, engine: Engine, data_dir: Path) -> Scene:
        settings = Settings(data_dir=data_dir, secret_key=SECRET_KEY, demo=False)
        app = create_app(settings, web_sessions(engine))
        with Session(engine, expire_on_commit=False) as session:
            people = factories.team(session)
            people.store = Store.open(settings.media_place)
            case = factories.case(session, people)
            session.commit()
        sender = Sender(app, people.camat)
        cookie = sender.client.get_cookie("petabukti")
        assert cookie is not None
        app.extensions["petabukti_decoder"].close()
        return cls(engine, data_dir, people.camat, case, {**sender.usual, "Cookie": f"petabukti={cookie.value}"})

    @property
    def store(self) -> Store:
        return Store.open((self.data_dir / "media").as_uri())

    @property
    def sessions(self) -> sessionmaker[Session]:
        return sessionmaker(self.engine, expire_on_commit=False)

    def rows(self, number: uuid.UUID) -> tuple[Upload | None, list[Photo]]:
        with Session(self.engine, expire_on_commit=False) as session:
            return session.get(Upload, number), list(session.scalars(select(Photo).where(Photo.upload_id == number)))

    def holds(self, *sent: Shot, dust: bool = False) -> None:
        """Every one of these arrived once, bit for bit, and no row lacks its file. `dust`: whether a file may lack its
        row, as while what was not acknowledged has not been sent again.
        """
        for one in sent:
            row, found = self.rows(one.number)
            assert row is not None
            assert (row.verdict, row.sha256, len(found)) == ("received", one.sha256, 1)
            assert row.receipt_code
            assert hashlib.sha256(self.store.get(one.sha256, "original")).hexdigest() == one.sha256
        with Session(self.engine) as session:
            numbers = [one.number for one in sent]
            assert session.scalar(select(func.count(Upload.id)).where(Upload.id.in_(numbers))) == len(sent)
        fine = {What.LEFTOVER, What.NO_ROW} if dust else {What.LEFTOVER}
        assert {one.what for one in services.compare(self.sessions, self.store, reread=True)} <= fine

    def jobs(self) -> int:
        """Pictures that a worker has been asked for."""
        with self.engine.connect() as connection:
            return int(
                connection.exec_driver_sql(
                    "SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'evidence.make_pictures'"
                ).scalar_one()
            )


@dataclass
class Shot:
    """A photo on the phone."""

    data: bytes
    number: uuid.UUID = field(default_factory=uuid.uuid4)

    @classmethod
    def taken(cls, seed: int, size: int = 0) -> Shot:
        """A small photo with a tail of chance, as some cameras append one, up to `size` bytes."""
        data = photos.without_gps(seed=seed, size=(640, 480))
        return cls(data + random.Random(seed).randbytes(max(0, size - len(data))))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass
class Phone:
    """Sends what it has, asks how far it came, and believes nothing but an answer. `said` counts the answers."""

    scene: Scene
    address: str
    said: Counter[tuple[str, int]] = field(default_factory=Counter)
    patience_s: float = HANGS_S

    def ask(self, method: str, path: str, data: bytes = b"", **headers: str) -> requests.Response:
        told = {
            **self.scene.headers,
            "Connection": "close",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        answer = requests.request(method, self.address + path, data=data, headers=told, timeout=self.patience_s)
        self.said[method, answer.status_code] += 1
        return answer

    def begin(self, shot: Shot, **more: str) -> requests.Response:
        told = said(id=shot.number, case=self.scene.case.client_id, filename="foto.jpg", **more)
        return self.ask("POST", WIRE, Upload_Length=str(len(shot.data)), Upload_Metadata=told)

    def head(self, shot: Shot) -> requests.Response:
        return self.ask("HEAD", f"{WIRE}/{shot.number}")

    def piece(self, shot: Shot, at: int, end: int | None = None) -> requests.Response:
        return self.ask("PATCH", f"{WIRE}/{shot.number}", shot.data[at:end], Upload_Offset=str(at), Content_Type=PIECE)

    def offset(self, shot: Shot) -> int:
        answer = self.head(shot)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])

    def send(self, shot: Shot) -> None:
        """The whole of it, as far as it is not there yet."""
        assert self.begin(shot).status_code in (200, 201)
        at = self.offset(shot)
        if at < len(shot.data):
            assert self.piece(shot, at).status_code == 204

    def goes_on(self, shot: Shot) -> bool:
        """One more try, whatever becomes of it: begun, asked, sent. True once the server said that it has every byte:
        acknowledged.
        """
        try:
            if self.begin(shot).status_code not in (200, 201):
                return False
            answer = self.head(shot)
            at = int(answer.headers.get("Upload-Offset", -1)) if answer.status_code == 200 else -1
            if 0 <= at < len(shot.data):
                answer = self.piece(shot, at)
            return answer.headers.get("Upload-Offset") == str(len(shot.data))
        except requests.RequestException:
            return False

    def line(self, shot: Shot, at: int) -> socket.socket:
        """A line on which a PATCH has begun: the head is sent, and not a byte of the piece."""
        host = urlsplit(self.address)
        line = socket.create_connection((str(host.hostname), int(host.port or 0)), timeout=HANGS_S)
        told = {
            **self.scene.headers, "Host": host.netloc, "Content-Type": PIECE, "Upload-Offset": str(at),
            "Content-Length": str(len(shot.data) - at),
        }  # fmt: skip
        head = "".join(f"{name}: {text}\r\n" for name, text in told.items())
        line.sendall(f"PATCH {WIRE}/{shot.number} HTTP/1.1\r\n{head}\r\n".encode())
        return line


def heard(line: socket.socket) -> bytes:
    """All that comes until the line ends, however it ends."""
    came = b""
    with suppress(OSError), line:
        while piece := line.recv(65_536):
            came += piece
    return came


def kill(process: subprocess.Popen[bytes]) -> None:
    """`kill -9`, and it is gone."""
    process.send_signal(signal.SIGKILL)
    process.wait()
