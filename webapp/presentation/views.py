"""Pages of presentations: which periods hear whom, and a period's schedule. Times are no secret, values are."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, allows, areas, covers, demand, requires
from webapp.errors import Problem
from webapp.presentation import queries, services
from webapp.presentation.forms import DAYS, ScheduleForm, SlotForm
from webapp.presentation.models import PresentationSlot
from webapp.programme import queries as programmes
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState, running_round

bp = Blueprint("presentation", __name__, url_prefix="/pemaparan")


@bp.get("/")
@requires(Permission.PERIOD_READ)
def listing() -> str:
    """The periods in which somebody presents, with the reader's own slots."""
    session = db.session()
    known = queries.periods(session, current_user)
    return render_template(
        "presentation/listing.html",
        periods=known,
        tally=queries.tally(session, known),
        own=queries.own_slots(session, current_user),
    )


@bp.get("/<int:period_id>")
@requires(Permission.PERIOD_READ)
def schedule(period_id: int) -> str:
    return _page(_period(period_id))


@bp.post("/<int:period_id>/jadwal")
@requires(Permission.PERIOD_MANAGE)
def plan(period_id: int) -> Response:
    session, period, form = db.session(), _period(period_id), ScheduleForm()
    demand(current_user, Permission.PERIOD_MANAGE, period.region_code)
    if not form.validate():
        return Response(_page(period, form), 422, mimetype="text/html")
    try:
        services.plan_slots(
            session, period, form.days(), form.hours(), form.place.data or "", actor=current_user, at=db.utcnow()
        )
    except Problem as why:
        return Response(_page(period, form, why), why.status, {"X-Problem-Code": why.code}, mimetype="text/html")
    flash(_("Jadwal pemaparan disusun."), "good")
    return redirect(url_for(".schedule", period_id=period_id), 303)


@bp.route("/<int:period_id>/<int:slot_id>/ubah", methods=["GET", "POST"])
@requires(Permission.PERIOD_MANAGE)
def change(period_id: int, slot_id: int) -> Response | str:
    """Another time, another place, somebody else's slot, or what is shown."""
    session, period = db.session(), _period(period_id)
    slot = queries.slot(session, current_user, period_id, slot_id)
    demand(current_user, Permission.PERIOD_MANAGE, period.region_code)
    form = SlotForm()
    waiting = [
        one
        for one in queries.schedule(session, period)
        if one.id != slot.id and not one.held and one.round == slot.round
    ]
    form.offer(waiting)
    if not form.is_submitted():
        form.show(slot, period.time_zone)
        return render_template("presentation/change.html", period=period, slot=slot, form=form, problem=None)
    if form.validate():
        return _changed(period, slot, form, waiting)
    page = render_template("presentation/change.html", period=period, slot=slot, form=form, problem=None)
    return Response(page, 422, mimetype="text/html")


def _changed(period: Period, slot: PresentationSlot, form: SlotForm, waiting: list[PresentationSlot]) -> Response:
    session, at, because = db.session(), db.utcnow(), form.because.data or ""
    other = next((one for one in waiting if str(one.id) == form.swap_with.data), None)
    try:
        if other is not None:
            services.swap_slots(session, slot, other, because, actor=current_user, at=at)
        else:
            services.move_slot(
                session, slot, form.starts_at(period.time_zone), form.place.data or "", because, actor=current_user,
                at=at,
            )  # fmt: skip
        services.name_deck(session, slot, form.deck.data or "", actor=current_user)
    except Problem as why:
        page = render_template("presentation/change.html", period=period, slot=slot, form=form, problem=why)
        return Response(page, why.status, {"X-Problem-Code": why.code}, mimetype="text/html")
    flash(_("Slot disimpan."), "good")
    return redirect(url_for(".schedule", period_id=period.id), 303)


def _period(period_id: int) -> Period:
    return programmes.get(db.session(), current_user, period_id)


def _page(period: Period, form: ScheduleForm | None = None, problem: Problem | None = None) -> str:
    slots = queries.schedule(db.session(), period)
    manages = allows(current_user, Permission.PERIOD_MANAGE, period.region_code)
    own = areas(current_user, Permission.CLAIM_WRITE)
    part = running_round(period.stages)
    return render_template(
        "presentation/schedule.html",
        period=period,
        days=queries.by_day(slots, period.time_zone),
        slots=slots,
        own=[one for one in slots if any(covers(area, one.region_code) for area in own)],
        manages=manages and period.state != PeriodState.FINAL,
        watches=any(
            allows(current_user, one, period.region_code)
            for one in (Permission.PERIOD_MANAGE, Permission.FINALISE, Permission.AUDIT_READ, Permission.SCORE)
        ),
        counts=any(
            allows(current_user, one, period.region_code)
            for one in (Permission.PERIOD_MANAGE, Permission.FINALISE, Permission.AUDIT_READ)
        ),
        scores=allows(current_user, Permission.SCORE, period.region_code),
        may_plan=not any(one.held for one in slots if one.round == part),
        round=part,
        form=form or ScheduleForm(formdata=None),
        day_fields=[f"day_{n}" for n in DAYS],
        problem=problem,
    )
