"""Photos into a case. A refused file is a result with its reason; one bad file harms no other."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.columns import stored_point
from geo.values import LonLat
from media.errors import Refused
from media.exif import CameraFacts
from media.intake import TakenPhoto, take_in
from media.limits import Limits
from media.names import clean_name
from media.store import Store
from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.errors import NotFound
from webapp.evidence.errors import Locked, SameIdOtherContent
from webapp.evidence.models import Evidence, Photo, RefusedFile
from webapp.evidence.services.placing import came_with_photo, carries_fix, settle_place
from webapp.evidence.services.readiness import must_be_editable
from webapp.evidence.services.turns import one_at_a_time
from webapp.territory.rules import time_zone_of

CLOCKS_AGREE = timedelta(minutes=15)
NEIGHBOURING_ZONES = timedelta(hours=3)


@dataclass(frozen=True)
class Incoming:
    """One file as it arrived. `fix` is the browser's position at the shutter, with its accuracy in metres and time."""

    upload_id: uuid.UUID
    name: str
    data: bytes
    claimed_type: str = ""
    fix: LonLat | None = None
    fix_accuracy_m: float | None = None
    fix_at: datetime | None = None


@dataclass(frozen=True)
class RefusedResult:
    """A file that was not taken: its label and the stable code of the reason."""

    name: str
    code: str


def add_photos(
    session: Session,
    evidence: Evidence,
    files: Iterable[Incoming],
    *,
    actor: Actor,
    at: datetime,
    store: Store,
    limits: Limits,
) -> list[Photo | RefusedResult]:
    """Take each file into a draft or returned case; the outcome lists them in order, refusals among them.

    Raises `NotAllowed`, `NotEditable`, `Locked` (the whole batch is then refused).
    """
    demand(actor, Permission.EVIDENCE_WRITE, evidence.region_code)
    must_be_editable(evidence)
    outcome: list[Photo | RefusedResult] = []
    for file in files:
        try:
            outcome.append(add_photo(session, evidence, file, actor=actor, at=at, store=store, limits=limits))
        except Refused as why:
            outcome.append(keep_refusal(session, evidence, file, why.code, actor=actor, at=at))
    adopt_witnesses(session, evidence)
    return outcome


def add_photo(
    session: Session,
    evidence: Evidence,
    file: Incoming,
    *,
    actor: Actor,
    at: datetime,
    store: Store,
    limits: Limits,
    visit_id: int | None = None,
) -> Photo:
    """Take one file, for the case or for a visit to it. The same upload, or the same bytes, is the photo taken before.

    Raises `media.errors.Refused`, `Locked`, `SameIdOtherContent`.
    """
    if evidence.locked_at is not None:
        raise Locked
    one_at_a_time(session, file.upload_id)
    before = session.scalar(select(Photo).where(Photo.upload_id == file.upload_id))
    if before is not None:
        if before.evidence_id != evidence.id or before.byte_size != len(file.data):
            raise SameIdOtherContent
        return before
    taken = take_in(file.data, store, name=file.name, claimed_type=file.claimed_type, limits=limits, received_at=at)
    same = session.scalar(
        select(Photo).where(
            Photo.evidence_id == evidence.id,
            Photo.visit_id.is_not_distinct_from(visit_id),
            Photo.sha256 == taken.sha256,
        )
    )
    if same is not None:
        return same
    photo = _row(evidence, file, taken, actor, at, visit_id)
    evidence.photos.append(photo)
    session.flush()
    audit.record(
        session, "photo.add", at=at, actor_id=actor.id, on=("photo", photo.id), region_code=evidence.region_code,
        evidence_id=evidence.id, sha256=photo.sha256,
    )  # fmt: skip
    return photo


def _row(
    evidence: Evidence, file: Incoming, taken: TakenPhoto, actor: Actor, at: datetime, visit_id: int | None
) -> Photo:
    camera = taken.camera
    exif = LonLat.maybe(camera.lon, camera.lat)
    taken_at = instant(camera, evidence.region_code)
    return Photo(
        evidence_id=evidence.id,
        visit_id=visit_id,
        upload_id=file.upload_id,
        uploaded_by=actor.id,
        received_at=at,
        file_name=clean_name(file.name),
        sha256=taken.sha256,
        dhash=taken.dhash,
        mime=taken.mime,
        byte_size=taken.byte_size,
        width=taken.width,
        height=taken.height,
        camera_time=camera.taken_at,
        camera_offset_minutes=_minutes(camera.utc_offset),
        taken_at=taken_at,
        exif_place=stored_point(exif) if exif else None,
        exif_accuracy_m=camera.accuracy_m if exif else None,
        device_place=stored_point(file.fix) if file.fix else None,
        device_accuracy_m=file.fix_accuracy_m if file.fix else None,
        device_at=file.fix_at if file.fix else None,
        camera_make=camera.make,
        camera_model=camera.model,
        software=camera.software,
        flags=[*taken.flags, *disagreements(camera, taken_at, file)],
    )


