"""Cases: the list, the form, the page."""

import uuid

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, demand, requires, signed_in
from webapp.evidence import queries, services
from webapp.evidence.forms import CaseForm
from webapp.evidence.models import Evidence
from webapp.evidence.queries import OVERDUE, Sieve
from webapp.evidence.rules import STATE_LABELS, State
from webapp.evidence.services.readiness import must_be_editable
from webapp.evidence.views import maps, showing
from webapp.evidence.views.blueprint import bp
from webapp.evidence.words import nama
from webapp.forms.parts import refused
from webapp.territory.queries import doubts, extent, kecamatan_of
from webapp.territory.rules import RegionResult

_ASTRAY = {RegionResult.OUTSIDE, RegionResult.OFFSHORE, RegionResult.ABROAD}


@bp.get("/")
@requires(Permission.EVIDENCE_WRITE)
def listing() -> str:
    sieve = Sieve(request.args.get("keadaan", ""), request.args.get("jenis", ""), request.args.get("cari", "").strip())
    page = queries.page_of_unit(db.session(), current_user, sieve, request.args.get("hal", 1, type=int))
    counts = queries.states_of_unit(db.session(), current_user)
    return render_template(
        "evidence/listing.html",
        page=page,
        sieve=sieve,
        counts=counts,
        states=_states(counts),
        kinds=[(kind.code, nama(kind)) for kind in queries.kinds(db.session())],
        address=_address,
    )


def _states(counts: dict[str, int]) -> list[tuple[str, str]]:
    """The states there are cases in; and, where some are to be mended, those whose days for that are over."""
    found = [(str(state), str(STATE_LABELS[state])) for state in State if state in counts]
    return found + ([(OVERDUE, _("Lewat batas perbaikan"))] if State.RETURNED in counts else [])


def _address(**changes: str | int) -> str:
    """This list's address with some of its filters changed; empty ones are left out, and paging starts anew."""
    kept = {name: value for name, value in request.args.items() if name in ("keadaan", "jenis", "cari")}
    wanted = {**kept, **changes}
    return url_for("evidence.listing", **{name: value for name, value in wanted.items() if value})  # type: ignore[arg-type]


@bp.get("/baru")
@requires(Permission.EVIDENCE_WRITE)
def new() -> str:
    form = case_form()
    form.client_id.data = str(uuid.uuid4())
    return _form_page(form)


@bp.post("/baru")
@requires(Permission.EVIDENCE_WRITE)
def create() -> Answer:
    form = case_form()
    if not form.validate():
        return refused(form, _form_page(form))
    case = services.create(
        db.session(),
        actor=current_user,
        region_code=form.region_code.data,
        client_id=form.id_of_client(),
        fields=form.fields(),
        at=db.utcnow(),
    )
    return redirect(url_for(".show", evidence_id=case.id), 303)


@bp.get("/<int:evidence_id>/ubah")
@requires(Permission.EVIDENCE_WRITE)
def edit(evidence_id: int) -> str:
    case = editable(evidence_id)
    form = case_form(case)
    form.show(case)
    return _form_page(form, case)


@bp.post("/<int:evidence_id>/ubah")
@requires(Permission.EVIDENCE_WRITE)
def change(evidence_id: int) -> Answer:
    case = queries.locked_for_change(db.session(), current_user, evidence_id)
    form = case_form(case)
    form.region_code.data = case.region_code
    if not form.validate():
        return refused(form, _form_page(form, case))
    services.edit(db.session(), case, form.fields(), actor=current_user, at=db.utcnow())
    return redirect(url_for(".show", evidence_id=case.id), 303)


@bp.get("/<int:evidence_id>")
@signed_in
def show(evidence_id: int) -> str:
    return case_page(queries.get(db.session(), current_user, evidence_id))


@bp.get("/<int:evidence_id>/peta.geojson")
@signed_in
def points(evidence_id: int) -> Response:
    case = queries.get(db.session(), current_user, evidence_id)
    return Response(maps.points(case), mimetype="application/geo+json")


def editable(evidence_id: int) -> Evidence:
    """A case this person may change now. Raises `NotFound`, `NotAllowed`, `NotEditable`, `Locked`."""
    case = queries.get(db.session(), current_user, evidence_id)
    demand(current_user, Permission.EVIDENCE_WRITE, case.region_code)
    must_be_editable(case)
    return case


def case_page(case: Evidence) -> str:
    """The page of a case with its map, and what may have gone wrong with its coordinates, where that can be mended."""
    unit = extent(db.session(), kecamatan_of(case.region_code))
    told = showing.case_page(case, current_user)
    return render_template(
        "evidence/show.html", **told, peta=maps.case_map(case, unit), offers=offered(case) if told["may"].edit else []
    )


def offered(case: Evidence) -> list[dict[str, object]]:
    """Corrections of the place to offer: only for one that lies where nobody expected it."""
    if case.place is None or RegionResult(case.region_result) not in _ASTRAY or case.study_assignment_id:
        return []
    place = services.point_of(case.place)
    return showing.offers(doubts(db.session(), case.region_code, place.lon, place.lat))


def case_form(case: Evidence | None = None) -> CaseForm:
    """The form with the choices of this person; of a case that is there, its own unit."""
    form = CaseForm()
    regions = [case.region] if case else queries.units(db.session(), current_user)
    form.offer(queries.kinds(db.session()), regions, queries.study_assignments(db.session(), current_user))
    return form


def _form_page(form: CaseForm, case: Evidence | None = None) -> str:
    title = _("Ubah bukti") if case else _("Bukti baru")
    back = url_for(".show", evidence_id=case.id) if case else url_for(".listing")
    return render_template("evidence/form.html", form=form, case=case, title=title, back=back)
