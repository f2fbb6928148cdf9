"""Pages of meetings: what is ahead and what is still open, a series with its silent weeks, and one meeting."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from geo.columns import read_point
from webapp import db
from webapp.access import Permission, allows, areas, requires
from webapp.accounts import door
from webapp.errors import NotAllowed, NotFound, Problem
from webapp.evidence.rules import VERIFIED
from webapp.forms import BaseForm, FieldRefused
from webapp.meeting import queries, services
from webapp.meeting.errors import HeadsImpossible, PlaceMissing, UnitUnknown
from webapp.meeting.forms import (
    AmendForm,
    AttendanceForm,
    CallForm,
    HereForm,
    ItemForm,
    MeetingForm,
    SeriesForm,
    SettleForm,
)
from webapp.meeting.models import Meeting, MeetingSeries
from webapp.meeting.rules import ITEM_LABELS, KIND_LABELS, UNIT_LABELS, WEEKDAY_LABELS, ItemState, lines
from webapp.meeting.services import Unit

bp = Blueprint("meeting", __name__, url_prefix="/rapat")
WORDS = {"kinds": KIND_LABELS, "units": UNIT_LABELS, "states": ITEM_LABELS, "weekdays": WEEKDAY_LABELS}
SHOWN_SILENT = 12  # weeks; how many there are altogether is told


@bp.get("/")
@requires(Permission.MEETING_READ)
def listing() -> str:
    session = db.session()
    runs = queries.listing(session, current_user)
    return render_template(
        "meeting/listing.html",
        runs=[(run, len(queries.silent(session, run, _today(run.region.time_zone)))) for run in runs],
        meetings=queries.latest(session, current_user),
        items=queries.open_items(session, current_user),
        today=_today(door.zone()),
        begins=bool(areas(current_user, Permission.MEETING_MANAGE)),
        **WORDS,
    )


@bp.route("/rangkaian/baru", methods=["GET", "POST"])
@requires(Permission.MEETING_MANAGE)
def new_series() -> Answer | str:
    session, form = db.session(), SeriesForm()
    regions = queries.managed_regions(session, current_user)
    form.offer(regions)
    refused: Problem | None = None
    if request.method == "POST" and form.validate():
        try:
            said = form.fields(services.units_below(session, form.region_code.data))
            made = services.begin(session, said, actor=current_user, at=db.utcnow())
        except Problem as why:
            refused = why
        else:
            flash(_("Rangkaian rapat disimpan. Panggil rapat pertamanya."), "good")
            return redirect(url_for(".series", series_id=made.id), 303)
    if request.method == "GET":
        form.below.data = True
        form.starts_on.data = _today(regions[0].time_zone if regions else door.zone())
    return _answer(render_template("meeting/new_series.html", form=form, problem=refused), form, refused)


@bp.get("/rangkaian/<int:series_id>")
@requires(Permission.MEETING_READ)
def series(series_id: int) -> str:
    return _series_page(queries.series(db.session(), current_user, series_id), _call_form(None))


@bp.post("/rangkaian/<int:series_id>")
@requires(Permission.MEETING_MANAGE)
def call(series_id: int) -> Answer:
    session, form = db.session(), _call_form(request.form)
    run = queries.series(session, current_user, series_id)
    _must_manage(run.region_code)
    if not form.validate():
        return _answer(_series_page(run, form), form)
    made = services.call(
        session, run, form.held_on.data, form.starts_at.data, form.venue.data or "", actor=current_user, at=db.utcnow()
    )  # fmt: skip
    return redirect(url_for(".show", meeting_id=made.id), 303)


@bp.get("/<int:meeting_id>")
@requires(Permission.MEETING_READ)
def show(meeting_id: int) -> str:
    return _page(_meeting(meeting_id))


@bp.post("/<int:meeting_id>/isi")
@requires(Permission.MEETING_MANAGE)
def write(meeting_id: int) -> Answer:
    meeting, form = _managed(meeting_id), MeetingForm()
    form.offer(queries.cases_for(db.session(), current_user, meeting.region_code))
    if not form.validate():
        return _answer(_page(meeting, written=form), form)
    try:
        services.write(db.session(), meeting, form.fields(), actor=current_user, at=db.utcnow())
    except Problem as why:
        return _refused(meeting, why, written=form)
    return _back(meeting, _("Isi rapat disimpan."), "isi")


@bp.post("/<int:meeting_id>/lokasi")
@requires(Permission.MEETING_MANAGE)
def locate(meeting_id: int) -> Answer:
    """The place of the phone, by one button; without a script it is typed into the form above."""
    meeting, form = _managed(meeting_id), HereForm()
    place = form.place() if form.validate() else None
    try:
        if place is None:
            raise PlaceMissing
        services.locate(db.session(), meeting, place, actor=current_user, at=db.utcnow())
    except Problem as why:
        return _refused(meeting, why)
    return _back(meeting, _("Titik rapat disimpan."), "isi")


@bp.post("/<int:meeting_id>/hadir")
@requires(Permission.MEETING_MANAGE)
def attend(meeting_id: int) -> Answer:
    meeting, form = _managed(meeting_id), AttendanceForm()
    if not form.validate():
        return _answer(_page(meeting, attending=form), form)
    try:
        services.attend(
            db.session(), meeting, form.heads(meeting.attendance), also=form.also(),
            also_heads=form.unit_heads.data or 0, actor=current_user, at=db.utcnow(),
        )  # fmt: skip
    except FieldRefused:
        return _refused(meeting, HeadsImpossible(), attending=form)
    except Problem as why:
        return _refused(meeting, why, attending=form)
    return _back(meeting, _("Kehadiran disimpan."), "hadir")


@bp.post("/<int:meeting_id>/tindak-lanjut")
@requires(Permission.MEETING_MANAGE)
def give(meeting_id: int) -> Answer:
    meeting, form = _managed(meeting_id), ItemForm()
    form.offer(meeting.attendance)
    if not form.validate():
        return _answer(_page(meeting, giving=form), form)
    try:
        owner = next((one for one in meeting.attendance if str(one.id) == form.owner.data), None)
        if owner is None:
            raise UnitUnknown(field="owner")
        services.give(
            db.session(), meeting, form.what.data, Unit(owner.unit_kind, owner.unit_name, owner.unit_code),  # type: ignore[arg-type]
            form.due_on.data, actor=current_user, at=db.utcnow(),
        )  # fmt: skip
    except Problem as why:
        return _refused(meeting, why, giving=form)
    return _back(meeting, _("Tindak lanjut dicatat; kembali di rapat berikutnya sampai ditutup."), "tindak-lanjut")


@bp.post("/<int:meeting_id>/tindak-lanjut/<int:item_id>")
@requires(Permission.MEETING_MANAGE)
def settle(meeting_id: int, item_id: int) -> Answer:
    """Close an item on the page of the meeting in which it came up; of a closed meeting it is closed in between."""
    session, form = db.session(), SettleForm()
    meeting = _managed(meeting_id)
    item = queries.item(session, current_user, item_id)
    if item.series_id != meeting.series_id:
        raise NotFound
    if not form.validate():
        return _answer(_page(meeting, settling=(item.id, form)), form)
    within = meeting if meeting.closed_at is None else None
    try:
        services.settle(
            session, item, ItemState(form.state.data), form.reason.data, actor=current_user, at=db.utcnow(),
            meeting=within,
        )  # fmt: skip
    except Problem as why:
        return _refused(meeting, why)
    return _back(meeting, _("Tindak lanjut ditutup."), "tindak-lanjut")


@bp.post("/<int:meeting_id>/tutup")
@requires(Permission.MEETING_MANAGE)
def close(meeting_id: int) -> Answer:
    meeting = _managed(meeting_id)
    try:
        services.close(db.session(), meeting, actor=current_user, at=db.utcnow())
    except Problem as why:
        return _refused(meeting, why)
    return _back(meeting, _("Rapat ditutup dan dibekukan."))


@bp.post("/<int:meeting_id>/perubahan")
@requires(Permission.MEETING_MANAGE)
def amend(meeting_id: int) -> Answer:
    meeting, form = _managed(meeting_id), AmendForm()
    if not form.validate():
        return _answer(_page(meeting, amending=form), form)
    try:
        services.amend(db.session(), meeting, form.body.data, actor=current_user, at=db.utcnow())
    except Problem as why:
        return _refused(meeting, why, amending=form)
    return _back(meeting, _("Catatan perubahan ditambahkan."), "perubahan")


def _today(zone: str) -> date:
    return db.utcnow().astimezone(ZoneInfo(zone)).date()


def _meeting(meeting_id: int) -> Meeting:
    return queries.get(db.session(), current_user, meeting_id)


def _managed(meeting_id: int) -> Meeting:
    """The meeting, for who keeps its record. Raises `NotFound`, `NotAllowed` for who may only read it."""
    meeting = _meeting(meeting_id)
    _must_manage(meeting.region_code)
    return meeting


def _must_manage(region_code: str) -> None:
    if not allows(current_user, Permission.MEETING_MANAGE, region_code):
        raise NotAllowed


def _call_form(sent: Any) -> CallForm:
    return CallForm(formdata=sent)


def _back(meeting: Meeting, said: str, anchor: str | None = None) -> Answer:
    flash(said, "good")
    return redirect(url_for(".show", meeting_id=meeting.id, _anchor=anchor), 303)


def _answer(page: str, form: BaseForm, problem: Problem | None = None) -> Answer:
    """A page of a form that was shown for the first time (200), or refused."""
    if problem is not None:
        return Response(page, problem.status, {"X-Problem-Code": problem.code}, mimetype="text/html")
    problems = form.problems()
    if not problems:
        return Response(page, 200, mimetype="text/html")
    return Response(page, 422, {"X-Problem-Code": problems[0].code}, mimetype="text/html")


def _refused(meeting: Meeting, why: Problem, **forms: Any) -> Answer:
    page = _page(meeting, problem=why, **forms)
    return Response(page, why.status, {"X-Problem-Code": why.code}, mimetype="text/html")


def _series_page(run: MeetingSeries, form: CallForm) -> str:
    session, today = db.session(), _today(run.region.time_zone)
    silent = queries.silent(session, run, today)
    return render_template(
        "meeting/series.html",
        run=run,
        form=form,
        meetings=queries.meetings_of(session, current_user, run.id),
        items=queries.open_items(session, current_user, run.id),
        silent=silent[:SHOWN_SILENT],
        silent_all=len(silent),
        today=today,
        manages=allows(current_user, Permission.MEETING_MANAGE, run.region_code),
        **WORDS,
    )


def _page(meeting: Meeting, *, problem: Problem | None = None, **forms: Any) -> str:
    """The page of a meeting. `forms`: those that were refused, by what they do; the others stand as the meeting is."""
    session = db.session()
    manages = allows(current_user, Permission.MEETING_MANAGE, meeting.region_code)
    changes = manages and meeting.closed_at is None
    if changes:
        forms = {**_blank(meeting), **forms}
    return render_template(
        "meeting/show.html",
        meeting=meeting,
        zone=meeting.region.time_zone,
        place=read_point(meeting.place) if meeting.place is not None else None,
        brought=queries.brought_to(session, meeting),
        agenda=lines(meeting.agenda),
        decisions=lines(meeting.decisions),
        proven=meeting.evidence is not None and meeting.evidence.state in VERIFIED,
        manages=manages,
        changes=changes,
        intact=services.is_intact(meeting),
        problem=problem,
        forms=forms,
        amending=forms.get("amending") or AmendForm(formdata=None),
        settling=forms.get("settling"),
        today=_today(meeting.region.time_zone),
        sent=request.form,
        **WORDS,
    )


def _blank(meeting: Meeting) -> dict[str, BaseForm]:
    written = MeetingForm(formdata=None)
    written.offer(queries.cases_for(db.session(), current_user, meeting.region_code))
    written.show(meeting)
    if meeting.place is not None:
        place = read_point(meeting.place)
        written.lon.data, written.lat.data = place.lon, place.lat
    giving = ItemForm(formdata=None)
    giving.offer(meeting.attendance)
    return {"written": written, "attending": AttendanceForm(formdata=None), "giving": giving}
