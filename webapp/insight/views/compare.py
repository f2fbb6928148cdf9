"""Two times or two regions side by side."""

from flask import render_template, request
from flask_login import current_user

from webapp import db
from webapp.access import Permission, requires
from webapp.insight import comparing, queries
from webapp.insight.comparing import LEFT, RIGHT
from webapp.insight.views.blueprint import bp


@bp.get("/banding")
@requires(Permission.MAP_READ)
def compare() -> str:
    """`?kiri=32.04&kiri_dari=2025-01&kanan=32.04&kanan_dari=2026-01`: a region is its code, the country is none.

    Without a region the person's map starts where it always does.
    """
    session, args = db.session(), request.args
    start = queries.starting_point(current_user)
    asked = {name: comparing.filters_of(name, args) for name in (LEFT, RIGHT)}
    for filters in asked.values():
        offered = queries.options(session, current_user, filters)
        queries.check(offered, filters)
    codes = {LEFT: args.get(LEFT, start or "") or None}
    codes[RIGHT] = args.get(RIGHT, codes[LEFT] or "") or None
    left, right = (comparing.side(session, current_user, one, codes[one], asked[one]) for one in (LEFT, RIGHT))
    return render_template("insight/compare.html", **comparing.page(session, current_user, left, right, offered))
