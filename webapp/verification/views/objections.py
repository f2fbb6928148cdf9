"""Objections: which wait, and one of them with both sides before the person who answers it."""

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answered

from webapp import db
from webapp.access import Permission, demand, requires
from webapp.errors import NotFound, Problem
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence
from webapp.evidence.rules import DISMISSES, Move, State
from webapp.verification import services
from webapp.verification.errors import DecidedBefore
from webapp.verification.forms import AnswerForm
from webapp.verification.queries import objections as waiting
from webapp.verification.queries import partial, visits
from webapp.verification.rules import Answer
from webapp.verification.views import showing
from webapp.verification.views.blueprint import bp


@bp.get("/sanggahan")
@requires(Permission.OBJECTION_DECIDE)
def objections() -> str:
    return render_template(
        "verification/objections.html", rows=waiting.waiting(db.session(), current_user, db.utcnow())
    )


@bp.get("/<int:evidence_id>/sanggahan")
@requires(Permission.OBJECTION_DECIDE)
def objection(evidence_id: int) -> str:
    return _page(_case(evidence_id), AnswerForm(formdata=None))


@bp.post("/<int:evidence_id>/sanggahan")
@requires(Permission.OBJECTION_DECIDE)
def answer(evidence_id: int) -> Answered:
    case, form = _case(evidence_id), AnswerForm()
    if not form.validate():
        return _refused(case, form, form.problems()[0].code)
    try:
        services.answer_objection(
            db.session(), case.id, actor=current_user, at=db.utcnow(), answer=Answer(form.answer.data),
            note=form.note.data or "",
        )  # fmt: skip
    except Problem as why:
        if why.status != 422:
            raise
        return _refused(case, form, why.code, why)
    flash(_("Putusan atas sanggahan tersimpan."), "good")
    return redirect(url_for(".objection", evidence_id=case.id), 303)


def _case(evidence_id: int) -> Evidence:
    case = evidence_queries.get(db.session(), current_user, evidence_id)
    demand(current_user, Permission.OBJECTION_DECIDE, case.region_code)
    return case


def _refused(case: Evidence, form: AnswerForm, code: str, problem: Problem | None = None) -> Answered:
    return Response(_page(case, form, problem), 422, {"X-Problem-Code": code}, mimetype="text/html")


def _page(case: Evidence, form: AnswerForm, problem: Problem | None = None) -> str:
    session = db.session()
    objected = next((one for one in case.moves if one.move == Move.OBJECT), None)
    if objected is None:
        raise NotFound
    decided = [one for one in case.moves if one.id < objected.id and one.move in DISMISSES]
    answered = next((one for one in case.moves if one.id > objected.id and one.was == State.OBJECTED), None)
    return render_template(
        "verification/objection.html",
        **showing.common(case),
        objected=objected,
        decided=decided[-1] if decided else None,
        answered=answered,
        barred=_barred(case),
        visits=visits.of_case(session, case.id),
        visit_pictures=showing.visit_pictures,
        form=form,
        problem=problem,
    )


def _barred(case: Evidence) -> Problem | None:
    """Why this person may not answer; None when they may."""
    found = showing.partiality(db.session(), case, db.utcnow())
    if found is None and partial.has_decided(db.session(), current_user, case.id):
        return DecidedBefore()
    return found
