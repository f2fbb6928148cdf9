"""Plans: their list, a new one, and the page of one with its draw, its routes and its letter."""

from decimal import Decimal

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, allows, areas, requires
from webapp.answers import layer
from webapp.errors import Problem
from webapp.fieldwork import queries, services
from webapp.fieldwork.forms import PlanForm
from webapp.fieldwork.models import FieldPlan
from webapp.fieldwork.queries import cases, papers
from webapp.fieldwork.rules import drawn, seed_of
from webapp.fieldwork.views import maps, showing
from webapp.fieldwork.views.blueprint import bp
from webapp.i18n import chosen_locale
from webapp.territory.queries import assessing_regions, extent
from webapp.verification.queries.partial import day_there

Page = str | tuple[str, int] | Answer
_LENGTH = 5  # of a kabupaten's or kota's code


@bp.get("/rencana")
@requires(Permission.FIELD_PLAN)
def listing() -> str:
    return render_template("fieldwork/listing.html", plans=queries.plans_of(db.session(), current_user))


@bp.route("/rencana/baru", methods=["GET", "POST"])
@requires(Permission.FIELD_PLAN)
def new() -> Page:
    """One page: choosing the region shows who can be sent there, all of them going unless unticked."""
    session, form, at = db.session(), PlanForm(), db.utcnow()
    upper = areas(current_user, Permission.FIELD_PLAN)
    regions = [one for one in assessing_regions(session, upper) if len(one.code) == _LENGTH]
    chosen = request.values.get("region_code") or (regions[0].code if regions else "")
    serving = cases.surveyors(session, chosen, day_there(at, chosen)) if chosen in {r.code for r in regions} else []
    form.offer(regions, serving)
    refused: Problem | None = None
    if request.method == "POST" and form.validate():
        try:
            made = services.make_plan(session, form.fields(), actor=current_user, at=at)
        except Problem as why:
            if why.status != 422:
                raise
            refused = why
        else:
            flash(_("Undian tersimpan dan rencana dibuat: %(n)d kunjungan.", n=len(made.visits)), "good")
            return redirect(url_for(".show", plan_id=made.id), 303)
    if request.method == "GET":
        settings = current_app.extensions["petabukti_settings"]
        form.region_code.data, form.day.data = chosen, day_there(at, chosen or "31")
        form.share.data, form.people.data = Decimal(f"{settings.sample_share:g}"), [one.id for one in serving]
    page = render_template("fieldwork/new.html", form=form, regions=regions, chosen=chosen, refused=refused)
    return page, 422 if request.method == "POST" else 200


@bp.get("/rencana/<int:plan_id>")
@requires(Permission.EVIDENCE_READ)
def show(plan_id: int) -> str:
    return _page(queries.plan(db.session(), current_user, plan_id))


def _page(plan: FieldPlan, problem: Problem | None = None) -> str:
    session = db.session()
    visits = queries.visits_of(session, current_user, plan)
    plans = allows(current_user, Permission.FIELD_PLAN, plan.region_code)
    chosen = drawn(plan.seed, plan.candidates, plan.share)
    return render_template(
        "fieldwork/plan.html",
        plan=plan,
        walks=showing.walks(visits),
        manages=plans,
        drawn=chosen,
        holds=seed_of(plan.secret, plan.candidates, plan.day) == plan.seed,
        serving=cases.surveyors(session, plan.region_code, plan.day) if plans else [],
        letters=papers.of_plan(session, plan),
        minutes=papers.of_visits(session, [one.visit_id for one in visits if one.visit_id is not None]),
        parts=maps.route_map(
            url_for(".points", plan_id=plan.id), extent(session, plan.region_code), own_position=False
        ),
        problem=problem,
    )


@bp.get("/rencana/<int:plan_id>/rute.geojson")
@requires(Permission.EVIDENCE_READ)
def points(plan_id: int) -> Response:
    session = db.session()
    visits = queries.visits_of(session, current_user, queries.plan(session, current_user, plan_id))
    people = sorted({one.assessor_id for one in visits}, key=lambda one: one or 0)
    version = [(one.id, one.assessor_id, one.position, one.state, one.evidence.version) for one in visits]
    return layer(lambda: maps.stops(visits, people), current_user.id, version, chosen_locale())


@bp.post("/rencana/<int:plan_id>/kunjungan/<int:planned_id>/petugas")
@requires(Permission.FIELD_PLAN)
def assign(plan_id: int, planned_id: int) -> Page:
    account_id, why = request.form.get("petugas", type=int) or 0, request.form.get("alasan", "")[:500]
    try:
        services.assign(db.session(), plan_id, planned_id, account_id, why, actor=current_user, at=db.utcnow())
    except Problem as refused:
        return _refused(plan_id, refused)
    flash(_("Petugas diganti. Terbitkan surat tugas baru; yang lama tidak berlaku lagi."), "good")
    return redirect(url_for(".show", plan_id=plan_id), 303)


@bp.post("/rencana/<int:plan_id>/kunjungan/<int:planned_id>/batal")
@requires(Permission.FIELD_PLAN)
def drop(plan_id: int, planned_id: int) -> Page:
    try:
        services.drop(
            db.session(), plan_id, planned_id, request.form.get("alasan", "")[:500], actor=current_user, at=db.utcnow()
        )
    except Problem as refused:
        return _refused(plan_id, refused)
    flash(_("Kunjungan ditunda. Buktinya tetap menunggu cek lapangan dan masuk rencana berikutnya."), "good")
    return redirect(url_for(".show", plan_id=plan_id), 303)


@bp.post("/rencana/<int:plan_id>/surat-tugas")
@requires(Permission.FIELD_PLAN)
def issue_assignment(plan_id: int) -> Page:
    try:
        made = services.issue_assignment(db.session(), plan_id, actor=current_user, at=db.utcnow())
    except Problem as refused:
        return _refused(plan_id, refused)
    return redirect(url_for(".paper", paper_id=made.id), 303)


def _refused(plan_id: int, why: Problem) -> Page:
    """What can be mended on the page is said there; all else is answered by its status."""
    if why.status != 422:
        raise why
    return _page(queries.plan(db.session(), current_user, plan_id), why), 422
