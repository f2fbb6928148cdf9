"""The front door: home page by role, choice of language, health."""

from flask import Blueprint, Response, jsonify, redirect, render_template, request, session
from flask_login import current_user
from sqlalchemy import text
from werkzeug import Response as Answer

from webapp import db
from webapp.access import public, signed_in
from webapp.i18n import LOCALES

bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in
def front() -> str:
    return render_template("home/front.html", grants=current_user.grants)


@bp.post("/bahasa")
@public
def language() -> Answer:
    chosen = request.form.get("locale", "")
    if chosen in LOCALES:
        session["locale"] = chosen
        if current_user.is_authenticated:
            current_user.locale = chosen
    back = request.form.get("next", "/")
    local = back.startswith("/") and not back.startswith(("//", "/\\"))
    return redirect(back if local else "/", 303)


@bp.get("/sehat")
@public
def health() -> Response:
    db.session().execute(text("SELECT 1"))
    return jsonify(status="ok")
