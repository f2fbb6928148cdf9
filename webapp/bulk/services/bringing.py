"""Beginning an import, and files for it that come by a plain form: they go the way of the wire from then on."""

import hashlib
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from media.names import clean_name
from webapp.access import Actor
from webapp.bulk import queries
from webapp.bulk.models import PhotoImport
from webapp.bulk.naming import clean_path
from webapp.bulk.rules import ImportState
from webapp.bulk.services.arranging import must_be_open
from webapp.bulk.services.meaning import metadata_saying
from webapp.capture import services as capture
from webapp.capture.errors import WrongOffset
from webapp.capture.rules import Purpose
from webapp.capture.services import Desk, Piece, Terms, Told
from webapp.evidence.errors import SameIdOtherContent
from webapp.evidence.services.turns import one_at_a_time

_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Brought:
    """A file as a form brings it. `path`: as the browser calls it, folders included."""

    path: str
    stream: BinaryIO


def begin(session: Session, import_id: uuid.UUID, *, actor: Actor, at: datetime) -> PhotoImport:
    """The import under that number; the same again is the same. Raises `SameIdOtherContent`: it is somebody else's."""
    one_at_a_time(session, import_id)
    known = session.scalar(queries.own(actor).where(PhotoImport.id == import_id))
    if known is not None:
        return known
    made = PhotoImport(id=import_id, account_id=actor.id, state=ImportState.OPEN, created_at=at, touched_at=at)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as taken:
        raise SameIdOtherContent from taken
    return made


def bring(
    session: Session, found: PhotoImport, files: Iterable[Brought], *, actor: Actor, at: datetime, terms: Terms,
    desk: Desk,
) -> int:  # fmt: skip
    """Take each file into an own, open import; answers how many. The same form again brings nothing new.

    Raises `ImportClosed`, `UploadTooLarge`, `TooManyUploads`, `NoRoom`, `StoreAway`.
    """
    must_be_open(found)
    taken = 0
    for file in files:
        taken += _bring(session, found, file, actor, at, terms, desk)
    return taken


def _bring(
    session: Session, found: PhotoImport, file: Brought, actor: Actor, at: datetime, terms: Terms,
    desk: Desk,
) -> bool:  # fmt: skip
    size = file.stream.seek(0, os.SEEK_END)
    file.stream.seek(0)
    if size == 0:
        return False
    path = clean_path(file.path)
    told = Told(Purpose.IMPORT, found.id, size, metadata_saying(path), file_name=clean_name(path))
    upload_id = uuid.uuid5(found.id, f"form:{path}:{_digest(file.stream)}")
    try:
        upload, _ = capture.begin(session, upload_id, told, actor=actor, at=at, terms=terms, parts=desk.parts)
        if upload.arrived_at is None:
            piece = Piece(file.stream, 0, size)
            capture.take_piece(session, upload, piece, actor=actor, at=at, desk=desk)
    except WrongOffset:  # what a form before it left: begun anew
        desk.parts.remove(upload_id)
        capture.take_piece(session, upload, Piece(_again(file.stream), 0, size), actor=actor, at=at, desk=desk)
    return True


def _digest(stream: BinaryIO) -> str:
    told = hashlib.sha256()
    while piece := stream.read(_PIECE):
        told.update(piece)
    stream.seek(0)
    return told.hexdigest()


def _again(stream: BinaryIO) -> BinaryIO:
    stream.seek(0)
    return stream
