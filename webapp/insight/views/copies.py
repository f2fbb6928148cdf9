"""Who copied whom, as a map with lines and a list beside it."""

from flask import Response, render_template, request
from flask_login import current_user

from webapp import db
from webapp.access import Permission, requires
from webapp.forms.described import described
from webapp.insight import copying, queries
from webapp.insight.rules import page_in
from webapp.insight.views.blueprint import FILTERS, asked_for, bp, drawn, filtered
from webapp.replication import queries as replication


@bp.get("/tiruan", defaults={"code": None})
@bp.get("/<code>/tiruan")
@requires(Permission.MAP_READ)
def copies(code: str | None) -> str:
    session, asked = db.session(), asked_for()
    here = queries.standpoint(session, current_user, code, inside=True)
    told = copying.page(session, current_user, here, asked, page_in(request.args))
    return render_template("insight/copies.html", **told)


@bp.get("/tiruan.geojson", defaults={"code": None})
@bp.get("/<code>/tiruan.geojson")
@requires(Permission.MAP_READ)
@described(names=FILTERS)
def copy_layer(code: str | None) -> Response:
    """Lines from source to copy, lon/lat; the latest where there are too many for one layer."""
    session, (filters, _) = db.session(), filtered()
    queries.standpoint(session, current_user, code, inside=True)
    wanted = queries.copies(current_user, code, filters)

    def told() -> str:
        rows = queries.cases(session, wanted, size=queries.MOST_POINTS)
        return copying.lines(queries.with_sources(session, current_user, rows))

    return drawn(told, replication.data_version(session))