def instant(camera: CameraFacts, region_code: str) -> datetime | None:
    """The camera's time as an instant: by the satellites, else its own offset, else the zone of the region."""
    if camera.gps_time is not None:
        return camera.gps_time
    if camera.taken_at is None:
        return None
    if camera.utc_offset is not None:
        return camera.taken_at.replace(tzinfo=timezone(camera.utc_offset))
    return camera.taken_at.replace(tzinfo=ZoneInfo(time_zone_of(region_code)))


def disagreements(camera: CameraFacts, taken_at: datetime | None, file: Incoming) -> list[str]:
    """A finding where the camera's clock and the fix that came along tell different stories; never a refusal.

    A camera that names no zone may have been set in a neighbouring one, as on a study abroad.
    """
    if taken_at is None or file.fix is None or file.fix_at is None:
        return []
    zoned = camera.utc_offset is not None or camera.gps_time is not None
    apart = abs(taken_at - file.fix_at) > (CLOCKS_AGREE if zoned else CLOCKS_AGREE + NEIGHBOURING_ZONES)
    return ["time_fix_mismatch"] if apart else []


def _minutes(offset: timedelta | None) -> int | None:
    return None if offset is None else round(offset.total_seconds() / 60)


def keep_refusal(
    session: Session,
    evidence: Evidence,
    file: Incoming,
    code: str,
    *,
    actor: Actor,
    at: datetime,
    visit_id: int | None = None,
) -> RefusedResult:
    """Remember a file that was not taken, once per upload; the bytes are gone."""
    label = clean_name(file.name)
    known = select(RefusedFile.id).where(RefusedFile.upload_id == file.upload_id)
    if session.scalar(known) is None:
        evidence.refusals.append(
            RefusedFile(
                visit_id=visit_id, upload_id=file.upload_id, uploaded_by=actor.id, file_name=label,
                byte_size=len(file.data), code=code, at=at,
            )
        )  # fmt: skip
    return RefusedResult(label, code)


def adopt_witnesses(session: Session, evidence: Evidence) -> None:
    """Let the photos' fixes and EXIF positions speak for the case where it holds none of its own yet."""
    own = [photo for photo in evidence.photos if photo.visit_id is None]
    fixes = [photo for photo in own if photo.device_place is not None]
    if fixes:
        best = min(fixes, key=lambda photo: photo.device_accuracy_m if photo.device_accuracy_m is not None else 1e9)
        if evidence.device_place is None or not came_with_photo(evidence) or _finer(best, evidence):
            evidence.device_place, evidence.device_accuracy_m = best.device_place, best.device_accuracy_m
            evidence.device_at, evidence.device_received_at = best.device_at, best.received_at
    placed = next((photo for photo in own if photo.exif_place is not None), None)
    evidence.exif_place = placed.exif_place if placed else None
    evidence.exif_accuracy_m = placed.exif_accuracy_m if placed else None
    evidence.exif_at = placed.taken_at if placed else None
    settle_place(session, evidence)


def _finer(photo: Photo, evidence: Evidence) -> bool:
    known = evidence.device_accuracy_m
    return photo.device_accuracy_m is not None and (known is None or photo.device_accuracy_m < known)


def remove_photo(session: Session, photo: Photo, *, actor: Actor, at: datetime) -> None:
    """Take a photo out of a draft or returned case, and the place it testified to with it; the history keeps its hash.

    Raises `NotAllowed`, `NotEditable`, `Locked`; `NotFound` for a photo of a visit, which is not the unit's.
    """
    evidence = photo.evidence
    demand(actor, Permission.EVIDENCE_WRITE, evidence.region_code)
    must_be_editable(evidence)
    if photo.visit_id is not None:
        raise NotFound
    audit.record(
        session, "photo.remove", at=at, actor_id=actor.id, on=("photo", photo.id), region_code=evidence.region_code,
        evidence_id=evidence.id, sha256=photo.sha256,
    )  # fmt: skip
    _forget_fix_of(photo, evidence)
    evidence.photos.remove(photo)
    session.delete(photo)
    session.flush()
    adopt_witnesses(session, evidence)


def _forget_fix_of(photo: Photo, evidence: Evidence) -> None:
    """The device's witness came with this photo: it goes with it, and the next finest of the others may speak."""
    if carries_fix(photo, evidence):
        evidence.device_place = evidence.device_accuracy_m = None
        evidence.device_at = evidence.device_received_at = None
