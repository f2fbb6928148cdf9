"""The background worker as a child of `run`: brought back when it ends on its own, gone when we are."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from config import Settings

log = logging.getLogger(__name__)
_CHECKOUT = Path(__file__).resolve().parent.parent
_PR_SET_PDEATHSIG = 1
_LIVED_S, _LONGEST_PAUSE_S = 30.0, 15.0  # photos wait for it
_PARENT = "PETABUKTI_PARENT"  # not a setting: how the child knows whose child it is


class Worker:
    """`petabukti worker` on the database at `url`, with the same settings as ours."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._environment = {
            **os.environ,
            "DATABASE_URL": url,
            "PETABUKTI_DATA": str(settings.data_dir),
            "PYTHONPATH": str(_CHECKOUT),
            _PARENT: str(os.getpid()),
        }
        self._started, self._stopping = threading.Event(), threading.Event()
        # The kernel ties the child to the thread that started it; this one lives as long as we do.
        self._keeper = threading.Thread(target=self._keep, name="worker keeper", daemon=True)

    def start(self) -> None:
        self._keeper.start()
        self._started.wait(30)

    def stop(self) -> None:
        """Ask the worker to finish its task, and wait for it."""
        self._stopping.set()
        self._keeper.join(timeout=40)

    def _keep(self) -> None:
        pause_s = 1.0
        while not self._stopping.is_set():
            process = subprocess.Popen(
                [sys.executable, "-m", "webapp.cli", "worker"],
                env=self._environment,
                cwd=_CHECKOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            self._started.set()
            begun = time.monotonic()
            code = self._watch(process)
            pause_s = 1.0 if time.monotonic() - begun > _LIVED_S else pause_s
            if not self._stopping.wait(pause_s):
                log.warning("background worker ended with code %s; starting it again", code)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _watch(self, process: subprocess.Popen[bytes]) -> int | None:
        while process.poll() is None:
            if self._stopping.wait(0.2):
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        return process.returncode


def end_with_parent() -> bool:
    """Called by the worker: when the process that started it dies, even by `kill -9`, the kernel ends the worker.

    Answers whether there is such a parent at all.
    """
    parent = os.environ.get(_PARENT)
    if parent is None:
        return False
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        raise SystemExit(0)  # it died before we could ask
    return True
