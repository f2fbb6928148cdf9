"""The list of connections under attack: the slow are ended, the many make room, and the honest notice nothing."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask, request

from config import Settings
from webapp.connections import Patience, Server, neighbourhood, patience_for
from webapp.serving import listener, reserve

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
SHORT = Patience(head_s=0.5, body_s=1, silence_s=60, bytes_per_second=100_000)
ROOT = Path(__file__).resolve().parents[2]
LONG = 30.0  # seconds after which a test gives up waiting


def application() -> Flask:
    app = Flask("uji")

    @app.route("/", methods=["GET", "POST"])
    def echo() -> str:
        return str(len(request.get_data()))

    @app.get("/besar")
    def large() -> bytes:
        return b"a" * 30_000_000

    return app


Serve = Callable[[Patience], Server]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Serve]:
    """`served(patience)`: a server of ours in front of a small application; stopped at the end."""
    with ExitStack() as stack:

        def start(patience: Patience) -> Server:
            settings = Settings(data_dir=tmp_path, port=0, threads=2, max_request_mb=40)
            server = listener(application(), settings, reserve(settings), patience)
            thread = threading.Thread(target=server.run, daemon=True)
            thread.start()
            for step in (lambda: thread.join(10), server.close, server.task_dispatcher.shutdown):
                stack.callback(step)
            return server

        yield start


def called(server: Server, sent: bytes = b"") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", int(server.effective_port)), timeout=LONG)
    line.sendall(sent)
    return line


def heard(line: socket.socket) -> bytes:
    """All that comes until the server ends the connection."""
    came = b""
    try:
        while piece := line.recv(65536):
            came += piece
    except ConnectionResetError:
        pass
    finally:
        line.close()
    return came


def asked(server: Server) -> int:
    """An honest visitor's page."""
    visitor = HTTPConnection("127.0.0.1", int(server.effective_port), timeout=LONG)
    visitor.request("GET", "/")
    status = visitor.getresponse().status
    visitor.close()
    return status


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def test_a_head_that_never_ends_is_answered_and_ended(served: Serve) -> None:
    server = served(SHORT)
    assert heard(called(server, b"GET / HTTP/1.1\r\nHost:")).startswith(b"HTTP/1.0 408 ")
    assert asked(server) == 200


def test_a_sender_of_single_bytes_is_ended_though_never_silent(served: Serve) -> None:
    server = served(SHORT)
    line = called(server, HEAD % 1_000_000)
    stopped = threading.Event()

    def drip() -> None:
        try:
            while not stopped.wait(0.05):
                line.sendall(b"a")
        except OSError:
            return

    dripping = threading.Thread(target=drip)
    dripping.start()
    came = heard(line)
    stopped.set()
    dripping.join()
    assert came == b"" or came.startswith(b"HTTP/1.1 408 ")  # lost where bytes of the body were still on their way
    until(lambda: not server.active_channels)


def test_a_slow_but_steady_phone_is_waited_for(served: Serve) -> None:
    """Ten times as long as the patience, at twice the pace that is asked."""
    server = served(replace(SHORT, body_s=0.2, bytes_per_second=5_000))
    line = called(server, HEAD % 20_000)
    for _ in range(40):
        line.sendall(b"a" * 500)
        time.sleep(0.05)
    assert b"200 OK" in line.recv(200)
    line.close()


def test_who_opens_a_line_and_says_nothing_is_ended_without_a_word(served: Serve) -> None:
    assert heard(called(served(SHORT))) == b""


def test_a_reader_who_takes_nothing_is_ended_though_he_cannot_be_written_to(served: Serve) -> None:
    server = served(SHORT)
    line = called(server, b"GET /besar HTTP/1.1\r\nHost: localhost\r\n\r\n")
    until(lambda: bool(server.active_channels))
    until(lambda: not server.active_channels)
    line.close()


def test_the_file_of_a_body_that_broke_off_is_gone(served: Serve) -> None:
    server = served(replace(SHORT, body_s=3600))
    before = nameless_files()
    line = called(server, HEAD % 30_000_000)
    line.sendall(b"a" * 2_000_000)
    until(lambda: nameless_files() > before)
    line.close()
    until(lambda: nameless_files() == before)


def nameless_files() -> set[str]:
    """Files of this process that have no name any more: what waitress keeps of large bodies."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(str(entry.readlink()))
    return {path for path in found if path.endswith("(deleted)")}


@pytest.mark.parametrize("limits", [{"connections_each": 5}, {"connections": 5}], ids=["of one address", "of all"])
def test_a_flood_makes_room_for_whoever_comes_next(served: Serve, limits: dict[str, int]) -> None:
    server = served(replace(SHORT, head_s=3600, body_s=3600, **limits))
    flood = [called(server, b"GET / HTTP/1.1\r\nX: a") for _ in range(20)]
    for _ in range(5):
        assert asked(server) == 200
        assert len(server.active_channels) <= 6
    for line in flood:
        line.close()


def test_the_slowest_is_ended_first_and_a_working_upload_never_for_a_flood(served: Serve) -> None:
    server = served(Patience(connections_each=3))
    upload = called(server, HEAD % 3_000_000)
    upload.sendall(b"a" * 2_999_999)
    until(
        lambda: any(c.request and c.request.body_bytes_received > 2_000_000 for c in [*server.active_channels.values()])
    )
    flood = [called(server, b"GET / HTTP/1.1\r\n") for _ in range(20)]
    until(lambda: len(server.active_channels) <= 3)
    upload.sendall(b"a")
    assert b"200 OK" in upload.recv(200)
    for line in [upload, *flood]:
        line.close()


def test_an_ipv6_sender_is_its_network() -> None:
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:2") != neighbourhood("2001:db8:0:1::1")
    assert neighbourhood("::ffff:10.0.0.1") == neighbourhood("10.0.0.1")


def test_behind_a_proxy_everybody_has_its_address() -> None:
    assert patience_for(proxied=True).connections_each == patience_for(proxied=True).connections
    assert patience_for(proxied=False).connections_each == Patience.connections_each


def test_there_are_never_more_connections_than_files() -> None:
    """In a process of its own: a lowered limit cannot be raised again."""
    ask = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (600, 600));"
        "from webapp.connections import patience_for; print(patience_for(proxied=False).connections)"
    )
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True, cwd=ROOT)
    assert told.stdout == b"200\n"
