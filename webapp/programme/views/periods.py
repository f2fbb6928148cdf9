"""Pages of periods with their participants."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, allows, areas, demand, requires
from webapp.accounts.stepup import fresh_proof
from webapp.programme import queries, services
from webapp.programme.errors import InstrumentNotReady, NotPrepared, NotReady
from webapp.programme.forms import ParticipantsForm, PeriodForm, layout_choices, layout_named
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.programme.views.blueprint import bp
from webapp.territory.queries import assessing_regions


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
    session = db.session()
    return render_template(
        "programme/period.html",
        period=period,
        faults=queries.faults(period.instrument),
        lacking=queries.lacks(period) if period.state == PeriodState.PREPARED else [],
        people=queries.stage_people(session, period),
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
    layout = layout_named(request.args.get("layout", ""))
    if request.method == "GET":
        form.region_code.data, form.quorum.data = chosen, 3
        units.participants.data = [choice[0] for choice in units.participants.iter_choices()]
        form.lay_out(layout)
    page = render_template(
        "programme/new.html", form=form, units=units, chosen=chosen, regions=regions, period=None, layout=layout,
        layouts=layout_choices(), programmes=queries.programmes_of(session, [chosen]),
    )  # fmt: skip
    return Response(page, 422 if request.method == "POST" else 200, mimetype="text/html")


@bp.route("/<int:period_id>/ubah", methods=["GET", "POST"])
@requires(Permission.PERIOD_MANAGE)
def change(period_id: int) -> Response | str:
    """The same form for a period that is still prepared; its region stays."""
    session, period = db.session(), queries.get(db.session(), current_user, period_id)
    demand(current_user, Permission.PERIOD_MANAGE, period.region_code)
    if period.state != PeriodState.PREPARED:
        raise NotPrepared
    form, units = PeriodForm(), ParticipantsForm()
    form.offer([period.region], queries.instruments(session))
    units.offer(queries.kecamatan_below(session, period.region_code))
    if request.method == "POST" and all([form.validate(), units.validate()]):
        services.change_period(
            session, period, form.fields(), units.chosen(), actor=current_user, at=db.utcnow()
        )  # fmt: skip
        flash(_("Perubahan disimpan."), "good")
        return redirect(url_for(".show", period_id=period.id), 303)
    if request.method == "GET":
        form.show(period)
        units.participants.data = [one.region_code for one in period.participants]
    page = render_template(
        "programme/new.html", form=form, units=units, chosen=period.region_code, regions=[period.region],
        period=period, layout="", layouts=[], programmes=queries.programmes_of(session, [period.region_code]),
    )  # fmt: skip
    return Response(page, 422 if request.method == "POST" else 200, mimetype="text/html")


@bp.post("/<int:period_id>/salin")
@requires(Permission.PERIOD_MANAGE)
def copy_period(period_id: int) -> Response:
    session = db.session()
    source = queries.get(session, current_user, period_id)
    made = services.copy_period(session, source, actor=current_user, at=db.utcnow())
    flash(_("Periode disalin ke tahun berikutnya. Periksa tanggal, instrumen, dan pesertanya sebelum dibuka."), "good")
    return redirect(url_for(".show", period_id=made.id), 303)


@bp.post("/<int:period_id>/buka")
@requires(Permission.PERIOD_MANAGE)
@fresh_proof
def open_period(period_id: int) -> Response:
    session = db.session()
    period = queries.get(session, current_user, period_id)
    try:
        services.open_period(session, period, actor=current_user, at=db.utcnow())
    except (InstrumentNotReady, NotReady) as why:  # the page itself lists every fault
        return Response(_period_page(period), why.status, {"X-Problem-Code": why.code}, mimetype="text/html")
    flash(_("Periode dibuka. Instrumennya sekarang beku."), "good")
    return redirect(url_for(".show", period_id=period.id), 303)
