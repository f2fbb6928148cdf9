"""The wire: the tus resumable upload protocol 1.0.0 with creation, expiration, checksum and termination.

https://tus.io/protocols/resumable-upload . Any tus client may send; ours is one of them. A photo that is refused has
arrived all the same (204): why it was refused stands in the list of uploads and on its receipt.
"""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, current_app, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_login import current_user
from werkzeug.http import http_date

from config import Settings
from webapp import db
from webapp.access import Permission, public, requires
from webapp.capture import queries, services
from webapp.capture.errors import NotAPiece, VersionUnknown
from webapp.capture.forms import read_checksum, read_number, read_told
from webapp.capture.models import Upload
from webapp.capture.parts import ALGORITHMS, Parts
from webapp.capture.services import Desk, Piece, Terms
from webapp.capture.views.blueprint import bp
from webapp.errors import NotSignedIn
from webapp.security import PIECE

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
PATH = "/rekam/kirim"
METHODS = ("POST", "HEAD", "PATCH", "DELETE", "OPTIONS", "GET")


def desk() -> Desk:
    """Where uploads of this installation are kept and judged."""
    settings = _settings()
    return Desk(
        Parts(settings.uploads_dir),
        current_app.extensions["petabukti_intake"],
        timedelta(days=settings.upload_days),
        current_app.extensions["petabukti_visits"],
    )


def terms() -> Terms:
    """What this installation allows."""
    settings = _settings()
    kept_for = timedelta(days=settings.upload_days)
    may_import = current_app.extensions["petabukti_may_import"]
    visits = current_app.extensions["petabukti_visits"]
    return Terms(settings.max_upload_bytes, settings.max_import_bytes, kept_for, may_import, visits)


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["petabukti_settings"])


@bp.route("/kirim", methods=["OPTIONS"], provide_automatic_options=False)
@bp.route("/kirim/<uuid:upload_id>", methods=["OPTIONS"], provide_automatic_options=False)
@public
def wire_options(upload_id: uuid.UUID | None = None) -> Response:  # noqa: ARG001 - both addresses answer alike
    """What this server speaks."""
    told = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(terms().most_bytes),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }
    return Response(status=204, headers=told)


@bp.route("/kirim", methods=["POST"], provide_automatic_options=False)
@requires(Permission.FILE_SEND)
def begin_upload() -> Response:
    """Begin an upload, 201; the same again is the same upload, 200."""
    upload_id, told = read_told(request.headers)
    upload, made = services.begin(
        db.session(), upload_id, told, actor=current_user, at=db.utcnow(), terms=terms(), parts=desk().parts
    )
    answer = Response(status=201 if made else 200, headers=_expiry(upload))
    answer.headers["Location"] = url_for(".ask_offset", upload_id=upload.id)
    answer.headers["X-Upload-Id"] = str(upload.id)
    return answer


@bp.route("/kirim/<uuid:upload_id>", methods=["HEAD"], provide_automatic_options=False)
@requires(Permission.FILE_SEND)
def ask_offset(upload_id: uuid.UUID) -> Response:
    """How far an upload has come."""
    upload = queries.get(db.session(), current_user, upload_id)
    came = services.offset_of(db.session(), upload, actor=current_user, at=db.utcnow(), desk=desk())
    told = {"Upload-Offset": str(came), "Upload-Length": str(upload.byte_size), **_expiry(upload)}
    if upload.sent_metadata:
        told["Upload-Metadata"] = upload.sent_metadata
    return Response(status=200, headers=told)


@bp.route("/kirim/<uuid:upload_id>", methods=["PATCH"], provide_automatic_options=False)
@requires(Permission.FILE_SEND)
def send_piece(upload_id: uuid.UUID) -> Response:
    """Take a piece; what came of one that broke off is kept as well, see `webapp.connections`."""
    piece = _piece()
    upload = queries.get(db.session(), current_user, upload_id)
    came = services.take_piece(db.session(), upload, piece, actor=current_user, at=db.utcnow(), desk=desk())
    return Response(status=204, headers={"Upload-Offset": str(came), **_expiry(upload)})


def _piece() -> Piece:
    """What this request brings. Raises `NotAPiece`, `HeaderUnusable`, `ChecksumUnknown`."""
    if request.mimetype != PIECE:
        raise NotAPiece
    offset = read_number(request.headers, "Upload-Offset")
    return Piece(request.stream, offset, request.content_length or 0, read_checksum(request.headers))


@bp.route("/kirim/<uuid:upload_id>", methods=["DELETE"], provide_automatic_options=False)
@requires(Permission.FILE_SEND)
def cancel_upload(upload_id: uuid.UUID) -> Response:
    """Forget an upload that is still on its way."""
    upload = queries.get(db.session(), current_user, upload_id)
    services.cancel(db.session(), upload, actor=current_user, parts=desk().parts)
    return Response(status=204)


def _expiry(upload: Upload) -> dict[str, str]:
    return {} if upload.arrived_at else {"Upload-Expires": http_date(upload.expires_at)}


@bp.before_request
def _speaks_our_version() -> None:
    """Raises `NotSignedIn`, `VersionUnknown`. The list of uploads (GET) is plain HTTP; OPTIONS asks for the version."""
    if not _is_wire() or request.method == "OPTIONS":
        return
    if not current_user.is_authenticated:
        raise NotSignedIn
    if request.method != "GET" and request.headers.get("Tus-Resumable") != VERSION:
        raise VersionUnknown


@bp.after_app_request
def _say_version(answer: Response) -> Response:
    """On every answer of the wire, refusals and unknown addresses included."""
    if _is_wire():
        answer.headers["Tus-Resumable"] = VERSION
        answer.headers["Cache-Control"] = "no-store"
        if answer.status_code == 412:
            answer.headers["Tus-Version"] = VERSION
    return answer


def _is_wire() -> bool:
    return request.path == PATH or request.path.startswith(PATH + "/")


@bp.record_once
def _listen(state: BlueprintSetupState) -> None:
    """Let proxies that know only GET and POST through, and tell the web server whose cut requests are worth keeping."""
    app = cast(Flask, state.app)
    app.config["KEPT_WHEN_CUT"] = PATH + "/"
    app.wsgi_app = _overridden(app.wsgi_app)  # type: ignore[method-assign, assignment]
    app.extensions.setdefault("petabukti_may_import", lambda *_: False)
    app.extensions.setdefault("petabukti_visits", None)


def _overridden(app: WSGIApplication) -> WSGIApplication:
    """tus: `X-HTTP-Method-Override` is the method, whatever the request line says. Before anything looks at either."""

    def asked(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        wanted = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        path = environ.get("PATH_INFO", "")
        if wanted in METHODS and (path == PATH or path.startswith(PATH + "/")):
            environ = environ | {"REQUEST_METHOD": wanted}
        return app(environ, start)

    return asked
