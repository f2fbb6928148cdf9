"""The place of a case: three witnesses kept, one speaks, and the region is resolved once, here."""

from datetime import datetime

from geo.columns import read_point, stored_point
from geo.values import LonLat
from geoalchemy2 import WKBElement
from sqlalchemy.orm import Session

from webapp.evidence.models import Evidence
from webapp.evidence.rules import Fix, PlaceSource, chosen, grade
from webapp.territory.queries import resolve


def set_pin(session: Session, evidence: Evidence, place: LonLat | None) -> None:
    """Set, move or (None) take away the pin a person put on the map; the other witnesses stay."""
    evidence.pin_place = stored_point(place) if place else None  # type: ignore[assignment]
    settle_place(session, evidence)


def set_device_fix(
    session: Session,
    evidence: Evidence,
    place: LonLat,
    *,
    accuracy_m: float,
    taken_at: datetime | None,
    received_at: datetime,
) -> None:
    """Keep a browser fix as the device's witness, unless a finer one is already known."""
    finer = evidence.device_accuracy_m is None or accuracy_m <= evidence.device_accuracy_m
    if finer:
        evidence.device_place = stored_point(place)  # type: ignore[assignment]
        evidence.device_accuracy_m = accuracy_m
        evidence.device_at, evidence.device_received_at = taken_at, received_at
    settle_place(session, evidence)


def set_reason(evidence: Evidence, reason: str) -> None:
    """Keep why the place is outside the unit, or why there is none."""
    evidence.place_reason = reason.strip()


def witnesses(evidence: Evidence) -> list[Fix]:
    """Every witness of the place the case holds."""
    known = (
        (PlaceSource.DEVICE, evidence.device_place, evidence.device_accuracy_m, evidence.device_at,
         evidence.device_received_at),
        (PlaceSource.EXIF, evidence.exif_place, evidence.exif_accuracy_m, evidence.exif_at, None),
        (PlaceSource.PIN, evidence.pin_place, None, None, None),
    )  # fmt: skip
    return [Fix(source, point_of(at), accuracy, taken, received)
            for source, at, accuracy, taken, received in known if at is not None]  # fmt: skip


def point_of(stored: WKBElement) -> LonLat:
    return read_point(stored)


def settle_place(session: Session, evidence: Evidence) -> None:
    """Choose the witness that speaks, grade it, and resolve the region: the only time that is done."""
    fix = chosen(witnesses(evidence))
    evidence.place = stored_point(fix.place) if fix else None  # type: ignore[assignment]
    evidence.place_source = fix.source if fix else None
    evidence.accuracy_m = fix.accuracy_m if fix else None
    evidence.grade = grade(fix) if fix else None
    found = resolve(session, evidence.region_code, fix.place if fix else None, fix.accuracy_m if fix else None)
    evidence.region_result = found.result
    evidence.region_candidates = [
        {"code": one.code, "name": one.name, "metres": one.metres} for one in found.candidates
    ]
    evidence.region_radius_m, evidence.boundary_dataset_id = found.radius_m, found.dataset_id
    evidence.found_region_code, evidence.country_code = found.found_code, found.country_code
    evidence.place_label = found.place_label
