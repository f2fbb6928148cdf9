"""The bell and its page."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, allows, signed_in
from webapp.errors import crashed
from webapp.notice import queries, services
from webapp.notice.queries import PAGE, Notice
from webapp.notice.words import sentence

bp = Blueprint("notice", __name__, url_prefix="/pemberitahuan")


@bp.app_template_global("pemberitahuan_baru")
def unread() -> int:
    """How many notices the reader has not called read."""
    if crashed() or not current_user.is_authenticated or not current_user.grants:
        return 0
    return queries.unread(db.session(), current_user, db.utcnow())


@bp.get("/")
@signed_in
def listing() -> str:
    session, before = db.session(), request.args.get("sebelum", type=int)
    found = queries.listing(session, current_user, db.utcnow(), before)
    shown, read = found[:PAGE], queries.mark(session, current_user)
    return render_template(
        "notice/listing.html",
        rows=[_row(one, read) for one in shown],
        newest=queries.newest(shown) if before is None else 0,
        any_new=any(one.id > read for one in shown),
        older=url_for(".listing", sebelum=shown[-1].id) if len(found) > PAGE else None,
    )


@bp.post("/dibaca")
@signed_in
def read() -> Answer:
    up_to = request.form.get("sampai", type=int) or 0
    if 0 < up_to < 2**31:
        services.mark_read(db.session(), up_to, actor=current_user, at=db.utcnow())
    return redirect(url_for(".listing"), 303)


def _row(one: Notice, read: int) -> dict[str, Any]:
    return {
        "notice": one,
        "words": sentence(one, db.utcnow()),
        "href": _leads_to(one),
        "link": _leads_to(one, _external=True),
        "new": one.id > read,
    }


def _leads_to(one: Notice, **options: Any) -> str:
    """The page where this reader can do something about it."""
    key, code = one.evidence_id, one.region_code
    if queries.is_answerable(one) and allows(current_user, Permission.OBJECTION_DECIDE, code):
        return url_for("verification.objection", evidence_id=key, **options)
    if allows(current_user, Permission.DESK_REVIEW, code):
        return url_for("verification.desk", evidence_id=key, **options)
    return url_for("evidence.show", evidence_id=key, **options)
