"""Who may keep a connection, and for how long: slow senders and readers are ended, floods make room for others.

A request is read whole before a thread is given to it, so a slow one costs memory and a place in the list, no thread.
What is left to defend is that list. One figure decides: how late a connection is, the seconds since its request or its
answer began, less those that a sender of `Patience.bytes_per_second` would have needed for what has moved.

A piece of an upload whose line is cut in the middle, or that is too slow, is not lost: what came of it is handed to the
application as a shorter piece, though nobody listens any more. No other request runs short (`Parser.may_run_short`).
A line that fell silent is ended so by its own sender, who asks anew how far the upload has come (`Server.add_task`).
"""

from __future__ import annotations

import ipaddress
import resource
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask

from webapp.wire import Late, Parser, Refusal

_HEAD_PIECE = 8 * 1024  # bytes read at once before a body: many small requests in one piece would hold up the others
_PIECES_LEFT = 64  # times `recv_bytes` that are read of a line that was cut
_SETTLED_S = 10  # the most that what came of a cut line takes to be kept
_OTHER_FILES = 200  # database connections, photos, logs


@dataclass(frozen=True)
class Patience:
    """How slow a sender may be, and how many connections there are.

    A camat at the edge of the network sends 2 kB/s: the longest head we take (32 kB) in 16 s, a photo of 4 MB in half
    an hour. A quarter of that speed is asked, on the average and after a first minute, so that most of the time may
    be lost to hills and calls, though not a whole minute at once.
    """

    head_s: float = 20
    body_s: float = 60
    silence_s: int = 60
    bytes_per_second: float = 512
    connections: int = 1000
    connections_each: int = 200  # of one address: an office of thirty people behind it, six connections a browser


def neighbourhood(address: str) -> str:
    """Who counts as one sender: an IPv4 address, or the /64 of an IPv6 one, of which everybody has billions."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def patience_for(proxied: bool) -> Patience:
    """As many connections as this process may have files for, each with one for its body; a proxy is not one sender."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * Patience.connections + _OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    most = min(Patience.connections, (soft - _OTHER_FILES) // 2)
    return Patience(connections=most, connections_each=most if proxied else min(most, Patience.connections_each))


