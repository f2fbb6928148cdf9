"""The history, for auditors."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for
from flask_login import current_user

from webapp import db
from webapp.access import Permission, requires
from webapp.accounts import door, queries
from webapp.accounts.rules import ACTIONS
from webapp.accounts.views.blueprint import bp
from webapp.errors import NotFound
from webapp.trail import queries as sealed
from webapp.trail.errors import NothingSealed

_HEADS = 50
_NAMES = {"person": "orang", "action": "aksi", "on": "objek", "region": "wilayah", "since": "dari", "until": "sampai"}


@bp.get("/akun/jejak")
@requires(Permission.AUDIT_READ)
def trail() -> str:
    zone = door.zone()
    wanted = queries.TrailFilter(
        **{field: request.args.get(name, "").strip()[:200] for field, name in list(_NAMES.items())[:4]},
        since=request.args.get("dari", type=_day),
        until=request.args.get("sampai", type=_day),
    )
    page = queries.trail(
        db.session(), current_user, wanted, zone,
        before=request.args.get("sebelum", type=_number), after=request.args.get("sesudah", type=_number),
    )  # fmt: skip
    return render_template(
        "accounts/trail.html", page=page, wanted=wanted, actions=ACTIONS, zone=zone, href=_href(wanted),
        places=sealed.positions(db.session(), "audit_event", [line.event.id for line in page.lines]),
        head=sealed.latest_head(db.session()),
    )  # fmt: skip


@bp.get("/akun/jejak/<int:event_id>/bukti.json")
@requires(Permission.AUDIT_READ)
def trail_proof(event_id: int) -> Response:
    """That the latest head covers a line, as a file that is checked without us: the line, its path, the head."""
    session = db.session()
    queries.visible_event(session, current_user, event_id)
    head, forms = sealed.latest_head(session), sealed.forms(session)["audit_event"]
    found = sealed.records(session, forms, "t.id = :event", {"event": event_id})
    if head is None or not found or found[0].position is None or found[0].position >= head.size:
        raise NothingSealed
    proof = {"record": sealed.proof(found[0], head, sealed.Tree(session)), "head": sealed.head_facts(head)}
    return _file(json.dumps(proof, ensure_ascii=False, indent=1), "application/json", f"bukti-jejak-{event_id}.json")


@bp.get("/akun/jejak/kepala")
@requires(Permission.AUDIT_READ)
def trail_heads() -> str:
    """Signed heads, the latest first."""
    below = request.args.get("sebelum", type=_number)
    found = sealed.heads(db.session(), below, _HEADS + 1)
    return render_template(
        "accounts/heads.html", heads=found[:_HEADS], zone=door.zone(),
        older=found[_HEADS - 1].size if len(found) > _HEADS else None, newer=below is not None,
    )  # fmt: skip


@bp.get("/akun/jejak/kepala/<int:size>.txt")
@requires(Permission.AUDIT_READ)
def trail_head(size: int) -> Response:
    """A head as a checkpoint, to be kept elsewhere."""
    head = sealed.head_of(db.session(), size)
    if head is None:
        raise NotFound
    return _file(sealed.note_of(head).text, "text/plain", f"titik-periksa-{size}.txt")


def _file(text: str, mimetype: str, name: str) -> Response:
    answer = Response(text, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _number(text: str) -> int:
    """An id of the history. Raises ValueError, which means: none was asked for."""
    number = int(text)
    if not 0 <= number < 2**31:
        raise ValueError(text)
    return number


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _href(wanted: queries.TrailFilter) -> Any:
    """Address of the same history with something changed or dropped (None), by the names of its fields."""

    def link(**changes: Any) -> str:
        values: dict[str, Any] = {**{_NAMES[key]: value for key, value in asdict(wanted).items()}, **changes}
        return url_for(".trail", **{name: value for name, value in values.items() if value})

    return link
