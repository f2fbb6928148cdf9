"""An upload begins: what its sender says of it is settled before a byte comes."""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.columns import stored_point
from geo.values import LonLat
from media.intake import Intake
from webapp.access import Actor
from webapp.capture import queries
from webapp.capture.errors import TooManyUploads, UploadTooLarge
from webapp.capture.models import Upload
from webapp.capture.parts import Parts
from webapp.capture.rules import Purpose
from webapp.errors import NotFound
from webapp.evidence.errors import SameIdOtherContent
from webapp.evidence.models import Photo
from webapp.evidence.services import Incoming, RefusedResult
from webapp.evidence.services.readiness import must_be_editable
from webapp.evidence.services.turns import one_at_a_time

MOST_UNFINISHED = 500  # of one account: a year of dawn rounds, or one folder of photos

MayImport = Callable[[Session, Actor, uuid.UUID], bool]


class Visits(Protocol):
    """What a photo taken on site is for. Both raise `NotFound`, `NotAllowed`, and what forbids the visit a photo."""

    def target(self, session: Session, actor: Actor, client_id: uuid.UUID) -> tuple[int, int]:
        """The case and the visit of that number, which must be this person's and still open."""
        ...

    def receive(
        self, session: Session, visit_id: int, file: Incoming, *, actor: Actor, at: datetime, intake: Intake
    ) -> Photo | RefusedResult:
        """Take the photo into the visit; its pictures are made later."""
        ...


@dataclass(frozen=True)
class Told:
    """What the sender says of a file before sending it. `fix`: the phone's position at the shutter, EPSG:4326.

    `target`: the client's number of the case or visit, or the number of the import. `metadata`: all of it, as it was
    said. `answers`: the unit's photo that a photo taken on site answers.
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
    answers: int | None = None

    def digest(self) -> str:
        """Of what was meant, not of its words: the order in which it was said does not count."""
        told = {name: value for name, value in asdict(self).items() if name != "metadata"}
        if self.answers is None:  # as it was before a photo could answer another: uploads on their way stay the same
            del told["answers"]
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Terms:
    """What this installation allows: bytes of a photo and of a file of an import, and how long an upload is kept."""

    photo_bytes: int
    import_bytes: int
    kept_for: timedelta
    may_import: MayImport
    visits: Visits | None = None

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
    if told.byte_size > (terms.import_bytes if told.purpose is Purpose.IMPORT else terms.photo_bytes):
        raise UploadTooLarge
    evidence_id, visit_id = _settled_target(session, upload_id, told, actor, terms)
    if queries.unfinished(session, actor, at) >= MOST_UNFINISHED:
        raise TooManyUploads
    parts.remove(upload_id)  # of an upload under the same number that was cancelled
    row = _row(upload_id, told, actor, at, terms)
    row.evidence_id, row.visit_id = evidence_id, visit_id
    return _kept(session, row), True


def _settled_target(
    session: Session, upload_id: uuid.UUID, told: Told, actor: Actor, terms: Terms
) -> tuple[int | None, int | None]:
    """The case the photo is for, and the visit; neither for an import, which must be this person's.

    A photo that is in its case already may be sent once more, whatever the case has become: it ends as the same.
    """
    if told.purpose is Purpose.IMPORT:
        if not terms.may_import(session, actor, told.target):
            raise NotFound
        return None, None
    if told.purpose is Purpose.VISIT:
        if terms.visits is None:
            raise NotFound
        return terms.visits.target(session, actor, told.target)
    case = queries.case_for_photos(session, actor, told.target)
    if queries.photo_there(session, case.id, upload_id) is None:
        must_be_editable(case)
    return case.id, None


def _row(upload_id: uuid.UUID, told: Told, actor: Actor, at: datetime, terms: Terms) -> Upload:
    return Upload(
        id=upload_id,
        account_id=actor.id,
        purpose=told.purpose,
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
        answers_photo_id=told.answers,
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
