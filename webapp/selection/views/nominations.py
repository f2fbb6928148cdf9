"""Nominations: sent by the kabupaten, read by the province."""

from typing import cast

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, requires
from webapp.accounts.stepup import fresh_proof
from webapp.scoring import services as scoring
from webapp.selection import queries, services
from webapp.selection.forms import LimitForm, NominationForm
from webapp.selection.views.blueprint import bp, period_of
from webapp.selection.views.lists import page


@bp.post("/<int:period_id>/calon")
@requires(Permission.NOMINATE)
@fresh_proof
def nominate(period_id: int) -> Response:
    session, period, form = db.session(), period_of(period_id), NominationForm()
    form.offer(period.participants, queries.targets(session, period))
    if not form.validate():
        return Response(page(period, nomination_form=form), 422, mimetype="text/html")
    made = services.nominate(
        session, period, form.unit.data, form.target_id.data, actor=current_user, at=db.utcnow(),
        reason=form.reason.data or "",
    )  # fmt: skip
    flash(_("Calon dikirim ke provinsi beserta berkasnya."), "good")
    return redirect(url_for(".nomination", nomination_id=made.id), 303)


@bp.post("/<int:period_id>/jatah-calon")
@requires(Permission.PERIOD_MANAGE)
def allow_nominees(period_id: int) -> Response:
    period, form = period_of(period_id), LimitForm()
    if not form.validate():
        return Response(page(period, limit_form=form), 422, mimetype="text/html")
    services.allow_nominees(db.session(), period, cast(int, form.most.data), actor=current_user, at=db.utcnow())
    flash(_("Jatah calon disimpan."), "good")
    return redirect(url_for(".show", period_id=period_id, _anchor="calon"), 303)


@bp.get("/calon/<int:nomination_id>")
@requires(Permission.PERIOD_READ)
def nomination(nomination_id: int) -> str:
    """The dossier as it was sent: what was verified and with which hashes, none of the assessors' values."""
    made = queries.nomination(db.session(), current_user, nomination_id)
    return render_template(
        "selection/nomination.html", made=made, dossier=made.dossier, intact=scoring.digest(made.dossier) == made.sha256
    )
