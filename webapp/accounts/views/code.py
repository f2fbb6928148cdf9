"""After the password: the code of the phone, a recovery code instead of it, and the same proof once more later."""

from flask import Response, flash, redirect, request, url_for
from flask_babel import ngettext
from werkzeug import Response as Answer

from webapp import db
from webapp.access import signed_in
from webapp.accounts import door, gate, services, stepup
from webapp.accounts.errors import TooManyAttempts, WrongCode, WrongPassword
from webapp.accounts.forms import CodeForm, RecoveryForm, blame
from webapp.accounts.rules import Lacks
from webapp.accounts.views.blueprint import bp, form_page
from webapp.errors import Problem
from webapp.forms import BaseForm


@bp.route("/masuk/kode", methods=["GET", "POST"])
@signed_in
def code() -> Answer:
    form = CodeForm()
    if gate.lacks() is not Lacks.CODE:
        return redirect(_onward(), 303)
    if not form.validate_on_submit():
        return code_page("accounts/factor_code.html", form)
    moment = door.moment()
    try:
        services.give_code(db.session(), door.person(), form.code.data, vault=door.vault(), moment=moment)
    except (WrongCode, TooManyAttempts) as why:
        return refused("accounts/factor_code.html", form, why)
    door.renew(moment.at, second_factor=True)
    return redirect(_onward(), 303)


@bp.route("/masuk/pemulihan", methods=["GET", "POST"])
@signed_in
def recovery() -> Answer:
    form = RecoveryForm()
    if gate.lacks() is not Lacks.CODE:
        return redirect(_onward(), 303)
    if not form.validate_on_submit():
        return code_page("accounts/factor_recovery.html", form)
    moment = door.moment()
    try:
        left = services.use_recovery_code(db.session(), door.person(), form.code.data, moment=moment)
    except (WrongCode, TooManyAttempts) as why:
        return refused("accounts/factor_recovery.html", form, why)
    door.renew(moment.at, second_factor=True)
    flash(_left(left), "warn" if left < 4 else "info")
    return redirect(url_for(".factor"), 303)


def _left(left: int) -> str:
    sentence: str = ngettext(
        "Kode pemulihan itu sudah terpakai. Tersisa %(num)d kode. Ponsel hilang? Pasang di ponsel lain sekarang.",
        "Kode pemulihan itu sudah terpakai. Tersisa %(num)d kode. Ponsel hilang? Pasang di ponsel lain sekarang.",
        left,
    )
    return sentence


@bp.route("/akun/bukti-diri", methods=["GET", "POST"])
@signed_in
def prove() -> Answer:
    form = stepup.proof_form()
    if not form.validate_on_submit():
        return code_page("accounts/prove.html", form)
    try:
        stepup.give_proof(form)
    except (WrongCode, WrongPassword, TooManyAttempts) as why:
        return refused("accounts/prove.html", form, why)
    return redirect(_onward(), 303)


def _onward() -> str:
    return door.local_path(request.args.get("next"), url_for("home.front"))


def code_page(template: str, form: BaseForm, why: Problem | None = None) -> Response:
    return form_page(template, form, why, hint=gate.code_hint(door.person()), onward=request.args.get("next"))


def refused(template: str, form: BaseForm, why: Problem) -> Response:
    """The page again with the reason; the count of it is kept."""
    db.keep_despite_refusal()
    blame(form, why)
    page = code_page(template, form, why)
    if isinstance(why, TooManyAttempts):
        page.headers["Retry-After"] = str(why.seconds)
    return page