class Connection(HTTPChannel):  # type: ignore[misc]  # waitress has no annotations
    """One connection, which knows how late it is."""

    parser_class = Parser
    error_task_class = Refusal
    request: Any = None  # what is coming in at the moment
    requests: list[Any]  # what has come in whole and waits for its answer
    server: Server

    def __init__(self, server: Server, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:  # noqa: A002 - waitress's name
        self.began = time.monotonic()
        self.owed = 0  # bytes of the answer when it was complete
        self.busy = False  # an answer is being made
        self.neighbourhood = neighbourhood(addr[0])
        super().__init__(server, sock, addr, adj, map=map)

    def recv(self, buffer_size: int) -> bytes:
        """Bytes that have come: large pieces of a body, small ones of anything else."""
        in_body = self.request is not None and self.request.body_rcv is not None
        data: bytes = super().recv(buffer_size if in_body else min(buffer_size, _HEAD_PIECE))
        return data

    def received(self, data: bytes) -> bool:
        """Take in bytes, and note when another request began with them."""
        before, self.server.reader = self.request, threading.get_ident()
        taken: bool = super().received(data)
        if self.request is not before:
            self.began = time.monotonic()
        return taken

    def service(self) -> None:
        """Answer one request; from then on the reader's time counts. In a thread of its own."""
        self.busy = True
        self.server.let_settle(self.requests[0].path)
        if not self.connected and self.requests[0].may_run_short(self.server.kept_below):
            self._orphan(self.requests[0])  # cut between its last byte and now: waitress would drop it
            self.requests = []
        else:
            super().service()
        self.owed, self.began = self.total_outbufs_len, time.monotonic()
        self.busy = False

    def lateness(self, now: float) -> float:
        """Seconds behind the slowest pace allowed; minus infinity while an answer is being made."""
        if self.requests or self.busy:
            return float("-inf")
        request, unsent = self.request, int(self.total_outbufs_len)
        if request is not None:
            moved = request.header_bytes_received + request.body_bytes_received
        else:
            moved = self.owed - unsent if unsent else 0
        return now - self.began - float(moved) / self.server.patience.bytes_per_second

    def is_overdue(self, now: float) -> bool:
        """Whether nobody need wait for it any longer."""
        patience = self.server.patience
        in_head = self.request is not None and not self.request.headers_finished
        return self.will_close or self.lateness(now) > (patience.head_s if in_head else patience.body_s)

    def give_up(self) -> None:
        """End it: with an answer where a request was under way and nothing else is, else at once."""
        if self.request is None or self.total_outbufs_len or self.will_close:
            self.handle_close()
            return
        with self.requests_lock:
            late, self.request = self.request, None
            if late.may_run_short(self.server.kept_below):
                late = self._orphan(late)
            late.error, late.completed = Late(""), True
            self.requests.append(late)
        self.server.add_task(self)

    def handle_close(self) -> None:
        """Close. What had come of a request is dropped with its temporary file, unless it is worth something."""
        unfinished = self.request
        if unfinished is not None and unfinished.may_run_short(self.server.kept_below):
            self._drain(unfinished)
        self.request = None
        super().handle_close()
        if unfinished is None:
            return
        if unfinished.may_run_short(self.server.kept_below):
            self._orphan(unfinished)
        else:
            unfinished.close()

    def _drain(self, unfinished: Parser) -> None:
        """Take what the system had received for us before the line was cut, at most a few of its buffers."""
        for _ in range(_PIECES_LEFT):
            try:
                data = self.socket.recv(self.adj.recv_bytes)
            except (OSError, AttributeError):  # nothing there; or the line is closed already
                return
            if not data or unfinished.completed:
                return
            unfinished.received(data)

    def _orphan(self, unfinished: Parser) -> Parser:
        """Hand over what came of a request. Answers an empty one in its place, for the refusal."""
        unfinished.shorten()
        orphan = Orphan(self.server, self.addr, self.adj, unfinished)
        self.server.orphans.add(orphan)
        self.server.add_task(orphan)
        empty = Parser(self.adj)
        empty.version = unfinished.version
        return empty


class Orphan:
    """A request whose sender is gone: it is answered, and the answer goes nowhere. A task of the dispatcher."""

    connected = True

    def __init__(self, server: Server, addr: Any, adj: Any, request: Parser) -> None:
        self.server, self.addr, self.adj, self.request = server, addr, adj, request
        self.done = threading.Event()

    def service(self) -> None:
        """Run the application. What it raises is logged by the dispatcher."""
        try:
            WSGITask(self, self.request).service()
        finally:
            self.cancel()

    def cancel(self) -> None:
        """It is over: answered, or the server stops before a thread was free and what came is sent again."""
        self.request.close()
        self.server.orphans.discard(self)
        self.done.set()

    def write_soon(self, data: Any) -> int:
        """Nobody reads it."""
        return len(data)

    def check_client_disconnected(self) -> bool:
        """It is to be done all the same."""
        return False


class Server(TcpWSGIServer):  # type: ignore[misc]
    """waitress on one socket, with patience."""

    channel_class = Connection

    def __init__(
        self, app: Any, patience: Patience, door: Any, *, kept_below: str | None = None, **adjustments: Any
    ) -> None:
        self.patience = patience
        self.orphans: set[Orphan] = set()  # pieces of cut lines that are not settled yet
        self.reader = 0  # the thread that reads and writes; connections are touched by no other
        self.kept_below = kept_below  # addresses where what came of a cut piece is kept; None: nowhere
        adjusted = Adjustments(
            sockets=[door],
            cleanup_interval=1,
            channel_timeout=patience.silence_s,
            connection_limit=2 * patience.connections,  # never reached: whoever comes is let in, see `handle_accept`
            **adjustments,
        )
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(adjusted.threads)
        if hasattr(socket, "TCP_DEFER_ACCEPT"):  # Linux: a line takes a place here only once something was said on it
            door.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, int(patience.head_s) or 1)
        told = (door.family, door.type, door.proto, door.getsockname())
        super().__init__(app, {}, True, door, dispatcher=dispatcher, adj=adjusted, sockinfo=told, bind_socket=False)

    def let_settle(self, path: str) -> None:
        """Wait for what came of cut lines to that address. Tasks begin in turn: each of these is in a thread by now."""
        for orphan in tuple(self.orphans):
            if orphan.request.path == path:
                orphan.done.wait(_SETTLED_S)

    def add_task(self, task: Any) -> None:
        """Have a thread answer. Whoever asks after an upload has given up the line on which a piece of it still comes:
        what came there is handed over first, so that the answer counts it.
        """
        if isinstance(task, Connection) and threading.get_ident() == self.reader:
            asking = task.requests[0]
            if self.kept_below and asking.path.startswith(self.kept_below):
                for other in list(self.active_channels.values()):
                    if other is not task and other.request is not None and other.request.is_piece_of(asking):
                        other.handle_close()
        super().add_task(task)

    def maintenance(self, now: float) -> None:
        """End what is overdue; about once a second, in the thread that reads and writes.

        waitress marks those that were silent for `silence_s`; one whose reader takes nothing never comes to close.
        """
        moment = time.monotonic()
        for connection in list(self.active_channels.values()):
            if connection.is_overdue(moment):
                connection.give_up()
        super().maintenance(now)

    def handle_accept(self) -> None:
        """Let one more in, and the latest of all out where there are too many."""
        super().handle_accept()
        everybody: list[Connection] = list(self.active_channels.values())
        if not everybody:
            return
        neighbours = [one for one in everybody if one.neighbourhood == everybody[-1].neighbourhood]
        for crowd, most in ((neighbours, self.patience.connections_each), (everybody, self.patience.connections)):
            if len(crowd) > most:
                now = time.monotonic()
                max(crowd, key=lambda one: one.lateness(now)).handle_close()
                return
