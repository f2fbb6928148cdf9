"""The desk: one case with everything that speaks for and against it, and the verdicts."""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, demand, requires
from webapp.answers import layer
from webapp.errors import Problem, for_script, on_own_page
from webapp.evidence import pii
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence
from webapp.forms import BaseForm
from webapp.i18n import chosen_locale
from webapp.signals import queries as signals
from webapp.territory.queries import extent, kecamatan_of
from webapp.verification import forms, services
from webapp.verification.claims import supported_by
from webapp.verification.errors import AlreadyDecided, AlreadyTaken, NotTaken
from webapp.verification.filters import Filters, carried
from webapp.verification.queries import near, twins, visits
from webapp.verification.rules import WHY_FIELD_LABELS
from webapp.verification.services.desk import reasons_for_field
from webapp.verification.views import maps, showing
from webapp.verification.views.blueprint import bp
from webapp.verification.views.queue import desk_queue

Page = str | tuple[str, int] | Answer
_TOO_LATE = (AlreadyDecided, AlreadyTaken, NotTaken)


@bp.get("/<int:evidence_id>")
@requires(Permission.DESK_REVIEW)
def desk(evidence_id: int) -> str:
    return _page(_case(evidence_id))


@bp.post("/<int:evidence_id>/ambil")
@requires(Permission.DESK_REVIEW)
def take(evidence_id: int) -> Page:
    minutes = current_app.extensions["petabukti_settings"].desk_lock_minutes
    try:
        services.take(db.session(), evidence_id, actor=current_user, at=db.utcnow(), minutes=minutes)
    except Problem as why:
        return _told(evidence_id, why, {})
    return _back(evidence_id, _("Bukti ini Anda periksa. Putuskan dalam %(n)d menit.", n=minutes))


@bp.post("/<int:evidence_id>/lepas")
@requires(Permission.DESK_REVIEW)
def release(evidence_id: int) -> Page:
    services.release(db.session(), evidence_id, actor=current_user, at=db.utcnow())
    return _back(evidence_id, _("Bukti dilepas kembali ke antrean."))


@bp.post("/<int:evidence_id>/terima")
@requires(Permission.DESK_REVIEW)
def accept(evidence_id: int) -> Page:
    return _decide(evidence_id, "accept", forms.AcceptForm(), services.accept, _("Bukti diterima."))


@bp.post("/<int:evidence_id>/ke-lapangan")
@requires(Permission.DESK_REVIEW)
def send(evidence_id: int) -> Page:
    return _decide(evidence_id, "send", forms.SendForm(), services.send_to_field, _("Bukti dikirim ke lapangan."))


@bp.post("/<int:evidence_id>/kembalikan")
@requires(Permission.DESK_REVIEW)
def give_back(evidence_id: int) -> Page:
    form = forms.ReturnForm()
    return _decide(evidence_id, "give_back", form, services.return_for_repair, _("Bukti dikembalikan ke unit."))


@bp.post("/<int:evidence_id>/usul-tolak")
@requires(Permission.DESK_REVIEW)
def propose(evidence_id: int) -> Page:
    said = _("Penolakan diusulkan; orang kedua yang memutuskan.")
    return _decide(evidence_id, "propose", forms.RejectForm(), services.propose_rejection, said)


@bp.post("/<int:evidence_id>/sahkan-tolak")
@requires(Permission.DESK_REVIEW)
def confirm(evidence_id: int) -> Page:
    return _decide(evidence_id, "confirm", forms.ConfirmForm(), services.confirm_rejection, _("Bukti ditolak."))


@bp.post("/<int:evidence_id>/tolak-usulan")
@requires(Permission.DESK_REVIEW)
def decline(evidence_id: int) -> Page:
    said = _("Usulan tidak disetujui; bukti kembali ke antrean.")
    return _decide(evidence_id, "decline", forms.DeclineForm(), services.decline_rejection, said)


@bp.post("/<int:evidence_id>/perpanjang-perbaikan")
@requires(Permission.DESK_REVIEW)
def extend(evidence_id: int) -> Page:
    said = _("Batas perbaikan diperpanjang.")
    return _decide(evidence_id, "extend", forms.ExtendForm(), services.extend_repair, said)


