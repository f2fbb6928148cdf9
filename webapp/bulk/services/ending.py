"""Imports that end: given up by their person, or not gone on with; and what they leave in the store."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from webapp import db
from webapp.bulk.models import ImportFile, ImportGroup, ImportItem, ImportNote, PhotoImport
from webapp.bulk.rules import ImportState
from webapp.bulk.services.arranging import must_be_open
from webapp.bulk.services.opening import Workshop
from webapp.capture.models import Upload
from webapp.capture.parts import Parts
from webapp.capture.services.finishing import remove_after_commit
from webapp.evidence.services import forget_unused


def abandon(session: Session, found: PhotoImport, *, at: datetime, parts: Parts) -> None:
    """Give an import up: its drafts stay, its files go. The row of the import must be held. Raises `ImportClosed`."""
    must_be_open(found)
    found.state, found.ended_at, found.touched_at = ImportState.ABANDONED, at, at
    _let_go(session, found.id, at, parts)


def _let_go(session: Session, import_id: uuid.UUID, at: datetime, parts: Parts) -> None:
    """Nobody will read the files that were not opened yet."""
    waiting = select(Upload).where(
        Upload.import_id == import_id, Upload.arrived_at.is_not(None), Upload.read_at.is_(None)
    )
    uploads = session.scalars(waiting).all()
    for upload in uploads:
        upload.read_at = at
    session.flush()
    remove_after_commit(session, parts, *(upload.id for upload in uploads))


def forget_old(shop: Workshop, at: datetime, kept_for: timedelta) -> int:
    """Forget what was abandoned, or not gone on with for so long, and stored files that nobody else needs.

    Of an import that is done, its line and its links to the drafts stay. Answers how many were forgotten.
    """
    with db.transaction(shop.sessions) as session:
        due = session.scalars(_due(at - kept_for)).all()
    for import_id in due:
        with db.transaction(shop.sessions) as session:
            digests = _forget(session, import_id, at, shop.parts)
        for sha256 in digests:
            with db.transaction(shop.sessions) as session:
                forget_unused(session, sha256, store=shop.intake.store)
    return len(due)


def _due(before: datetime) -> Select[uuid.UUID]:
    has_files = exists().where(ImportFile.import_id == PhotoImport.id)
    old = PhotoImport.touched_at < before
    return select(PhotoImport.id).where(
        or_(
            PhotoImport.state == ImportState.ABANDONED,
            old & (PhotoImport.state == ImportState.OPEN),
            old & (PhotoImport.state == ImportState.DONE) & has_files,
        )
    )


def _forget(session: Session, import_id: uuid.UUID, at: datetime, parts: Parts) -> Sequence[str]:
    """The digests it had."""
    found = session.scalar(select(PhotoImport).where(PhotoImport.id == import_id).with_for_update())
    if found is None:
        return ()
    _let_go(session, import_id, at, parts)
    kept = select(ImportItem.sha256).where(ImportItem.import_id == import_id, ImportItem.sha256.is_not(None))
    digests = [str(sha256) for sha256 in session.scalars(kept.distinct())]
    for table in (ImportItem, ImportNote, ImportFile):
        session.execute(delete(table).where(table.import_id == import_id))
    if found.state == ImportState.DONE:
        session.execute(
            delete(ImportGroup).where(ImportGroup.import_id == import_id, ImportGroup.evidence_id.is_(None))
        )
    else:
        session.delete(found)
    return digests


def ask_again(session: Session, *, before: datetime, most: int = 200) -> int:
    """Ask once more to open files that arrived before that moment and were not opened; answers how many."""
    waiting = session.scalars(
        select(Upload.id)
        .where(Upload.import_id.is_not(None), Upload.arrived_at < before, Upload.read_at.is_(None))
        .order_by(Upload.arrived_at)
        .limit(most)
    ).all()
    return sum(bool(session.scalar(select(func.wall.defer_import(number)))) for number in waiting)
