"""Where one is signed in, and an end to it."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp import db
from webapp.access import signed_in
from webapp.accounts import door, queries, services
from webapp.accounts.views.blueprint import bp


@bp.get("/akun/sesi")
@signed_in
def sessions() -> str:
    found = queries.open_sessions(db.session(), door.person().id, db.utcnow(), door.limits())
    return render_template("accounts/sessions.html", sessions=found, this=door.current(), zone=door.zone())


@bp.post("/akun/sesi/<int:session_id>/akhiri")
@signed_in
def end_session(session_id: int) -> Response:
    services.end_own_session(db.session(), door.person(), session_id, address=door.address(), at=db.utcnow())
    return _done(_("Sesi itu berakhir."))


@bp.post("/akun/sesi/lain/akhiri")
@signed_in
def end_other_sessions() -> Response:
    services.end_other_sessions(db.session(), door.person(), but=door.current(), address=door.address(), at=db.utcnow())
    return _done(_("Semua sesi lain berakhir."))


def _done(sentence: str) -> Response:
    flash(sentence, "good")
    return redirect(url_for(".sessions"), 303)
