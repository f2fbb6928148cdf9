"""A bad line: a port of this machine that leads to another, and breaks every connection after some bytes, by chance."""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

CUT, LOST, HALF, SILENT = "cut in a request", "answer lost", "half an answer", "silent"
_FATES, _WEIGHTS = (CUT, LOST, HALF, SILENT), (60, 25, 11, 4)
SHORTEST, LONGEST = 1_000, 2_000_000  # bytes of the sender until a connection breaks; half of them below 45 kB
_PIECE = 65_536
_RESET = struct.pack("ii", 1, 0)


@dataclass
class _Connection:
    """One connection through the line and what will become of it."""

    near: socket.socket
    far: socket.socket
    fate: str
    left: int  # bytes of the sender that still pass
    reset: bool  # whether the server notices a cut at once, as from a proxy, or finds the line closed
    broken: threading.Event = field(default_factory=threading.Event)

    def end(self) -> None:
        """Both ends at once, whatever is still on its way."""
        self.broken.set()
        ends = [(self.near, True), (self.far, self.reset)]
        for end, hard in ends:
            with suppress(OSError):
                if hard:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                end.shutdown(socket.SHUT_RDWR)
            with suppress(OSError):
                end.close()


class Line:
    """Listens until `close`. `passed`: bytes that its sender got through, by the sender's port; `breaks`: by kind."""

    def __init__(self, target: int, seed: int) -> None:
        self.passed: dict[int, int] = {}
        self.breaks: Counter[str] = Counter()
        self._target, self._dice = target, random.Random(seed)
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, address = self._door.accept()
                self.passed[address[1]] = 0
                self._lead(near, address[1])

    def _lead(self, near: socket.socket, port: int) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._target), timeout=10)
        except OSError:  # nobody there at the moment
            near.close()
            return
        far.settimeout(None)
        fate = self._dice.choices(_FATES, _WEIGHTS)[0]
        left = int(SHORTEST * (LONGEST / SHORTEST) ** self._dice.random())
        one = _Connection(near, far, fate, left, self._dice.random() < 0.5)
        threading.Thread(target=self._up, args=(one, port), daemon=True).start()
        threading.Thread(target=self._down, args=(one,), daemon=True).start()

    def _up(self, one: _Connection, port: int) -> None:
        """From the phone to the server."""
        with suppress(OSError):
            while data := one.near.recv(_PIECE if one.left <= 0 else min(one.left, _PIECE)):
                self.passed[port] += len(data)
                one.left -= len(data)
                if one.left <= 0 and one.fate in (CUT, SILENT):
                    self._break_up(one, data)
                    return
                one.far.sendall(data)
        if not one.broken.is_set():
            one.end()

    def _break_up(self, one: _Connection, last: bytes) -> None:
        """The last bytes pass; then it is over, or nothing is heard any more until the phone gives up."""
        one.far.sendall(last)
        self.breaks[one.fate] += 1
        if one.fate == SILENT:
            one.broken.set()
            with suppress(OSError):
                while one.near.recv(_PIECE):
                    pass  # the phone sends into the void
        one.end()

    def _down(self, one: _Connection) -> None:
        """From the server to the phone."""
        with suppress(OSError):
            while data := one.far.recv(_PIECE):
                if one.fate == SILENT and one.broken.is_set():
                    continue
                if one.left <= 0 and one.fate in (LOST, HALF):
                    self.breaks[one.fate] += 1
                    if one.fate == HALF:
                        one.near.sendall(data[: len(data) // 2])
                    break
                one.near.sendall(data)
        if not (one.fate == SILENT and one.broken.is_set()):
            one.end()
