"""What the capture page fetches whenever there is a network: who sits here until when, and the choices of a case."""

import hashlib
from typing import Any

from flask import Response, current_app, jsonify, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from config import Settings
from webapp import db, i18n
from webapp.access import Permission, requires, signed_in
from webapp.accounts import door
from webapp.capture.views.blueprint import bp
from webapp.errors import NotSignedIn
from webapp.evidence import queries
from webapp.evidence.forms import study_label
from webapp.evidence.rules import CONSENT_LABELS, FORM_LABELS, STAGE_LABELS, TAG_LABELS
from webapp.evidence.words import nama

PIECE_BYTES = 262_144  # of one PATCH: some seconds at the edge of the network, so little is ever sent twice
_FOR_SCRIPTS = {"capture.key", "capture.supplies"}


@bp.before_request
def _answer_scripts() -> None:
    """Doors that only scripts open do not lead anybody to a page. Raises `NotSignedIn`."""
    if request.endpoint in _FOR_SCRIPTS and not current_user.is_authenticated:
        raise NotSignedIn


@bp.get("/kunci")
@signed_in
def key() -> Response:
    """Who is signed in here, until when at the latest, and the token for what is sent."""
    until = door.current().begun_at + door.limits().longest
    return jsonify(
        account={"id": current_user.id, "name": current_user.name},
        csrf=generate_csrf(),
        until=until.isoformat(),
        locale=i18n.chosen_locale(),
        server_time=db.utcnow().isoformat(),
    )


@bp.get("/bekal")
@requires(Permission.EVIDENCE_WRITE)
def supplies() -> Response:
    """All that a case is filled in with, for this person, in their language: kept by the page for offline."""
    answer = jsonify(_supplies())
    told = (current_user.id, answer.get_data())
    answer.set_etag(hashlib.sha256(repr(told).encode()).hexdigest()[:24])
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Cookie, Accept-Language"
    answer.make_conditional(request)
    return answer


def _supplies() -> dict[str, Any]:
    session = db.session()
    regions = queries.units(session, current_user)
    studies = queries.study_assignments(session, current_user)
    return {
        "kinds": _kinds(),
        "regions": [{"code": one.code, "name": one.name, "zone": one.time_zone} for one in regions],
        "studies": [{"id": str(one.id), "label": study_label(one)} for one in studies],
        "tags": _choices(TAG_LABELS),
        "consents": _choices(CONSENT_LABELS),
        "stages": _choices(STAGE_LABELS),
        "forms": _choices(FORM_LABELS),
        "limits": _limits(),
        "zone": regions[0].time_zone if regions else door.zone(),
        "locale": i18n.chosen_locale(),
    }


def _kinds() -> list[dict[str, Any]]:
    """Every kind with its activities; a kind that has none yet stands for itself."""
    return [
        {
            "label": nama(kind),
            "activities": [{"value": f"{kind.code}/{one.code}", "label": nama(one)} for one in kind.activities]
            or [{"value": f"{kind.code}/", "label": nama(kind)}],
        }
        for kind in queries.kinds(db.session())
    ]


def _choices(labels: dict[Any, Any]) -> list[dict[str, str]]:
    return [{"value": str(value), "label": str(label)} for value, label in labels.items()]


def _limits() -> dict[str, int]:
    settings: Settings = current_app.extensions["petabukti_settings"]
    return {
        "max_bytes": settings.max_upload_bytes,
        "min_side": current_app.config["LIMITS"].min_side,
        "piece_bytes": PIECE_BYTES,
        "reduce_to": settings.reduce_to,
        "reduce_quality": settings.reduce_quality,
    }
