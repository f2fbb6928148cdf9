"""One photo: what the machine suggests, the boxes a person draws, and the picture that would be public."""

from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from media.errors import NotStored
from media.redact import Redactor
from media.store import Store
from webapp import db
from webapp.access import Permission, requires
from webapp.errors import NotFound, Problem
from webapp.publication import queries, services
from webapp.publication.forms import CoverForm, boxes_in
from webapp.publication.models import Publication, PublicationPhoto
from webapp.publication.queries import Looked
from webapp.publication.rules import FOUND_LABELS, Box, Found, Stand, must_be_covered
from webapp.publication.views.blueprint import answer, bp

EMPTY_LINES = 3  # for who draws without a script
ADDRESS = "/<int:publication_id>/foto/<int:photo_id>"


@bp.route(ADDRESS, methods=["GET", "POST"])
@requires(Permission.PUBLISH_PREPARE)
def cover(publication_id: int, photo_id: int) -> Answer:
    session = db.session()
    one = queries.get(session, current_user, publication_id, photo_id=photo_id)
    photo = queries.chosen(one, photo_id)
    if request.method == "GET":
        return answer(_page(one, photo))
    form = CoverForm()
    if not form.validate():
        return answer(_page(one, photo, form=form), form)
    try:
        boxes = boxes_in(request.form)
        services.cover(
            session, one, photo, boxes, clear=form.clear.data, alt=form.alt.data or "", actor=current_user,
            at=db.utcnow(), store=_store(), redactor=Redactor(),
        )  # fmt: skip
    except Problem as why:
        return answer(_page(one, photo, form=form, problem=why), problem=why)
    flash(_("Foto diperiksa. Di bawah ini gambar yang akan dilihat publik."), "good")
    return redirect(url_for(".cover", publication_id=one.id, photo_id=photo_id, _anchor="hasil"), 303)


@bp.get(f"{ADDRESS}/hasil")
@requires(Permission.PUBLISH_READ)
def outcome(publication_id: int, photo_id: int) -> Response:
    """The picture as the public would see it, for who decides about it."""
    one = queries.get(db.session(), current_user, publication_id, photo_id=photo_id)
    digest = queries.chosen(one, photo_id).redacted_sha256
    if digest is None:
        raise NotFound
    try:
        return Response(_store().get(digest, "redacted"), mimetype="image/jpeg")
    except NotStored as gone:
        raise NotFound from gone


def _store() -> Store:
    store: Store = current_app.extensions["petabukti_store"]
    return store


def _page(
    one: Publication, photo: PublicationPhoto, *, form: CoverForm | None = None, problem: Problem | None = None
) -> str:
    looked = queries.looked(db.session(), photo.photo_id)
    if form is None:
        form = CoverForm(formdata=None)
        form.alt.data, form.clear.data = photo.alt, photo.clear
    lines = _sent() if request.method == "POST" else _lines(photo, looked)
    numbers = [each.photo_id for each in one.photos]
    at = numbers.index(photo.photo_id)
    return render_template(
        "publication/cover.html",
        one=one, photo=photo, form=form, problem=problem, lines=lines, looked=looked, at=at + 1, total=len(numbers),
        prev=numbers[at - 1] if at else None, next=numbers[at + 1] if at + 1 < len(numbers) else None,
        editable=one.stands is Stand.PREPARED, covered=must_be_covered(one.tags, one.evidence.consent),
        found_words=FOUND_LABELS, empty_lines=EMPTY_LINES,
    )  # fmt: skip


def _lines(photo: PublicationPhoto, looked: Looked) -> list[dict[str, Any]]:
    """The boxes that were drawn; before anybody looked, those that are suggested."""
    known = photo.boxes if photo.looked_at is not None else looked.suggestions
    return [_line(each.box) for each in known]


def _line(box: Box) -> dict[str, Any]:
    shares = {side: f"{getattr(box, side) * 100:.2f}".rstrip("0").rstrip(".") for side in "xywh"}
    return {**shares, "found": box.found}


def _sent() -> list[dict[str, Any]]:
    """What was typed, to be put right."""
    columns = [request.form.getlist(name)[:100] for name in ("x", "y", "w", "h", "found")]
    known = {*map(str, Found)}
    return [
        {"x": x, "y": y, "w": w, "h": h, "found": found if found in known else str(Found.HAND)}
        for x, y, w, h, found in zip(*columns, strict=False)
        if w.strip() or h.strip()
    ]
