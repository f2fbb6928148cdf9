"""In and out."""

from flask import Response, redirect, request, url_for
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import public, signed_in
from webapp.accounts import door, services
from webapp.accounts.errors import SignInFailed, TooManyAttempts
from webapp.accounts.forms import SignInForm, blame
from webapp.accounts.views.blueprint import bp, form_page


@bp.route("/masuk", methods=["GET", "POST"])
@public
def sign_in() -> Answer:
    """Every failure is answered by one sentence; the line and the count of it are kept although the answer is a 4xx."""
    onward = door.local_path(request.args.get("next"), url_for("home.front"))
    if current_user.is_authenticated:
        return redirect(onward, 303)
    form = SignInForm()
    if not form.validate_on_submit():
        return form_page("accounts/sign_in.html", form)
    at = db.utcnow()
    try:
        account = services.sign_in(db.session(), form.username.data, form.password.data, address=door.address(), at=at)
    except (SignInFailed, TooManyAttempts) as why:
        return _refused(form, why)
    door.enter(account, at)
    return redirect(onward, 303)


def _refused(form: SignInForm, why: SignInFailed | TooManyAttempts) -> Response:
    db.keep_despite_refusal()
    blame(form, why)
    page = form_page("accounts/sign_in.html", form, why)
    if isinstance(why, TooManyAttempts):
        page.headers["Retry-After"] = str(why.seconds)
    return page


@bp.post("/keluar")
@signed_in
def sign_out() -> Answer:
    services.sign_out(db.session(), door.current(), address=door.address(), at=db.utcnow())
    door.leave()
    page = redirect(url_for(".sign_in"), 303)
    page.headers["Clear-Site-Data"] = '"cache"'  # pictures kept for speed must not be shown to the phone's next user
    return page
