"""The desk: one case with everything that speaks for and against it, and the verdicts."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, demand, requires
from webapp.errors import Problem
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence
from webapp.forms import BaseForm
from webapp.territory.queries import extent, kecamatan_of
from webapp.verification import forms, services
from webapp.verification.filters import Filters
from webapp.verification.queries import twins, visits
from webapp.verification.rules import WHY_FIELD_LABELS
from webapp.verification.services.desk import reasons_for_field
from webapp.verification.views import maps, showing
from webapp.verification.views.blueprint import bp
from webapp.verification.views.queue import desk_queue

Page = str | tuple[str, int] | Answer


@bp.get("/<int:evidence_id>")
@requires(Permission.DESK_REVIEW)
def desk(evidence_id: int) -> str:
    case = evidence_queries.get(db.session(), current_user, evidence_id)
    demand(current_user, Permission.DESK_REVIEW, case.region_code)
    return _page(case)


@bp.post("/<int:evidence_id>/ambil")
@requires(Permission.DESK_REVIEW)
def take(evidence_id: int) -> Page:
    minutes = current_app.extensions["petabukti_settings"].desk_lock_minutes
    services.take(db.session(), evidence_id, actor=current_user, at=db.utcnow(), minutes=minutes)
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
    """Try a verdict; what the person can mend is said on the same page with what they wrote, all else by its status."""
    problem = None
    if form.validate_on_submit():
        words = {key: value for key, value in form.data.items() if key != "csrf_token"}
        try:
            verb(db.session(), evidence_id, actor=current_user, at=db.utcnow(), **words)
        except Problem as why:
            if why.status != 422:
                raise
            problem = why
        else:
            return _back(evidence_id, done)
    case = evidence_queries.get(db.session(), current_user, evidence_id)
    demand(current_user, Permission.DESK_REVIEW, case.region_code)
    return _page(case, problem, {name: form}), 422


def _back(evidence_id: int, done: str) -> Answer:
    flash(done, "good")
    return redirect(url_for(".desk", evidence_id=evidence_id), 303)


def _page(case: Evidence, problem: Problem | None = None, tried: dict[str, BaseForm] | None = None) -> str:
    session, at = db.session(), db.utcnow()
    unit = extent(session, kecamatan_of(case.region_code))
    return render_template(
        "verification/desk.html",
        **showing.common(case),
        can=showing.standing(session, case, at),
        partial=showing.partiality(session, case, at),
        why_field=[WHY_FIELD_LABELS[reason] for reason in reasons_for_field(case)],
        twins=twins.same_bytes(session, current_user, case),
        visits=visits.of_case(session, case.id),
        visit_pictures=showing.visit_pictures,
        next_id=desk_queue(session, Filters()).next_after(session, case.id),
        parts=maps.desk_map(case, unit),
        problem=problem,
        forms=_forms(tried or {}),
        tried=set(tried or ()),
    )


def _forms(tried: dict[str, BaseForm]) -> dict[str, Any]:
    """Every form of the page; the one that was tried keeps what was written."""
    kinds = {
        "accept": forms.AcceptForm, "send": forms.SendForm, "give_back": forms.ReturnForm, "propose": forms.RejectForm,
        "confirm": forms.ConfirmForm, "decline": forms.DeclineForm, "extend": forms.ExtendForm,
    }  # fmt: skip
    return {name: tried.get(name) or kind(formdata=None) for name, kind in kinds.items()}
