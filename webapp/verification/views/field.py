"""What waits for a visit in the assessor's area: a list and a map, with distances from where the phone is."""

from flask import Response, render_template, request, url_for
from flask_login import current_user

from webapp import db
from webapp.access import Permission, requires
from webapp.verification.filters import Filters
from webapp.verification.queries.queue import MAP_LIMIT, Queue, own_units, waiting_for_field
from webapp.verification.views import maps
from webapp.verification.views.blueprint import bp
from webapp.verification.views.queue import area_box, geojson


@bp.get("/lapangan")
@requires(Permission.FIELD_VERIFY)
def field() -> str:
    session, filters = db.session(), Filters.read(request.args)
    asked = _queue(filters.region)
    return render_template(
        "verification/field.html",
        rows=asked.rows(session, limit=MAP_LIMIT),
        counts=asked.counts(session),
        parts=maps.field_map(
            url_for(".field_points", **asked.filters.without("state").as_args()),
            area_box(session, filters, Permission.FIELD_VERIFY),
        ),
    )


@bp.get("/lapangan.geojson")
@requires(Permission.FIELD_VERIFY)
def field_points() -> Response:
    return geojson(db.session(), _queue(Filters.read(request.args).region), "verification.visit")


def _queue(region: str) -> Queue:
    return waiting_for_field(current_user, own_units(db.session(), current_user, db.utcnow()), region)
