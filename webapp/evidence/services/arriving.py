"""Files on their way in: each is opened, and stored or refused, before any row is held for it.

Opening a picture may take seconds; a case that is held meanwhile would keep everybody waiting who touches it.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.values import LonLat
from media.buffers import Buffer
from media.errors import Refused
from media.intake import AcceptedPhoto, Intake, TakenPhoto
from webapp.evidence import queries
from webapp.evidence.errors import SameIdOtherContent
from webapp.evidence.models import Photo
from webapp.evidence.services.turns import keep_from_sweeper


@dataclass(frozen=True)
class Incoming:
    """One file as it arrived. `fix` is the browser's position at the shutter, with its accuracy in metres and time.

    `captured_at`: by the phone's clock. `original_…`: of the photo as it was before the phone reduced it.
    `answers_photo_id`: of a photo taken on site, the unit's photo it was taken against.
    """

    upload_id: uuid.UUID
    name: str
    data: Buffer
    claimed_type: str = ""
    fix: LonLat | None = None
    fix_accuracy_m: float | None = None
    fix_at: datetime | None = None
    fix_count: int | None = None
    capture_source: str | None = None
    captured_at: datetime | None = None
    original_sha256: str | None = None
    original_byte_size: int | None = None
    answers_photo_id: int | None = None


@dataclass(frozen=True)
class Arrived:
    """A file that has been looked at, without its bytes: `taken` (and stored), or `refused` with a reason, or known.

    An `AcceptedPhoto` still waits for its pictures.
    """

    file: Incoming
    byte_size: int
    taken: TakenPhoto | AcceptedPhoto | None = None
    refused: Refused | None = None


def open_file(session: Session, evidence_id: int, file: Incoming, *, at: datetime, intake: Intake) -> Arrived:
    """Open and store one file for that case, pictures and all; what came before under its number is not opened again.

    Raises `SameIdOtherContent`.
    """
    size, light = len(file.data), replace(file, data=b"")
    if sent_before(session, evidence_id, file.upload_id, size) is not None:
        return Arrived(light, size)
    said: dict[str, Any] = {"name": file.name, "claimed_type": file.claimed_type, "received_at": at}
    try:
        keep_from_sweeper(session, intake.judge(file.data, **said).sha256)
        taken = intake.take_in(file.data, **said)
    except Refused as why:
        return Arrived(light, size, refused=why)
    return Arrived(light, size, taken=taken)


def store_file(session: Session, evidence_id: int, file: Incoming, *, at: datetime, intake: Intake) -> Arrived:
    """Judge one file for that case and store its original; its pictures are for a worker to make.

    Raises `SameIdOtherContent`, `media.errors.StoreUnavailable`.
    """
    size, light = len(file.data), replace(file, data=b"")
    if sent_before(session, evidence_id, file.upload_id, size) is not None:
        return Arrived(light, size)
    try:
        judged = intake.judge(file.data, name=file.name, claimed_type=file.claimed_type, received_at=at)
    except Refused as why:
        return Arrived(light, size, refused=why)
    keep_from_sweeper(session, judged.sha256)
    intake.keep(judged.sha256, file.data)
    return Arrived(light, size, taken=judged)


def sent_before(session: Session, evidence_id: int, upload_id: uuid.UUID, byte_size: int) -> Photo | None:
    """The photo that came with this number. Raises `SameIdOtherContent` where the number means something else."""
    before = session.scalar(select(Photo).where(Photo.upload_id == upload_id))
    if before is not None and (before.evidence_id != evidence_id or before.byte_size != byte_size):
        raise SameIdOtherContent
    if before is None and queries.is_upload_taken(session, upload_id):
        raise SameIdOtherContent  # for a case that this person may not see
    return before
