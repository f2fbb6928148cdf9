"""What can go wrong, for people: a situation has a status, a stable code and a sentence in the reader's language."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from media.errors import StoreFull, StoreUnavailable

log = logging.getLogger(__name__)


class Problem(Exception):
    """A refusal a person can understand. Subclasses name the situation; `field` names the form field to blame."""

    status: int = 422
    code: str = "refused"
    message: LazyString | str = _l("Permintaan tidak dapat diproses.")
    details: Mapping[str, Any] = MappingProxyType({})  # more for a script, beside code and message
    leads_to: tuple[str, Mapping[str, Any]] | None = None  # endpoint and arguments of the page where it is mended
    leads_label: LazyString | str = ""
    fields: Sequence[Any] = ()  # of a form sent by a script: each refusal with `field`, `code` and `message`

    def __init__(self, message: LazyString | str | None = None, *, field: str | None = None) -> None:
        self.sentence: LazyString | str = message or self.message
        self.field = field
        super().__init__(self.code)


class NotFound(Problem):
    """There is no such thing, or none that this person may see: the two answer alike."""

    status, code = 404, "not_found"
    message = _l("Halaman atau data tidak ditemukan.")


class NotSignedIn(Problem):
    """No session, or one that has ended: a script is told so, where a person is led to the door."""

    status, code = 401, "not_signed_in"
    message = _l("Silakan masuk dahulu.")


class NotAllowed(Problem):
    """The person may see it, but not do this."""

    status, code = 403, "not_allowed"
    message = _l("Anda tidak berwenang melakukan ini.")


class Conflict(Problem):
    """Somebody or something was faster: the thing is no longer as it was shown."""

    status, code = 409, "conflict"
    message = _l("Data telah berubah sejak halaman ini dibuka. Muat ulang lalu coba lagi.")


_TITLES: dict[int, LazyString] = {
    400: _l("Permintaan tidak dapat dibaca"),
    401: _l("Silakan masuk"),
    403: _l("Tidak berwenang"),
    404: _l("Tidak ditemukan"),
    405: _l("Cara ini tidak tersedia"),
    409: _l("Keadaan sudah berubah"),
    413: _l("Kiriman terlalu besar"),
    415: _l("Jenis berkas tidak diterima"),
    422: _l("Belum dapat diterima"),
    429: _l("Terlalu sering"),
    500: _l("Ada gangguan di pihak kami"),
    503: _l("Layanan belum siap"),
    507: _l("Penyimpanan penuh"),
}

_SENTENCES: dict[int, tuple[str, LazyString]] = {
    400: ("bad_request", _l("Permintaan rusak atau tidak lengkap. Muat ulang halaman lalu coba lagi.")),
    403: ("not_allowed", NotAllowed.message),
    404: ("not_found", NotFound.message),
    405: ("method_not_allowed", _l("Halaman ini tidak melayani cara itu.")),
    413: ("request_too_large", _l("Kiriman melebihi batas ukuran. Kirim foto dalam beberapa bagian.")),
    500: ("internal_error", _l("Kesalahan ini sudah dicatat. Data yang belum tersimpan tidak diubah.")),
}


def answer(
    status: int, code: str, sentence: LazyString | str, field: str | None = None, fields: Sequence[Any] = (),
    details: Mapping[str, Any] = MappingProxyType({}), mend: tuple[str, LazyString | str] | None = None,
) -> Response:  # fmt: skip
    """The one shape of a refusal: a page for people, JSON for scripts, with the request's id on both."""
    request_id = g.get("request_id", "-")
    _note(request_id, status, code)
    if for_script():
        body: Response = jsonify(
            code=code, message=str(sentence), field=field, request_id=request_id,
            **({"fields": [_as_json(one) for one in fields]} if fields else {}), **details,
        )  # fmt: skip
    else:
        title = _TITLES.get(status, _TITLES[500 if status >= 500 else 400])
        page = render_template(
            "errors/problem.html",
            status=status,
            title=title,
            sentence=sentence,
            code=code,
            request_id=request_id,
            mend=mend,
        )
        body = make_response(page)
    body.status_code = status
    body.headers["X-Problem-Code"] = code
    return body


