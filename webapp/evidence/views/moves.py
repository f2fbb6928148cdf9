"""The moves of the unit itself: send, take back."""

from datetime import timedelta

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, requires
from webapp.evidence import queries, services
from webapp.evidence.errors import NotReady
from webapp.evidence.views.blueprint import bp
from webapp.evidence.views.cases import case_page


@bp.post("/<int:evidence_id>/kirim")
@requires(Permission.EVIDENCE_SUBMIT)
def submit(evidence_id: int) -> Answer | tuple[str, int]:
    case = queries.locked_for_change(db.session(), current_user, evidence_id)
    try:
        services.submit(db.session(), case, actor=current_user, at=db.utcnow(), late_for=late_for())
    except NotReady as why:
        if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
            raise
        flash(str(why.sentence), "bad")
        return case_page(queries.get(db.session(), current_user, evidence_id)), why.status
    flash(_("Bukti dikirim ke meja verifikasi."), "good")
    return redirect(url_for(".show", evidence_id=case.id), 303)


def late_for() -> timedelta:
    """How long after a deadline this installation takes what was captured before it."""
    return timedelta(days=current_app.extensions["petabukti_settings"].late_days)


@bp.post("/<int:evidence_id>/sanggah")
@requires(Permission.EVIDENCE_SUBMIT)
def object_to(evidence_id: int) -> Answer:
    case = queries.locked_for_change(db.session(), current_user, evidence_id)
    reason = request.form.get("reason", "")[:5000]
    services.object_to(db.session(), case, actor=current_user, at=db.utcnow(), reason=reason)
    flash(_("Sanggahan dikirim. Orang lain yang belum pernah memutuskan bukti ini akan menjawabnya."), "good")
    return redirect(url_for(".show", evidence_id=case.id), 303)


@bp.post("/<int:evidence_id>/tarik")
@requires(Permission.EVIDENCE_SUBMIT)
def withdraw(evidence_id: int) -> Answer:
    case = queries.locked_for_change(db.session(), current_user, evidence_id)
    services.withdraw(db.session(), case, actor=current_user, at=db.utcnow(), note=request.form.get("note", "")[:2000])
    flash(_("Bukti ditarik kembali. Riwayatnya tetap tersimpan."), "info")
    return redirect(url_for(".show", evidence_id=case.id), 303)
