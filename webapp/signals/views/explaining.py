"""Marking a signal as explained, at the desk."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, requires
from webapp.errors import NotFound
from webapp.evidence import queries as evidence_queries
from webapp.signals import services
from webapp.signals.forms import ExplainForm
from webapp.signals.models import Finding
from webapp.signals.views.blueprint import bp


@bp.post("/verifikasi/<int:evidence_id>/sinyal/<int:finding_id>/jelaskan")
@requires(Permission.DESK_REVIEW)
def explain(evidence_id: int, finding_id: int) -> Answer:
    session = db.session()
    case = evidence_queries.visible(session, current_user, evidence_id)
    finding = session.get(Finding, finding_id)
    if finding is None or finding.evidence_id != case.id:
        raise NotFound
    form = ExplainForm()
    lifted = request.form.get("lifted") == "1"
    reason = (form.reason.data or "") if form.validate_on_submit() else ""
    services.explain(session, finding_id, actor=current_user, at=db.utcnow(), reason=reason, lifted=lifted)
    flash(_("Penjelasan ditarik kembali.") if lifted else _("Sinyal ditandai sudah dijelaskan."), "good")
    return redirect(url_for("verification.desk", evidence_id=evidence_id) + "#sinyal", 303)
