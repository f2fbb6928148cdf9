"""The source of a case: what its page says of it, and the form that changes it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, allows, requires
from webapp.evidence import queries as evidence
from webapp.evidence.models import Evidence
from webapp.replication import queries, services
from webapp.replication.errors import GoesRound, NoSource, UnknownRegion, UnknownSource
from webapp.replication.forms import SourceForm

bp = Blueprint("replication", __name__, url_prefix="/bukti")


@bp.app_template_global("asal_tiruan")
def origin(case: Evidence) -> queries.Origin | None:
    """What the case was adapted from, for its page."""
    return queries.origin(db.session(), current_user, case)


@bp.app_template_global("tiruan_dari")
def copies(case: Evidence) -> list[Evidence]:
    """What was adapted from it."""
    return queries.copies(db.session(), current_user, case)


@bp.app_template_global("boleh_sebut_asal")
def may_name(case: Evidence) -> bool:
    """Whether this person may say what it was adapted from."""
    open_case = case.locked_at is None and case.study_assignment_id is None
    return open_case and allows(current_user, Permission.EVIDENCE_WRITE, case.region_code)


@bp.post("/<int:evidence_id>/asal")
@requires(Permission.EVIDENCE_WRITE)
def name_source(evidence_id: int) -> Response:
    """Say what the case was adapted from; an empty form takes it back. What is refused is shown again as typed."""
    session, form = db.session(), SourceForm()
    case = evidence.visible(session, current_user, evidence_id)
    try:
        made = services.name_source(session, evidence_id, form.source(), actor=current_user, at=db.utcnow())
    except (NoSource, UnknownSource, UnknownRegion, GoesRound) as why:
        form.form_errors.append(why.sentence)
        page = render_template("replication/again.html", case=case, form=form)
        return Response(page, why.status, {"X-Problem-Code": why.code}, mimetype="text/html")
    flash(_("Asal inovasi disimpan.") if made else _("Asal inovasi dihapus."), "good")
    return redirect(url_for("evidence.show", evidence_id=evidence_id, _anchor="asal"), 303)
