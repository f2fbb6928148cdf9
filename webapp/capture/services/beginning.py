"""An upload begins: what its sender says of it is settled before a byte comes."""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.columns import stored_point
from geo.values import LonLat
from webapp.access import Actor
from webapp.capture import queries
from webapp.capture.errors import TooManyUploads, UploadTooLarge
from webapp.capture.models import Upload
from webapp.capture.parts import Parts
from webapp.capture.rules import Purpose
from webapp.errors import NotFound
from webapp.evidence.errors import SameIdOtherContent
from webapp.evidence.services.readiness import must_be_editable
from webapp.evidence.services.turns import one_at_a_time

MOST_UNFINISHED = 500  # of one account: a year of dawn rounds, or one folder of photos

MayImport = Callable[[Session, Actor, uuid.UUID], bool]


@dataclass(frozen=True)
class Told:
    """What the sender says of a file before sending it. `fix`: the phone's position at the shutter, EPSG:4326.

    `target`: the client's number of the case, or the number of the import. `metadata`: all of it, as it was said.
    """

    purpose: Purpose
    target: uuid.UUID
    byte_size: int
    metadata: str
    file_name: str = ""
    claimed_type: str = ""
    capture_source: str | None = None
    captured_at: datetime | None = None
    fix: LonLat | None = None
    fix_accuracy_m: float | None = None
    fix_at: datetime | None = None
    fix_count: int | None = None
    original_sha256: str | None = None
    original_byte_size: int | None = None

    def digest(self) -> str:
        """Of what was meant, not of its words: the order in which it was said does not count."""
        told = {name: value for name, value in asdict(self).items() if name != "metadata"}
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Terms:
    """What this installation allows: bytes of a photo and of a file of an import, and how long an upload is kept."""

    photo_bytes: int
    import_bytes: int
    kept_for: timedelta
    may_import: MayImport

    @property
    def most_bytes(self) -> int:
        """Of any upload."""
        return max(self.photo_bytes, self.import_bytes)


def begin(
    session: Session, upload_id: uuid.UUID, told: Told, *, actor: Actor, at: datetime, terms: Terms, parts: Parts
) -> tuple[Upload, bool]:
    """The upload under that number, and whether it began now. The same again changes nothing but how long it is kept.

    Raises `NotFound` (no such case or import for this person), `NotAllowed`, `NotEditable`, `Locked`,
    `UploadTooLarge`, `TooManyUploads`; `SameIdOtherContent` when the number is taken, whoever took it.
    """
    one_at_a_time(session, upload_id)
    before = session.get(Upload, upload_id)
    if before is not None:
        if before.account_id != actor.id or before.sent_digest != told.digest():
            raise SameIdOtherContent
        before.expires_at = max(before.expires_at, at + terms.kept_for)
        return before, False
    if told.byte_size > (terms.photo_bytes if told.purpose is Purpose.PHOTO else terms.import_bytes):
        raise UploadTooLarge
    evidence_id = _settled_case(session, upload_id, told, actor, terms)
    if queries.unfinished(session, actor, at) >= MOST_UNFINISHED:
        raise TooManyUploads
    parts.remove(upload_id)  # of an upload under the same number that was cancelled
    return _kept(session, _row(upload_id, told, evidence_id, actor, at, terms)), True


def _settled_case(session: Session, upload_id: uuid.UUID, told: Told, actor: Actor, terms: Terms) -> int | None:
    """The case the photo is for; None for an import, which must be this person's.

    A photo that is in its case already may be sent once more, whatever the case has become: it ends as the same.
    """
    if told.purpose is Purpose.IMPORT:
        if not terms.may_import(session, actor, told.target):
            raise NotFound
        return None
    case = queries.case_for_photos(session, actor, told.target)
    if queries.photo_there(session, case.id, upload_id) is None:
        must_be_editable(case)
    return case.id


def _row(upload_id: uuid.UUID, told: Told, evidence_id: int | None, actor: Actor, at: datetime, terms: Terms) -> Upload:
    return Upload(
        id=upload_id,
        account_id=actor.id,
        purpose=told.purpose,
        evidence_id=evidence_id,
        import_id=told.target if told.purpose is Purpose.IMPORT else None,
        sent_digest=told.digest(),
        sent_metadata=told.metadata,
        file_name=told.file_name,
        claimed_type=told.claimed_type,
        byte_size=told.byte_size,
        capture_source=told.capture_source,
        captured_at=told.captured_at,
        device_place=stored_point(told.fix) if told.fix else None,
        device_accuracy_m=told.fix_accuracy_m,
        device_at=told.fix_at,
        device_fix_count=told.fix_count,
        original_sha256=told.original_sha256,
        original_byte_size=told.original_byte_size,
        created_at=at,
        expires_at=at + terms.kept_for,
    )


def _kept(session: Session, upload: Upload) -> Upload:
    """Raises `SameIdOtherContent`: the number is somebody else's, whose row this person cannot see."""
    try:
        with session.begin_nested():
            session.add(upload)
    except IntegrityError as taken:
        raise SameIdOtherContent from taken
    return upload
