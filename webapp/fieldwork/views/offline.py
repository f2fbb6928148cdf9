"""The day in the field without a signal: a page that opens offline, what it takes along, and visits that come later.

The page knows nobody: it is the same for all, and keeps on the phone what `day_pack` gives this person.
"""

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from config import Settings
from geo.columns import read_point
from media.errors import NotStored
from media.store import Name, Store
from webapp import db, i18n
from webapp.access import Permission, demand, public, requires
from webapp.accounts import door
from webapp.answers import packed
from webapp.capture.views import shells
from webapp.capture.views.keys import PIECE_BYTES
from webapp.capture.views.shell import asked_locale, script_names
from webapp.capture.words import SHARED
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.views.api.blueprint import json_body
from webapp.evidence.views.maps import photo_fixes
from webapp.evidence.views.showing import place_words, samar
from webapp.evidence.words import nama
from webapp.fieldwork import queries
from webapp.fieldwork.words import PAGE
from webapp.formatting import rentang, waktu
from webapp.forms.json import read_object
from webapp.forms.parts import Part, fill
from webapp.i18n import LOCALES
from webapp.verification import services
from webapp.verification.errors import FixMissing
from webapp.verification.forms import LaterVisitForm
from webapp.verification.models import FieldVisit
from webapp.verification.queries import partial
from webapp.verification.rules import VAGUE_M, VERDICT_LABELS, VISIT_LASTS, Verdict, checklist_of
from webapp.verification.services import CheckIn, LaterVisit

bp = Blueprint("lapangan", __name__, url_prefix="/lapangan")

_BUNDLE = "lapangan"
_SIZE: Name = "medium"
_MOST_PHOTOS = 6  # of one case: enough to know the place again


@bp.record_once
def _offer(state: BlueprintSetupState) -> None:
    own = shells.Shell(
        "lapangan.today", _page, _BUNDLE, ("js/lapangan/ukur.js", "js/lapangan/peta.js", "js/lapangan/lapangan.js"),
        ("css/rekam.css", "css/tanpa-sinyal.css"),
    )  # fmt: skip
    shells.offer(cast(Flask, state.app), own)


@bp.get("/tanpa-sinyal")
@public
def today() -> Response:
    """The page, the same for everybody; `bahasa` chooses its language."""
    return packed(_page(asked_locale()), "text/html")


def _page(locale: str) -> str:
    with force_locale(locale):
        words = {name: str(sentence) for name, sentence in {**SHARED, **PAGE}.items()}
        words["worker_href"] = url_for("capture.worker")
        words["sign_in_href"] = url_for("accounts.sign_in", next=url_for("lapangan.today"))
        other = next(one for one in LOCALES if one != locale)
        scripts = script_names(_BUNDLE)
        return render_template(
            "fieldwork/offline.html", bare=True, words=words, scripts=scripts, other=other, locale=locale
        )


@bp.get("/bekal")
@requires(Permission.FIELD_VERIFY)
def day_pack() -> Response:
    """All this person takes along for the day, in their language; pictures follow by their own addresses."""
    session, now = db.session(), db.utcnow()
    answer = jsonify(_told(queries.pack_of(session, current_user, _day(now), now)))
    answer.set_etag(hashlib.sha256(repr((current_user.id, answer.get_data())).encode()).hexdigest()[:24])
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Cookie, Accept-Language"
    answer.make_conditional(request)
    return answer


def _day(now: datetime) -> Any:
    """The day it is where this person works."""
    codes = sorted(grant.region_code for grant in current_user.grants if grant.region_code)
    return partial.day_there(now, codes[0] if codes else "31")


def _told(pack: queries.Pack) -> dict[str, Any]:
    session, settings = db.session(), _settings()
    cases = [_case(case) for case in pack.cases]
    photos = [photo for case in cases for photo in case["photos"]]
    return {
        "planned": pack.planned,
        "cases": cases,
        "photos": len(photos),
        "bytes": sum(photo["bytes"] for photo in photos),
        "area": [
            {"code": one.code, "name": one.name, "shape": json.loads(one.shape)}
            for one in queries.outlines(session, pack.cases)
        ],
        "verdicts": [{"value": str(value), "label": str(label)} for value, label in VERDICT_LABELS.items()],
        "rules": {
            "radius_m": settings.visit_radius_m,
            "vague_m": VAGUE_M,
            "lasts_ms": VISIT_LASTS.total_seconds() * 1000,
            "max_bytes": settings.max_upload_bytes,
            "piece_bytes": PIECE_BYTES,
        },
        "zone": door.zone(),
        "locale": i18n.chosen_locale(),
    }


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["petabukti_settings"])


