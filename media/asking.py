"""Asking a process of its own about one picture: started for it, confined, and ended with its answer."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO, cast

from media.errors import ImageDamaged
from media.frames import Garbled, receive, send
from media.keeping import environment


def ask(
    module: str, jpeg: bytes, *, head: Mapping[str, Any], memory: int, seconds: int, failing: str
) -> tuple[dict[str, Any], list[bytes]]:
    """What `python -m module MEMORY_BYTES SECONDS` says of one of our own JPEGs, and the pictures it made of it.

    Raises `ImageDamaged` with `failing` as its reason when it died, took too long or said nothing that can be read.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", module, str(memory), str(seconds)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(), cwd="/",
        start_new_session=True,
    )  # fmt: skip
    try:
        send(cast(BinaryIO, process.stdin), head, jpeg)
        return receive(cast(BinaryIO, process.stdout))  # it ends itself when it takes too long
    except (OSError, EOFError, Garbled) as died:
        raise ImageDamaged(why=failing) from died
    finally:
        process.kill()
        process.communicate()
