"""Lists of uploads: for the phone that asks what became of its photos, and for the person."""

import uuid
from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask_login import current_user

from webapp import db
from webapp.access import Permission, requires
from webapp.capture import queries, services
from webapp.capture.errors import UploadBusy, UploadExpired
from webapp.capture.models import Upload
from webapp.capture.parts import Parts
from webapp.capture.queries import Line
from webapp.capture.rules import Shown
from webapp.capture.views import telling
from webapp.capture.views.blueprint import bp
from webapp.capture.views.wire import desk

_MOST = 100
_PAGE = 25


@bp.route("/kirim", methods=["GET"], provide_automatic_options=False)
@requires(Permission.FILE_SEND)
def uploads() -> Response:
    """What became of the own uploads that are asked for; others, and unknown ones, are left out."""
    asked, session = _asked(), db.session()
    for upload in queries.on_their_way(session, current_user, asked):
        _settle(upload)
    return jsonify(uploads=[_told(line, desk().parts) for line in queries.lines(session, current_user, asked)])


def _asked() -> list[uuid.UUID]:
    """The first hundred numbers of the address; what is no number is nobody's upload."""
    found = []
    for text in request.args.getlist("id")[:_MOST]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _settle(upload: Upload) -> None:
    """Whole, but never judged since the server ended in between: that is done now."""
    try:
        services.finish_if_whole(db.session(), upload, actor=current_user, at=db.utcnow(), desk=desk())
    except UploadBusy:
        return  # its last piece is being written at this moment: still on its way


def _told(line: Line, parts: Parts) -> dict[str, Any]:
    upload, shown = line.upload, line.shown
    expired = shown is None and upload.expires_at <= db.utcnow()
    refused = UploadExpired.code if expired else line.refused_code if shown is Shown.REFUSED else None
    code, case = upload.receipt_code, upload.evidence
    return {
        "id": str(upload.id),
        "offset": upload.byte_size if shown else 0 if expired else _came(upload, parts),
        "byte_size": upload.byte_size,
        "shown": shown,
        "code": refused or shown,
        "message": str(UploadExpired.message) if expired else telling.verdict(shown, refused),
        "sha256": upload.sha256,
        "arrived_at": upload.arrived_at.isoformat() if upload.arrived_at else None,
        "receipt": code,
        "receipt_href": url_for(".receipt", code=code) if code else None,
        "case": str(case.client_id) if case else None,
        "case_href": url_for("evidence.show", evidence_id=case.id) if case else None,
        "photo_id": upload.photo_id,
        "timeliness": line.timeliness,
        "timeliness_label": telling.lateness(line.timeliness),
    }


def _came(upload: Upload, parts: Parts) -> int:
    """Bytes that are here of an upload on its way. All of them would mean that it has been judged."""
    try:
        length = parts.length(upload.id)
    except UploadBusy:
        length = parts.path(upload.id).stat().st_size
    return min(length, upload.byte_size - 1)


@bp.get("/tanda-terima-saya")
@requires(Permission.EVIDENCE_WRITE)
def own_receipts() -> str:
    """The own photos, newest first, each with what became of it and its receipt."""
    number, session, now = max(1, request.args.get("hal", 1, type=int)), db.session(), db.utcnow()
    found, total = queries.page_of_lines(session, current_user, min(number, 10**6) - 1, _PAGE)
    cases = {line.upload.evidence_id for line in found if line.upload.evidence_id is not None}
    return render_template(
        "capture/receipts.html",
        lines=found,
        counts=queries.on_the_way(session, cases, now),
        now=now,
        telling=telling,
        number=number,
        last=max(1, -(-total // _PAGE)),
        total=total,
    )
