"""Pages of instruments with their weights."""

from flask import abort, redirect, render_template, url_for
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import NATION, Permission, allows, areas, requires
from webapp.programme import queries, services
from webapp.programme.forms import AspectForm, IndicatorForm, InstrumentForm
from webapp.programme.models import Instrument
from webapp.programme.rules import Mode, Reading
from webapp.programme.views.blueprint import bp


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
