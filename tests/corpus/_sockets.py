"""How raw requests are written, sent and answered, and what must be true of their answers."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPResponse

from tests.corpus import Answer, Case, Proof
from tests.corpus.house import BOUNDARY, House, Person

PORT = "RAW_REQUESTS_PORT"
"""Where in the app's configuration the fixture notes the port of the server."""
MEGABYTE = 1024 * 1024
OURS = "Host: localhost"
Words = str | bytes
FORM = "Content-Type: application/x-www-form-urlencoded"
MULTIPART = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"


class _Line(io.BytesIO):
    """What came, as `HTTPResponse` wants to read it."""

    def makefile(self, _mode: str) -> io.BytesIO:
        return self


def everything(person: Person, sent: bytes) -> bytes:
    """Send the bytes; all that comes back until the server ends the connection."""
    came = b""
    with socket.create_connection(("127.0.0.1", person.client.application.config[PORT]), timeout=20) as line:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before it was read to the end
            line.sendall(sent)
        with suppress(ConnectionResetError):
            while piece := line.recv(65536):
                came += piece
    return came


def exchanged(person: Person, sent: bytes) -> Answer:
    """Send the bytes; the first answer to them."""
    answer = HTTPResponse(_Line(everything(person, sent)))  # type: ignore[arg-type]
    answer.begin()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def head(start: Words, *lines: Words) -> bytes:
    """The head of a request: start line, headers, empty line."""
    return b"\r\n".join([*map(_octets, (start, *lines)), b"", b""])


def _octets(words: Words) -> bytes:
    return words.encode() if isinstance(words, str) else words


def signed_in(person: Person) -> list[str]:
    """Headers of a script of this person, who is signed in; the connection ends with the answer."""
    cookie = person.client.get_cookie("petabukti")
    assert cookie is not None
    return [
        "Accept: application/json",
        "Connection: close",
        f"Cookie: petabukti={cookie.value}",
        f"X-CSRFToken: {person.token}",
        f"Accept-Language: {person.locale}",
    ]


def raw(name: str, sent: bytes, status: int, code: str | None = "bad_request", *proofs: Proof) -> Case:
    """The same bytes whoever sends them."""
    return Case("raw requests", name, lambda person: exchanged(person, sent), status, code, proofs=proofs)


def get(name: str, target: Words, status: int, code: str | None, *lines: Words, proofs: tuple[Proof, ...] = ()) -> Case:
    """A page asked for by somebody who is signed in."""

    def send(person: Person) -> Answer:
        return exchanged(person, head(b"GET %s HTTP/1.1" % _octets(target), OURS, *signed_in(person), *lines))

    return Case("raw requests", name, send, status, code, proofs=proofs)


def post(
    name: str,
    status: int,
    code: str | None,
    body: bytes,
    *lines: Words,
    path: str = "",
    proofs: tuple[Proof, ...] = (),
) -> Case:
    """A body sent to the upload of the camat's draft (or to `path`), its length stated truly unless `lines` do."""

    def send(person: Person) -> Answer:
        stated = (
            [] if any(str(line).startswith("Content-Length") for line in lines) else [f"Content-Length: {len(body)}"]
        )
        target = path or f"/bukti/{person.case.id}/foto"
        return exchanged(person, head(f"POST {target} HTTP/1.1", OURS, *signed_in(person), *stated, *lines) + body)

    return Case("raw requests", name, send, status, code, proofs=proofs)


def language(name: str, status: int, code: str | None, body: str, *lines: Words) -> Case:
    """A small form, by which a person chooses the language; it leads back to `next`."""
    return post(name, status, code, body.encode(), FORM, *lines, path="/bahasa", proofs=(leads_nowhere_else,))


def nobody(name: str, start: str, status: int, code: str | None, *lines: Words, proofs: tuple[Proof, ...] = ()) -> Case:
    """Somebody without a session, who reads the same language as the person."""

    def send(person: Person) -> Answer:
        said = ["Accept: application/json", f"Accept-Language: {person.locale}", "Connection: close"]
        return exchanged(person, head(start, OURS, *said, *lines))

    return Case("raw requests", name, send, status, code, proofs=proofs)


def answers(sent: bytes, count: int) -> Callable[[Person], Answer]:
    """Sends the bytes and sees that so many answers came, neither fewer nor more."""

    def send(person: Person) -> Answer:
        came = everything(person, sent)
        assert came.count(b"HTTP/1.1 ") == count, came
        return exchanged(person, sent)

    return send


# --- proofs -----------------------------------------------------------------------------------------------------------


def leads_nowhere_else(house: House, answer: Answer) -> None:
    """A redirection stays in this site, and no header came out of a parameter."""
    location = answer.headers.get("location", "/")
    assert (location.startswith("/") and not location.startswith("//")) or location.startswith("http://localhost/"), (
        location
    )
    assert "jahat" not in answer.headers.get("set-cookie", "") and "x-jahat" not in answer.headers


def is_the_door(house: House, answer: Answer) -> None:
    """Whoever sent this is nobody."""
    assert answer.headers["location"].startswith("/masuk")


def without_our_name(house: House, answer: Answer) -> None:
    """Nothing says which server or which version answered."""
    assert "server" not in answer.headers
    said = (repr(answer.headers) + answer.body.decode()).lower()
    assert not [word for word in ("waitress", "python", "werkzeug", "flask") if word in said]
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
