"""The visit page: check-in, photos, checklist and verdict, for a phone held in one hand in the rain."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, demand, requires
from webapp.errors import Problem
from webapp.evidence import queries as evidence_queries
from webapp.evidence.errors import NoFiles
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.evidence.services import RefusedResult
from webapp.evidence.views.arriving import incoming
from webapp.evidence.words import REFUSALS, said
from webapp.territory.queries import extent, kecamatan_of
from webapp.verification import services
from webapp.verification.errors import DeskAndSite, FixMissing, VisitedBefore
from webapp.verification.forms import CheckInForm, FinishForm
from webapp.verification.queries import partial, visits
from webapp.verification.rules import Verdict, checklist_of
from webapp.verification.services import CheckIn
from webapp.verification.views import maps, showing
from webapp.verification.views.blueprint import bp

Page = str | tuple[str, int] | Answer


@bp.get("/<int:evidence_id>/kunjungan")
@requires(Permission.FIELD_VERIFY)
def visit(evidence_id: int) -> str:
    return _page(_case(evidence_id))


@bp.post("/<int:evidence_id>/kunjungan")
@requires(Permission.FIELD_VERIFY)
def check_in(evidence_id: int) -> Page:
    form, settings = CheckInForm(), current_app.extensions["petabukti_settings"]
    case = _case(evidence_id)
    try:
        services.check_in(
            db.session(), case.id, _fix(form), actor=current_user, at=db.utcnow(), radius_m=settings.visit_radius_m
        )
    except Problem as why:
        return _refused(case, why)
    flash(_("Check-in tercatat. Sekarang ambil foto dari lokasi."), "good")
    return redirect(url_for(".visit", evidence_id=case.id, _anchor="foto"), 303)


@bp.post("/<int:evidence_id>/kunjungan/foto")
@requires(Permission.FIELD_VERIFY)
def add_visit_photos(evidence_id: int) -> Page:
    case, intake = _case(evidence_id), current_app.extensions["petabukti_intake"]
    files = [file for file in request.files.getlist("berkas") if file.filename]
    if not files:
        return _refused(case, NoFiles())
    outcome = services.add_visit_photos(
        db.session(), case.id, incoming(case.id, files), actor=current_user, at=db.utcnow(), intake=intake
    )
    refused = [one for one in outcome if isinstance(one, RefusedResult)]
    for one in refused:
        flash(f"{one.name}: {said(REFUSALS, one.code)}", "bad")
    if len(refused) < len(outcome):
        flash(_("%(n)d foto tersimpan.", n=len(outcome) - len(refused)), "good")
    return redirect(url_for(".visit", evidence_id=case.id, _anchor="foto"), 303)


@bp.post("/<int:evidence_id>/kunjungan/selesai")
@requires(Permission.FIELD_VERIFY)
def finish(evidence_id: int) -> Page:
    case = _case(evidence_id)
    form = _offered(FinishForm(), case)
    verb = services.return_from_site if request.form.get("lalu") == "kembalikan" else services.complete_visit
    if not form.validate_on_submit():
        return _page(case, None, form), 422
    verdict = Verdict(form.verdict.data) if form.verdict.data else None
    try:
        verb(
            db.session(), case.id, actor=current_user, at=db.utcnow(), checked=set(form.checked.data or ()),
            verdict=verdict, note=form.note.data or "",
        )  # fmt: skip
    except Problem as why:
        return _refused(case, why, form)
    flash(_("Kunjungan selesai. Terima kasih."), "good")
    return redirect(url_for(".visit", evidence_id=case.id), 303)


def _case(evidence_id: int) -> Evidence:
    case = evidence_queries.get(db.session(), current_user, evidence_id)
    demand(current_user, Permission.FIELD_VERIFY, case.region_code)
    return case


def _fix(form: CheckInForm) -> CheckIn:
    """What the phone said. Raises `FixMissing` unless position, accuracy and time came together."""
    place = form.place() if form.validate_on_submit() else None
    if place is None or form.accuracy_m.data is None or form.fix_at.data is None:
        raise FixMissing
    return CheckIn(place, form.accuracy_m.data, form.fix_at.data)


def _offered(form: FinishForm, case: Evidence) -> FinishForm:
    form.offer(checklist_of(case.activity.check_kind if case.activity else None))
    return form


def _refused(case: Evidence, why: Problem, form: FinishForm | None = None) -> Page:
    """What can be mended on the spot is said on the visit's own page; all else is answered by its status."""
    if why.status != 422:
        raise why
    return _page(case, why, form), 422


def _page(case: Evidence, problem: Problem | None = None, form: FinishForm | None = None) -> str:
    session, at = db.session(), db.utcnow()
    under_way = visits.under_way(session, current_user, case.id)
    open_now = case.stands is State.AWAITING_FIELD and case.locked_at is None
    return render_template(
        "verification/visit.html",
        **showing.common(case),
        **_steps(under_way is not None, bool(under_way and under_way.photos), not open_now),
        under_way=under_way,
        open_now=open_now,
        barred=_barred(case, at) if open_now else None,
        visits=visits.of_case(session, case.id),
        visit_pictures=showing.visit_pictures,
        parts=maps.visit_map(case, extent(session, kecamatan_of(case.region_code))),
        problem=problem,
        finish_form=form or _offered(FinishForm(formdata=None), case),
    )


def _barred(case: Evidence, at: Any) -> Problem | None:
    """Why this person may not visit the case."""
    found = showing.partiality(db.session(), case, at)
    if found is None and partial.has_decided_at_desk(db.session(), current_user, case.id):
        return DeskAndSite()
    if found is None and partial.refuted_before(db.session(), current_user, case.id):
        return VisitedBefore()
    return found


def _steps(checked_in: bool, has_photo: bool, finished: bool) -> dict[str, Any]:
    done = [checked_in or finished, (checked_in and has_photo) or finished, finished]
    here = next((number for number, one in enumerate(done) if not one), None)
    names = (_("Check-in"), _("Foto"), _("Putusan"))
    states = ["done" if done[n] else "current" if n == here else "todo" for n in range(len(names))]
    return {"way": [{"label": name, "state": state} for name, state in zip(names, states, strict=True)]}
