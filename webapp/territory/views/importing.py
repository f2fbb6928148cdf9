"""Boundaries through the web: a file and where it comes from, a rehearsal, then the confirmation."""

import contextlib

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import NATION, Permission, areas, requires
from webapp.errors import Problem, for_script
from webapp.formatting import angka
from webapp.forms.parts import refused
from webapp.territory import services
from webapp.territory.errors import ImportRefused
from webapp.territory.forms import BoundaryForm
from webapp.territory.services.uploading import MOST_BYTES
from webapp.territory.views.blueprint import bp

_SHOWN = 40  # refused rows on a page; the rest are counted


@bp.get("/impor")
@requires(Permission.TERRITORY_MANAGE)
def import_form() -> str:
    form = BoundaryForm()
    form.code_column.data, form.name_column.data = "code", "name"
    return _form_page(form)


@bp.post("/impor")
@requires(Permission.TERRITORY_MANAGE)
def send_boundaries() -> Answer:
    form = BoundaryForm()
    name, data = _received()
    if not form.validate():
        return refused(form, _form_page(form))
    try:
        services.keep_draft(db.session(), data, name, form.upload(), actor=current_user, at=db.utcnow())
    except Problem as why:
        return _refused(form, why)
    return redirect(url_for(".rehearsal"), 303)


@bp.get("/impor/periksa")
@requires(Permission.TERRITORY_MANAGE)
def rehearsal() -> str:
    """What the file would change; nothing has changed yet."""
    now = db.utcnow()
    draft = services.draft_of(db.session(), current_user, now)
    report = services.rehearse(db.session(), draft, actor=current_user, at=now)
    return render_template("territory/rehearsal.html", draft=draft, report=report, shown=report.refused[:_SHOWN])


@bp.post("/impor/periksa")
@requires(Permission.TERRITORY_MANAGE)
def confirm_import() -> Answer:
    now = db.utcnow()
    draft = services.draft_of(db.session(), current_user, now)
    skip = request.form.get("skip_refused") == "y"
    report = services.confirm(db.session(), draft, skip_refused=skip, actor=current_user, at=now)
    if report.refused and not skip:
        raise ImportRefused
    added, changed = angka(len(report.added)), angka(len(report.changed))
    flash(_("Batas diimpor: %(added)s baru, %(changed)s berubah.", added=added, changed=changed), "good")
    return redirect(url_for(".listing"), 303)


@bp.post("/impor/batal")
@requires(Permission.TERRITORY_MANAGE)
def discard_import() -> Answer:
    services.discard_draft(db.session(), current_user)
    flash(_("Berkas dibuang; tidak ada yang diubah."), "info")
    return redirect(url_for(".import_form"), 303)


def _received() -> tuple[str, bytes]:
    """Name and bytes of the file, at most one more than is allowed; its place on the disk is given back at once."""
    file = request.files.get("berkas")
    if file is None:
        return "", b""
    with contextlib.closing(file):
        return file.filename or "", file.stream.read(MOST_BYTES + 1)


def _refused(form: BoundaryForm, why: Problem) -> Answer:
    """The form again with what is wrong with the file, so that nothing that was typed is lost."""
    if for_script():
        raise why
    page = _form_page(form, why)
    return Response(page, why.status, {"X-Problem-Code": why.code}, mimetype="text/html")


def _form_page(form: BoundaryForm, why: Problem | None = None) -> str:
    mine = areas(current_user, Permission.TERRITORY_MANAGE)
    lines = list(getattr(why, "lines", ()))
    return render_template(
        "territory/import.html", form=form, refused=why, lines=lines[:_SHOWN], more=len(lines[_SHOWN:]),
        mine=() if NATION in mine else mine,
    )  # fmt: skip