def _case(case: Evidence) -> dict[str, Any]:
    place = read_point(case.place) if case.place is not None else None
    ready = [photo for photo in case.photos if photo.visit_id is None and photo.pictures_at is not None]
    shown = ready[:_MOST_PHOTOS]
    return {
        "id": case.id,
        "title": samar(case.title, case),
        "note": samar(case.note, case),
        "kind": nama(case.activity or case.kind),
        "region": case.region.name,
        "owner": case.owner.name,
        "days": rentang(case.occurred_from, case.occurred_to),
        "place": {"lon": place.lon, "lat": place.lat, "accuracy": case.accuracy_m} if place else None,
        "place_words": place_words(case),
        "place_reason": samar(case.place_reason, case),
        "grade": case.grade,
        "href": url_for("verification.visit", evidence_id=case.id),
        "checklist": [
            {"code": item.code, "label": str(item.label)}
            for item in checklist_of(case.activity.check_kind if case.activity else None)
        ],
        "photos": [
            told for number, photo in enumerate(shown, 1) if (told := _photo(photo, number, len(shown))) is not None
        ],
    }


def _photo(photo: Photo, number: int, of: int) -> dict[str, Any] | None:
    """A picture to take along; None when its file is not there."""
    store: Store = current_app.extensions["petabukti_store"]
    try:
        size = store.size(photo.sha256, _SIZE)
    except NotStored:
        return None
    taken, fixes = photo.captured_at or photo.taken_at or photo.device_at, photo_fixes(photo)
    return {
        "id": photo.id,
        "href": url_for("evidence.picture", photo_id=photo.id, size=_SIZE),
        "alt": _("Foto %(number)s dari %(total)s: %(name)s", number=number, total=of, name=photo.file_name),
        "label": _("Foto %(n)d", n=number),
        "taken": waktu(taken, photo.evidence.region.time_zone) if taken else None,
        "place": {"lon": fixes[0].place.lon, "lat": fixes[0].place.lat} if fixes else None,
        "bytes": size,
        "width": photo.width,
        "height": photo.height,
    }


@bp.put("/bekal/kunjungan/<int:evidence_id>/<uuid:client_id>")
@requires(Permission.FIELD_VERIFY)
def put_visit(evidence_id: int, client_id: uuid.UUID) -> Response:
    """A visit as the phone kept it, 201; the same again is the same visit, 200. Its photos follow by the wire."""
    case = evidence_queries.get(db.session(), current_user, evidence_id)
    demand(current_user, Permission.FIELD_VERIFY, case.region_code)
    form = LaterVisitForm(formdata=None)
    form.offer(checklist_of(case.activity.check_kind if case.activity else None))
    fill(Part(form), read_object(json_body()))
    visit, made = services.receive_visit(
        db.session(), case.id, client_id, _visit(form), actor=current_user, at=db.utcnow(),
        radius_m=_settings().visit_radius_m,
    )  # fmt: skip
    answer = jsonify(_state(visit))
    answer.status_code = 201 if made else 200
    return answer


def _visit(form: LaterVisitForm) -> LaterVisit:
    """What the phone said. Raises `FixMissing` unless position, accuracy and time came together."""
    place, happened_at, decided_at = form.place(), form.happened_at.data, form.decided_at.data
    if place is None or form.accuracy_m.data is None or form.fix_at.data is None:
        raise FixMissing
    if happened_at is None or decided_at is None:
        raise FixMissing
    return LaterVisit(
        fix=CheckIn(place, form.accuracy_m.data, form.fix_at.data),
        happened_at=happened_at,
        decided_at=decided_at,
        verdict=Verdict(form.verdict.data),
        checked=frozenset(form.checked.data or ()),
        note=form.note.data or "",
        returns=form.afterwards.data == "kembalikan",
        sent_at=form.sent_at.data,
    )


@bp.post("/bekal/kunjungan/<int:evidence_id>/<uuid:client_id>/selesai")
@requires(Permission.FIELD_VERIFY)
def settle_visit(evidence_id: int, client_id: uuid.UUID) -> Response:
    """All photos of the visit are here: its verdict counts now, or it is kept beside a case decided meanwhile."""
    case = evidence_queries.get(db.session(), current_user, evidence_id)
    demand(current_user, Permission.FIELD_VERIFY, case.region_code)
    return jsonify(_state(services.settle_visit(db.session(), case.id, client_id, actor=current_user, at=db.utcnow())))


def _state(visit: FieldVisit) -> dict[str, Any]:
    """`state`: open while photos are awaited, settled, or left_aside with `message` saying what had become."""
    state = "open" if visit.completed_at is None else "left_aside" if visit.left_aside else "settled"
    why = services.why_left_aside(db.session(), visit)
    return {
        "id": str(visit.client_id),
        "state": state,
        "message": str(why) if why else None,
        "received_at": visit.received_at.isoformat() if visit.received_at else None,
        "href": url_for("verification.visit", evidence_id=visit.evidence_id),
    }
