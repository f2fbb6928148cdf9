"""The web server, and the two ways of asking it to stop."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable
from types import FrameType

from flask import Flask

from config import Settings
from webapp.connections import Patience, Server, patience_for


class PortTaken(Exception):
    """Somebody else listens on the address; the message is a sentence for the terminal."""


def stop_on_signals() -> None:
    """Ctrl-C, SIGTERM and a closed terminal all end the same way: a KeyboardInterrupt, once, in the main thread."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # An impatient second Ctrl-C must not cut the shutdown short. Not SIG_IGN: children would inherit that.
        signal.signal(number, lambda _number, _frame: None)
    raise KeyboardInterrupt


def reserve(settings: Settings) -> socket.socket:
    """Take the address before the slow part of a start. Raises `PortTaken`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        door = socket.socket(family, kind, protocol)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
    except OSError as why:
        reason = "sudah dipakai program lain" if why.errno == errno.EADDRINUSE else f"tidak dapat dipakai ({why})"
        raise PortTaken(f"Alamat {settings.host}:{settings.port} {reason}; pilih dengan --host dan --port.") from why
    return door


def address_of(door: socket.socket) -> str:
    """The URL a person can open."""
    host, port = door.getsockname()[:2]
    # Listening everywhere is the operator's wish; a browser on this machine opens the nearest of them.
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 # nosec B104 # compared, never bound
    shown = everywhere.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def serve(app: Flask, settings: Settings, door: socket.socket, opened: Callable[[], None] = lambda: None) -> None:
    """Answer requests until a stop is asked for; `opened` is called once the first one can come.

    Requests under way are finished before a stop.
    """
    server = listener(app, settings, door, patience_for(proxied=settings.trusted_proxies > 0))
    try:
        opened()
        server.run()
    finally:
        server.close()


def listener(app: Flask, settings: Settings, door: socket.socket, patience: Patience) -> Server:
    """The server, listening but not yet running. Bodies are received whole before a thread is given to them."""
    return Server(
        app,
        patience,
        door,
        kept_below=app.config.get("KEPT_WHEN_CUT"),
        threads=settings.threads,
        recv_bytes=256 * 1024,  # photos arrive in large pieces: half as many photos a second with the usual 8 kB
        max_request_header_size=32 * 1024,
        # Twice what we take: whoever sends a little too much is answered by our own page, not cut off.
        max_request_body_size=2 * settings.max_request_bytes,
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
        asyncore_use_poll=True,
        ident="",
    )
