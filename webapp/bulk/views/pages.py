"""The own imports: a list, and one page for each, on which files are brought and proposed cases corrected."""

import csv
import io
import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, requires
from webapp.bulk import queries, services
from webapp.bulk.forms import GroupForm, UsualForm, is_sent, move_choices
from webapp.bulk.models import ImportGroup, PhotoImport
from webapp.bulk.rules import ImportState
from webapp.bulk.tables import HEADER
from webapp.bulk.views.blueprint import bp
from webapp.capture.views.wire import desk
from webapp.evidence.forms import CaseForm
from webapp.evidence.views.cases import case_form

PAGE, GROUPS = 25, 25
MOST_PHOTOS = 200  # of one group, shown; the others go along with it
_EXAMPLE = (
    "IMG_0012.jpg",
    "Kerja bakti RW 05",
    "Membersihkan selokan bersama warga",
    "6/8/2018",
    "",
    "",
    "Kerja bakti",
)


@bp.get("/")
@requires(Permission.EVIDENCE_WRITE)
def listing() -> str:
    number = max(1, request.args.get("hal", 1, type=int))
    found, total = queries.page_of_own(db.session(), current_user, min(number, 10**6) - 1, PAGE)
    return render_template(
        "bulk/listing.html", lines=found, number=number, last=max(1, -(-total // PAGE)), total=total, new=uuid.uuid4()
    )


@bp.post("/")
@requires(Permission.EVIDENCE_WRITE)
def begin() -> Answer:
    """A double click sends the same number twice, and begins one import."""
    try:
        number = uuid.UUID(request.form.get("nomor", ""))
    except ValueError:
        number = uuid.uuid4()
    found = services.begin(db.session(), number, actor=current_user, at=db.utcnow())
    return redirect(url_for(".show", import_id=found.id), 303)


@bp.get("/<uuid:import_id>")
@requires(Permission.EVIDENCE_WRITE)
def show(import_id: uuid.UUID) -> str:
    return import_page(queries.get(db.session(), current_user, import_id))


@bp.post("/<uuid:import_id>/batal")
@requires(Permission.EVIDENCE_WRITE)
def abandon(import_id: uuid.UUID) -> Answer:
    found = queries.held(db.session(), current_user, import_id)
    services.abandon(db.session(), found, at=db.utcnow(), parts=desk().parts)
    flash(_("Impor dibatalkan. Bukti yang sudah dibuat tetap ada."), "info")
    return redirect(url_for(".listing"), 303)


@bp.get("/contoh-catatan.csv")
@requires(Permission.EVIDENCE_WRITE)
def example() -> Response:
    """A table of notes to begin with; semicolons and the mark of UTF-8, as Excel here expects."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([HEADER, _EXAMPLE])
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="contoh-catatan.csv"'
    return answer


def import_page(found: PhotoImport, forms: dict[int, GroupForm] | None = None, *, wrong: bool = False) -> str:
    """The page of an import; with the forms as they were sent where something in them is wrong."""
    session = db.session()
    # Files first: once all of them are seen to be opened, the groups that are then read are whole.
    files, told = queries.files(session, found.id), progress(found)
    groups = queries.groups(session, found.id)
    waiting = [row for row in groups if row.evidence_id is None]
    number, last = _page_of(waiting)
    shown = waiting[(number - 1) * GROUPS : number * GROUPS]
    if forms is not None:
        shown = [row for row in waiting if row.id in forms]
    case = case_form()
    return render_template(
        "bulk/show.html",
        found=found,
        open=found.state == ImportState.OPEN,
        files=files,
        progress=told,
        cards=_cards(shown, groups, case, forms or {}),
        made=[row for row in groups if row.evidence is not None],
        to_make=sum(not row.left_out for row in waiting),
        usual=UsualForm.of(case),
        refused=queries.refused(session, found.id),
        unused=queries.unused(session, found.id),
        unused_choices=move_choices(None, groups),
        idle=services.idle_notes(session, found) if found.state == ImportState.OPEN else [],
        twins=queries.same_again(session, found.id),
        number=number,
        last=last,
        wrong=wrong,
        goes_on=request.args.get("lanjut") == "1",
        most_photos=MOST_PHOTOS,
        most_bytes=current_app.extensions["petabukti_settings"].max_import_bytes,
    )


def _page_of(waiting: Sequence[ImportGroup]) -> tuple[int, int]:
    last = max(1, -(-len(waiting) // GROUPS))
    return min(max(1, request.args.get("hal", 1, type=int)), last), last


def _cards(
    shown: Sequence[ImportGroup], groups: Sequence[ImportGroup], case: CaseForm, forms: dict[int, GroupForm]
) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "form": forms.get(row.id) or GroupForm.of(row, groups, case),
            "moves": move_choices(row, groups),
            "photos": row.items[:MOST_PHOTOS],
            "more": len(row.items) - len(row.items[:MOST_PHOTOS]),
        }
        for row in shown
    ]


def sent_forms(groups: Sequence[ImportGroup]) -> dict[int, GroupForm]:
    """The forms of the groups that were on the page that came."""
    case = case_form()
    open_ones = [row for row in groups if row.evidence_id is None and is_sent(row, request.form)]
    return {row.id: GroupForm.of(row, groups, case) for row in open_ones}


def progress(found: PhotoImport) -> dict[str, Any]:
    """How far the worker has come: photos done of those found so far, and files still to be opened."""
    session = db.session()
    lines = queries.files(session, found.id)
    photos, refused = queries.counts(session, found.id)
    return {
        "state": found.state,
        "files": len(lines),
        "opening": sum(line.waits for line in lines),
        "done": sum(line.file.done for line in lines if line.file),
        "total": sum(line.file.total if line.file and line.file.kind else 1 for line in lines),
        "photos": photos,
        "refused": refused,
    }
