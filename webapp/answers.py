"""Answers a browser may keep and ask again about: layers of maps and our own static files, packed on the way out.

Pages are not packed: they carry a token beside words of the reader, and their compressed length would betray it.
"""

import gzip
import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request

PACKED = frozenset({"text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"})
SHARED_S = 60  # how long an answer for everybody may be kept unasked: what is withdrawn is then gone everywhere
SMALL = 1_000  # bytes; below this packing costs more than it saves


def layer(draw: Callable[[], str], *version: object) -> Response:
    """GeoJSON that the browser keeps until `version` changes: it asks each time and is mostly told "as before".

    `version` names everything the layer depends on: the reader, the language, the data. `draw` is called only for a
    body that is really sent.
    """
    return _kept("application/geo+json", lambda: draw().encode(), version)


def tile(draw: Callable[[], bytes], *version: object) -> Response:
    """The same of a vector tile."""
    return _kept("application/vnd.mapbox-vector-tile", draw, version)


def _kept(mimetype: str, draw: Callable[[], bytes], version: tuple[object, ...]) -> Response:
    etag = hashlib.sha256(repr((version, request.full_path)).encode()).hexdigest()[:24]
    answer = Response(mimetype=mimetype)
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Accept-Encoding, Cookie"
    if request.if_none_match.contains(etag):
        answer.status_code = 304
        return answer
    return _filled(answer, draw())


def public(body: str | bytes, mimetype: str) -> Response:
    """The same for everybody, cookies or none: kept for `SHARED_S` by whoever stands between, and then asked about.

    Texts are packed: they hold no token, and no word of one reader alone.
    """
    text = isinstance(body, str)
    data = body.encode() if isinstance(body, str) else body
    answer = Response(mimetype=mimetype)
    answer.set_etag(hashlib.sha256(data).hexdigest()[:24])
    answer.headers["Cache-Control"] = f"public, max-age={SHARED_S}, must-revalidate"
    if text:
        answer.headers["Vary"] = "Accept-Encoding"
    if request.if_none_match.contains(answer.get_etag()[0] or ""):
        answer.status_code = 304
        return answer
    if text:
        return _filled(answer, data)
    answer.set_data(data)
    return answer


def packed(text: str, mimetype: str) -> Response:
    """An answer that holds no word and no token of any person, so that its packed length betrays nothing."""
    answer = Response(mimetype=mimetype, headers={"Vary": "Accept-Encoding"})
    return _filled(answer, text.encode())


def _filled(answer: Response, body: bytes) -> Response:
    if request.accept_encodings.quality("gzip"):
        body, answer.headers["Content-Encoding"] = gzip.compress(body, 5), "gzip"
    answer.set_data(body)
    return answer


@lru_cache(maxsize=200)
def _packed(path: Path, changed_ns: int) -> bytes:  # noqa: ARG001  the time makes a changed file another entry
    return gzip.compress(path.read_bytes(), 9)


def _pack_static(response: Response) -> Response:
    fits = request.endpoint == "static" and response.status_code == 200 and response.mimetype in PACKED
    if not fits or not request.accept_encodings.quality("gzip") or request.method != "GET":
        return response
    file = Path(str(current_app.static_folder)) / (request.view_args or {})["filename"]
    if file.stat().st_size <= SMALL:
        return response
    tag, _weak = response.get_etag()
    response.close()  # the file it would have sent
    response.direct_passthrough = False
    response.set_data(_packed(file, file.stat().st_mtime_ns))
    response.set_etag(tag or "", weak=True)  # the same file in another coat
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def init_app(app: Flask) -> None:
    """Pack our own static files for browsers that take it, once per version of each file."""
    app.after_request(_pack_static)
