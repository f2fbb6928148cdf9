"""Pages of the register: all that binds here, one entry, and the forms of who keeps it."""

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, allows, areas, requires
from webapp.conflict.queries import day_there
from webapp.errors import NotAllowed, NotFound, Problem
from webapp.evidence import queries as evidence_queries
from webapp.forms import BaseForm
from webapp.register import queries, services
from webapp.register.forms import RegulationForm, RevokeForm
from webapp.register.models import Regulation
from webapp.register.rules import FORCE_LABELS, FORCE_LOOKS, KIND_LABELS

bp = Blueprint("register", __name__, url_prefix="/regulasi")
WORDS = {"kinds": KIND_LABELS, "forces": FORCE_LABELS, "looks": FORCE_LOOKS}


@bp.app_template_filter("keberlakuan")
def force_words(one: str) -> str:
    """The words of a `Force`."""
    return str(FORCE_LABELS[one])  # type: ignore[index]


@bp.get("/")
@requires(Permission.REGION_READ)
def listing() -> str:
    entries = queries.listing(db.session(), current_user)
    return render_template(
        "register/listing.html",
        entries=[(one, one.force_on(_today(one.region_code))) for one in entries],
        keeps=bool(areas(current_user, Permission.REGULATION_MANAGE)),
        **WORDS,
    )


@bp.route("/baru", methods=["GET", "POST"])
@requires(Permission.REGULATION_MANAGE)
def new() -> Answer:
    session, form = db.session(), RegulationForm()
    form.offer(queries.managed_regions(session, current_user))
    refused: Problem | None = None
    if request.method == "POST" and form.validate():
        try:
            made = services.register(session, form.fields(), actor=current_user, at=db.utcnow())
        except Problem as why:
            refused = why
        else:
            flash(_("Regulasi terdaftar."), "good")
            return redirect(url_for(".show", regulation_id=made.id), 303)
    return _answer(render_template("register/new.html", form=form, problem=refused), form, refused)


@bp.get("/<int:regulation_id>")
@requires(Permission.REGION_READ)
def show(regulation_id: int) -> str:
    return _page(_entry(regulation_id))


@bp.post("/<int:regulation_id>/ubah")
@requires(Permission.REGULATION_MANAGE)
def correct(regulation_id: int) -> Answer:
    session, one, form = db.session(), _kept(regulation_id), RegulationForm()
    form.offer(queries.managed_regions(session, current_user))
    if not form.validate():
        return _answer(_page(one, form=form), form)
    try:
        services.correct(session, one, form.fields(), actor=current_user, at=db.utcnow())
    except Problem as why:
        return _answer(_page(one, form=form, problem=why), form, why)
    return _back(one, _("Catatan regulasi diperbaiki; yang lama tetap dalam jejak."))


@bp.post("/<int:regulation_id>/cabut")
@requires(Permission.REGULATION_MANAGE)
def revoke(regulation_id: int) -> Answer:
    session, one, form = db.session(), _kept(regulation_id), RevokeForm()
    form.offer(queries.revokers_of(session, one))
    if not form.validate():
        return _answer(_page(one, revoking=form), form)
    try:
        services.revoke(
            session, one, form.revoked_on.data, form.because.data or "", actor=current_user, at=db.utcnow(),
            revoked_by=int(form.revoked_by.data) if form.revoked_by.data else None,
        )  # fmt: skip
    except Problem as why:
        return _answer(_page(one, revoking=form, problem=why), form, why)
    return _back(one, _("Pencabutan tercatat."))


def _today(region_code: str) -> date:
    return day_there(db.utcnow(), region_code)


def _entry(regulation_id: int) -> Regulation:
    return queries.get(db.session(), current_user, regulation_id)


def _kept(regulation_id: int) -> Regulation:
    """The entry, for who keeps that register. Raises `NotFound`, `NotAllowed` for who may only read it."""
    one = _entry(regulation_id)
    if not allows(current_user, Permission.REGULATION_MANAGE, one.region_code):
        raise NotAllowed
    return one


def _back(one: Regulation, said: str) -> Answer:
    flash(said, "good")
    return redirect(url_for(".show", regulation_id=one.id), 303)


def _answer(page: str, form: BaseForm, problem: Problem | None = None) -> Answer:
    if problem is not None:
        return Response(page, problem.status, {"X-Problem-Code": problem.code}, mimetype="text/html")
    problems = form.problems()
    if not problems:
        return Response(page, 200, mimetype="text/html")
    return Response(page, 422, {"X-Problem-Code": problems[0].code}, mimetype="text/html")


def _page(
    one: Regulation, *, form: RegulationForm | None = None, revoking: RevokeForm | None = None,
    problem: Problem | None = None,
) -> str:  # fmt: skip
    session = db.session()
    keeps = allows(current_user, Permission.REGULATION_MANAGE, one.region_code) and one.revoked_on is None
    if keeps and form is None:
        form = RegulationForm(formdata=None)
        form.offer(queries.managed_regions(session, current_user))
        form.show(one)
    if keeps and revoking is None:
        revoking = RevokeForm(formdata=None)
        revoking.offer(queries.revokers_of(session, one))
    return render_template(
        "register/show.html",
        one=one,
        force=one.force_on(_today(one.region_code)),
        keeps=keeps,
        form=form,
        revoking=revoking,
        problem=problem,
        sees_case=_sees(one.evidence_id),
        **WORDS,
    )


def _sees(evidence_id: int | None) -> bool:
    """Whether the reader may open the case that holds the text."""
    if evidence_id is None:
        return False
    try:
        evidence_queries.visible(db.session(), current_user, evidence_id)
    except NotFound:
        return False
    return True
