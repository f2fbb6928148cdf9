"""The page of one presentation: who was there, the own values, and how far the others are, never what they gave."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, allows, covers, requires
from webapp.conflict import queries as conflicts
from webapp.errors import NotAllowed, Problem
from webapp.presentation import queries as presentations
from webapp.presentation.models import PresentationSlot
from webapp.presentation.rules import Attendance
from webapp.programme.models import Indicator, Period
from webapp.programme.rules import PeriodState
from webapp.scoring import queries, services
from webapp.scoring.forms import AttendanceForm, ScoreForm
from webapp.scoring.queries import Progress
from webapp.scoring.services import Given
from webapp.scoring.views.blueprint import bp, period_for, period_of

_WATCHES = (Permission.PERIOD_MANAGE, Permission.FINALISE, Permission.AUDIT_READ)


@bp.app_template_global("kemajuan_slot")
def progress(period: Period) -> Mapping[int, Progress]:
    """By slot, how many of those present have given their values; for who prepares, chairs or audits."""
    return queries.progress(db.session(), period)


@bp.get("/<int:period_id>/pemaparan/<int:slot_id>")
@requires(Permission.PERIOD_READ)
def slot(period_id: int, slot_id: int) -> str:
    """For assessors, secretariat, chair and auditor."""
    period = period_of(period_id)
    seen = presentations.slot(db.session(), current_user, period_id, slot_id)
    if not any(allows(current_user, one, period.region_code) for one in (*_WATCHES, Permission.SCORE)):
        raise NotAllowed
    return _page(period, seen)


@bp.post("/<int:period_id>/pemaparan/<int:slot_id>/hadir")
@requires(Permission.PERIOD_MANAGE)
def attend(period_id: int, slot_id: int) -> Response:
    session, period = db.session(), period_for(period_id, Permission.PERIOD_MANAGE)
    held = presentations.slot(session, current_user, period_id, slot_id)
    form = AttendanceForm()
    form.offer(_possible(period, held))
    if not form.validate():
        return Response(_page(period, held, attendance=form), 422, mimetype="text/html")
    try:
        services.record_attendance(
            session, held, Attendance(form.attendance.data), form.people(), actor=current_user, at=db.utcnow(),
            reason=form.reason.data or "",
        )  # fmt: skip
    except Problem as why:
        page = _page(period, held, attendance=form, problem=why)
        return Response(page, why.status, {"X-Problem-Code": why.code}, mimetype="text/html")
    flash(_("Kehadiran dicatat."), "good")
    return redirect(url_for(".slot", period_id=period_id, slot_id=slot_id), 303)


@bp.post("/<int:period_id>/pemaparan/<int:slot_id>/nilai")
@requires(Permission.SCORE)
def rate(period_id: int, slot_id: int) -> Response:
    """All own values of a presentation at once."""
    session, period = db.session(), period_for(period_id, Permission.SCORE)
    held = presentations.slot(session, current_user, period_id, slot_id)
    forms = {one.id: _form(one) for one in queries.indicators_of(period, held.round)}
    checked = [one.validate() for one in forms.values()]  # every one of them, so that all that is wrong is said
    if not all(checked):
        return Response(_page(period, held, forms=forms), 422, mimetype="text/html")
    given = {
        number: Given(one.given(), one.note.data or "", one.shown_version()) for number, one in forms.items()
    }  # fmt: skip
    services.rate(session, held, given, actor=current_user, at=db.utcnow())
    flash(_("Nilai disimpan."), "good")
    return redirect(url_for(".slot", period_id=period_id, slot_id=slot_id), 303)


def _form(indicator: Indicator) -> ScoreForm:
    form = ScoreForm(prefix=_prefix(indicator))
    form.at_most(indicator.max_value)
    return form


def _prefix(indicator: Indicator) -> str:
    """Several of the same form stand on one page: each names its fields after its indicator."""
    return f"nilai{indicator.id}"


def _possible(period: Period, held: PresentationSlot) -> list[tuple[int, str]]:
    """Who may have heard it so as to value it: assessors without a tie to the unit, and who is noted already."""
    session = db.session()
    today = conflicts.day_there(db.utcnow(), period.region_code)
    found = {
        one.id: one.name
        for one in queries.scorers(session, period, today)
        if not conflicts.is_barred_from(session, one.id, period.id, held.region_code, today)
    }
    return sorted({**{one.account_id: one.account.name for one in held.there}, **found}.items(), key=lambda one: one[1])


def _page(
    period: Period, held: PresentationSlot, *, attendance: AttendanceForm | None = None,
    forms: dict[int, ScoreForm] | None = None, problem: Problem | None = None,
) -> str:  # fmt: skip
    session, code = db.session(), period.region_code
    manages = allows(current_user, Permission.PERIOD_MANAGE, code) and period.state == PeriodState.OPEN
    scores = allows(current_user, Permission.SCORE, code)
    present = any(one.account_id == current_user.id for one in held.there)
    indicators = queries.indicators_of(period, held.round)
    claims = queries.claims_of(session, held)
    today = conflicts.day_there(db.utcnow(), code)
    known = queries.progress(session, period)
    return render_template(
        "scoring/slot.html",
        period=period,
        slot=held,
        indicators=indicators,
        own=queries.own_scores(session, current_user, claims.values()) if scores else {},
        forms=forms or {one.id: ScoreForm(formdata=None, prefix=_prefix(one)) for one in indicators},
        refused=forms is not None,
        attendance=(attendance or _attendance(period, held)) if manages else None,
        problem=problem,
        rates=scores and present and held.attendance == Attendance.PRESENT and period.state == PeriodState.OPEN,
        scores=scores,
        barred=scores
        and any(
            covers(unit, held.region_code)
            for unit in conflicts.barred_units(session, current_user.id, period.id, today)
        ),
        done=known[held.id] if any(allows(current_user, one, code) for one in _WATCHES) else None,
        following=_following(known, period, held) if scores else None,
        unheld=_unheld(period, held) if manages and held.held else None,
    )


def _following(known: Mapping[int, Progress], period: Period, held: PresentationSlot) -> PresentationSlot | None:
    """The next presentation that this person heard and has not valued, those after this one first."""
    mine = [
        one
        for one in presentations.schedule(db.session(), period)
        if one.id != held.id and current_user.id in known[one.id].there - known[one.id].done_by
    ]
    return min(mine, key=lambda one: (one.starts_at < held.starts_at, one.starts_at), default=None)


def _unheld(period: Period, held: PresentationSlot) -> PresentationSlot | None:
    """The first presentation of the same round of which nobody has noted who came."""
    every = presentations.schedule(db.session(), period)
    return next((one for one in every if not one.held and one.round == held.round), None)


def _attendance(period: Period, held: PresentationSlot) -> AttendanceForm:
    form = AttendanceForm(formdata=None)
    form.offer(_possible(period, held))
    form.attendance.data, form.reason.data = held.attendance, held.absence_reason
    form.there.data = [str(one.account_id) for one in held.there]
    return form
