"""Where log lines go: to a file of the data directory while a person watches the terminal, else to standard error."""

from __future__ import annotations

import logging
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

_LINE = "%(asctime)sZ %(levelname)s %(name)s: %(message)s"


def configure(folder: Path | None = None, name: str = "petabukti") -> None:
    """Log to `folder`/`name`.log (5 MB, three older ones kept), or to standard error when there is no folder."""
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(
        level=logging.INFO, handlers=[_handler(folder, name)], format=_LINE, datefmt="%Y-%m-%dT%H:%M:%S", force=True
    )
    # One line per migration step and per queued task is noise to an operator.
    for chatty in ("alembic", "procrastinate"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line per request that waits would fill the disk


def _handler(folder: Path | None, name: str) -> logging.Handler:
    if folder is None:
        return logging.StreamHandler()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return RotatingFileHandler(folder / f"{name}.log", maxBytes=5_000_000, backupCount=3, encoding="utf-8")
