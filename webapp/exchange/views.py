"""Taking out what the map shows: choose a form, have it at once or made in the background, fetch it, end it."""

import tempfile
import uuid
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, requires, signed_in
from webapp.accounts.stepup import demand_fresh_proof
from webapp.errors import NotFound
from webapp.exchange import pages, queries, report, services
from webapp.exchange.errors import TooManyAtOnce
from webapp.exchange.forms import OrderForm
from webapp.exchange.models import Download
from webapp.exchange.pages import Asked
from webapp.exchange.queries import KNOWN, Order
from webapp.exchange.rules import (
    AT_ONCE,
    DOWNLOAD_LABELS,
    DOWNLOAD_TONES,
    FORMAT_LABELS,
    MIMES,
    TABLES,
    UNDER_WAY,
    DownloadState,
    Format,
    Scope,
    Stand,
    file_name,
)
from webapp.exchange.shelf import Shelf
from webapp.exchange.tables import WRITERS
from webapp.exchange.words import failure
from webapp.forms.described import described

bp = Blueprint("exchange", __name__, url_prefix="/unduh")
bp.add_app_template_filter(failure, "sebab_unduhan")
_FILES = f"any({', '.join((*TABLES, Format.PDF))}):kind"
WORDS = {"formats": FORMAT_LABELS, "states": DOWNLOAD_LABELS, "tones": DOWNLOAD_TONES, "under_way": UNDER_WAY}


@bp.get("/")
@signed_in
def listing() -> str:
    """A person's own downloads, with how far each is."""
    found = queries.own(db.session(), current_user.id)
    going_on = any(one.stands in UNDER_WAY for one in found)
    return render_template("exchange/listing.html", downloads=found, going_on=going_on, **WORDS)


@bp.get("/kemajuan")
@signed_in
def progress() -> Response:
    """How far one's downloads are, for the page that waits."""
    found = queries.own(db.session(), current_user.id)
    return jsonify([{"id": str(one.id), "state": one.state, "done": one.done, "total": one.total} for one in found])


@bp.get("/wilayah", defaults={"code": None})
@bp.get("/wilayah/<code>")
@requires(Permission.MAP_READ)
def region(code: str | None) -> str:
    return _choose(_order(Scope.REGION, code))


@bp.get("/studi")
@requires(Permission.MAP_READ)
def abroad() -> str:
    return _choose(_order(Scope.ABROAD))


@bp.get("/unit")
@requires(Permission.EVIDENCE_WRITE)
def unit() -> str:
    """The cases of the own unit, drafts too."""
    return _choose(_order(Scope.UNIT))


@bp.post("/wilayah", defaults={"code": None})
@bp.post("/wilayah/<code>")
@requires(Permission.MAP_READ)
def ask_region(code: str | None) -> Answer:
    return _ask(_order(Scope.REGION, code))


@bp.post("/studi")
@requires(Permission.MAP_READ)
def ask_abroad() -> Answer:
    return _ask(_order(Scope.ABROAD))


@bp.post("/unit")
@requires(Permission.EVIDENCE_WRITE)
def ask_unit() -> Answer:
    return _ask(_order(Scope.UNIT))


@bp.get(f"/wilayah/bukti.<{_FILES}>", defaults={"code": None})
@bp.get(f"/wilayah/<code>/bukti.<{_FILES}>")
@requires(Permission.MAP_READ)
@described(names=KNOWN)
def region_file(code: str | None, kind: str) -> Response:
    """What the filter shows, as a file, when it is not too much for one answer."""
    return _file(_order(Scope.REGION, code), Format(kind))


@bp.get(f"/studi/bukti.<{_FILES}>")
@requires(Permission.MAP_READ)
@described(names=KNOWN)
def abroad_file(kind: str) -> Response:
    return _file(_order(Scope.ABROAD), Format(kind))


@bp.get(f"/unit/bukti.<{_FILES}>")
@requires(Permission.EVIDENCE_WRITE)
def unit_file(kind: str) -> Response:
    return _file(_order(Scope.UNIT), Format(kind))


