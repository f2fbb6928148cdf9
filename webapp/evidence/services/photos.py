"""Photos into a case. A refused file is a result with its reason; one bad file harms no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.columns import stored_point
from geo.values import LonLat
from media.intake import AcceptedPhoto, Intake, TakenPhoto
from media.names import clean_name
from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.errors import NotFound
from webapp.evidence.errors import Locked, NoStages, SameIdOtherContent
from webapp.evidence.models import Evidence, Photo, RefusedFile
from webapp.evidence.rules import IN_STAGES
from webapp.evidence.services.arriving import Arrived, Incoming, open_file, sent_before, store_file
from webapp.evidence.services.asking import ask_for_look
from webapp.evidence.services.clocks import disagreements, instant
from webapp.evidence.services.looks import keep_print
from webapp.evidence.services.placing import came_with_photo, carries_fix, settle_place
from webapp.evidence.services.readiness import must_be_editable
from webapp.evidence.services.turns import one_at_a_time


@dataclass(frozen=True)
class RefusedResult:
    """A file that was not taken: its label and the stable code of the reason."""

    name: str
    code: str


def add_photos(
    session: Session, evidence: Evidence, files: Iterable[Incoming], *, actor: Actor, at: datetime, intake: Intake
) -> list[Photo | RefusedResult]:
    """Take each file into a draft or returned case; the outcome lists them in order, refusals among them.

    All files are opened first; only then the case is held, and looked at again.
    Raises `NotAllowed`, `NotEditable`, `Locked`, `SameIdOtherContent` (the whole batch is then refused).
    """
    demand(actor, Permission.EVIDENCE_WRITE, evidence.region_code)
    must_be_editable(evidence)
    arrived = [open_file(session, evidence.id, file, at=at, intake=intake) for file in files]
    hold(session, evidence)
    must_be_editable(evidence)
    outcome = [keep(session, evidence, one, actor=actor, at=at) for one in arrived]
    adopt_witnesses(session, evidence)
    return outcome


def add_photo(
    session: Session,
    evidence: Evidence,
    file: Incoming,
    *,
    actor: Actor,
    at: datetime,
    intake: Intake,
    visit_id: int | None = None,
) -> Photo | RefusedResult:
    """Take one file, for the case or for a visit to it. Raises `Locked`, `SameIdOtherContent`."""
    arrived = open_file(session, evidence.id, file, at=at, intake=intake)
    return keep(session, evidence, arrived, actor=actor, at=at, visit_id=visit_id)


def receive_photo(
    session: Session, evidence: Evidence, file: Incoming, *, actor: Actor, at: datetime, intake: Intake
) -> Photo | RefusedResult:
    """Take one file into a draft or returned case without opening its picture: that is asked of a worker, in the same
    transaction. The original is stored before the case is held and before there is a row.

    The same upload, or the same bytes, is the photo taken before.
    Raises `NotAllowed`, `NotEditable`, `Locked`, `SameIdOtherContent`, `media.errors.StoreUnavailable`.
    """
    demand(actor, Permission.EVIDENCE_WRITE, evidence.region_code)
    must_be_editable(evidence)
    arrived = store_file(session, evidence.id, file, at=at, intake=intake)
    hold(session, evidence)
    must_be_editable(evidence)
    kept = keep(session, evidence, arrived, actor=actor, at=at)
    if isinstance(kept, Photo) and kept.pictures_at is None:
        ask_for_pictures(session, kept)
    adopt_witnesses(session, evidence)
    return kept


def add_opened(
    session: Session, evidence: Evidence, arrived: Iterable[Arrived], *, actor: Actor, at: datetime
) -> list[Photo | RefusedResult]:
    """Photos that were stored and opened before, in the background, into a draft or returned case.

    Raises `NotAllowed`, `NotEditable`, `Locked`, `SameIdOtherContent` (the whole batch is then refused).
    """
    demand(actor, Permission.EVIDENCE_WRITE, evidence.region_code)
    hold(session, evidence)
    must_be_editable(evidence)
    outcome = [keep(session, evidence, one, actor=actor, at=at) for one in arrived]
    adopt_witnesses(session, evidence)
    return outcome


def ask_for_pictures(session: Session, photo: Photo) -> bool:
    """Have a worker make the pictures of a photo once this transaction is committed. Asking twice is asking once.

    Answers whether nobody had been asked yet.
    """
    return bool(session.scalar(select(func.wall.defer_pictures(photo.id))))


def hold(session: Session, evidence: Evidence) -> None:
    """Hold the row of the case until the transaction ends, and forget what was read of it before."""
    session.flush()
    session.expire(evidence)
    session.refresh(evidence, with_for_update={"of": Evidence})


def keep(
    session: Session, evidence: Evidence, arrived: Arrived, *, actor: Actor, at: datetime, visit_id: int | None = None
) -> Photo | RefusedResult:
    """The row for an opened file. The same upload, or the same bytes, is the photo taken before.

    Raises `Locked`, `SameIdOtherContent`.
    """
    if evidence.locked_at is not None:
        raise Locked
    if arrived.refused is not None:
        return keep_refusal(session, evidence, arrived, arrived.refused.code, actor=actor, at=at, visit_id=visit_id)
    one_at_a_time(session, arrived.file.upload_id)
    before = sent_before(session, evidence.id, arrived.file.upload_id, arrived.byte_size)
    if before is not None:
        return before
    if arrived.taken is None:
        raise SameIdOtherContent  # it was known when it came, and was taken out meanwhile
    same = _same_bytes(session, evidence, arrived.taken.sha256, visit_id)
    return same or _new(session, evidence, arrived.file, arrived.taken, actor, at, visit_id)


def _same_bytes(session: Session, evidence: Evidence, sha256: str, visit_id: int | None) -> Photo | None:
    return session.scalar(
        select(Photo).where(
            Photo.evidence_id == evidence.id, Photo.visit_id.is_not_distinct_from(visit_id), Photo.sha256 == sha256
        )
    )


def _new(
    session: Session, evidence: Evidence, file: Incoming, taken: TakenPhoto | AcceptedPhoto, actor: Actor, at: datetime,
    visit_id: int | None,
) -> Photo:  # fmt: skip
    photo = _row(evidence, file, taken, actor, at, visit_id)
    photo.answers_photo_id = _answered(evidence, file, visit_id)
    evidence.photos.append(photo)
    session.flush()
    if isinstance(taken, TakenPhoto) and taken.looks is not None:
        keep_print(session, photo.id, taken.looks.print)
    audit.record(
        session, "photo.add", at=at, actor_id=actor.id, on=("photo", photo.id), region_code=evidence.region_code,
        evidence_id=evidence.id, sha256=photo.sha256,
    )  # fmt: skip
    if photo.pictures_at is not None:
        ask_for_look(session, evidence.id)
    return photo


def _row(
    evidence: Evidence,
    file: Incoming,
    taken: TakenPhoto | AcceptedPhoto,
    actor: Actor,
    at: datetime,
    visit_id: int | None,
) -> Photo:
    camera = taken.camera
    exif = LonLat.maybe(camera.lon, camera.lat)
    taken_at = instant(camera, evidence.region_code)
    looks = taken.looks if isinstance(taken, TakenPhoto) else None
    return Photo(
        evidence_id=evidence.id,
        visit_id=visit_id,
        upload_id=file.upload_id,
        uploaded_by=actor.id,
        received_at=at,
        pictures_at=at if isinstance(taken, TakenPhoto) else None,
        file_name=clean_name(file.name),
        sha256=taken.sha256,
        dhash=taken.dhash if isinstance(taken, TakenPhoto) else None,
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
        device_fix_count=file.fix_count if file.fix else None,
        capture_source=file.capture_source,
        captured_at=file.captured_at,
        original_sha256=file.original_sha256,
        original_byte_size=file.original_byte_size,
        camera_make=camera.make,
        camera_model=camera.model,
        software=camera.software,
        camera_serial=camera.serial,
        sub_second=camera.sub_second,
        preview=looks.preview if looks else None,
        preview_distance=looks.preview_distance if looks else None,
        digital_source=taken.digital_source if isinstance(taken, AcceptedPhoto) else looks and looks.digital_source,
        credentials=looks.credentials if looks else None,
        flags=[*taken.flags, *disagreements(camera, taken_at, file.fix_at if file.fix else None)],
    )


def _answered(evidence: Evidence, file: Incoming, visit_id: int | None) -> int | None:
    """The unit's photo of this very case that a photo of a visit says it answers; None for anything else it names."""
    claimed = {photo.id for photo in evidence.photos if photo.visit_id is None}
    return file.answers_photo_id if visit_id is not None and file.answers_photo_id in claimed else None


