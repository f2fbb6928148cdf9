"""The blueprint of reporting, and what its templates ask."""

from typing import Any

from flask import Blueprint, Response

from webapp.errors import Problem
from webapp.formatting import angka
from webapp.forms import BaseForm, Coded
from webapp.reporting.rules import ROMAN, SIDE_LABELS, STATE_LABELS, Side, State

bp = Blueprint("reporting", __name__, url_prefix="/laporan")
bp.add_app_template_filter(lambda quarter: f"TW {ROMAN[quarter]}", "tw")
bp.add_app_template_filter(lambda state: str(STATE_LABELS[State(state)]), "keadaan_laporan")
bp.add_app_template_filter(lambda sides: ", ".join(str(SIDE_LABELS[Side(one)]) for one in sides), "sisi")
TONES = {
    State.NOT_REPORTED: "unscored", State.DRAFT: "draft", State.SENT: "submitted", State.RECEIVED: "good",
    State.SEND_FAILED: "warn", State.DEEMED_IDLE: "bad", State.LATE: "warn",
}  # fmt: skip


@bp.app_template_filter("rupiah")
def rupiah(value: Any) -> str:
    """Money: "Rp25.000.000", with cents only where there are any."""
    if value is None:
        return "–"
    return f"Rp{angka(value, 0 if value == int(value) else 2)}"


@bp.app_template_filter("warna_laporan")
def tone(state: str) -> str:
    """The look of a report's state."""
    return TONES[State(state)]


def blame(form: BaseForm, why: Problem) -> None:
    """Show a refusal of a service at the field it names, else at the form as a whole."""
    said = Coded(why.code, why.sentence)
    field = form[why.field] if why.field in form else None  # noqa: SIM401 - a form has no get
    if field is None:
        form.form_errors.append(said)
    else:
        field.errors = [*field.errors, said]


def refused(page: str, code: str = "field_invalid", status: int = 422) -> Response:
    """A page with what was refused on it."""
    return Response(page, status, {"X-Problem-Code": code}, mimetype="text/html")
