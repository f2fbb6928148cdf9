"""The list of connections under attack: the slow are ended, the many make room, and the honest notice nothing."""

from __future__ import annotations

import socket
import struct
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

    app.config["KEPT_WHEN_CUT"] = "/kirim/"
    app.extensions["came"] = came = []

    @app.route("/kirim/<name>", methods=["PATCH", "POST"])
    @app.route("/lain/<name>", methods=["PATCH"])
    def piece(name: str) -> str:
        came.append((name, request.content_length, len(request.stream.read())))
        return ""

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


def came(server: Server) -> list[tuple[str, int, int]]:
    """What the application was given below /kirim/: name, stated length, bytes."""
    app = server.application
    while not isinstance(app, Flask):  # waitress wraps it
        app = next(cell.cell_contents for cell in app.__closure__ if callable(cell.cell_contents))
    found: list[tuple[str, int, int]] = app.extensions["came"]
    return found


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


# A piece of an upload whose line is cut

PIECE = "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{more}\r\n"


def piece(**changes: object) -> bytes:
    usual = {
        "method": "PATCH", "path": "/kirim/a", "kind": "application/offset+octet-stream", "length": 900_000, "more": "",
    }  # fmt: skip
    return PIECE.format(**{**usual, **changes}).encode()


def cut(line: socket.socket, *, hard: bool) -> None:
    """End the line: in good order, or as a mast does that falls over."""
    if hard:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


@pytest.mark.parametrize("hard", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("sent", [1, 5_000, 700_001])
def test_what_came_of_a_cut_piece_is_handed_over(served: Serve, sent: int, hard: bool) -> None:
    server = served(Patience())
    line = called(server, piece() + b"a" * sent)
    if hard:  # a reset may overtake what the system has not handed on yet; here it has
        until(
            lambda: any(c.request and c.request.body_bytes_received == sent for c in [*server.active_channels.values()])
        )
    cut(line, hard=hard)
    until(lambda: bool(came(server)))
    assert came(server) == [("a", sent, sent)]


def test_a_whole_piece_whose_sender_left_is_handed_over_once(served: Serve) -> None:
    server = served(Patience())
    for number in range(20):
        cut(called(server, piece(path=f"/kirim/{number}", length=5) + b"abcde"), hard=number % 2 == 0)
    until(lambda: len(came(server)) >= 20)
    assert asked(server) == 200
    assert sorted(came(server)) == sorted((str(number), 5, 5) for number in range(20))


def test_a_piece_that_is_too_slow_is_told_so_and_kept(served: Serve) -> None:
    server = served(SHORT)
    assert heard(called(server, piece() + b"a" * 300)).startswith(b"HTTP/1.1 408 ")
    until(lambda: bool(came(server)))
    assert came(server) == [("a", 300, 300)]


def test_a_piece_by_another_method_with_an_override_is_kept_too(served: Serve) -> None:
    server = served(Patience())
    cut(called(server, piece(method="POST", more="X-HTTP-Method-Override: PATCH\r\n") + b"abc"), hard=False)
    until(lambda: bool(came(server)))
    assert came(server) == [("a", 3, 3)]


def test_who_asks_anew_has_given_up_the_line_that_fell_silent(served: Serve) -> None:
    """What came on it is handed over before the question is answered; a stranger's question ends nothing."""
    server = served(Patience())
    silent = called(server, piece(more="Cookie: saya\r\n") + b"a" * 400_000)
    until(
        lambda: any(c.request and c.request.body_bytes_received == 400_000 for c in [*server.active_channels.values()])
    )
    for cookie, path in (("dia", "/kirim/a"), ("saya", "/kirim/b"), ("saya", "/kirim/a")):
        assert came(server) == []
        heard(called(server, f"HEAD {path} HTTP/1.0\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode()))
    assert came(server) == [("a", 400_000, 400_000)]
    assert heard(silent) == b""


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "POST"}, {"path": "/lain/a"}, {"path": "/"}, {"kind": "text/plain"},
        {"kind": "application/x-www-form-urlencoded"}, {"more": "Upload-Checksum: sha1 YQ==\r\n"},
        {"more": "Transfer-Encoding: chunked\r\n"}, {"more": "X-HTTP-Method-Override: DELETE\r\n"},
    ],
    ids=str,
)  # fmt: skip
def test_no_other_request_ever_runs_short(served: Serve, changes: dict[str, str]) -> None:
    server = served(Patience())
    before = nameless_files()
    for hard in (False, True):
        cut(called(server, piece(**changes) + b"a" * 700_000), hard=hard)
    until(lambda: not server.active_channels)
    assert asked(server) == 200
    assert came(server) == []
    until(lambda: nameless_files() == before)


def test_a_head_that_was_cut_is_nothing(served: Serve) -> None:
    server = served(Patience())
    for end in (30, len(piece()) - 1, len(piece())):  # the last: all of the head, and no byte of the body
        cut(called(server, piece()[:end]), hard=False)
    until(lambda: not server.active_channels)
    assert asked(server) == 200
    assert came(server) == []