def _minutes(offset: timedelta | None) -> int | None:
    return None if offset is None else round(offset.total_seconds() / 60)


def keep_refusal(
    session: Session,
    evidence: Evidence,
    arrived: Arrived,
    code: str,
    *,
    actor: Actor,
    at: datetime,
    visit_id: int | None = None,
) -> RefusedResult:
    """Remember a file that was not taken, once per upload; the bytes are gone."""
    label = clean_name(arrived.file.name)
    known = select(RefusedFile.id).where(RefusedFile.upload_id == arrived.file.upload_id)
    if session.scalar(known) is None:
        evidence.refusals.append(
            RefusedFile(
                visit_id=visit_id, upload_id=arrived.file.upload_id, uploaded_by=actor.id, file_name=label,
                byte_size=arrived.byte_size, code=code, at=at,
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
    forget_fix_of(photo, evidence)
    evidence.photos.remove(photo)
    session.delete(photo)
    session.flush()
    adopt_witnesses(session, evidence)
    ask_for_look(session, evidence.id)


def set_progress(session: Session, photo: Photo, stage: int | None, *, actor: Actor, at: datetime) -> None:
    """Note which stage of the work (0, 50 or 100 %) a photo shows; None takes that back.

    Raises `NotAllowed`, `NotEditable`, `Locked`; `NoStages` where the work has none; `NotFound` for a visit's photo.
    """
    evidence = photo.evidence
    demand(actor, Permission.EVIDENCE_WRITE, evidence.region_code)
    must_be_editable(evidence)
    if photo.visit_id is not None:
        raise NotFound
    if evidence.activity is None or evidence.activity.check_kind != IN_STAGES:
        raise NoStages
    if photo.progress == stage:
        return
    photo.progress = stage
    audit.record(
        session, "photo.set_progress", at=at, actor_id=actor.id, on=("photo", photo.id),
        region_code=evidence.region_code, evidence_id=evidence.id, stage=stage,
    )  # fmt: skip
    ask_for_look(session, evidence.id)


def forget_fix_of(photo: Photo, evidence: Evidence) -> None:
    """The device's witness came with this photo: it goes with it, and the next finest of the others may speak."""
    if carries_fix(photo, evidence):
        evidence.device_place = evidence.device_accuracy_m = None
        evidence.device_at = evidence.device_received_at = None