def _note(request_id: str, status: int, code: str) -> None:
    """Who was refused what, for whoever reads the log later. Nothing stands in it that was sent."""
    actor, view = g.get("actor_id", "-"), request.endpoint or "-"
    log.info("request %s: %s %s, view %s, account %s, %s", request_id, status, code, view, actor, request.remote_addr)


def _as_json(one: Any) -> dict[str, str | None]:
    return {"field": one.field, "code": one.code, "message": str(one.message)}


_SCRIPTS = ("/api/", "/rekam/kirim", "/rekam/kunci", "/rekam/bekal")


def for_script() -> bool:
    """Whether JSON is asked for; below /api/, on the wire and instead of a layer of a map nobody expects a page."""
    asked = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return asked == "application/json" or request.path.startswith(_SCRIPTS) or request.path.endswith(".geojson")


def _problem(problem: Problem) -> Response:
    details, mend = dict(problem.details), None
    if problem.leads_to is not None:
        endpoint, arguments = problem.leads_to
        mend = url_for(endpoint, **arguments, next=_came_from()), problem.leads_label
        details["page"] = url_for(endpoint, **arguments)
    return answer(
        problem.status, problem.code, problem.sentence, problem.field, problem.fields, details, mend
    )  # fmt: skip


def _came_from() -> str:
    """The page on which the person was: what was asked for, or the page whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    before = urlsplit(request.referrer or "")
    here = before.netloc == request.host and before.path.startswith("/")
    return before.path + (f"?{before.query}" if before.query else "") if here else "/"


def _csrf(_error: CSRFError) -> Response:
    sentence = _("Formulir ini sudah kedaluwarsa. Muat ulang halaman lalu kirim lagi; isian Anda belum tersimpan.")
    return answer(400, "csrf_failed", sentence)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    failed = getattr(error, "original_exception", None)
    if isinstance(failed, OperationalError):  # it failed when all was done, in the commit
        return _database(failed)
    if status < 400 and error.response is not None:
        return error.response  # type: ignore[return-value]
    code, sentence = _SENTENCES.get(status, ("http_error", _SENTENCES[500 if status >= 500 else 400][1]))
    return answer(status, code, sentence)


def _store(failed: StoreUnavailable) -> Response:
    log.error("request %s: the photo store failed", g.get("request_id", "-"), exc_info=failed)
    if isinstance(failed, StoreFull):
        return answer(
            507, "store_full", _("Tempat penyimpanan foto di server penuh. Foto belum tersimpan; coba lagi nanti.")
        )
    return answer(
        503, "store_unavailable", _("Penyimpanan foto sedang tidak dapat dijangkau. Coba lagi sebentar lagi.")
    )


def _database(failed: OperationalError) -> Response:
    """It is away, full, or gave up on us. Whether the request was kept nobody knows: the same again will tell."""
    g.crashed = True
    log.error("request %s: the database failed: %s", g.get("request_id", "-"), " ".join(str(failed.orig).split()))
    return answer(503, "database_unavailable", _("Basis data sedang tidak dapat dijangkau. Coba lagi sebentar lagi."))


def crashed() -> bool:
    """Whether this request has failed for want of a database, or in a way nobody foresaw: its page then stays away from
    person and database.
    """
    return bool(g.get("crashed", False))


def _crash(error: Exception) -> Response:
    g.crashed = True
    log.error("request %s failed", g.get("request_id", "-"), exc_info=error)
    code, sentence = _SENTENCES[500]
    return answer(500, code, sentence)


def _name_request() -> None:
    g.request_id = uuid.uuid4().hex[:12]


def init_app(app: Flask) -> None:
    """Turn situations into answers, in this one place."""
    app.before_request(_name_request)
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(StoreUnavailable, _store)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _crash)
