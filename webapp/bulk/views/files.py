"""Files of an import that come by a plain form, how far they have been opened, and the pictures in them."""

import uuid
from collections.abc import Iterator
from typing import BinaryIO, cast

from flask import Response, current_app, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from media.errors import NotStored
from media.store import Store
from webapp import db
from webapp.access import Permission, requires
from webapp.bulk import queries, services
from webapp.bulk.errors import NoFilesChosen
from webapp.bulk.services import Brought
from webapp.bulk.views.blueprint import bp
from webapp.bulk.views.pages import progress
from webapp.capture.views.wire import desk, terms
from webapp.errors import NotFound

_FIELDS = ("berkas", "folder")
_YEAR = 31_536_000


@bp.post("/<uuid:import_id>/berkas")
@requires(Permission.EVIDENCE_WRITE)
def send_files(import_id: uuid.UUID) -> Answer:
    """Without a script; with one, files come over the wire (`/rekam/kirim`)."""
    session = db.session()
    found = queries.get(session, current_user, import_id)
    brought = list(_brought())
    if not brought:
        raise NoFilesChosen
    taken = services.bring(session, found, brought, actor=current_user, at=db.utcnow(), terms=terms(), desk=desk())
    flash(_("%(n)d berkas diterima dan sedang dibuka.", n=taken), "good")
    return redirect(url_for(".show", import_id=found.id), 303)


def _brought() -> Iterator[Brought]:
    for name in _FIELDS:
        for file in request.files.getlist(name):
            if file.filename:
                yield Brought(file.filename, cast(BinaryIO, file.stream))


@bp.get("/<uuid:import_id>/keadaan")
@requires(Permission.EVIDENCE_WRITE)
def state(import_id: uuid.UUID) -> Response:
    """How far the files have been opened, for the page that waits."""
    found = queries.get(db.session(), current_user, import_id)
    told = progress(found)
    return jsonify(**told, words=_("%(done)d dari %(total)d", done=told["done"], total=told["total"]))


@bp.get("/<uuid:import_id>/foto/<int:item_id>")
@requires(Permission.EVIDENCE_WRITE)
def picture(import_id: uuid.UUID, item_id: int) -> Response:
    """The small picture of a photo in an own import."""
    found = queries.item(db.session(), current_user, import_id, item_id)
    store: Store = current_app.extensions["petabukti_store"]
    try:
        answer = Response(store.get(str(found.sha256), "small"), mimetype="image/jpeg")
    except NotStored as missing:
        raise NotFound from missing
    answer.headers["Cache-Control"] = f"private, max-age={_YEAR}, immutable"
    return answer
