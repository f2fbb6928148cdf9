"""What a process gives up before it is handed a stranger's bytes."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from typing import BinaryIO

_PR_SET_PDEATHSIG = 1
_M_ARENA_MAX = -8


def private_stdout() -> BinaryIO:
    """Our answers go where no library's chatter can: what they print goes to the error output."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def end_with_parent() -> None:
    """Also when it is killed in the middle of a picture."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if hasattr(libc, "mallopt"):
            libc.mallopt(_M_ARENA_MAX, 1)  # each further arena would reserve 64 MB of what we may have


def confine(memory: int, files: int) -> None:
    """From here on: so many bytes of address space, no new file or connection, nothing written, no core."""
    limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_NOFILE: files}
    if sys.platform == "linux":  # elsewhere the kernel takes this limit back, and the clock alone counts
        limits[resource.RLIMIT_AS] = memory
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))
