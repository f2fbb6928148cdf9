"""The unit's own pages: today, the month, and the report of a quarter, filled and read."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, allows, areas, requires
from webapp.accounts.stepup import fresh_proof
from webapp.errors import NotFound, Problem
from webapp.reporting import queries, services
from webapp.reporting.forms import EntryForm, LineForm, ReasonForm, SendForm, short
from webapp.reporting.models import QuarterlyReport, ReportingUnit
from webapp.reporting.queries import Filled
from webapp.reporting.rules import OBSTACLE_LABELS, State, month_days, quarter_of
from webapp.reporting.views.blueprint import blame, bp, refused


@bp.get("/unit")
@requires(Permission.REPORT_WRITE)
def today() -> str:
    """What was done today, the month so far, and the quarters of the year."""
    units = queries.own_units(db.session(), current_user)
    asked = request.args.get("unit", type=int)
    if asked is None and not units:
        return render_template("reporting/today.html", units=[], unit=None)
    return _today(_own_unit(units[0].id if asked is None else asked))


@bp.post("/unit/<int:unit_id>/catat")
@requires(Permission.REPORT_WRITE)
def log(unit_id: int) -> Answer:
    unit, form = _own_unit(unit_id), EntryForm()
    form.offer(unit.lines)
    if not form.validate():
        return refused(_today(unit, form))
    line = next(one for one in unit.lines if one.id == form.line.data)
    try:
        services.log_activity(db.session(), line, form.entry(), actor=current_user, at=db.utcnow())
    except Problem as why:
        blame(form, why)
        return refused(_today(unit, form), why.code, why.status)
    flash(_("Tercatat. Angkanya sudah masuk bulan dan triwulan ini."), "good")
    # Back to the month it was done in: who writes down yesterday's work on the first would not see it there.
    return redirect(url_for(".today", unit=unit.id, bulan=f"{form.day.data:%Y-%m}"), 303)


@bp.post("/catatan/<int:entry_id>/batal")
@requires(Permission.REPORT_WRITE)
def withdraw(entry_id: int) -> Answer:
    session, form = db.session(), ReasonForm()
    entry = queries.entry(session, current_user, entry_id)
    reason = form.reason.data or "" if form.validate() else ""
    services.withdraw_entry(session, entry, reason, actor=current_user, at=db.utcnow())
    flash(_("Catatan dibatalkan; tulisannya tetap terbaca."), "good")
    return redirect(url_for(".today", unit=entry.line.unit_id, bulan=f"{entry.day:%Y-%m}"), 303)


def _own_unit(unit_id: int) -> ReportingUnit:
    unit = queries.unit(db.session(), current_user, unit_id)
    if not queries.is_own(current_user, unit):
        raise NotFound
    return unit


def _today(unit: ReportingUnit, form: EntryForm | None = None) -> str:
    session, at = db.session(), db.utcnow()
    day = services.today_of(unit.year, at)
    first, last = _month(request.args.get("bulan", ""), unit.year.year, day)
    if form is None:
        form = EntryForm(formdata=None, data={"day": day if day.year == unit.year.year else last})
        form.offer(unit.lines)
    sums = queries.sums(session, unit.id, first, last)
    return render_template(
        "reporting/today.html",
        units=queries.own_units(session, current_user), unit=unit, year=unit.year, form=form, today=day, first=first,
        last=last, entries=queries.entries(session, unit.id, first, last), sums=sums,
        standings=queries.of_unit(session, unit, at), quarter=quarter_of(day), reason_form=ReasonForm(formdata=None),
        has_cases=bool(areas(current_user, Permission.EVIDENCE_WRITE)),
        months=[month_days(unit.year.year, month)[0] for month in range(1, 13)],
    )  # fmt: skip


def _month(text: str, year: int, day: date) -> tuple[date, date]:
    """First and last day of the month that was asked for ("2019-09"), of today's, or of the year's last."""
    number, _, month = text.partition("-")
    if number == str(year) and month.isascii() and month.isdigit() and len(month) == 2 and 1 <= int(month) <= 12:
        return month_days(year, int(month))
    return month_days(year, day.month if day.year == year else 12)


@bp.get("/triwulan/<int:report_id>")
@requires(Permission.PERIOD_READ)
def report(report_id: int) -> str:
    return _report(queries.report(db.session(), current_user, report_id))


@bp.post("/triwulan/<int:report_id>")
@requires(Permission.REPORT_WRITE)
def fill(report_id: int) -> Answer:
    """Save the lines as a draft, or send them: which button was it?"""
    session, at = db.session(), db.utcnow()
    shown = queries.report(session, current_user, report_id)
    filled = queries.filling(session, shown)
    forms, send = {one.line.id: LineForm(prefix=_prefix(one)) for one in filled}, SendForm()
    if not all([send.validate(), *(form.validate() for form in forms.values())]):
        return refused(_report(shown, forms, send))
    said = {one.line.id: forms[one.line.id].said(one.rolled.physical, one.rolled.money) for one in filled}
    try:
        with session.begin_nested():
            services.save_draft(session, shown, said, actor=current_user, at=at)
            if request.form.get("act") == "send":
                services.submit(session, shown, actor=current_user, at=at, note=send.note.data or "")
    except Problem as why:
        if why.status == 403:
            raise
        name, _dash, line_id = (why.field or "").partition("-")
        blame(forms[int(line_id)], Problem(why.sentence, field=name)) if line_id else blame(send, why)
        return refused(_report(queries.report(session, current_user, report_id), forms, send), why.code, why.status)
    sent = request.form.get("act") == "send"
    flash(_("Laporan terkirim dan isinya beku.") if sent else _("Draf tersimpan."), "good")
    return redirect(url_for(".report", report_id=report_id), 303)


@bp.post("/triwulan/<int:report_id>/dispensasi")
@requires(Permission.REPORT_EXCUSE)
@fresh_proof
def excuse(report_id: int) -> Answer:
    session, form = db.session(), ReasonForm()
    shown = queries.report(session, current_user, report_id)
    reason = form.reason.data or "" if form.validate() else ""
    services.excuse(session, shown, reason, actor=current_user, at=db.utcnow())
    flash(_("Dispensasi dicatat atas nama Anda."), "good")
    return redirect(url_for(".report", report_id=report_id), 303)


def _prefix(one: Filled) -> str:
    return f"baris{one.line.id}"


def _report(shown: QuarterlyReport, forms: dict[int, LineForm] | None = None, send: SendForm | None = None) -> str:
    session, at = db.session(), db.utcnow()
    year = shown.unit.year
    revisions = queries.revisions(session, shown)
    stands = queries.stands(year, shown, revisions[0] if revisions else None, at)
    own = queries.is_own(current_user, shown.unit)
    filled = queries.filling(session, shown)
    forms = forms or {one.line.id: _form(one) for one in filled}
    for one in filled:
        # The page must not call optional what sending will demand.
        forms[one.line.id].obstacle.flags.required = one.unfinished(year.threshold)
    begun = services.has_begun(shown, at)
    return render_template(
        "reporting/report.html",
        report=shown, unit=shown.unit, year=year, stands=stands, filled=filled, revisions=revisions, own=own,
        moves=queries.moves(session, shown), fills=own and begun,
        forms=forms, send=send or SendForm(formdata=None),
        live=queries.result(filled, year.terms.basis) if own else None, kinds=OBSTACLE_LABELS,
        may_excuse=allows(current_user, Permission.REPORT_EXCUSE, year.region_code)
        and (stands.state is State.DEEMED_IDLE or shown.late) and stands.excuse is None,
        reason_form=ReasonForm(formdata=None), deadline=queries.deadline_of(shown),
    )  # fmt: skip


def _form(one: Filled) -> LineForm:
    draft = one.draft
    return LineForm(
        formdata=None, prefix=_prefix(one),
        data={
            "physical": short(one.physical), "money": short(one.money), "reason": draft.reason if draft else "",
            "obstacle_kind": (draft.obstacle_kind or "") if draft else "", "obstacle": draft.obstacle if draft else "",
        },
    )  # fmt: skip
