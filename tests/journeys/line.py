"""A bad line between a browser and the app."""

from __future__ import annotations

import random
import socket
import struct
import threading
from contextlib import suppress


class CuttingLine:
    """A port of this machine that leads to another and cuts every connection after a random number of bytes sent."""

    def __init__(self, target: tuple[str, int], seed: int, cut_after: tuple[int, int]) -> None:
        self.target, self.chance, self.cut_after = target, random.Random(seed), cut_after
        self.passed: list[int] = []  # bytes of the sender on each line that was cut
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, far = self.door.accept()[0], socket.create_connection(self.target)
                left = self.chance.randint(*self.cut_after)
                threading.Thread(target=self._lead, args=(near, far, left), daemon=True).start()
                threading.Thread(target=self._lead, args=(far, near, None), daemon=True).start()

    def _lead(self, here: socket.socket, there: socket.socket, left: int | None) -> None:
        whole = left or 0
        with suppress(OSError):
            while data := here.recv(65_536 if left is None else min(left, 65_536)):
                there.sendall(data)
                left = left if left is None else left - len(data)
                if left == 0:
                    self.passed.append(whole)
                    here.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    break
        for end in (here, there):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        here.close()
