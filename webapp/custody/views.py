"""Handing a case over in the browser."""

from flask import Blueprint, Response, current_app, request, url_for
from flask_login import current_user

from webapp import audit, db
from webapp.access import Permission, requires
from webapp.accounts.stepup import demand_fresh_proof
from webapp.custody import packing, queries
from webapp.trail import queries as trail
from webapp.trail.errors import NothingSealed

bp = Blueprint("custody", __name__, url_prefix="/penyerahan")


@bp.get("/bukti/<int:evidence_id>.zip")
@requires(Permission.AUDIT_READ)
def case(evidence_id: int) -> Response:
    """Originals, history, proofs and an offline verifier. The line about it is written before the first byte leaves."""
    session, at = db.session(), db.utcnow()
    scope = queries.scope_of_case(session, current_user, evidence_id)
    demand_fresh_proof(back=url_for("accounts.trail", objek=f"evidence:{evidence_id}"))
    head = trail.latest_head(session)
    if head is None:
        raise NothingSealed
    parcel = packing.gather(session, scope, head, at=at)
    audit.record(
        session, "custody.export", at=at, actor_id=current_user.id, on=("evidence", evidence_id),
        region_code=scope.region_code, address=request.remote_addr, manifest_sha256=parcel.manifest_sha256,
        files=len(parcel.photos),
    )  # fmt: skip
    pieces = packing.zipped(parcel, current_app.extensions["petabukti_store"])
    answer = Response(pieces, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="bukti-{evidence_id}-penyerahan.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
