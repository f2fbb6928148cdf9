"""Cases over JSON: put one under a number of the client's making, read it, list the own ones."""

import uuid
from dataclasses import asdict

from flask import Response, jsonify, request, url_for
from flask_login import current_user

from webapp import db
from webapp.access import Permission, requires
from webapp.evidence import queries, services
from webapp.evidence.forms import CaseForm, OwnCasesQuery, PlaceForm
from webapp.evidence.rules import State
from webapp.evidence.services import SentPlace
from webapp.evidence.views.api.blueprint import bp, json_body
from webapp.evidence.views.api.shapes import CasePage, CaseSeen, answer_schema
from webapp.evidence.views.cases import case_form
from webapp.evidence.views.moves import late_for
from webapp.forms.described import described
from webapp.forms.json import read_object
from webapp.forms.parts import Part, fill, fill_query

_PAGE = 50


def case_part() -> Part:
    """The form of a case as a JSON object, with the form of its place inside; choices are this person's."""
    place = Part(PlaceForm(formdata=None), names={"fix_at": "at"})
    return Part(case_form(), hidden=frozenset({"client_id"}), parts={"place": place})


@bp.put("/bukti/<uuid:client_id>")
@requires(Permission.EVIDENCE_WRITE)
@described(body=case_part, answers={200: answer_schema(CaseSeen), 201: answer_schema(CaseSeen)})
def put_case(client_id: uuid.UUID) -> Response:
    """Make a draft under this number, or find it made already: the same content again answers 200."""
    part = case_part()
    fill(part, read_object(json_body()))
    form: CaseForm = part.form
    case, made = services.send(
        db.session(), actor=current_user, region_code=form.region_code.data, client_id=client_id,
        fields=form.fields(), place=_place(part.parts["place"].form), at=db.utcnow(),
    )  # fmt: skip
    answer = jsonify(asdict(CaseSeen.of(case)))
    if made:
        answer.status_code, answer.headers["Location"] = 201, url_for(".get_case", client_id=client_id)
    return answer


def _place(form: PlaceForm) -> SentPlace:
    return SentPlace(form.place(), form.accuracy_m.data, form.fix_at.data, form.reason.data or "")


@bp.get("/bukti/<uuid:client_id>")
@requires(Permission.EVIDENCE_WRITE)
@described(answers={200: answer_schema(CaseSeen)})
def get_case(client_id: uuid.UUID) -> Response:
    """One of the own cases, by the number it was made under."""
    return jsonify(asdict(CaseSeen.of(queries.sent(db.session(), current_user, client_id))))


@bp.post("/bukti/<uuid:client_id>/kirim")
@requires(Permission.EVIDENCE_SUBMIT)
@described(answers={200: answer_schema(CaseSeen)})
def submit_case(client_id: uuid.UUID) -> Response:
    """Send one of the own drafts to the desk; one that was sent before is answered as it stands now.

    Also one that came back meanwhile: a repeat by the network must not send it again unchanged.
    """
    session = db.session()
    case = queries.locked_for_change(session, current_user, queries.sent(session, current_user, client_id).id)
    if case.stands is State.WITHDRAWN or case.submitted_at is None:
        services.submit(session, case, actor=current_user, at=db.utcnow(), late_for=late_for())
        session.flush()
    return jsonify(asdict(CaseSeen.of(case)))


@bp.get("/bukti")
@requires(Permission.EVIDENCE_WRITE)
@described(query=OwnCasesQuery, answers={200: answer_schema(CasePage)})
def list_cases() -> Response:
    """The own cases, newest first, a part at a time."""
    asked = OwnCasesQuery(formdata=None, meta={"csrf": False})
    fill_query(asked, request.args)
    limit = asked.limit.data or _PAGE
    found, beyond = queries.page_of_own(db.session(), current_user, asked.before.data, limit)
    more = url_for(".list_cases", before=beyond, limit=limit) if beyond else None
    return jsonify(asdict(CasePage([CaseSeen.of(case) for case in found], more)))
