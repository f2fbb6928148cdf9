"""Maps of routes: an empty shell, and the stops it fetches."""

from collections.abc import Sequence

from flask import url_for

from geo import layers
from geo.columns import read_point
from geo.maps import FetchedGeoJson, MapParts, OwnPosition, parts
from geo.values import BBox
from webapp.evidence import pii
from webapp.fieldwork.models import FieldPlan, PlannedVisit
from webapp.fieldwork.rules import VISIT_LABELS, VisitState
from webapp.fieldwork.services.planning import start_of
from webapp.territory.maps import site_map


def route_map(source: str, bounds: BBox | None, *, own_position: bool) -> MapParts:
    """The stops by number, a line through them, and, for who walks it, where the phone is."""
    shell = site_map("rute", bounds=bounds)
    FetchedGeoJson(source, role="route", options={"fit": True}).add_to(shell)
    if own_position:
        OwnPosition(status_id="posisi", fit=False).add_to(shell)
    return parts(shell)


def stops(visits: Sequence[PlannedVisit], people: Sequence[int | None]) -> str:
    """GeoJSON of planned visits. `people`: whose shade is which, by their place in it."""
    shown = [visit for visit in visits if visit.state != VisitState.DROPPED]
    features = [_stop(visit, people.index(visit.assessor_id)) for visit in shown if visit.evidence.place is not None]
    starts = {visit.plan_id: visit.plan for visit in shown if visit.plan.start is not None}
    features += [_start(plan) for plan in starts.values()]
    return layers.collection(features, without_place=sum(visit.evidence.place is None for visit in shown))


def _stop(visit: PlannedVisit, shade: int) -> str:
    case = visit.evidence
    place = read_point(case.place) if case.place is not None else None
    return layers.feature(
        place,
        {
            "name": pii.covered(case.title),
            "number": visit.position,
            "route": f"{visit.plan_id}-{shade}",
            "shade": shade % 6,
            "state": str(VISIT_LABELS[VisitState(visit.state)]),
            "state_class": visit.state,
            "accuracy_m": case.accuracy_m,
            "lines": [case.region.name, *([visit.assessor.name] if visit.assessor else [])],
            "href": url_for("evidence.show", evidence_id=case.id),
        },
        fid=visit.id,
    )


def _start(plan: FieldPlan) -> str:
    return layers.feature(
        start_of(plan), {"name": plan.start_label, "start": True, "plan": plan.id, "number": 0}, fid=f"start-{plan.id}"
    )
