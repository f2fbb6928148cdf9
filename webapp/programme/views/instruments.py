"""Pages of instruments: one page on which all of it is read and edited; presets; files in and out."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import NATION, Permission, allows, areas, requires
from webapp.accounts.models import Account
from webapp.errors import on_own_page
from webapp.forms import BaseForm
from webapp.forms.parts import refused
from webapp.programme import exchange, queries, services
from webapp.programme.errors import ImportRefused
from webapp.programme.forms import (
    AspectForm,
    ImportForm,
    IndicatorForm,
    InstrumentForm,
    PresetForm,
    SettleForm,
    TermsForm,
)
from webapp.programme.models import Aspect, Indicator, Instrument
from webapp.programme.presets import PRESETS
from webapp.programme.rules import Fault
from webapp.programme.views.blueprint import bp

MOST_BYTES = exchange.MOST_BYTES


@dataclass(frozen=True)
class Beside:
    """What stands beside one thing on the page: its forms and its faults."""

    change: BaseForm
    add: BaseForm | None
    faults: list[Fault]


@bp.route("/instrumen/baru", methods=["GET", "POST"])
@requires(Permission.PERIOD_MANAGE)
def new_instrument() -> Response | str:
    form = InstrumentForm()
    if form.validate_on_submit():
        made = services.create_instrument(
            db.session(), form.name.data, actor=current_user, at=db.utcnow(), legal_basis=form.legal_basis.data or "",
            example=form.example.data,
        )  # fmt: skip
        return _to(made.id)
    page = _new_page(form=form)
    return Response(page, 422 if form.is_submitted() else 200, mimetype="text/html")


def _new_page(
    *, form: InstrumentForm | None = None, preset: PresetForm | None = None, sent: ImportForm | None = None,
    places: list[str] | None = None,
) -> str:  # fmt: skip
    return render_template(
        "programme/instrument_new.html",
        form=form or InstrumentForm(formdata=None),
        preset=preset or PresetForm(formdata=None, prefix="sistem"),
        sent=sent or ImportForm(formdata=None, prefix="impor"),
        presets=PRESETS,
        places=places or [],
    )


@bp.post("/instrumen/contoh")
@requires(Permission.PERIOD_MANAGE)
def load_preset() -> Response:
    """One of the founding articles' systems, as an instrument of one's own that may be edited."""
    form = PresetForm(prefix="sistem")
    if not form.validate():
        return refused(form, _new_page(preset=form))
    made = services.write_plan(db.session(), PRESETS[form.preset.data], actor=current_user, at=db.utcnow())
    flash(_("Contoh dimuat. Periksa setiap bagiannya sebelum dipakai."), "good")
    return _to(made.id)


@bp.post("/instrumen/impor")
@requires(Permission.PERIOD_MANAGE)
def read_file() -> Response:
    """An instrument from a file; one that is faulty leaves nothing behind, and every faulty cell is named."""
    form = ImportForm(prefix="impor")
    if not form.validate():
        return refused(form, _new_page(sent=form))
    try:
        plan = exchange.read(form.berkas.data.read(MOST_BYTES + 1))
    except ImportRefused as why:
        return on_own_page(_new_page(sent=form, places=why.places), why)
    made = services.write_plan(db.session(), plan, actor=current_user, at=db.utcnow())
    flash(_("Instrumen dibaca dari berkas. Periksa setiap bagiannya sebelum dipakai."), "good")
    return _to(made.id)


@bp.get("/instrumen/<int:instrument_id>/unduh.<any(xlsx, json):kind>")
@requires(Permission.PERIOD_READ)
def export(instrument_id: int, kind: str) -> Response:
    """The whole instrument in a file that can be read in again."""
    shown = queries.instrument(db.session(), instrument_id)
    answer = Response(exchange.WRITERS[kind](queries.plan_of(shown)), mimetype=exchange.TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="instrumen-{shown.id}-versi-{shown.version}.{kind}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/instrumen/<int:instrument_id>")
@requires(Permission.PERIOD_READ)
def instrument(instrument_id: int) -> str:
    return _instrument_page(queries.instrument(db.session(), instrument_id))


@bp.post("/instrumen/<int:instrument_id>/salin")
@requires(Permission.PERIOD_MANAGE)
def copy(instrument_id: int) -> Response:
    session = db.session()
    made = services.copy_instrument(
        session, queries.instrument(session, instrument_id), actor=current_user, at=db.utcnow()
    )
    return _to(made.id)


@bp.post("/instrumen/<int:instrument_id>")
@requires(Permission.PERIOD_MANAGE)
def change_terms(instrument_id: int) -> Response:
    shown, form = _for_change(instrument_id), TermsForm(prefix="ketentuan")
    if not form.validate():
        return refused(form, _instrument_page(shown, form))
    services.change_terms(db.session(), shown, form.terms())
    return _to(shown.id, "ketentuan")


@bp.post("/instrumen/<int:instrument_id>/tetapkan")
@requires(Permission.PERIOD_MANAGE)
def settle(instrument_id: int) -> Response:
    """The secretariat stands for the numbers and says on what ground."""
    shown, form = _for_change(instrument_id), SettleForm(prefix="tetapkan")
    if not form.validate():
        return refused(form, _instrument_page(shown, form))
    services.settle(db.session(), shown, form.source.data or "", actor=current_user, at=db.utcnow())
    flash(_("Bobot dan angka instrumen ini ditetapkan dengan dasarnya."), "good")
    return _to(shown.id)


@bp.post("/instrumen/<int:instrument_id>/aspek")
@requires(Permission.PERIOD_MANAGE)
def add_aspect(instrument_id: int) -> Response:
    shown, form = _for_change(instrument_id), AspectForm()
    if not form.validate():
        return Response(_instrument_page(shown, form), 422, mimetype="text/html")
    services.add_aspect(shown, form.aspect_name.data or "", form.weight(), part=form.round())
    return _to(shown.id)


@bp.post("/instrumen/<int:instrument_id>/aspek/<int:aspect_id>")
@requires(Permission.PERIOD_MANAGE)
def change_aspect(instrument_id: int, aspect_id: int) -> Response:
    """Other words and numbers; or one place up or down."""
    shown = _for_change(instrument_id)
    aspect, form = _aspect(shown, aspect_id), AspectForm(prefix=f"ubah{aspect_id}")
    if step := _step():
        services.move_aspect(db.session(), shown, aspect.id, step)
    elif form.validate():
        services.change_aspect(aspect, form.aspect_name.data or "", form.weight(), part=form.round())
    else:
        return refused(form, _instrument_page(shown, form))
    return _to(shown.id, f"aspek-{aspect_id}")


@bp.post("/instrumen/<int:instrument_id>/aspek/<int:aspect_id>/indikator")
@requires(Permission.PERIOD_MANAGE)
def add_indicator(instrument_id: int, aspect_id: int) -> Response:
    shown, form = _for_change(instrument_id), IndicatorForm(prefix=f"aspek{aspect_id}")
    aspect = _aspect(shown, aspect_id)
    if not form.validate():
        return Response(_instrument_page(shown, form), 422, mimetype="text/html")
    services.add_planned(aspect, form.plan())
    return _to(shown.id, f"aspek-{aspect_id}")


@bp.post("/instrumen/<int:instrument_id>/indikator/<int:indicator_id>")
@requires(Permission.PERIOD_MANAGE)
def change_indicator(instrument_id: int, indicator_id: int) -> Response:
    """Other words and numbers; or one place up or down in its aspect."""
    shown = _for_change(instrument_id)
    one, form = _indicator(shown, indicator_id), IndicatorForm(prefix=f"indikator{indicator_id}")
    if step := _step():
        services.move_indicator(db.session(), one.aspect, one.id, step)
    elif form.validate():
        services.change_indicator(one, form.plan())
    else:
        return refused(form, _instrument_page(shown, form))
    return _to(shown.id, f"indikator-{indicator_id}")


@bp.post("/instrumen/<int:instrument_id>/aspek/<int:aspect_id>/hapus")
@requires(Permission.PERIOD_MANAGE)
def remove_aspect(instrument_id: int, aspect_id: int) -> Response:
    services.remove_aspect(_for_change(instrument_id), aspect_id)
    return _to(instrument_id)


@bp.post("/instrumen/<int:instrument_id>/indikator/<int:indicator_id>/hapus")
@requires(Permission.PERIOD_MANAGE)
def remove_indicator(instrument_id: int, indicator_id: int) -> Response:
    services.remove_indicator(_for_change(instrument_id), indicator_id)
    return _to(instrument_id)


def _for_change(instrument_id: int) -> Instrument:
    """Of one's own region, and not frozen: said before any form is looked at."""
    shown = queries.instrument_for_change(db.session(), current_user, instrument_id)
    services.must_be_changeable(shown)
    return shown


