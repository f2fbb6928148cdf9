"""The own profile and the own password."""

from flask import flash, redirect, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import signed_in
from webapp.accounts import door, services
from webapp.accounts.errors import TooManyAttempts, WeakPassword, WrongPassword
from webapp.accounts.forms import LanguageForm, OwnPasswordForm, blame
from webapp.accounts.views.blueprint import bp, form_page


@bp.route("/akun", methods=["GET", "POST"])
@signed_in
def profile() -> Response:
    form = LanguageForm(data={"locale": current_user.locale or ""})
    if form.validate_on_submit():
        services.choose_language(db.session(), current_user, form.locale.data or None, at=db.utcnow())
        session.pop("locale", None)
        return redirect(url_for(".profile"), 303)
    return form_page("accounts/profile.html", form)


@bp.route("/akun/sandi", methods=["GET", "POST"])
@signed_in
def own_password() -> Response:
    form = OwnPasswordForm()
    if not form.validate_on_submit():
        return form_page("accounts/own_password.html", form)
    at = db.utcnow()
    try:
        services.change_own_password(
            db.session(), door.person(), form.present.data, form.new.data, address=door.address(), at=at,
            organisation=door.organisation(),
        )  # fmt: skip
    except (WeakPassword, WrongPassword, TooManyAttempts) as why:
        if isinstance(why, WrongPassword):
            db.keep_despite_refusal()  # the count of it
        blame(form, why)
        return form_page("accounts/own_password.html", form, why)
    door.carry_on(at, proved=True)
    flash(_("Kata sandi diganti. Semua sesi lain sudah berakhir."), "good")
    return redirect(url_for("home.front"), 303)