@bp.get("/berkas/<uuid:download_id>")
@signed_in
def fetch(download_id: uuid.UUID) -> Response:
    """The file of a download, in parts if asked for: a transfer that was cut goes on where it stopped (RFC 9110)."""
    made, at = queries.mine(db.session(), current_user.id, download_id), db.utcnow()
    path = _shelf().path(made.id)
    if made.stands is not DownloadState.READY or made.expires_at is None or made.expires_at < at or not path.is_file():
        raise NotFound
    order = Order(Scope(made.scope), made.region_code, made.query)
    if not queries.may_take(current_user, order.scope, made.areas, originals=made.originals):
        raise NotFound
    if "Range" not in request.headers or not queries.was_taken(db.session(), made.id):  # else it goes on
        if made.originals:
            demand_fresh_proof(back=url_for(".listing"))
        services.note_taken(
            db.session(), made, order, Format(made.format), cases=made.cases, inside=made.areas, actor=current_user,
            at=at, address=request.remote_addr,
        )  # fmt: skip
    return _whole_or_part(made, path)


def _whole_or_part(made: Download, path: Path) -> Response:
    kind = Format(made.format)
    name = file_name(made.region_code or made.scope, made.as_of or made.asked_at, made.told["zone"], kind)
    answer = send_file(
        path, MIMES[kind], as_attachment=True, download_name=name, etag=str(made.sha256), last_modified=made.ready_at,
        conditional=True, max_age=0,
    )  # fmt: skip
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@bp.post("/<uuid:download_id>/hapus")
@signed_in
def end(download_id: uuid.UUID) -> Answer:
    """Cancel what is being made; delete what is ready."""
    made = queries.mine(db.session(), current_user.id, download_id)
    became = services.end(db.session(), made, _shelf(), at=db.utcnow())
    flash(_("Unduhan dibatalkan.") if became is DownloadState.CANCELLED else _("Berkas unduhan dihapus."), "info")
    return redirect(url_for(".listing"), 303)


@bp.app_template_global("alamat_unduh")
def address(code: str | None) -> str:
    """Where what this page of the map shows is taken out, with its filter."""
    return pages.choice_address(_order(Scope.ABROAD if request.endpoint == "insight.study" else Scope.REGION, code))


def _order(scope: Scope, code: str | None = None) -> Order:
    return Order(scope, code, {name: request.args.getlist(name) for name in KNOWN if name in request.args})


def _choose(order: Order, form: OrderForm | None = None) -> str:
    asked = pages.asked(db.session(), current_user, order)
    return render_template(
        "exchange/choose.html", **pages.choice(asked, form or pages.form(current_user, order, blank=True))
    )


def _ask(order: Order) -> Answer:
    """At once what is small, in the background what is large or has photos."""
    session, asked = db.session(), pages.asked(db.session(), current_user, order)
    form = pages.form(current_user, order, blank=False)
    if not form.validate():
        return Response(_choose(order, form), 422, mimetype="text/html")
    kind = form.wanted
    if kind is Format.PDF or (kind is not Format.ZIP and asked.count <= AT_ONCE):
        return redirect(pages.file_address(order, kind), 303)
    if form.with_originals:
        demand_fresh_proof()
    services.ask(session, order, kind, asked.said, originals=form.with_originals, actor=current_user, at=db.utcnow())
    flash(_("Berkas sedang disiapkan. Anda boleh meninggalkan halaman ini; berkasnya menunggu di sini 24 jam."), "info")
    return redirect(url_for(".listing"), 303)


def _file(order: Order, kind: Format) -> Response:
    session, asked = db.session(), pages.asked(db.session(), current_user, order)
    stand = queries.stand(session, db.utcnow())
    if kind is Format.PDF:
        body = report.pdf(session, current_user, order, asked, stand)
    elif asked.count > AT_ONCE:
        raise TooManyAtOnce
    else:
        body = _written(asked, kind, stand)
    services.note_taken(
        session, None, order, kind, cases=asked.count, inside=queries.areas_of(current_user, order),
        actor=current_user, at=stand.as_of, address=request.remote_addr,
    )  # fmt: skip
    name = file_name(order.code or order.scope, stand.as_of, asked.said.zone, kind)
    answer = Response(body, mimetype=MIMES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _written(asked: Asked, kind: Format, stand: Stand) -> bytes:
    """A few megabytes at most; the libraries want a place on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"bukti.{kind}"
        WRITERS[kind](path, queries.lines(db.session(), asked.cases, asked.said.locale), asked.said, stand)
        return path.read_bytes()


def _shelf() -> Shelf:
    return Shelf.of(current_app.extensions["petabukti_settings"])