def _aspect(shown: Instrument, aspect_id: int) -> Aspect:
    return next((one for one in shown.aspects if one.id == aspect_id), None) or abort(404)


def _indicator(shown: Instrument, indicator_id: int) -> Indicator:
    known = (one for aspect in shown.aspects for one in aspect.indicators)
    return next((one for one in known if one.id == indicator_id), None) or abort(404)


def _step() -> services.Step | None:
    said = request.form.get("langkah", "")
    return services.Step(said) if said in set(services.Step) else None


def _to(instrument_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for(".instrument", instrument_id=instrument_id, _anchor=anchor), 303)


def _instrument_page(shown: Instrument, sent: BaseForm | None = None) -> str:
    """The page; with a refused form in the place of its own."""
    faults = queries.faults(shown)

    def form_of(fresh: BaseForm) -> BaseForm:
        same = sent is not None and type(sent) is type(fresh) and sent._prefix == fresh._prefix  # noqa: SLF001
        return sent if same and sent is not None else fresh

    def at(aspect: int, indicator: int | None = None) -> list[Fault]:
        return [one for one in faults if (one.aspect, one.indicator) == (aspect, indicator)]

    may_edit = shown.frozen_at is None and allows(current_user, Permission.PERIOD_MANAGE, shown.region_code or NATION)
    aspects = {
        aspect.id: Beside(
            form_of(AspectForm.of(aspect, f"ubah{aspect.id}")),
            form_of(IndicatorForm(formdata=None, prefix=f"aspek{aspect.id}")),
            at(n),
        )
        for n, aspect in enumerate(shown.aspects)
    }
    indicators = {
        one.id: Beside(form_of(IndicatorForm.of(one, f"indikator{one.id}")), None, at(n, k))
        for n, aspect in enumerate(shown.aspects)
        for k, one in enumerate(aspect.indicators)
    }
    return render_template(
        "programme/instrument.html",
        instrument=shown,
        faults=faults,
        terms_form=form_of(TermsForm.of(shown, "ketentuan")),
        settle_form=form_of(SettleForm(formdata=None, prefix="tetapkan")),
        aspect_form=form_of(AspectForm(formdata=None)),
        aspects=aspects,
        indicators=indicators,
        settled_by=db.session().get(Account, shown.settled_by) if shown.settled_by else None,
        manages=bool(areas(current_user, Permission.PERIOD_MANAGE)),
        may_edit=may_edit,
    )
