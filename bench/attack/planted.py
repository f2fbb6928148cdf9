"""A page with the holes the scanners must find: proof that they look. It listens on this machine only."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, redirect, request
from werkzeug import Response
from werkzeug.serving import make_server

app = Flask(__name__)
LINKS = '<a href="/cari?q=a">cari</a> <a href="/ke?next=/">ke</a> <a href="/salam?nama=a">salam</a>'


@app.get("/")
def links() -> str:
    return LINKS


@app.get("/cari")
def injectable() -> str:
    memory = sqlite3.connect(":memory:")
    memory.execute("CREATE TABLE bukti AS SELECT 'a' AS judul")
    asked = f"SELECT judul FROM bukti WHERE judul = '{request.args.get('q', '')}'"  # nosec B608 # planted
    return str(memory.execute(asked).fetchall())


@app.get("/ke")
def leads_away() -> Response:
    return redirect(request.args.get("next", "/"))


@app.get("/salam")
def echoes() -> str:
    return f"<p>Halo {request.args.get('nama', '')}</p>{LINKS}"


@contextmanager
def planted() -> Iterator[str]:
    """Serve the page on a free port; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
