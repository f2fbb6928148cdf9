"""Reading imports. Everybody finds their own and nobody else's."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Actor
from webapp.bulk.models import ImportFile, ImportGroup, ImportItem, ImportNote, PhotoImport
from webapp.bulk.rules import FileState, ImportState
from webapp.capture.models import Upload
from webapp.errors import NotFound


def own(actor: Actor) -> Select[PhotoImport]:
    """The imports of this person."""
    return select(PhotoImport).where(PhotoImport.account_id == actor.id)


def get(session: Session, actor: Actor, import_id: uuid.UUID) -> PhotoImport:
    """The import. Raises `NotFound` when there is none or it is somebody else's."""
    found = session.scalar(own(actor).where(PhotoImport.id == import_id))
    if found is None:
        raise NotFound
    return found


def held(session: Session, actor: Actor, import_id: uuid.UUID) -> PhotoImport:
    """The same, its row held until the transaction ends. Raises `NotFound`."""
    found = session.scalar(
        own(actor).where(PhotoImport.id == import_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def may_import(session: Session, actor: Actor, import_id: uuid.UUID) -> bool:
    """Whether the import is this person's and still open."""
    mine = own(actor).where(PhotoImport.id == import_id, PhotoImport.state == ImportState.OPEN)
    return session.scalar(mine.with_only_columns(PhotoImport.id)) is not None


@dataclass(frozen=True)
class Line:
    """An import in a list: files that have come, photos in them, proposed cases and drafts made of them."""

    row: PhotoImport
    files: int
    photos: int
    groups: int
    made: int


def page_of_own(session: Session, actor: Actor, number: int, size: int = 25) -> tuple[list[Line], int]:
    """A page of this person's imports, newest first, and how many there are; a number beyond the end is empty."""
    total = session.scalar(own(actor).with_only_columns(func.count())) or 0
    files = select(func.count(Upload.id)).where(Upload.import_id == PhotoImport.id, Upload.arrived_at.is_not(None))
    photos = select(func.count(ImportItem.id)).where(ImportItem.import_id == PhotoImport.id, ImportItem.code.is_(None))
    groups = select(func.count(ImportGroup.id)).where(
        ImportGroup.import_id == PhotoImport.id, ImportGroup.left_out.is_(False)
    )
    made = select(func.count(ImportGroup.evidence_id)).where(ImportGroup.import_id == PhotoImport.id)
    rows = session.execute(
        own(actor)
        .add_columns(*(one.scalar_subquery() for one in (files, photos, groups, made)))
        .order_by(PhotoImport.created_at.desc(), PhotoImport.id)
        .limit(size)
        .offset(size * number)
    )
    return [Line(*row) for row in rows], total


@dataclass(frozen=True)
class FileLine:
    """A file of an import that has arrived; `file` is None until a worker has begun with it."""

    upload: Upload
    file: ImportFile | None

    @property
    def waits(self) -> bool:
        """Whether it is still to be opened, or being opened."""
        return self.file is None or self.file.state == FileState.OPENING


def files(session: Session, import_id: uuid.UUID) -> list[FileLine]:
    """The files that have arrived, in the order of their arrival."""
    rows = session.execute(
        select(Upload, ImportFile)
        .outerjoin(ImportFile, ImportFile.upload_id == Upload.id)
        .where(Upload.import_id == import_id, Upload.arrived_at.is_not(None))
        .order_by(Upload.arrived_at, Upload.id)
        .execution_options(populate_existing=True)
    )
    return [FileLine(upload, file) for upload, file in rows]


def still_opening(session: Session, import_id: uuid.UUID) -> int:
    """How many files have arrived and have not been opened to their end."""
    waiting = select(func.count(Upload.id)).where(
        Upload.import_id == import_id, Upload.arrived_at.is_not(None), Upload.read_at.is_(None)
    )
    return session.scalar(waiting) or 0


def groups(session: Session, import_id: uuid.UUID) -> Sequence[ImportGroup]:
    """The proposed cases in their order, with their photos, and the drafts made of them."""
    return session.scalars(
        select(ImportGroup)
        .where(ImportGroup.import_id == import_id)
        .options(selectinload(ImportGroup.items), joinedload(ImportGroup.evidence))
        .order_by(ImportGroup.position, ImportGroup.id)
        .execution_options(populate_existing=True)
    ).all()


def refused(session: Session, import_id: uuid.UUID, most: int = 500) -> Sequence[ImportItem]:
    """Photos that were not taken, each with its code."""
    found = select(ImportItem).where(ImportItem.import_id == import_id, ImportItem.code.is_not(None))
    return session.scalars(found.order_by(ImportItem.id).limit(most)).all()


def unused(session: Session, import_id: uuid.UUID) -> Sequence[ImportItem]:
    """Photos that their person left out."""
    found = select(ImportItem).where(ImportItem.import_id == import_id, ImportItem.left_out.is_(True))
    return session.scalars(found.order_by(ImportItem.id)).all()


def same_again(session: Session, import_id: uuid.UUID) -> int:
    """How many photos came twice in one import: the second is not taken again."""
    found = select(func.count(ImportItem.id)).where(ImportItem.import_id == import_id, ImportItem.same_as.is_not(None))
    return session.scalar(found) or 0


def counts(session: Session, import_id: uuid.UUID) -> tuple[int, int]:
    """How many photos were taken, and how many were refused."""
    row = session.execute(
        select(
            func.count(ImportItem.id).filter(ImportItem.pictures_at.is_not(None)),
            func.count(ImportItem.id).filter(ImportItem.code.is_not(None)),
        ).where(ImportItem.import_id == import_id)
    ).one()
    return row[0], row[1]


def done_of(session: Session, upload_id: uuid.UUID) -> int:
    """How many photos of a file are done with, one way or the other."""
    done = select(func.count(ImportItem.id)).where(
        ImportItem.upload_id == upload_id, ImportItem.pictures_at.is_not(None) | ImportItem.code.is_not(None)
    )
    return session.scalar(done) or 0


def item(session: Session, actor: Actor, import_id: uuid.UUID, item_id: int) -> ImportItem:
    """A photo of an own import that has its pictures. Raises `NotFound`."""
    mine = own(actor).where(PhotoImport.id == import_id).with_only_columns(PhotoImport.id)
    found = session.scalar(
        select(ImportItem).where(
            ImportItem.id == item_id, ImportItem.import_id.in_(mine), ImportItem.pictures_at.is_not(None)
        )
    )
    if found is None:
        raise NotFound
    return found


def notes(session: Session, import_id: uuid.UUID) -> Sequence[ImportNote]:
    """Rows of all tables of notes, in their order."""
    found = select(ImportNote).where(ImportNote.import_id == import_id)
    return session.scalars(found.order_by(ImportNote.upload_id, ImportNote.row)).all()
