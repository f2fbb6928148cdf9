"""Pages of programmes: periods with their participants, instruments with their weights."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import NATION, Permission, allows, areas, requires
from webapp.accounts.stepup import fresh_proof
from webapp.programme import queries, services
from webapp.programme.errors import WeightsIncomplete
from webapp.programme.forms import AspectForm, IndicatorForm, InstrumentForm, ParticipantsForm, PeriodForm
from webapp.programme.models import Instrument, Period
from webapp.programme.rules import Mode, Reading
from webapp.territory.queries import assessing_regions

bp = Blueprint("programme", __name__, url_prefix="/program")


@bp.get("/")
@requires(Permission.PERIOD_MANAGE)
def listing() -> str:
    session = db.session()
    return render_template(
        "programme/listing.html",
        periods=queries.listing(session, current_user),
        instruments=queries.instruments(session),
        counts=queries.participant_count(session),
    )


@bp.get("/<int:period_id>")
@requires(Permission.PERIOD_READ)
def show(period_id: int) -> str:
    return _period_page(queries.get(db.session(), current_user, period_id))


def _period_page(period: Period) -> str:
    return render_template(
        "programme/period.html",
        period=period,
        faults=queries.faults(period.instrument),
        manages=allows(current_user, Permission.PERIOD_MANAGE, period.region_code),
    )


@bp.route("/baru", methods=["GET", "POST"])
@requires(Permission.PERIOD_MANAGE)
def new() -> Response | str:
    """Two steps on one page: choosing the region shows its kecamatan, all of them taking part unless unticked."""
    session = db.session()
    regions = assessing_regions(session, areas(current_user, Permission.PERIOD_MANAGE))
    form, units = PeriodForm(), ParticipantsForm()
    form.offer(regions, queries.instruments(session))
    chosen = request.values.get("region_code") or (regions[0].code if regions else "")
    units.offer(queries.kecamatan_below(session, chosen) if chosen in {one.code for one in regions} else [])
    if request.method == "POST" and all([form.validate(), units.validate()]):
        made = services.create_period(session, form.fields(), units.chosen(), actor=current_user, at=db.utcnow())
        flash(_("Periode disimpan. Buka setelah bobot instrumen benar."), "good")
        return redirect(url_for(".show", period_id=made.id), 303)
    if request.method == "GET":
        form.region_code.data, form.quorum.data = chosen, 3
        units.participants.data = [choice[0] for choice in units.participants.iter_choices()]
    page = render_template("programme/new.html", form=form, units=units, chosen=chosen, regions=regions)
    return Response(page, 422 if request.method == "POST" else 200, mimetype="text/html")


@bp.post("/<int:period_id>/buka")
@requires(Permission.PERIOD_MANAGE)
@fresh_proof
def open_period(period_id: int) -> Response:
    session = db.session()
    period = queries.get(session, current_user, period_id)
    try:
        services.open_period(session, period, actor=current_user, at=db.utcnow())
    except WeightsIncomplete as why:  # the page itself names what does not total 100
        return Response(_period_page(period), why.status, {"X-Problem-Code": why.code}, mimetype="text/html")
    flash(_("Periode dibuka. Instrumennya sekarang beku."), "good")
    return redirect(url_for(".show", period_id=period.id), 303)


@bp.route("/instrumen/baru", methods=["GET", "POST"])
@requires(Permission.PERIOD_MANAGE)
def new_instrument() -> Response | str:
    form = InstrumentForm()
    if form.validate_on_submit():
        made = services.create_instrument(
            db.session(), form.name.data, actor=current_user, at=db.utcnow(), legal_basis=form.legal_basis.data or "",
            example=form.example.data,
        )  # fmt: skip
        return redirect(url_for(".instrument", instrument_id=made.id), 303)
    page = render_template("programme/instrument_new.html", form=form)
    return Response(page, 422 if form.is_submitted() else 200, mimetype="text/html")


@bp.get("/instrumen/<int:instrument_id>")
@requires(Permission.PERIOD_READ)
def instrument(instrument_id: int) -> str:
    return _instrument_page(queries.instrument(db.session(), instrument_id))


def _instrument_page(
    shown: Instrument, aspect: AspectForm | None = None, indicator: tuple[int, IndicatorForm] | None = None
) -> str:
    manages = bool(areas(current_user, Permission.PERIOD_MANAGE))
    return render_template(
        "programme/instrument.html",
        instrument=shown,
        faults=queries.faults(shown),
        aspect_form=aspect or AspectForm(formdata=None),
        indicator_forms={
            one.id: indicator[1]
            if indicator and indicator[0] == one.id
            else IndicatorForm(formdata=None, prefix=_prefix(one.id))
            for one in shown.aspects
        },
        manages=manages,
        may_edit=shown.frozen_at is None
        and allows(current_user, Permission.PERIOD_MANAGE, shown.region_code or NATION),
    )


def _prefix(aspect_id: int) -> str:
    """Several of the same form stand on one page: each names its fields after its aspect."""
    return f"aspek{aspect_id}"


@bp.post("/instrumen/<int:instrument_id>/salin")
@requires(Permission.PERIOD_MANAGE)
def copy(instrument_id: int) -> Response:
    session = db.session()
    made = services.copy_instrument(
        session, queries.instrument(session, instrument_id), actor=current_user, at=db.utcnow()
    )
    return redirect(url_for(".instrument", instrument_id=made.id), 303)


@bp.post("/instrumen/<int:instrument_id>/aspek")
@requires(Permission.PERIOD_MANAGE)
def add_aspect(instrument_id: int) -> Response:
    shown, form = queries.instrument_for_change(db.session(), current_user, instrument_id), AspectForm()
    if not form.validate():
        return Response(_instrument_page(shown, aspect=form), 422, mimetype="text/html")
    services.add_aspect(shown, form.aspect_name.data or "", form.weight())
    return redirect(url_for(".instrument", instrument_id=shown.id), 303)


@bp.post("/instrumen/<int:instrument_id>/aspek/<int:aspect_id>/indikator")
@requires(Permission.PERIOD_MANAGE)
def add_indicator(instrument_id: int, aspect_id: int) -> Response:
    shown, form = (
        queries.instrument_for_change(db.session(), current_user, instrument_id),
        IndicatorForm(prefix=_prefix(aspect_id)),
    )
    aspect = next((one for one in shown.aspects if one.id == aspect_id), None) or abort(404)
    if not form.validate():
        return Response(_instrument_page(shown, indicator=(aspect_id, form)), 422, mimetype="text/html")
    services.add_indicator(
        aspect, form.indicator_name.data or "", form.weight(), Mode(form.mode.data), required=form.required_claim.data,
        reading=Reading(form.reading.data), spread_limit=form.limit(),
    )  # fmt: skip
    return redirect(url_for(".instrument", instrument_id=shown.id), 303)


@bp.post("/instrumen/<int:instrument_id>/aspek/<int:aspect_id>/hapus")
@requires(Permission.PERIOD_MANAGE)
def remove_aspect(instrument_id: int, aspect_id: int) -> Response:
    services.remove_aspect(queries.instrument_for_change(db.session(), current_user, instrument_id), aspect_id)
    return redirect(url_for(".instrument", instrument_id=instrument_id), 303)


@bp.post("/instrumen/<int:instrument_id>/indikator/<int:indicator_id>/hapus")
@requires(Permission.PERIOD_MANAGE)
def remove_indicator(instrument_id: int, indicator_id: int) -> Response:
    services.remove_indicator(queries.instrument_for_change(db.session(), current_user, instrument_id), indicator_id)
    return redirect(url_for(".instrument", instrument_id=instrument_id), 303)
