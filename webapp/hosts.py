"""Names this installation answers to. Any other in a request comes from a link or a name server that lies."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

from werkzeug.sansio.utils import host_is_trusted

from config import Settings

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_EVERYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104 # nosec B104 # compared, never bound


def known(settings: Settings) -> Callable[[str], bool]:
    """Whether a Host header (with or without a port) is one of ours.

    Ours are loopback, the address listened on and `PETABUKTI_HOSTS` (".kab.go.id": every name below it); where we
    listen everywhere and no names were given, this machine's own names and any address in numbers: numbers lead to
    nobody else's site.
    """
    given = [name.strip().lower() for name in settings.hosts.split(",") if name.strip()]
    everywhere = settings.host in _EVERYWHERE and not given
    exact = {*LOOPBACK, *given, *(_own_names() if everywhere else [_bracketed(settings.host)])}
    endings = tuple(name for name in given if name.startswith("."))

    def is_ours(header: str) -> bool:
        name = _name_of(header)
        return host_is_trusted(header) and (
            name in exact or name.endswith(endings) or (everywhere and _is_number(name))
        )

    return is_ours


def _own_names() -> list[str]:
    name = socket.gethostname().lower()
    return [name, f"{name}.local", socket.getfqdn().lower()]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host.lower()


def _name_of(header: str) -> str:
    """Without the port, in small letters: "[::1]", "127.0.0.1", "bukti.kab.go.id"."""
    head, bracket, _ = header.lower().partition("]")
    return head + bracket if bracket else header.lower().partition(":")[0]


def _is_number(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return False
