"""The history, for auditors."""

from dataclasses import asdict
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask_login import current_user

from webapp import db
from webapp.access import Permission, requires
from webapp.accounts import door, queries
from webapp.accounts.rules import ACTIONS
from webapp.accounts.views.blueprint import bp

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
        "accounts/trail.html", page=page, wanted=wanted, actions=ACTIONS, zone=zone, href=_href(wanted)
    )


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
