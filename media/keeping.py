"""One decoding child, seen from its parent: asked over its own pipes, and ended when it takes too long."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from media.errors import ImageTooHeavy, ImageTooSlow
from media.frames import Garbled, receive, send

_PACKAGES = Path(__file__).resolve().parent.parent
_GRACE_S = 2


@dataclass(frozen=True, slots=True)
class Confinement:
    """What one picture may cost."""

    memory: int = 1_000_000_000
    """Bytes of address space of the whole child, Python and decoders included."""
    seconds: float = 20.0
    """On the clock of the wall, from the question to the answer."""


class ChildDied(Exception):
    """The child ended, or said something that is no answer."""


class Child:
    """A process of `media.child`. One thread at a time asks it."""

    def __init__(self, confinement: Confinement, niceness: int) -> None:
        self._confinement = confinement
        self.niceness = niceness
        self.asked = 0
        self._spent = False
        given = str(confinement.memory), str(int(confinement.seconds) + _GRACE_S), str(niceness)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "media.child", *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            cwd="/",
            pipesize=1 << 20 if sys.platform == "linux" else -1,
            start_new_session=True,  # Ctrl-C in our terminal is for us
        )

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    def wait_until_ready(self, seconds: float) -> None:
        """Raises `ChildDied`."""
        try:
            self._watched(seconds, lambda: None)
        except ImageTooSlow as late:
            raise ChildDied from late

    def ask(self, question: dict[str, Any], *sent: bytes) -> tuple[dict[str, Any], list[bytes]]:
        """Its answer. Raises `ImageTooSlow` (and the child is ended), or `ChildDied`."""
        self.asked += 1
        said, parts = self._watched(
            self._confinement.seconds, lambda: send(cast(BinaryIO, self._process.stdin), question, *sent)
        )
        self._spent = said.get("refused") == ImageTooHeavy.code  # what is left of its memory is in pieces
        return said, parts

    def _watched(self, seconds: float, begin: Any) -> tuple[dict[str, Any], list[bytes]]:
        late = threading.Event()
        watch = threading.Timer(seconds, self._end_late, [late])
        watch.start()
        try:
            begin()
            return receive(cast(BinaryIO, self._process.stdout))
        except (OSError, EOFError, Garbled) as broken:
            self.end()
            if late.is_set():
                raise ImageTooSlow(seconds=seconds) from broken
            raise ChildDied from broken
        finally:
            watch.cancel()

    def _end_late(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def is_fit(self, most: int) -> bool:
        """Whether it lives and may be asked again; a child opens at most so many pictures."""
        return self._process.poll() is None and not self._spent and self.asked < most

    def end(self) -> None:
        """Kill it, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close(pipe)


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except OSError:
        return  # what was still to be written has no reader any more


def environment() -> dict[str, str]:
    """Enough to find our code, and none of our secrets."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "LANG") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(_PACKAGES),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",  # each thread would reserve memory of what we may have
        "OMP_NUM_THREADS": "1",
    }
