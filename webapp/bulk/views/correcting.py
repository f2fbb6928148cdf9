"""The one screen: what is corrected on it is kept; and drafts are made of what then stands there."""

import uuid
from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, requires
from webapp.bulk import queries, services
from webapp.bulk.forms import GroupForm, UsualForm, moves
from webapp.bulk.models import ImportGroup, PhotoImport
from webapp.bulk.rules import ImportState
from webapp.bulk.services import Correction, Made, Sent
from webapp.bulk.views.blueprint import bp
from webapp.bulk.views.pages import import_page, sent_forms
from webapp.evidence.forms import CaseForm, PlaceForm
from webapp.evidence.services import SentPlace
from webapp.evidence.views.api.cases import case_part
from webapp.evidence.views.cases import case_form
from webapp.forms.parts import FieldsRefused, fill, refused

MAKE = "buat"


@bp.post("/<uuid:import_id>/koreksi")
@requires(Permission.EVIDENCE_WRITE)
def correct(import_id: uuid.UUID) -> Answer:
    """Keep the correction; with the button that makes drafts, make them too. Pressed twice it makes one set."""
    session = db.session()
    found = queries.held(session, current_user, import_id)
    if found.state == ImportState.DONE:  # the button was pressed twice
        return _back(found)
    forms = sent_forms(queries.groups(session, found.id))
    wrong = [form for form in forms.values() if not form.validate()]
    if wrong:
        return refused(wrong[0], import_page(found, forms, wrong=True))
    services.correct(session, found, _correction(forms), at=db.utcnow())
    if request.form.get("langkah") != MAKE:
        flash(_("Pratinjau diperbarui."), "good")
        return _back(found)
    groups = queries.groups(session, found.id)
    made = services.make(session, found, _sent(groups), actor=current_user, at=db.utcnow())
    _tell(made)
    return redirect(url_for(".show", import_id=found.id, lanjut=1 if made.left else None), 303)


def _correction(forms: dict[int, GroupForm]) -> Correction:
    return Correction(
        words={number: form.words() for number, form in forms.items()},
        moves=moves(request.form.items()),
        usual_activity=_usual(forms),
    )


def _usual(forms: dict[int, GroupForm]) -> str:
    """The activity for all groups without one, if it is one that can be chosen."""
    usual = UsualForm.of(case_form())
    return str(usual.activity.data or "") if forms and usual.validate() else ""


def _tell(made: Made) -> None:
    if made.made:
        flash(_("%(n)d draf bukti dibuat.", n=made.made), "good")
    if made.failed:
        flash(_("%(n)d kelompok belum dapat dibuat; sebabnya tertulis di kelompok itu.", n=made.failed), "warn")
    if made.left:
        flash(_("Masih ada %(n)d kelompok. Tekan tombol buat sekali lagi untuk melanjutkan.", n=made.left), "info")


def _back(found: PhotoImport) -> Answer:
    """To the same part of the same screen."""
    number = request.args.get("hal", type=int)
    return redirect(url_for(".show", import_id=found.id, hal=number, _anchor="pratinjau"), 303)


def _sent(groups: Sequence[ImportGroup]) -> dict[int, Sent]:
    """What the phone would send of the cases in its backup, read as if it came from the phone."""
    waiting = [row for row in groups if row.sent is not None and row.evidence_id is None]
    return {row.id: sent for row in waiting if (sent := _read(row.sent or {})) is not None}


def _read(told: dict[str, object]) -> Sent | None:
    """Whole; else its place alone; None where that is not usable either."""
    part = case_part()
    try:
        fill(part, told)
    except FieldsRefused:
        return _place_alone(told)
    form: CaseForm = part.form
    return Sent(_place(part.parts["place"].form), form.fields(), form.region_code.data)


def _place_alone(told: dict[str, object]) -> Sent | None:
    part, place = case_part().parts["place"], told.get("place")
    try:
        fill(part, place if isinstance(place, dict) else {})
    except FieldsRefused:
        return None
    return Sent(_place(part.form))


def _place(form: PlaceForm) -> SentPlace:
    return SentPlace(form.place(), form.accuracy_m.data, form.fix_at.data, form.reason.data or "")
