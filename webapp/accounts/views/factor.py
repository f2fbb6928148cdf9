"""The own second factor: set up, replaced, turned off; and taken from somebody who has lost the phone."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Response, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, requires, signed_in
from webapp.accounts import door, qr, queries, services, totp
from webapp.accounts.errors import TooManyAttempts, WrongCode
from webapp.accounts.forms import CodeForm, blame
from webapp.accounts.rules import needs_second_factor
from webapp.accounts.stepup import fresh_proof
from webapp.accounts.views.blueprint import bp, form_page
from webapp.errors import Problem

_PENDING = "pending_factor"  # in the cookie, sealed: a secret that another browser has seen is never offered here


@bp.get("/akun/faktor-kedua")
@signed_in
def factor() -> str:
    person = door.person()
    return render_template(
        "accounts/factor.html",
        factor=person.second_factor,
        left=queries.recovery_codes_left(db.session(), person),
        needed=needs_second_factor(grant.role for grant in person.grants),
        zone=door.zone(),
    )


@bp.route("/akun/faktor-kedua/pasang", methods=["GET", "POST"])
@signed_in
@fresh_proof
def set_up_factor() -> Answer:
    """The codes are in the answer itself. No redirect: they would have to be kept somewhere in between."""
    form, secret = CodeForm(), _pending_secret()
    if not form.validate_on_submit():
        return _set_up_page(form, secret)
    moment, person = door.moment(), door.person()
    try:
        codes = services.set_up_factor(
            db.session(), person, secret, form.code.data, vault=door.vault(), moment=moment
        )  # fmt: skip
    except (WrongCode, TooManyAttempts) as why:
        db.keep_despite_refusal()
        blame(form, why)
        return _set_up_page(form, secret, why)
    session.pop(_PENDING, None)
    door.renew(moment.at, second_factor=True)
    return _codes_page(codes)


def _set_up_page(form: CodeForm, secret: str, why: Problem | None = None) -> Response:
    picture = qr.drawn(totp.address_for_app(secret, door.person().username))
    return form_page("accounts/factor_set_up.html", form, why, qr=picture, secret=totp.in_groups(secret))


def _pending_secret() -> str:
    """The secret this browser has been offered and not yet confirmed: the same one when the page is loaded again."""
    owner = f"pending {current_user.id}"
    if _PENDING in session:
        return door.vault().open(urlsafe_b64decode(session[_PENDING]), owner)
    secret = totp.new_secret()
    session[_PENDING] = urlsafe_b64encode(door.vault().seal(secret, owner)).decode()
    return secret


def _codes_page(codes: list[str]) -> Response:
    onward = door.local_path(request.args.get("next"), url_for(".factor"))
    return Response(render_template("accounts/factor_codes.html", codes=codes, onward=onward))


@bp.post("/akun/faktor-kedua/kode-pemulihan")
@signed_in
@fresh_proof
def renew_recovery_codes() -> Response:
    return _codes_page(services.renew_recovery_codes(db.session(), door.person(), moment=door.moment()))


@bp.post("/akun/faktor-kedua/matikan")
@signed_in
@fresh_proof
def turn_off_factor() -> Answer:
    services.turn_off_factor(db.session(), door.person(), moment=door.moment())
    flash(_("Faktor kedua dimatikan. Sesi lain sudah berakhir."), "good")
    return redirect(url_for(".factor"), 303)


@bp.post("/akun/orang/<int:account_id>/faktor-kedua")
@requires(Permission.PEOPLE_MANAGE)
@fresh_proof
def reset_factor(account_id: int) -> Answer:
    account = queries.get(db.session(), current_user, account_id)
    services.reset_factor(
        db.session(), account, actor=current_user, at=db.utcnow(), on=door.today()
    )  # fmt: skip
    flash(_("Faktor kedua %(name)s dihapus; semua sesinya berakhir.", name=account.name), "good")
    return redirect(url_for(".person", account_id=account.id), 303)
