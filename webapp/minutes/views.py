"""The page on which anybody checks a paper by its code: letters, minutes of visits and minutes of a period."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response as Answer

from webapp import db
from webapp.access import public
from webapp.codes import read_code
from webapp.minutes import queries
from webapp.minutes.rules import KIND_LABELS, PAPER_LABELS, STANDING_LABELS, Standing

bp = Blueprint("minutes", __name__)
TONES = {
    Standing.WAITING: "wait", Standing.SIGNED: "good", Standing.REPLACED: "warn", Standing.FALLEN: "bad",
}  # fmt: skip


@bp.app_context_processor
def labels() -> dict[str, object]:
    """Words for the codes of papers."""
    return {
        "PAPER_LABELS": PAPER_LABELS, "KIND_LABELS": KIND_LABELS, "STANDING_LABELS": STANDING_LABELS,
        "STANDING_TONES": TONES,
    }  # fmt: skip


@bp.get("/periksa")
@bp.get("/lapangan/periksa", alias=True)  # printed on older papers
@public
def check_form() -> Answer | str:
    """The form to type a paper's code into; a code that can be one leads to its page."""
    typed = request.args.get("kode", "")
    code = read_code(typed)
    if code is not None:
        return redirect(url_for(".check_paper", code=code), 303)
    return _form(typed, _("Ini bukan kode dokumen. Kodenya 16 huruf dan angka.") if typed.strip() else None)


@bp.get("/periksa/<code>")
@bp.get("/lapangan/periksa/<code>", alias=True)
@public
def check_paper(code: str) -> str | tuple[str, int]:
    """Whether a paper is ours, still stands, and is signed. Of 2^80 codes nobody meets one by trying."""
    meant = read_code(code)
    found = None if meant is None else queries.told(db.session(), meant)
    if found is None:
        return _form(code, _("Tidak ada dokumen dengan kode ini. Periksa lagi ejaannya.")), 404
    return render_template("minutes/check.html", told=found, code=meant)


def _form(typed: str, why: str | None) -> str:
    return render_template("minutes/check_form.html", typed=typed[:100], why=why)
