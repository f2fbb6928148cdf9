"""Receipts: shown, printed and checked by their code, by whoever holds it."""

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import public
from webapp.accounts import door, qr
from webapp.capture import queries
from webapp.capture.queries import OnTheWay
from webapp.capture.services.receipts import read_code
from webapp.capture.views import telling
from webapp.capture.views.blueprint import bp
from webapp.evidence.models import Evidence

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
    '<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
)


@bp.get("/tanda-terima")
@public
def check_receipt() -> Answer | str:
    """The form to type a code into; a code that can be one leads to its receipt."""
    typed = request.args.get("kode", "")
    code = read_code(typed)
    if code is not None:
        return redirect(url_for(".receipt", code=code), 303)
    return _form(typed, _("Ini bukan kode tanda terima. Kodenya 16 huruf dan angka.") if typed.strip() else None)


@bp.get("/tanda-terima/<code>")
@public
def receipt(code: str) -> str | tuple[str, int]:
    """A receipt. No throttle: of 2^80 codes nobody meets one that was given out by trying."""
    found = _found(code)
    if found is None:
        return _form(code, _("Tidak ada tanda terima dengan kode ini. Periksa lagi ejaannya.")), 404
    signed_in = current_user.is_authenticated
    case = queries.case_of(db.session(), current_user, found) if signed_in else None
    return render_template(
        "capture/receipt.html",
        receipt=found,
        verdict=telling.verdict(found.shown, found.refused_code),
        tone=telling.TONES.get(found.shown, "neutral"),
        lateness=telling.lateness(found.timeliness),
        zone=found.zone or door.zone(),
        case=case,
        name=queries.name_of(db.session(), found) if case else None,
    )


@bp.get("/tanda-terima/<code>/qr.svg")
@public
def receipt_qr(code: str) -> Response:
    """The address of a receipt as a QR code, for its printed page."""
    found = _found(code)
    if found is None:
        abort(404)
    drawn = qr.drawn(url_for(".receipt", code=found.code, _external=True))
    return Response(_SVG.format(size=drawn.size, path=drawn.path), mimetype="image/svg+xml")


def _found(code: str) -> queries.Receipt | None:
    meant = read_code(code)
    return None if meant is None else queries.receipt(db.session(), meant)


def _form(typed: str, why: str | None) -> str:
    return render_template("capture/receipt_check.html", typed=typed[:100], why=why)


def on_the_way(case: Evidence) -> OnTheWay | None:
    """How many photos announced for a case have arrived, for its page; None where none was announced."""
    return queries.on_the_way(db.session(), [case.id], db.utcnow()).get(case.id)


bp.add_app_template_global(on_the_way, "on_the_way")
