"""Photos that belong together, as a gallery of a region."""

from flask import render_template, request
from flask_login import current_user

from webapp import db
from webapp.access import Permission, requires
from webapp.evidence.views import stages
from webapp.insight import pages, queries
from webapp.insight.rules import page_in
from webapp.insight.views.blueprint import asked_for, bp


@bp.get("/foto", defaults={"code": None})
@bp.get("/<code>/foto")
@requires(Permission.MAP_READ)
def photos(code: str | None) -> str:
    """0, 50 and 100 % of works, and what the unit showed beside what was found there."""
    session, asked = db.session(), asked_for()
    here = queries.standpoint(session, current_user, code, inside=True)
    wanted = queries.with_sets(current_user, code, asked.filters)
    listed = pages.paged(session, wanted, page_in(request.args), size=queries.GALLERY)
    cases = queries.gallery(session, wanted, listed["page"])
    return render_template(
        "insight/photos.html",
        **pages.common(here, asked),
        **listed,
        figures=queries.grouped(session, wanted),
        units=queries.silent(session, current_user, code, wanted),
        sets=[(case, stages.stages(case), stages.pairs(case)) for case in cases],
    )
