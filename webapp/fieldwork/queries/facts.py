"""What papers say, as plain values that can be frozen: words, numbers in degrees and metres, instants in ISO 8601.

Personal numbers in what people wrote are covered: a paper goes through many hands.
"""

import json
from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo import sql
from geo.columns import read_point
from geo.values import LonLat, bearing_deg, metres_apart
from webapp.evidence import pii
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import SOURCE_LABELS, PlaceSource
from webapp.fieldwork import sketch
from webapp.fieldwork.models import FieldPlan, Paper, PlannedVisit
from webapp.fieldwork.rules import PaperKind, VisitState
from webapp.fieldwork.sketch import Mark
from webapp.territory.models import Region, RegionBoundary
from webapp.territory.queries import kecamatan_of
from webapp.verification.models import FieldVisit
from webapp.verification.rules import VERDICT_LABELS, Verdict, checklist_of

_KABUPATEN = 5  # length of its code


def assignment(session: Session, plan: FieldPlan) -> dict[str, Any]:
    """What a letter of assignment says: on what basis, who, where, on which day. Not why a case is on the plan."""
    visits = [one for one in plan.visits if one.state != VisitState.DROPPED and one.assessor is not None]
    visits.sort(key=lambda one: (one.assessor.name if one.assessor else "", one.assessor_id or 0, one.position))
    names: dict[int, str] = {}
    for one in visits:
        if one.assessor is not None:
            names.setdefault(one.assessor.id, one.assessor.name)
    return {
        "region": _region(session, plan.region_code),
        "basis": [line.strip() for line in plan.legal_basis.splitlines() if line.strip()],
        "plan": {"id": plan.id, "number": plan.number, "day": plan.day.isoformat()},
        "start": plan.start_label,
        "signer": {"post": plan.signer_post, "name": plan.signer_name},
        "people": list(names.values()),
        "stops": [_stop(one, list(names).index(one.assessor_id or 0)) for one in visits],
        "periods": sorted({one.evidence.period.name for one in visits}),
    }


def _stop(visit: PlannedVisit, person: int) -> dict[str, Any]:
    case = visit.evidence
    return {
        "person": person, "position": visit.position, "case": case.id, "title": pii.covered(case.title),
        "region": case.region.name, "at": _degrees(case.place),
    }  # fmt: skip


def minutes(session: Session, visit: FieldVisit, case: Evidence) -> dict[str, Any]:
    """What the minutes of a finished visit say. `case` as `evidence.queries.get` gives it."""
    claimed = read_point(case.place) if case.place is not None else None
    stood = read_point(visit.place)
    ours = [one for one in case.photos if one.visit_id == visit.id]
    theirs = [one for one in case.photos if one.visit_id is None]
    first = next((when for one in theirs if (when := _said(one)) is not None), None)
    return {
        "region": _region(session, case.region_code[:_KABUPATEN]),
        "unit": {"code": case.region_code, "name": case.region.name, "zone": case.region.time_zone},
        "period": {"name": case.period.name, "basis": case.period.instrument.legal_basis or ""},
        "assignment": _letter(session, visit),
        "assessor": visit.assessor.name,
        "claim": _claim(case),
        "visit": {
            "id": visit.id,
            "checked_in_at": _iso(visit.checked_in_at),
            "fix_at": _iso(visit.fix_at),
            "at": _degrees(visit.place),
            "accuracy_m": visit.accuracy_m,
            "metres_off": visit.metres_off,
            "bearing": _bearing(claimed, stood),
            "completed_at": _iso(visit.completed_at),
            "verdict": visit.verdict,
            "verdict_words": str(VERDICT_LABELS[Verdict(visit.verdict)]) if visit.verdict else "",
            "note": pii.covered(visit.note),
            "checklist": [
                [str(item.label), bool(visit.checklist.get(item.code))]
                for item in checklist_of(case.activity.check_kind if case.activity else None)
            ],
        },
        "theirs": [_photo(one, claimed, first) for one in theirs],
        "ours": [_photo(one, claimed, first) for one in ours],
        "maps": _maps(session, case, visit, ours),
    }


def _region(session: Session, code: str) -> dict[str, str]:
    region = session.get(Region, code)
    return {"code": code, "name": region.name if region else code, "zone": region.time_zone if region else ""}


