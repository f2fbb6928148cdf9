"""Posts of a person: given, ended, revoked."""

from datetime import datetime

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, requires
from webapp.accounts import door, queries, services
from webapp.accounts.errors import AlreadyEnded, LastAdministrator
from webapp.accounts.forms import EndForm, PersonForm, PostForm, blame
from webapp.accounts.models import Account
from webapp.accounts.stepup import fresh_proof
from webapp.accounts.views.blueprint import bp
from webapp.accounts.views.people import new_post, person_page
from webapp.errors import Problem


@bp.post("/akun/orang/<int:account_id>/jabatan")
@requires(Permission.PEOPLE_MANAGE)
@fresh_proof
def appoint(account_id: int) -> Response:
    account = queries.get(db.session(), current_user, account_id)
    form = PostForm()
    if not form.validate_on_submit():
        return person_page(account, post_form=form)
    at = db.utcnow()
    try:
        services.appoint(db.session(), account, new_post(form), actor=current_user, at=at)
    except Problem as why:
        blame(form, why)
        return person_page(account, post_form=form, why=why)
    return _done(account, at, _("Jabatan ditetapkan; sesi %(name)s berakhir agar berlaku.", name=account.name))


@bp.post("/akun/orang/<int:account_id>/jabatan/<int:appointment_id>/akhir")
@requires(Permission.PEOPLE_MANAGE)
@fresh_proof
def end_appointment(account_id: int, appointment_id: int) -> Response:
    account = queries.get(db.session(), current_user, account_id)
    appointment = queries.post(account, current_user, appointment_id)
    form = EndForm()
    if not form.validate_on_submit():
        return person_page(account, end_form=form)
    at = db.utcnow()
    try:
        services.end_appointment(
            db.session(), appointment, form.ends_on.data, actor=current_user, at=at, on=door.today()
        )
    except Problem as why:
        blame(form, why)
        return person_page(account, end_form=form, why=why)
    return _done(account, at, _("Hari terakhir jabatan ditetapkan."))


@bp.post("/akun/orang/<int:account_id>/jabatan/<int:appointment_id>/cabut")
@requires(Permission.PEOPLE_MANAGE)
@fresh_proof
def revoke_appointment(account_id: int, appointment_id: int) -> Response:
    account = queries.get(db.session(), current_user, account_id)
    appointment = queries.post(account, current_user, appointment_id)
    at = db.utcnow()
    try:
        services.revoke_appointment(db.session(), appointment, actor=current_user, at=at, on=door.today())
    except (LastAdministrator, AlreadyEnded) as why:
        form = PersonForm(formdata=None, obj=account)
        blame(form, why)
        return person_page(account, form, why=why)
    return _done(account, at, _("Jabatan dicabut dan tidak berlaku lagi."))


def _done(account: Account, at: datetime, sentence: str) -> Response:
    """Administrators who change their own posts stay signed in, with their new powers."""
    if account.id == current_user.id:
        door.carry_on(at)
    flash(sentence, "good")
    return redirect(url_for(".person", account_id=account.id), 303)
