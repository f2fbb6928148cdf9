"""The page of the declaration, for who judges; and what all declared, for who oversees the period."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, requires
from webapp.accounts.door import local_path
from webapp.conflict import queries, services
from webapp.conflict.errors import WithdrawalReasonMissing
from webapp.conflict.forms import LONGEST_REMARK, DeclarationForm, WithdrawForm
from webapp.conflict.rules import STATEMENT_VERSION, STATEMENTS, TIE_LABELS
from webapp.errors import NotAllowed, Problem
from webapp.programme.models import Period

bp = Blueprint("conflict", __name__, url_prefix="/konflik")
bp.add_app_template_filter(lambda kind: str(TIE_LABELS[kind]), "hubungan")


@bp.app_template_global("belum_menyatakan")
def undeclared(period_id: int) -> str | None:
    """Where the reader makes the declaration for the period, and comes back from; None when it is made already."""
    if queries.has_declared(db.session(), current_user.id, period_id):
        return None
    return url_for("conflict.declaration", period_id=period_id, next=request.full_path.rstrip("?"))


@bp.app_template_global("halaman_konflik")
def declares_in(period: Period) -> str | None:
    """The page of declarations, for whoever has a use for it."""
    if queries.may_declare(current_user, period) or queries.may_oversee(current_user, period):
        return url_for("conflict.declaration", period_id=period.id)
    return None


@bp.get("/<int:period_id>")
@requires(Permission.PERIOD_READ)
def declaration(period_id: int) -> str:
    return _page(_period(period_id), DeclarationForm(formdata=None, next=request.args.get("next", "")))


@bp.post("/<int:period_id>")
@requires(Permission.PERIOD_READ)
def declare(period_id: int) -> Answer:
    session, period, form = db.session(), _period(period_id), DeclarationForm()
    if not queries.may_declare(current_user, period):
        raise NotAllowed
    if not form.validate():
        return _refused(period, form, "field_required")
    try:
        ties = form.ties(one.region for one in period.participants)
    except Problem as why:
        return _refused(period, form, why.code, why)
    services.declare(session, period, ties, actor=current_user, at=db.utcnow())
    flash(_("Pernyataan Anda tersimpan."), "good")
    return redirect(local_path(form.next.data, url_for(".declaration", period_id=period.id)), 303)


@bp.post("/<int:period_id>/<int:tie_id>/cabut")
@requires(Permission.PERIOD_READ)
def withdraw(period_id: int, tie_id: int) -> Answer:
    session, form = db.session(), WithdrawForm()
    tie = queries.own_tie(session, current_user, period_id, tie_id)
    reason = form.because.data or "" if form.validate() else ""
    try:
        services.withdraw(session, tie, reason, actor=current_user, at=db.utcnow())
    except WithdrawalReasonMissing as why:
        return _refused(_period(period_id), DeclarationForm(formdata=None), why.code, why)
    flash(_("Pernyataan itu dicabut; riwayatnya tetap tersimpan."), "good")
    return redirect(url_for(".declaration", period_id=period_id), 303)


def _period(period_id: int) -> Period:
    return queries.period(db.session(), current_user, period_id)


def _refused(period: Period, form: DeclarationForm, code: str, problem: Problem | None = None) -> Answer:
    page = _page(period, form, problem)
    return Response(page, 422, {"X-Problem-Code": code}, mimetype="text/html")


def _page(period: Period, form: DeclarationForm, problem: Problem | None = None) -> str:
    session = db.session()
    declares, oversees = queries.may_declare(current_user, period), queries.may_oversee(current_user, period)
    own = queries.declaration(session, current_user.id, period.id) if declares else None
    today = queries.day_there(db.utcnow(), period.region_code)
    return render_template(
        "conflict/declaration.html",
        period=period,
        form=form,
        own=own,
        declares=declares,
        by_posts=queries.derived_units(session, current_user.id, today) if declares else {},
        everybody=queries.declarations(session, period) if oversees else None,
        statement=STATEMENTS[own.statement_version if own else STATEMENT_VERSION],
        kinds=TIE_LABELS,
        longest=LONGEST_REMARK,
        problem=problem,
        sent=request.form,
    )
