"""The map in time: a slider over the months, a page without script that shows the same, and the figures for both."""

from flask import Response, render_template, request
from flask_login import current_user

from webapp import db
from webapp.access import Permission, requires
from webapp.forms.described import described
from webapp.insight import queries, timing
from webapp.insight.views.blueprint import FILTERS, asked_for, bp, drawn, filtered


@bp.get("/waktu", defaults={"code": None})
@bp.get("/<code>/waktu")
@requires(Permission.MAP_READ)
def time(code: str | None) -> str:
    """The regions below at one month or quarter, and all of those beside it."""
    session, asked, step = db.session(), asked_for(), timing.step_in(request.args)
    here = queries.standpoint(session, current_user, code, inside=True)
    line = queries.timeline(session, current_user, code, asked.filters, step)
    at = timing.shown_in(request.args, line)
    return render_template("insight/time.html", **timing.page(session, current_user, here, asked, line, at))


@bp.get("/waktu.json", defaults={"code": None})
@bp.get("/<code>/waktu.json")
@requires(Permission.MAP_READ)
@described(names=(*FILTERS, timing.STEP))
def time_figures(code: str | None) -> Response:
    """The same for the page's script, all steps at once."""
    session, (filters, _), step = db.session(), filtered(), timing.step_in(request.args)
    here = queries.standpoint(session, current_user, code, inside=True)

    def line() -> queries.Timeline:
        return queries.timeline(session, current_user, code, filters, step)

    def told() -> str:
        known = queries.figures(session, current_user, code, filters)
        return timing.figures_json(here, filters, known, line())

    answer = drawn(told)
    answer.mimetype = "application/json"
    return answer
