"""The own day: the stops in order, on a phone, with the route for any navigator."""

from datetime import date

from flask import Response, render_template, request, url_for
from flask_login import current_user

from webapp import db
from webapp.access import Permission, areas, requires
from webapp.answers import layer
from webapp.fieldwork import queries, routefile
from webapp.fieldwork.queries import papers
from webapp.fieldwork.views import maps, showing
from webapp.fieldwork.views.blueprint import bp
from webapp.i18n import chosen_locale
from webapp.territory.queries import extent
from webapp.verification.queries.partial import day_there


@bp.get("/hari-ini")
@requires(Permission.FIELD_VERIFY)
def today() -> str:
    session, day = db.session(), _day()
    visits = queries.todays_plan(session, current_user, day)
    box = extent(session, visits[0].plan.region_code) if visits else None
    return render_template(
        "fieldwork/today.html",
        day=day,
        walks=showing.walks(visits),
        plans=[one for one in queries.plans_of(session, current_user) if one.day >= day],
        minutes=papers.of_visits(session, [one.visit_id for one in visits if one.visit_id is not None]),
        parts=maps.route_map(url_for(".today_points", hari=day.isoformat()), box, own_position=True),
    )


@bp.get("/hari-ini.geojson")
@requires(Permission.FIELD_VERIFY)
def today_points() -> Response:
    visits = queries.todays_plan(db.session(), current_user, _day())
    version = [(one.id, one.position, one.state, one.evidence.version) for one in visits]
    return layer(lambda: maps.stops(visits, [current_user.id]), current_user.id, version, chosen_locale())


@bp.get("/hari-ini/rute.gpx")
@requires(Permission.FIELD_VERIFY)
def route_file() -> Response:
    day = _day()
    made = routefile.gpx(queries.todays_plan(db.session(), current_user, day), day)
    named = {"Content-Disposition": f'attachment; filename="rute-{day.isoformat()}.gpx"'}
    return Response(made, mimetype="application/gpx+xml", headers={**named, "Cache-Control": "private, no-store"})


def _day() -> date:
    """The day that is asked for, else today where the person serves."""
    try:
        return date.fromisoformat(request.args.get("hari", ""))
    except ValueError:
        here = next((code for code in areas(current_user, Permission.FIELD_VERIFY) if code), "31")
        return day_there(db.utcnow(), here)