def _letter(session: Session, visit: FieldVisit) -> dict[str, str] | None:
    """The letter that sent the person there: the last one made before the visit ended."""
    found = session.scalar(
        select(Paper)
        .join(PlannedVisit, PlannedVisit.plan_id == Paper.plan_id)
        .where(
            PlannedVisit.visit_id == visit.id, Paper.kind == PaperKind.ASSIGNMENT, Paper.made_at <= visit.completed_at
        )
        .order_by(Paper.edition.desc())
        .limit(1)
    )
    return {"number": found.number, "made_at": found.content["made_at"]} if found else None


def _claim(case: Evidence) -> dict[str, Any]:
    return {
        "case": case.id,
        "revision": case.revision,
        "title": pii.covered(case.title),
        "note": pii.covered(case.note),
        "kind": (case.activity.name_id if case.activity else case.kind.name_id),
        "from": case.occurred_from.isoformat(),
        "to": case.occurred_to.isoformat(),
        "submitted_at": _iso(case.submitted_at),
        "at": _degrees(case.place),
        "accuracy_m": case.accuracy_m,
        "grade": case.grade,
        "source": str(SOURCE_LABELS[PlaceSource(case.place_source)]) if case.place_source else "",
    }


def _photo(one: Photo, claimed: LonLat | None, first: datetime | None) -> dict[str, Any]:
    """A photo with its two times, its own position, and how far it is from the claim in metres, degrees and time."""
    held = one.device_place if one.device_place is not None else one.exif_place
    place, said = (read_point(held) if held is not None else None), _said(one)
    apart = None if said is None or first is None else (said - first).total_seconds()
    return {
        "sha256": one.sha256,
        "has_picture": one.pictures_at is not None,
        "said_at": _iso(said),
        "received_at": _iso(one.received_at),
        "at": [place.lon, place.lat] if place else None,
        "accuracy_m": one.device_accuracy_m if one.device_place is not None else one.exif_accuracy_m,
        "metres_off": round(metres_apart(claimed, place), 1) if claimed and place else None,
        "bearing": _bearing(claimed, place),
        "seconds_apart": apart,
    }


def _said(one: Photo) -> datetime | None:
    """When the phone or camera says it was taken."""
    return one.captured_at or one.device_at or one.taken_at


def _bearing(claimed: LonLat | None, place: LonLat | None) -> float | None:
    found = bearing_deg(claimed, place) if claimed and place else None
    return None if found is None else round(found)


def _degrees(place: WKBElement | None) -> list[float] | None:
    if place is None:
        return None
    point = read_point(place)
    return [round(point.lon, 7), round(point.lat, 7)]


def _iso(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _maps(session: Session, case: Evidence, visit: FieldVisit, ours: list[Photo]) -> dict[str, Any]:
    """The kecamatan with the place in it, and the place from near."""
    rings = outline(session, kecamatan_of(case.region_code))
    marks = [Mark("visit", "Verifikator", read_point(visit.place), visit.accuracy_m)]
    fixes = [read_point(one.device_place) for one in ours if one.device_place is not None]
    marks += [Mark("photo", "Foto verifikator", place) for place in fixes]
    if case.place is not None:
        marks.insert(0, Mark("claim", "Klaim", read_point(case.place), case.accuracy_m or 0.0))
    if case.exif_place is not None:
        marks.append(Mark("exif", "EXIF", read_point(case.exif_place)))
    return {
        "whole": sketch.drawing(rings, marks[:1], whole=True),
        "near": sketch.drawing(rings, marks, whole=False),
    }


def outline(session: Session, code: str) -> list[list[LonLat]]:
    """The rings of a region's current border, thinned for maps; empty without one."""
    row = session.execute(
        select(sql.as_geojson(RegionBoundary.outline, 5).label("shape")).where(
            RegionBoundary.region_code == code, RegionBoundary.superseded_at.is_(None)
        )
    ).one_or_none()
    areas = json.loads(row.shape)["coordinates"] if row is not None and row.shape else []
    return [[LonLat(lon, lat) for lon, lat, *_ in ring] for area in areas for ring in area]
