"""`petabukti serve` as a process of its own, so that it can be killed in the middle of anything."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from tests.factories import SECRET_KEY

CHECKOUT = Path(__file__).resolve().parents[2]


class Process:
    """`petabukti serve` as an operator starts it, on one port for good."""

    def __init__(self, engine: Engine, home: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.port = door.getsockname()[1]
        url = engine.url.render_as_string(hide_password=False)
        self._environment = {
            **os.environ, "DATABASE_URL": url, "PETABUKTI_DATA": str(home), "PETABUKTI_SECRET_KEY": SECRET_KEY,
            "PYTHONPATH": str(CHECKOUT),
        }  # fmt: skip
        self.start()

    def start(self, **environment: str) -> None:
        arguments = [sys.executable, "-m", "webapp.cli", "serve", "--port", str(self.port)]
        self._process = subprocess.Popen(
            arguments, env=self._environment | environment, cwd=CHECKOUT, stderr=subprocess.DEVNULL
        )
        for _ in range(400):
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def killable(engine: Engine, home: Path) -> Iterator[Process]:
    process = Process(engine, home)
    try:
        yield process
    finally:
        process.kill()
