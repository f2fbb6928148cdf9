"""`petabukti run` for real: a process of its own, an empty folder, a free port, and every way of ending it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pytest

from webapp.cluster import Cluster

CHECKOUT = Path(__file__).resolve().parents[2]
READY = "Petabukti siap: "


class Running:
    """`petabukti run` on `data`, from when it says that it is ready."""

    def __init__(self, data: Path, *more: str) -> None:
        self.said: list[str] = []
        self.process = petabukti(data, "run", "--port", "0", "--no-demo", *more)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith(READY):
                self.address = line.removeprefix(READY).strip()
                return
        self.process.communicate()
        raise AssertionError("".join(self.said))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        if self.process.poll() is None:
            self.end(signal.SIGTERM)

    def answer(self, path: str) -> int:
        with urllib.request.urlopen(self.address + path, timeout=10) as response:  # noqa: S310 - our own address
            return int(response.status)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        self.said.append(self.process.communicate(timeout=60)[0])
        return self.process.returncode

    def offspring(self) -> list[int]:
        """Process ids of the database server, the background worker and the openers of pictures."""
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for each in children for pid in each.read_text().split()]

    def workers(self) -> list[int]:
        """Process ids of background workers that live."""
        return [pid for pid in self.offspring() if _command_of(pid).endswith("\0worker\0")]


def _command_of(pid: int) -> str:
    """Its words, each ended by a zero byte; empty for one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def petabukti(data: Path, *arguments: str, also: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PETABUKTI_DATA")}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "webapp.cli", "--data", str(data), *arguments],
        cwd="/",
        env={**inherited, "PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1", **(also or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def outcome(process: subprocess.Popen[str]) -> tuple[int, str]:
    said = process.communicate(timeout=60)[0]
    return process.returncode, said


def all_gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data directory with a blank in its name, where the server's user can reach it; the tests share its database."""
    top = Path(tempfile.mkdtemp(prefix="petabukti-run-"))
    top.chmod(0o711)
    yield top / "data saya"
    shutil.rmtree(top)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_answers_until_asked_to_stop_and_leaves_nothing_running(data: Path, how: signal.Signals) -> None:
    with Running(data) as running:
        assert running.answer("/sehat") == 200
        offspring = running.offspring()
        assert len(offspring) >= 2  # and the openers of pictures, which come up one by one
        assert running.end(how) == 0
    assert running.said[-1].endswith("Berhenti.\n")
    assert all_gone(offspring)
    for private in ("secret", "log", "pg"):
        assert (data / private).stat().st_mode & 0o077 == 0


def test_a_second_copy_and_a_taken_port_are_refused_in_one_sentence(data: Path) -> None:
    with Running(data) as running:
        code, said = outcome(petabukti(data, "run", "--port", "0"))
        assert code == 1
        assert "sedang dipakai oleh proses lain" in said
        assert said.count("\n") == 1
        code, said = outcome(petabukti(data.with_name("lain"), "run", "--port", running.address.rpartition(":")[2]))
        assert code == 1
        assert "sudah dipakai program lain; pilih dengan --host dan --port" in said
        assert running.answer("/sehat") == 200


def test_after_kill_9_nothing_stays_behind_and_the_next_start_recovers(data: Path) -> None:
    with Running(data) as running:
        offspring = running.offspring()
        running.end(signal.SIGKILL)
    with Running(data) as again:
        assert again.answer("/sehat") == 200
        assert all_gone(offspring)


def test_the_worker_is_brought_back_when_it_dies(data: Path) -> None:
    with Running(data) as running:
        before = running.workers()
        assert len(before) == 1
        os.kill(before[0], signal.SIGKILL)
        deadline = time.monotonic() + 30
        while running.workers() in (before, []) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(running.workers()) == 1
        assert running.workers() != before


def test_slow_senders_keep_nobody_waiting(data: Path) -> None:
    with Running(data) as running, ExitStack() as slow:
        host, port = running.address.removeprefix("http://").split(":")
        for _ in range(20):
            sender = slow.enter_context(socket.create_connection((host, int(port))))
            sender.sendall(b"POST /akun/masuk HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nsetengah")
        started = time.monotonic()
        assert running.answer("/sehat") == 200
        assert time.monotonic() - started < 5


def test_other_commands_join_the_running_copy_or_start_the_database_themselves(data: Path) -> None:
    question = ("psql", "-Atc", "SELECT count(*) > 0 FROM alembic_version")
    with Running(data) as running:
        assert outcome(petabukti(data, *question)) == (0, "t\n")
        assert running.answer("/sehat") == 200
    assert outcome(petabukti(data, *question)) == (0, "t\n")


def test_an_operators_server_is_checked_and_used_instead_of_a_private_one(cluster: Cluster, template: str) -> None:
    home = Path(tempfile.mkdtemp(prefix="petabukti-run-"))
    try:
        unfit = {"DATABASE_URL": cluster.url("postgres")}
        code, said = outcome(petabukti(home, "run", "--port", "0", also=unfit))
        assert code == 1
        assert "CREATE EXTENSION postgis" in said
        code, said = outcome(petabukti(home, "serve", "--port", "0"))
        assert code == 1
        assert "serve memerlukan DATABASE_URL" in said
        outdated = {"DATABASE_URL": cluster.url("petabukti")}  # has PostGIS, was never migrated
        code, said = outcome(petabukti(home, "serve", "--port", "0", also=outdated))
        assert code == 1
        assert "petabukti migrate" in said
        assert not (home / "pg").exists()
    finally:
        shutil.rmtree(home)


def test_help_names_the_commands() -> None:
    code, said = outcome(petabukti(Path("/nonexistent"), "--help"))
    assert code == 0
    assert {"run", "serve", "worker", "migrate", "psql"} <= set(said.split())
