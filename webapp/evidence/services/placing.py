"""The place of a case: three witnesses kept, one speaks, and the region is resolved once, here."""

from datetime import datetime

from geoalchemy2 import WKBElement
from sqlalchemy.orm import Session

from geo.columns import read_point, stored_point
from geo.values import LonLat
from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import Fix, PlaceSource, chosen, close_in_time, grade
from webapp.evidence.services.readiness import must_be_editable
from webapp.territory.queries import resolve


def set_pin(session: Session, evidence: Evidence, place: LonLat | None, *, actor: Actor, at: datetime) -> None:
    """Set, move or (None) take away the pin a person put on the map; the other witnesses stay.

    Raises `NotAllowed`, `NotEditable`, `Locked`.
    """
    _may_place(evidence, actor)
    before = point_of(evidence.pin_place) if evidence.pin_place is not None else None
    if place == before:
        return
    evidence.pin_place = stored_point(place) if place else None  # type: ignore[assignment]
    settle_place(session, evidence)
    _note(session, evidence, "evidence.set_pin" if place else "evidence.remove_pin", actor, at)


def set_device_fix(
    session: Session,
    evidence: Evidence,
    place: LonLat,
    *,
    accuracy_m: float,
    taken_at: datetime | None,
    actor: Actor,
    at: datetime,
) -> bool:
    """Keep a browser fix as the device's witness. `at`: when it was received.

    A fix that came with a photo gives way only to a finer one of the same moment; False says that it stayed.
    Raises `NotAllowed`, `NotEditable`, `Locked`.
    """
    _may_place(evidence, actor)
    known = evidence.device_accuracy_m
    finer = known is None or accuracy_m < known
    if came_with_photo(evidence) and not (finer and near_a_photo(evidence, taken_at)):
        return False
    evidence.device_place = stored_point(place)  # type: ignore[assignment]
    evidence.device_accuracy_m = accuracy_m
    evidence.device_at, evidence.device_received_at = taken_at, at
    settle_place(session, evidence)
    _note(session, evidence, "evidence.set_device_fix", actor, at)
    return True


def set_reason(session: Session, evidence: Evidence, reason: str, *, actor: Actor, at: datetime) -> None:
    """Keep why the place is outside the unit, or why there is none. Raises `NotAllowed`, `NotEditable`, `Locked`."""
    _may_place(evidence, actor)
    if evidence.place_reason != reason.strip():
        evidence.place_reason = reason.strip()
        _note(session, evidence, "evidence.set_place_reason", actor, at)


def _may_place(evidence: Evidence, actor: Actor) -> None:
    demand(actor, Permission.EVIDENCE_WRITE, evidence.region_code)
    must_be_editable(evidence)


def _note(session: Session, evidence: Evidence, action: str, actor: Actor, at: datetime) -> None:
    audit.record(
        session, action, at=at, actor_id=actor.id, on=("evidence", evidence.id), region_code=evidence.region_code
    )


def witnesses(evidence: Evidence) -> list[Fix]:
    """Every witness of the place the case holds."""
    known: list[Fix] = []
    if evidence.device_place is not None:
        known.append(
            Fix(
                PlaceSource.DEVICE, point_of(evidence.device_place), evidence.device_accuracy_m, evidence.device_at,
                evidence.device_received_at, at_capture=came_with_photo(evidence),
            )
        )  # fmt: skip
    if evidence.exif_place is not None:
        known.append(Fix(PlaceSource.EXIF, point_of(evidence.exif_place), evidence.exif_accuracy_m, evidence.exif_at))
    if evidence.pin_place is not None:
        known.append(Fix(PlaceSource.PIN, point_of(evidence.pin_place)))
    return known


def came_with_photo(evidence: Evidence) -> bool:
    """Whether a photo of the case was taken when the device was there: it carries that fix, or its camera time fits.

    A fix taken later, at the desk where old photos are uploaded, says nothing about where they were taken.
    """
    carried = any(carries_fix(photo, evidence) for photo in evidence.photos if photo.visit_id is None)
    return carried or near_a_photo(evidence, evidence.device_at)


def near_a_photo(evidence: Evidence, moment: datetime | None) -> bool:
    """Whether the camera of one of the case's photos says it was taken within ten minutes of that moment."""
    return any(close_in_time(photo.taken_at, moment) for photo in evidence.photos if photo.visit_id is None)


def carries_fix(photo: Photo, evidence: Evidence) -> bool:
    """Whether the device's witness of the case came with this photo."""
    if photo.device_place is None or evidence.device_place is None or photo.device_at != evidence.device_at:
        return False
    return point_of(photo.device_place) == point_of(evidence.device_place)


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
