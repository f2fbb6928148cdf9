"""Addresses of our own static files, with a version in them, so that a browser may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, current_app, url_for


@cache
def _version(path: Path, changed_ns: int) -> str:  # noqa: ARG001  the time makes a changed file another entry
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def static(path: str) -> str:
    """URL of a static file ("css/petabukti.css"), changed whenever its content changes."""
    file = Path(str(current_app.static_folder)) / path
    version = _version(file, file.stat().st_mtime_ns) if file.is_file() else None
    return url_for("static", filename=path, v=version)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["static"] = static
