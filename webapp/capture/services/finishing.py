"""An upload arrives: its last byte is here, it is judged, stored and receipted, once.

The order is what keeps every promise: the bytes are on the disk, then the original in the store, then the rows, in one
transaction; only after its commit is the part file removed. Whoever asks for an upload that is whole but was never
settled (the server died in between) has it settled first.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from geo.columns import read_point
from media.buffers import Buffer, sha256_of
from media.intake import Intake
from webapp.access import Actor
from webapp.capture import queries
from webapp.capture.errors import UploadExpired, UploadTooLarge, WrongOffset
from webapp.capture.models import Upload
from webapp.capture.parts import Checksum, Parts, Stream
from webapp.capture.rules import Purpose, Verdict
from webapp.capture.services.beginning import Visits
from webapp.capture.services.receipts import new_code
from webapp.errors import Problem
from webapp.evidence.errors import SameIdOtherContent
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.services import Incoming, RefusedResult, receive_photo
from webapp.evidence.services.turns import one_at_a_time

_RENEWED_BY = timedelta(hours=1)  # an upload that goes on is kept longer, but not written anew with every piece


@dataclass(frozen=True)
class Desk:
    """Where pieces are kept, who judges what is whole, and how long what is not whole is kept."""

    parts: Parts
    intake: Intake
    kept_for: timedelta
    visits: Visits | None = None


@dataclass(frozen=True)
class Piece:
    """What came in one request: `length` bytes of the stream belong behind the first `offset` ones of the file."""

    stream: Stream
    offset: int
    length: int
    checksum: Checksum | None = None


def offset_of(session: Session, upload: Upload, *, actor: Actor, at: datetime, desk: Desk) -> int:
    """How many bytes have come. The whole length means: judged, stored, and receipted with the commit that follows.

    Raises `UploadExpired`, `UploadBusy`, `media.errors.StoreUnavailable`.
    """
    settled = finish_if_whole(session, upload, actor=actor, at=at, desk=desk)
    if settled.arrived_at is not None:
        return settled.byte_size
    _must_be_kept(settled, at)
    return desk.parts.length(settled.id)


def take_piece(session: Session, upload: Upload, piece: Piece, *, actor: Actor, at: datetime, desk: Desk) -> int:
    """Keep a piece, and settle the upload when it was the last; answers how many bytes have come.

    Raises `WrongOffset`, `UploadTooLarge`, `UploadExpired`, `UploadBusy`, `ChecksumMismatch`, `NoRoom`, `StoreAway`,
    `media.errors.StoreUnavailable`. What is on the disk stays, also when the request then fails.
    """
    known = offset_of(session, upload, actor=actor, at=at, desk=desk)
    if piece.offset != known:
        raise WrongOffset
    if piece.length > upload.byte_size - known:
        raise UploadTooLarge
    if piece.length == 0:
        return known
    came = desk.parts.append(upload.id, piece.stream, offset=piece.offset, most=piece.length, checksum=piece.checksum)
    if came == upload.byte_size:
        finish_if_whole(session, upload, actor=actor, at=at, desk=desk)
    elif at + desk.kept_for - upload.expires_at > _RENEWED_BY:
        upload.expires_at = at + desk.kept_for
    return came


def finish_if_whole(session: Session, upload: Upload, *, actor: Actor, at: datetime, desk: Desk) -> Upload:
    """Judge and store an upload whose bytes are all here, unless that was done before; the upload as it then stands.

    A photo that is refused has arrived, and says why. Raises `media.errors.StoreUnavailable`: then nothing is settled.
    """
    if upload.arrived_at is not None or desk.parts.length(upload.id) < upload.byte_size:
        return upload
    one_at_a_time(session, upload.id)
    session.expire(upload)
    upload = queries.get(session, actor, upload.id)
    if upload.arrived_at is None:
        with desk.parts.mapped(upload.id) as data:
            sha256 = sha256_of(data)
            outcome = _judged(session, upload, data, sha256, actor, at, desk)
        # All at once: there is no moment at which it has arrived and is not judged.
        upload.arrived_at, upload.sha256, upload.receipt_code = at, sha256, new_code()
        upload.verdict, upload.refused_code, upload.photo_id = outcome.verdict, outcome.code, outcome.photo_id
        session.flush()
        _hand_on(session, upload, desk.parts)
    return upload


@dataclass(frozen=True)
class _Outcome:
    verdict: Verdict
    code: str | None = None
    photo_id: int | None = None


def _judged(
    session: Session, upload: Upload, data: Buffer, sha256: str, actor: Actor, at: datetime, desk: Desk
) -> _Outcome:
    if upload.purpose == Purpose.IMPORT:
        return _Outcome(Verdict.RECEIVED)
    there = queries.photo_there(session, upload.evidence_id, upload.id)
    if there is not None and there.sha256 == sha256:  # an import of the phone's backup brought it
        return _Outcome(Verdict.SAME, photo_id=there.id)
    try:
        kept = _received(session, upload, data, actor, at, desk)
    except Problem as refusal:  # the case was sent or sealed while the photo was on its way
        return _Outcome(Verdict.REFUSED, refusal.code)
    if isinstance(kept, RefusedResult):
        return _Outcome(Verdict.REFUSED, kept.code)
    if kept.sha256 != sha256:  # a form had used the number before
        return _Outcome(Verdict.REFUSED, SameIdOtherContent.code)
    return _Outcome(Verdict.RECEIVED if kept.upload_id == upload.id else Verdict.SAME, photo_id=kept.id)


def _received(
    session: Session, upload: Upload, data: Buffer, actor: Actor, at: datetime, desk: Desk
) -> Photo | RefusedResult:
    file = _incoming(upload, data)
    with session.begin_nested():
        if upload.visit_id is not None and desk.visits is not None:
            return desk.visits.receive(session, upload.visit_id, file, actor=actor, at=at, intake=desk.intake)
        case = session.get_one(Evidence, upload.evidence_id)
        return receive_photo(session, case, file, actor=actor, at=at, intake=desk.intake)


def _incoming(upload: Upload, data: Buffer) -> Incoming:
    return Incoming(
        upload_id=upload.id,
        name=upload.file_name,
        data=data,
        claimed_type=upload.claimed_type,
        fix=read_point(upload.device_place) if upload.device_place is not None else None,
        fix_accuracy_m=upload.device_accuracy_m,
        fix_at=upload.device_at,
        fix_count=upload.device_fix_count,
        capture_source=upload.capture_source,
        captured_at=upload.captured_at,
        original_sha256=upload.original_sha256,
        original_byte_size=upload.original_byte_size,
        answers_photo_id=upload.answers_photo_id,
    )


def _hand_on(session: Session, upload: Upload, parts: Parts) -> None:
    """The bytes of a photo are removed once its row is there for good; those of an import are still to be read."""
    if upload.purpose != Purpose.IMPORT:
        remove_after_commit(session, parts, upload.id)
    else:
        session.execute(select(func.wall.defer_import(upload.id)))


def remove_after_commit(session: Session, parts: Parts, *upload_ids: uuid.UUID) -> None:
    """Remove part files when this transaction has been committed, and only then. The last thing a service does."""

    def remove(_: Session) -> None:
        for upload_id in upload_ids:
            parts.remove(upload_id)

    event.listen(session, "after_commit", remove, once=True)


def _must_be_kept(upload: Upload, at: datetime) -> None:
    if upload.expires_at <= at:
        raise UploadExpired
