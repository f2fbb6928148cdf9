"""Photos of a case: taking them in, showing their derivatives, handing out originals, taking them out."""

from collections import Counter
from datetime import datetime
from typing import Any

from flask import Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.json import dumps
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from media.errors import Refused
from media.intake import Intake
from webapp import audit, db, errors
from webapp.access import Permission, requires, signed_in
from webapp.accounts.stepup import demand_fresh_proof
from webapp.errors import NotAllowed, Problem
from webapp.evidence import queries, services
from webapp.evidence.errors import NoFiles
from webapp.evidence.forms import ProgressForm
from webapp.evidence.models import Photo
from webapp.evidence.rules import IN_STAGES, grade
from webapp.evidence.services import RefusedResult
from webapp.evidence.views import showing
from webapp.evidence.views.arriving import incoming
from webapp.evidence.views.blueprint import bp
from webapp.evidence.views.maps import photo_fixes
from webapp.evidence.views.pictures import stored
from webapp.evidence.words import REFUSALS, STATUS_OF, said

_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/avif": "avif"}


@bp.post("/<int:evidence_id>/foto")
@requires(Permission.EVIDENCE_WRITE)
def add_photos(evidence_id: int) -> Answer:
    case = queries.visible(db.session(), current_user, evidence_id)  # held only once the files have been opened
    files = [file for file in request.files.getlist("berkas") if file.filename]
    if not files:
        raise NoFiles
    intake: Intake = current_app.extensions["petabukti_intake"]
    at, seen = db.utcnow(), set[int]()
    outcome = services.add_photos(
        db.session(), case, incoming(case.id, files), actor=current_user, at=at, intake=intake
    )
    results = [_result(one, at, seen) for one in outcome]
    if wants_json():
        return _as_json(results)
    flash(tally(results), "warn" if any(one["status"] == "refused" for one in results) else "good")
    return redirect(url_for(".show", evidence_id=case.id, _anchor="foto"), 303)


def wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _result(one: Photo | RefusedResult, at: datetime, seen: set[int]) -> dict[str, Any]:
    if isinstance(one, RefusedResult):
        sentence = said(REFUSALS, one.code)
        return {"name": one.name, "status": "refused", "code": one.code, "photo_id": None, "message": sentence}
    status = "accepted" if one.received_at == at and one.id not in seen else "same"
    seen.add(one.id)
    message = _("Foto ini sudah pernah diunggah") if status == "same" else _("diterima")
    return {"name": one.file_name, "status": status, "code": None, "photo_id": one.id, "message": message}


def tally(results: list[dict[str, Any]]) -> str:
    """One sentence over a batch: "4 diterima, 1 ditolak: bukan foto"."""
    count = Counter(one["status"] for one in results)
    parts = []
    if count["accepted"]:
        parts.append(_("%(n)d diterima", n=count["accepted"]))
    if count["same"]:
        parts.append(_("%(n)d sudah pernah diunggah", n=count["same"]))
    if count["refused"]:
        why = "; ".join(dict.fromkeys(one["message"] for one in results if one["status"] == "refused"))
        parts.append(_("%(n)d ditolak: %(why)s", n=count["refused"], why=why))
    return ", ".join(parts)


def _as_json(results: list[dict[str, Any]]) -> Response:
    """201 where something new was taken, 200 where all was here already, else the refusal itself."""
    statuses = {one["status"] for one in results}
    if statuses == {"refused"}:
        return _refusal(results)
    listed = jsonify(results=results, message=tally(results))
    listed.status_code = 201 if "accepted" in statuses else 200
    return listed


def _refusal(results: list[dict[str, Any]]) -> Response:
    """Nothing was taken: the one shape of a refusal, with the list of files; one code when all have the same reason."""
    codes = {one["code"] for one in results}
    code = codes.pop() if len(codes) == 1 else Refused.code
    sentence = results[0]["message"] if len(results) == 1 else tally(results)
    said_so = errors.answer(STATUS_OF.get(code, Refused.status), code, sentence, "berkas")
    said_so.set_data(dumps({**said_so.get_json(), "results": results}))
    db.keep_despite_refusal()  # the tally remembers what was refused
    return said_so


@bp.get("/foto/<int:photo_id>")
@signed_in
def photo(photo_id: int) -> str:
    found = queries.photo(db.session(), current_user, photo_id)
    fixes = photo_fixes(found)
    return render_template(
        "evidence/photo.html",
        photo=found,
        case=found.evidence,
        zone=found.evidence.region.time_zone,
        fixes=[(fix, grade(fix)) for fix in fixes],
        camera_zone=showing.camera_zone,
        lateness=showing.lateness(found),
        may=showing.powers(found.evidence, current_user),
        original=showing.may_open_original(found, current_user),
        progress=_progress_form(found),
    )


def _progress_form(photo: Photo) -> ProgressForm | None:
    """For photos of works in stages; None for all others."""
    activity = photo.evidence.activity
    if photo.visit_id is not None or activity is None or activity.check_kind != IN_STAGES:
        return None
    said = "" if photo.progress is None else str(photo.progress)
    return ProgressForm(formdata=None, data={"progress": said})


@bp.post("/foto/<int:photo_id>/tahap")
@requires(Permission.EVIDENCE_WRITE)
def set_progress(photo_id: int) -> Answer:
    found = queries.photo(db.session(), current_user, photo_id)
    queries.locked_for_change(db.session(), current_user, found.evidence_id)
    form = ProgressForm()
    if not form.validate_on_submit():
        raise Problem(field="progress")
    services.set_progress(db.session(), found, form.stage, actor=current_user, at=db.utcnow())
    flash(_("Tahap pekerjaan pada foto ini disimpan."), "good")
    return redirect(url_for(".photo", photo_id=photo_id), 303)


@bp.get("/foto/<int:photo_id>/asli")
@signed_in
def original(photo_id: int) -> Response:
    found = queries.photo(db.session(), current_user, photo_id)
    if not showing.may_open_original(found, current_user):
        raise NotAllowed
    if found.uploaded_by != current_user.id:
        demand_fresh_proof(back=url_for(".photo", photo_id=photo_id))
    audit.record(
        db.session(), "photo.original_opened", at=db.utcnow(), actor_id=current_user.id, on=("photo", found.id),
        region_code=found.evidence.region_code, address=request.remote_addr, evidence_id=found.evidence_id,
        sha256=found.sha256,
    )  # fmt: skip
    answer = Response(stored(found, "original"), mimetype=found.mime)
    name = f"bukti-{found.evidence_id}-foto-{found.id}.{_EXTENSIONS.get(found.mime, 'heic')}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/foto/<int:photo_id>/hapus")
@requires(Permission.EVIDENCE_WRITE)
def remove_photo(photo_id: int) -> Answer:
    found = queries.photo(db.session(), current_user, photo_id)
    case = queries.locked_for_change(db.session(), current_user, found.evidence_id)
    services.remove_photo(db.session(), found, actor=current_user, at=db.utcnow())
    flash(_("Foto dihapus dari bukti ini."), "info")
    return redirect(url_for(".show", evidence_id=case.id, _anchor="foto"), 303)
