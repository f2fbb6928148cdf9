"""The front door: home page by role, choice of language, health."""

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import text
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, holds, public, signed_in
from webapp.accounts import services
from webapp.accounts.door import local_path, person
from webapp.formatting import angka
from webapp.i18n import LOCALES
from webapp.insight import queries as insight
from webapp.minutes import queries as minutes

bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in
def front() -> str:
    counts = insight.cards(db.session(), current_user)
    return render_template("home/front.html", grants=current_user.grants, cards=[*_cards(counts), *_signatures()])


def _cards(counts: insight.Cards) -> list[dict[str, Any]]:
    """What waits for this person, as tiles; each leads to the very list it counts."""
    tasks: tuple[tuple[int | None, str, str, dict[str, Any], str], ...] = (
        (counts.drafts, _("Draf"), "evidence.listing", {"keadaan": "draft"}, "neutral"),
        (counts.returned, _("Perlu perbaikan"), "evidence.listing", {"keadaan": "returned"}, "warn"),
        (counts.queue, _("Menunggu di meja"), "verification.queue", {}, "info"),
        (counts.awaiting_field, _("Menunggu cek lapangan"), "verification.field", {}, "wait"),
    )
    tiles = [
        {"label": label, "value": angka(value), "href": url_for(endpoint, **query), "tone": tone}
        for value, label, endpoint, query, tone in tasks
        if value is not None
    ]
    if counts.figures is not None:
        shown = (counts.figures.claimed, _("Diklaim"), "info"), (counts.figures.verified, _("Terverifikasi"), "good")
        chart = url_for("insight.nation")
        tiles += [{"label": label, "value": angka(value), "href": chart, "tone": tone} for value, label, tone in shown]
    return tiles


def _signatures() -> list[dict[str, Any]]:
    """Minutes that want this person's signature, where there are any."""
    if not holds(current_user, Permission.MINUTES_SIGN):
        return []
    waiting = len(minutes.awaiting(db.session(), current_user))
    tile = {"value": angka(waiting), "href": url_for("record.listing", _anchor="menunggu"), "tone": "wait"}
    return [{"label": _("Menunggu tanda tangan Anda"), **tile}] if waiting else []


@bp.post("/bahasa")
@public
def language() -> Answer:
    chosen = request.form.get("locale", "")
    if chosen in LOCALES:
        session["locale"] = chosen
        if current_user.is_authenticated:
            services.choose_language(db.session(), person(), chosen, at=db.utcnow())
    return redirect(local_path(request.form.get("next"), url_for("home.front")), 303)


@bp.get("/sehat")
@public
def health() -> Response:
    db.session().execute(text("SELECT 1"))
    return jsonify(status="ok")
