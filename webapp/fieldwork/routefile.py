"""A day's route as GPX, which any navigator reads: the stops by name and number, and the route through them."""

import unicodedata
from collections.abc import Sequence
from datetime import date

import gpxpy.gpx

from geo.columns import read_point
from webapp.evidence import pii
from webapp.fieldwork.models import PlannedVisit
from webapp.fieldwork.rules import VisitState
from webapp.fieldwork.services.planning import start_of

_LONGEST = 80  # letters of a name: navigators cut longer ones anyhow


def gpx(visits: Sequence[PlannedVisit], day: date) -> str:
    """GPX 1.1 of visits in route order. No note goes along, and personal numbers in titles are covered."""
    file, route = gpxpy.gpx.GPX(), gpxpy.gpx.GPXRoute(name=f"Kunjungan lapangan {day.isoformat()}")
    file.creator, file.name = "Petabukti", route.name
    file.routes.append(route)
    placed = [one for one in visits if one.evidence.place is not None and one.state == VisitState.PLANNED]
    for start in {one.plan_id: start_of(one.plan) for one in placed}.values():
        if start is not None:
            route.points.append(gpxpy.gpx.GPXRoutePoint(start.lat, start.lon, name="Berangkat"))
            break
    for number, one in enumerate(placed, start=1):
        place, name = read_point(one.evidence.place), f"{number:02d} {_plain(one.evidence.title)}"  # type: ignore[arg-type]
        file.waypoints.append(gpxpy.gpx.GPXWaypoint(place.lat, place.lon, name=name))
        route.points.append(gpxpy.gpx.GPXRoutePoint(place.lat, place.lon, name=name))
    made: str = file.to_xml(version="1.1")
    return made


def _plain(title: str) -> str:
    """A title in one line, with nothing XML cannot hold."""
    kept = "".join(sign for sign in pii.covered(title) if unicodedata.category(sign) not in ("Cc", "Cs", "Cn"))
    return kept[:_LONGEST]
