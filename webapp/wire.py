"""Between bytes and a request: what no application needs to see is refused here, in few plain words.

waitress reads requests well; this adds what it lets through: requests without a host or with two, other versions of
HTTP, bodies of unknown length, and signs that nobody types into an address. And it says which requests may be answered
though they broke off.
"""

from __future__ import annotations

import re

from waitress.parser import HTTPRequestParser, ParsingError, TransferEncodingNotImplemented
from waitress.task import ErrorTask
from waitress.utilities import BadRequest, Error

from webapp.security import HEADERS

# No page can be rendered before it is known what is asked, nor a language be known: both, without any of the sender's.
_WORDS = {
    400: ("bad_request", "Permintaan rusak atau tidak lengkap.", "The request is broken or incomplete."),
    408: ("request_timeout", "Kiriman terlalu lambat dan dihentikan.", "The request came too slowly and was ended."),
    411: ("length_required", "Panjang kiriman harus disebutkan.", "The length of the body must be stated."),
    413: ("request_too_large", "Kiriman melebihi batas ukuran.", "The body is larger than what is taken."),
    431: ("headers_too_large", "Kepala permintaan terlalu panjang.", "The headers are longer than what is taken."),
    500: ("internal_error", "Ada gangguan di pihak kami.", "Something went wrong on our side."),
}
_DRESS = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_UNTYPED = re.compile(r"[\x00-\x20\x7f]|%00")


_PIECE = "application/offset+octet-stream"


class Late(Error):  # type: ignore[misc]  # waitress has no annotations
    code, reason = 408, "Request Timeout"


class LengthRequired(Error):  # type: ignore[misc]
    code, reason = 411, "Length Required"


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """One request while it comes in."""

    path: str = ""

    def received(self, data: bytes) -> int:
        """Take in bytes; answers how many belonged to this request."""
        used: int = super().received(data)
        if self.completed or self.error:
            self.expect_continue = False  # waitress would call for a body it has just refused, and read on
        return used

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head, and refuse what must not reach the application. Raises `ParsingError`."""
        try:
            super().parse_header(header_plus)
        except (ValueError, TransferEncodingNotImplemented) as why:
            # A length of 5,000 digits, an IPv6 host without its end, a coding nobody uses: no faults of ours (5xx).
            raise ParsingError("malformed") from why
        self.error = self._refusal()
        if self.error:
            self.body_rcv, self.content_length = None, 0

    def may_run_short(self, below: str | None) -> bool:
        """Whether what has come of this request may be handed over although the rest will never come.

        Only a piece of an upload is worth something by half: a PATCH of the tus protocol to an address under `below`,
        of known length, whose sender did not ask that it be checked as a whole.
        """
        method = self.headers.get("X_HTTP_METHOD_OVERRIDE", getattr(self, "command", ""))
        return (
            bool(below and self.path.startswith(below))
            and self.headers_finished
            and self.error is None
            and not self.chunked
            and self.body_bytes_received > 0
            and method.upper() == "PATCH"
            and self.headers.get("CONTENT_TYPE", "") == _PIECE
            and "UPLOAD_CHECKSUM" not in self.headers
        )

    def is_piece_of(self, asked: Parser) -> bool:
        """Whether this is a piece of the upload that the same sender asks for there."""
        mine, theirs = self.headers.get("COOKIE"), asked.headers.get("COOKIE")
        return self.may_run_short(asked.path) and self.path == asked.path and mine == theirs

    def shorten(self) -> None:
        """Let the request be as long as what has come of it."""
        self.headers["CONTENT_LENGTH"] = str(self.body_bytes_received)
        self.completed = True

    def _refusal(self) -> Error | None:
        if self.version not in ("1.0", "1.1"):
            return BadRequest("")
        if self.chunked or "TRANSFER_ENCODING" in self.headers:
            # Browsers state a length, and so do proxies that keep a body until it is whole. With both statements two
            # servers may disagree where a request ends.
            return BadRequest("") if "CONTENT_LENGTH" in self.headers else LengthRequired("")
        if self.proxy_netloc:  # an address with a host says it better than the header (RFC 9112, 3.2.2)
            self.headers["HOST"] = self.proxy_netloc
            self.path = self.path or "/"
        host = self.headers.get("HOST", "")
        whole = self.path.startswith("/") and not _UNTYPED.search(self.request_uri)
        named = host or self.version == "1.0"
        return None if whole and named and not set(host) & set(", @/\\") else BadRequest("")


class Refusal(ErrorTask):  # type: ignore[misc]
    """The answer to what was refused here: plain text, our headers, no name or version of anything."""

    def execute(self) -> None:
        """Write the answer; the connection ends with it."""
        error = self.request.error
        code, *sentences = _WORDS.get(error.code, _WORDS[400])
        body = "\n".join([*sentences, code, ""]).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [
            *_DRESS.items(),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Problem-Code", code),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)
