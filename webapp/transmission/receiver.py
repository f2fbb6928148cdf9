"""A small centre to try the way with: keeps what it is sent, once, and hands out receipts. WSGI, one SQLite file.

Not a product: whoever runs a real centre reads here what it must do.
"""

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from webapp.forms.json import read_object
from webapp.transmission.centre import signature

LARGEST = 2 * 1024 * 1024
_TABLE = "CREATE TABLE IF NOT EXISTS report (key TEXT PRIMARY KEY, sha256 TEXT NOT NULL, body BLOB NOT NULL)"
_LINES = {200: "200 OK", 400: "400 Bad Request", 401: "401 Unauthorized", 409: "409 Conflict", 413: "413 Too Large"}


class Receiver:
    """The application. `secret`: shared with the sender; `store`: where reports are kept."""

    def __init__(self, store: Path, secret: str) -> None:
        self.store, self.secret = store, secret
        with closing(self._open()) as kept, kept:
            kept.execute(_TABLE)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        status, told = self.answer(
            environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), LARGEST + 1)),
            environ.get("HTTP_IDEMPOTENCY_KEY", ""), environ.get("HTTP_X_PETABUKTI_SIGNATURE", ""),
        )  # fmt: skip
        start(_LINES[status], [("Content-Type", "application/json")])
        return [json.dumps(told).encode()]

    def answer(self, body: bytes, key: str, signed: str) -> tuple[int, dict[str, str]]:
        """The same receipt for the same key and content; another content under a known key is refused."""
        if len(body) > LARGEST:
            return 413, {"error": "too_large"}
        if not hmac.compare_digest(signed, signature(body, self.secret)):
            return 401, {"error": "bad_signature"}
        if not key or not body:
            return 400, {"error": "incomplete"}
        digest = hashlib.sha256(body).hexdigest()
        with closing(self._open()) as kept, kept:
            kept.execute("INSERT OR IGNORE INTO report VALUES (?, ?, ?)", (key, digest, body))
            row = kept.execute("SELECT rowid, sha256 FROM report WHERE key = ?", (key,)).fetchone()
        if row[1] != digest:
            return 409, {"error": "other_content"}
        return 200, {"receipt": f"TT-{row[0]:06d}", "sha256": digest}

    def kept(self) -> list[dict[str, Any]]:
        """Everything received, in order."""
        with closing(self._open()) as kept:
            return [read_object(body) for (body,) in kept.execute("SELECT body FROM report ORDER BY rowid")]

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.store, timeout=10)
