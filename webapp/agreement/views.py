"""Pages of agreements: how all stand, one with its decisions, and the forms of who records and who decides."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, allows, areas, requires
from webapp.accounts.stepup import fresh_proof
from webapp.agreement import queries, services
from webapp.agreement.forms import AgreementForm, DecisionForm, SetForm
from webapp.agreement.models import Agreement
from webapp.agreement.rules import BASIS, STANDING_LABELS, STEP_LABELS, TERM_MONTHS, WINDOW_MONTHS, Standing, StepKind
from webapp.errors import NotAllowed, Problem
from webapp.forms import BaseForm
from webapp.programme.queries import kecamatan_below

bp = Blueprint("agreement", __name__, url_prefix="/perjanjian")
LOOKS = {
    Standing.RUNNING: "info", Standing.DUE: "bad", Standing.IMPROVING: "warn", Standing.WINDOW_OVER: "bad",
    Standing.PROPOSED: "bad", Standing.MET: "good", Standing.IMPROVED: "good", Standing.DECIDED: "lock",
}  # fmt: skip
WORDS = {"standings": STANDING_LABELS, "steps": STEP_LABELS, "looks": LOOKS}


# Who holds a post reads their own agreement, whatever else they may: what they see is settled by `visible_to`.
@bp.get("/")
@requires(Permission.REGION_READ)
def listing() -> str:
    session, at = db.session(), db.utcnow()
    return render_template(
        "agreement/listing.html",
        lines=queries.listing(session, current_user, at),
        sets=queries.sets(session, current_user),
        records=bool(areas(current_user, Permission.AGREEMENT_MANAGE)),
        **WORDS,
    )


@bp.route("/kumpulan/baru", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
def new_set() -> Answer:
    session, form = db.session(), SetForm()
    form.offer(queries.managed_regions(session, current_user))
    refused: Problem | None = None
    if request.method == "POST" and form.validate():
        try:
            services.configure(session, form.fields(), actor=current_user, at=db.utcnow())
        except Problem as why:
            refused = why
        else:
            flash(_("Kumpulan perjanjian disimpan."), "good")
            return redirect(url_for(".listing"), 303)
    if request.method == "GET":
        form.term_months.data, form.window_months.data, form.basis.data = TERM_MONTHS, WINDOW_MONTHS, BASIS
    return _answer(render_template("agreement/new_set.html", form=form, problem=refused), form, refused)


@bp.route("/baru", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
def new() -> Answer:
    session, form = db.session(), AgreementForm()
    sets = queries.sets(session, current_user)
    covering = [one.region_code for one in sets if one.covers_camat]
    units = [unit for code in sorted(set(covering)) for unit in kecamatan_below(session, code)]
    form.offer(sets, units)
    refused: Problem | None = None
    if request.method == "POST" and form.validate():
        try:
            of = queries.set_of(session, current_user, int(form.set_id.data))
            made = services.agree(session, of, form.fields(), actor=current_user, at=db.utcnow())
        except Problem as why:
            refused = why
        else:
            flash(_("Perjanjian disimpan; masanya berjalan."), "good")
            return redirect(url_for(".show", agreement_id=made.id), 303)
    return _answer(render_template("agreement/new.html", form=form, problem=refused, sets=sets), form, refused)


@bp.get("/<int:agreement_id>")
@requires(Permission.REGION_READ)
def show(agreement_id: int) -> str:
    return _page(queries.get(db.session(), current_user, agreement_id), None)


@bp.post("/<int:agreement_id>/putusan")
@requires(Permission.AGREEMENT_DECIDE)
@fresh_proof
def decide(agreement_id: int) -> Answer:
    """One step, in the name of whoever is signed in and has just proved to be it."""
    session, form = db.session(), DecisionForm()
    agreement = queries.get(session, current_user, agreement_id)
    if not allows(current_user, Permission.AGREEMENT_DECIDE, agreement.region_code):
        raise NotAllowed
    form.offer(StepKind)
    if not form.validate():
        return _answer(_page(agreement, form), form)
    try:
        services.decide(
            session, agreement, StepKind(form.kind.data), form.reason.data, actor=current_user, at=db.utcnow()
        )
    except Problem as why:
        return _answer(_page(agreement, form, why), form, why)
    flash(_("Keputusan tercatat atas nama Anda."), "good")
    return redirect(url_for(".show", agreement_id=agreement.id), 303)


def _answer(page: str, form: BaseForm, problem: Problem | None = None) -> Answer:
    if problem is not None:
        return Response(page, problem.status, {"X-Problem-Code": problem.code}, mimetype="text/html")
    problems = form.problems()
    if not problems:
        return Response(page, 200, mimetype="text/html")
    return Response(page, 422, {"X-Problem-Code": problems[0].code}, mimetype="text/html")


def _page(agreement: Agreement, form: DecisionForm | None, problem: Problem | None = None) -> str:
    at = db.utcnow()
    may = queries.choices(current_user, agreement, at)
    shown = form or DecisionForm(formdata=None)
    shown.offer(may)
    return render_template(
        "agreement/show.html",
        agreement=agreement,
        now=queries.stands(agreement, at),
        form=shown if may else None,
        problem=problem,
        decides=allows(current_user, Permission.AGREEMENT_DECIDE, agreement.region_code),
        own=agreement.holder_id == current_user.id,
        **WORDS,
    )
