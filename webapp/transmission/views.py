"""The page of the outbox: what waits, what arrived when, and why not yet."""

from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, allows, requires
from webapp.formatting import angka
from webapp.transmission import queries, services
from webapp.transmission.errors import NoCentre
from webapp.transmission.rules import OUTCOME_LABELS, STATE_LABELS, State, delay

bp = Blueprint("transmission", __name__, url_prefix="/laporan/pengiriman")


@bp.get("/")
@requires(Permission.REPORT_READ)
def outbox() -> str:
    session, at, settings = db.session(), db.utcnow(), current_app.extensions["petabukti_settings"]
    page = max(request.args.get("hal", 1, type=int), 1)
    found = queries.outbox(session, current_user, page)
    promise = timedelta(minutes=settings.centre_minutes)
    counts = queries.counts(session, current_user)
    return render_template(
        "transmission/outbox.html",
        rows=[(one, delay(one.queued_at, one.received_at, at, promise)) for one in found[: queries.PER_PAGE]],
        tally=[(words, angka(counts.get(state, 0))) for state, words in STATE_LABELS.items()],
        states=STATE_LABELS,
        outcomes=OUTCOME_LABELS,
        connected=bool(settings.centre_url),
        promise=settings.centre_minutes,
        managed={one.region_code for one in found if allows(current_user, Permission.REPORT_MANAGE, one.region_code)},
        page=page,
        more=len(found) > queries.PER_PAGE,
        received=State.RECEIVED,
    )


@bp.post("/<int:revision_id>/sekarang")
@requires(Permission.REPORT_MANAGE)
def send_now(revision_id: int) -> Response:
    session, settings = db.session(), current_app.extensions["petabukti_settings"]
    row = queries.get(session, current_user, revision_id)
    if not settings.centre_url:
        raise NoCentre
    services.send_now(session, row, actor=current_user, at=db.utcnow())
    flash(_("Dicoba lagi dalam satu menit."), "good")
    return redirect(url_for(".outbox"), 303)
