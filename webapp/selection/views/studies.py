"""Studies abroad: progress by topic, what was built at home after it, and all of it as a file."""

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import audit, db
from webapp.access import Permission, allows, requires
from webapp.errors import NotFound
from webapp.selection import packing, queries, services
from webapp.selection.forms import InspirationForm, named_cases
from webapp.selection.views.blueprint import bp, period_of


@bp.get("/<int:period_id>/studi")
@requires(Permission.PERIOD_READ)
def studies(period_id: int) -> str:
    """Each awarded unit's topics; the own unit's alone for a camat. Raises `NotFound` where there is none to see."""
    session, period = db.session(), period_of(period_id)
    lines = queries.studies(session, current_user, period)
    if not lines:
        raise NotFound
    own = [line.study.region_code for line in lines if line.own]
    abroad = [case for line in lines if line.own for topic in line.topics for case in topic.cases]
    return render_template(
        "selection/studies.html",
        period=period,
        lines=lines,
        pairs=queries.pairs(session, current_user, period),
        homes=named_cases(queries.homes(session, current_user, own)) if own else [],
        abroad=named_cases(abroad),
        maps=allows(current_user, Permission.MAP_READ, period.region_code),
    )


@bp.get("/<int:period_id>/studi.zip")
@requires(Permission.PERIOD_READ)
def export(period_id: int) -> Response:
    """Table, layer and photos of the studies this person sees. The line about it is written before a byte leaves."""
    session, period, at = db.session(), period_of(period_id), db.utcnow()
    if not queries.studies(session, current_user, period):
        raise NotFound
    parcel = packing.gather(queries.exported(session, current_user, period), at=at)
    audit.record(
        session, "study.export", at=at, actor_id=current_user.id, on=("period", period.id),
        region_code=_reach(period.region_code), address=request.remote_addr, files=len(parcel.photos),
    )  # fmt: skip
    answer = Response(packing.zipped(parcel, current_app.extensions["petabukti_store"]), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="studi-{period.id}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _reach(region_code: str) -> str:
    """Where the line about it stands: in the period's region, or in the own unit of who serves below it."""
    if allows(current_user, Permission.PERIOD_READ, region_code):
        return region_code
    return next(iter(sorted(grant.region_code for grant in current_user.grants)), region_code)


@bp.post("/<int:period_id>/ilham")
@requires(Permission.EVIDENCE_WRITE)
def inspire(period_id: int) -> Answer:
    """Say what a case at home was inspired by, or take it back."""
    home, abroad = InspirationForm().chosen()
    period_of(period_id)
    services.inspire(db.session(), home, abroad, actor=current_user, at=db.utcnow())
    flash(_("Pasangan disimpan.") if abroad else _("Pasangan dihapus."), "good")
    return redirect(url_for(".studies", period_id=period_id, _anchor="banding"), 303)