def _decide(evidence_id: int, name: str, form: BaseForm, verb: Callable[..., Evidence], done: str) -> Page:
    """Try a verdict. What the person can mend, and what somebody else was faster with, is said on the same page with
    what they wrote; all else by its status.
    """
    if not form.validate_on_submit():
        return _page(_case(evidence_id), None, {name: form}), 422
    words = {key: value for key, value in form.data.items() if key != "csrf_token"}
    try:
        case = verb(db.session(), evidence_id, actor=current_user, at=db.utcnow(), **words)
    except Problem as why:
        return _told(evidence_id, why, {name: form})
    return _onward(case, done)


def _told(evidence_id: int, why: Problem, tried: dict[str, BaseForm]) -> Page:
    """The desk with the refusal on it, and with the note that was written for whoever lost the race."""
    if not (why.status == 422 or isinstance(why, _TOO_LATE)) or for_script():
        raise why
    return on_own_page(_page(_case(evidence_id), why, tried), why)


def _case(evidence_id: int) -> Evidence:
    case = evidence_queries.get(db.session(), current_user, evidence_id)
    demand(current_user, Permission.DESK_REVIEW, case.region_code)
    return case


def _onward(case: Evidence, done: str) -> Answer:
    """To the next case of the filtered queue, with a word on what was decided and the way back to it."""
    session, filters, where = db.session(), Filters.read(request.args), carried(request.args)
    session.flush()
    following = desk_queue(session, filters).next_after(session, case, db.utcnow())
    back = url_for(".desk", evidence_id=case.id, **where)
    flash(Markup('{} <a href="{}">{}</a>').format(done, back, pii.covered(case.title)), "good")
    if following is not None:
        return redirect(url_for(".desk", evidence_id=following, **where), 303)
    flash(_("Tidak ada lagi yang menunggu Anda dengan saringan ini."), "info")
    return redirect(url_for(".queue", **where), 303)


def _back(evidence_id: int, done: str) -> Answer:
    flash(done, "good")
    return redirect(url_for(".desk", evidence_id=evidence_id, **carried(request.args)), 303)


def _page(case: Evidence, problem: Problem | None = None, tried: dict[str, BaseForm] | None = None) -> str:
    session, at, where = db.session(), db.utcnow(), carried(request.args)
    asked = desk_queue(session, Filters.read(request.args))
    return render_template(
        "verification/desk.html",
        **showing.common(case),
        can=showing.standing(session, case, at),
        partial=showing.partiality(session, case, at),
        why_field=[WHY_FIELD_LABELS[reason] for reason in reasons_for_field(case)],
        twins=twins.same_bytes(session, current_user, case),
        signals=signals.of_case(session, current_user, case),
        looked_at=signals.looked_at(session, case.id),
        claims=supported_by(session, current_user, case),
        near=near.nearest(session, current_user, case),
        spot=near.same_spot(session, current_user, case),
        visits=visits.of_case(session, case.id),
        visit_pictures=showing.visit_pictures,
        chosen=showing.chosen_photo(case, request.args.get("foto", "")),
        metres_off=lambda fix: showing.metres_off(case, fix),
        apart=showing.apart,
        stand=asked.stand_of(session, case),
        next_id=asked.next_after(session, case, at),
        where=where,
        now=at,
        parts=maps.desk_map(case, extent(session, kecamatan_of(case.region_code))),
        problem=problem,
        written=showing.written(tried) if problem is not None and problem.status == 409 else "",
        forms=_forms(tried or {}),
        tried=set(tried or ()),
    )


@bp.get("/<int:evidence_id>/sekitar.geojson")
@requires(Permission.DESK_REVIEW)
def near_points(evidence_id: int) -> Response:
    session, case = db.session(), _case(evidence_id)

    def draw() -> str:
        return maps.near_points(near.nearest(session, current_user, case))

    version = session.execute(evidence_queries.data_version()).one()
    return layer(draw, current_user.grants, tuple(version), chosen_locale())


def _forms(tried: dict[str, BaseForm]) -> dict[str, Any]:
    """Every form of the page; the one that was tried keeps what was written."""
    kinds = {
        "accept": forms.AcceptForm, "send": forms.SendForm, "give_back": forms.ReturnForm, "propose": forms.RejectForm,
        "confirm": forms.ConfirmForm, "decline": forms.DeclineForm, "extend": forms.ExtendForm,
    }  # fmt: skip
    return {name: tried.get(name) or kind(formdata=None) for name, kind in kinds.items()}
