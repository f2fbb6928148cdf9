"""Pages of the gate and of what comes of it: the sealed result."""

from collections import Counter

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, allows, requires
from webapp.accounts.stepup import fresh_proof
from webapp.errors import NotAllowed, NotFound
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.scoring import queries, services
from webapp.scoring.errors import GateClosed
from webapp.scoring.views.blueprint import bp, period_of
from webapp.trail import queries as trail


@bp.get("/<int:period_id>/gerbang")
@requires(Permission.PERIOD_READ)
def gate(period_id: int) -> str:
    return _gate_page(period_of(period_id))


def _gate_page(period: Period) -> str:
    """What a final result waits for. For chair, secretariat and auditor: names of cases are not for competitors."""
    session = db.session()
    seen_by = (Permission.FINALISE, Permission.PERIOD_MANAGE, Permission.AUDIT_READ)
    if not any(allows(current_user, permission, period.region_code) for permission in seen_by):
        raise NotAllowed
    known = queries.standings(session, period)
    reads = queries.may_read_scores(current_user, period)
    return render_template(
        "scoring/gate.html",
        period=period,
        known=known,
        tally=Counter(one.state for one in known),
        names={one.region_code: one.region.name for one in period.participants},
        blockers=queries.blockers(session, period, known, db.utcnow()) if period.state == PeriodState.OPEN else [],
        ranking=queries.ranking(period, known) if reads else None,
        may_finalise=allows(current_user, Permission.FINALISE, period.region_code),
        sees_pairs=allows(current_user, Permission.PAIR_MANAGE, period.region_code),
    )


@bp.post("/<int:period_id>/final")
@requires(Permission.FINALISE)
@fresh_proof
def finalise(period_id: int) -> Response:
    period = period_of(period_id)
    try:
        services.finalise(db.session(), period, actor=current_user, at=db.utcnow())
    except GateClosed as closed:
        return Response(_gate_page(period), closed.status, {"X-Problem-Code": closed.code}, mimetype="text/html")
    flash(_("Nilai sudah final dan terkunci."), "good")
    return redirect(url_for(".result", period_id=period_id), 303)


@bp.get("/<int:period_id>/hasil")
@requires(Permission.SCORE_READ)
def result(period_id: int) -> str:
    period = period_of(period_id)
    sealed = queries.latest_result(db.session(), period)
    if sealed is None or not queries.may_read_scores(current_user, period):
        raise NotFound
    intact = services.is_intact(db.session(), sealed)
    head = trail.head_covering(db.session(), "result_snapshot", sealed.id)
    return render_template("scoring/result.html", period=period, sealed=sealed, intact=intact, head=head)
