"""Opening a file of an import, in the background: photo by photo, each safe to repeat, no row held meanwhile.

A worker may be killed at any moment. What it had stored is found again by its place in the file; a photo whose pictures
were not made yet has them made the next time.
"""

import logging
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from media.buffers import Buffer
from media.errors import DecoderBusy, ImageTooSlow, NotStored, Refused, StoreUnavailable
from media.intake import AcceptedPhoto, Finished, Intake
from webapp import db
from webapp.bulk import archives, backups, queries, tables
from webapp.bulk.archives import Archive, ArchiveRefused, Member, MemberRefused
from webapp.bulk.backups import BackedCase, BackedPhoto, Backup, BackupRefused
from webapp.bulk.models import ImportFile, ImportGroup, ImportItem, ImportNote, PhotoImport
from webapp.bulk.naming import clean_path, name_of
from webapp.bulk.rules import Because, FileKind, FileState, ImportState
from webapp.bulk.services.arranging import camera_as_json, propose, region_of, title_of
from webapp.bulk.services.meaning import ActivityNames, activity_names, path_said
from webapp.bulk.tables import Notes, NotesRefused
from webapp.capture.models import Upload
from webapp.capture.parts import Parts
from webapp.capture.rules import Purpose
from webapp.capture.services.finishing import remove_after_commit
from webapp.evidence.services import forget_unused
from webapp.evidence.services.turns import keep_from_sweeper
from webapp.territory.rules import time_zone_of

log = logging.getLogger(__name__)
UNREADABLE, GONE = "import_file_unreadable", "import_file_gone"
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".ods")
_PATIENCE = 3  # how often what may be the machine's fault is tried
_WHOLE = (ArchiveRefused, BackupRefused, NotesRefused)
_LATER = (DecoderBusy, ImageTooSlow, StoreUnavailable, OperationalError)

Read = Callable[[], AbstractContextManager[Buffer]]


@dataclass(frozen=True)
class Workshop:
    """What opening needs; `largest`: bytes of one photo; `now`: the clock, since opening takes its time."""

    sessions: sessionmaker[Session]
    intake: Intake
    parts: Parts
    largest: int
    now: Callable[[], datetime]


@dataclass(frozen=True)
class _Known:
    """A photo that has a row. It waits when it was stored, and its pictures are still to be made."""

    sha256: str | None
    pictures_at: datetime | None

    @property
    def waits(self) -> bool:
        return self.sha256 is not None and self.pictures_at is None


@dataclass
class _Work:
    """One file, and how far it has come."""

    shop: Workshop
    upload_id: uuid.UUID
    import_id: uuid.UUID
    account_id: int
    path: str
    arrived_at: datetime
    tries: int
    known: dict[int, _Known]  # what was done before, by its place in the file
    problems: list[dict[str, Any]] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.shop.parts.path(self.upload_id)


def open_upload(shop: Workshop, upload_id: uuid.UUID, *, tries: int) -> None:
    """Open a file of an import that has arrived, and propose cases when it was the last. Twice does no harm.

    Raises what may pass: `DecoderBusy`, `StoreUnavailable`, `OperationalError`, and at first anything unforeseen.
    """
    work = _begin(shop, upload_id, tries)
    if work is None:
        return
    code = None
    try:
        _open(work)
    except _WHOLE as why:
        code = why.code
    except FileNotFoundError:
        code = GONE
    except Exception as failed:
        if isinstance(failed, _LATER) or tries < _PATIENCE:
            raise
        log.exception("the import's file %s cannot be opened", upload_id)
        code = UNREADABLE
    _settle(work, code)


def _begin(shop: Workshop, upload_id: uuid.UUID, tries: int) -> _Work | None:
    with db.transaction(shop.sessions) as session:
        upload = session.get(Upload, upload_id)
        if upload is None or upload.purpose != Purpose.IMPORT or upload.arrived_at is None or upload.read_at:
            return None
        found = session.get(PhotoImport, upload.import_id)
        if found is None or found.state != ImportState.OPEN:
            upload.read_at = shop.now()
            remove_after_commit(session, shop.parts, upload_id)
            return None
        row = {"upload_id": upload_id, "import_id": found.id, "state": FileState.OPENING}
        session.execute(insert(ImportFile).values(row).on_conflict_do_nothing())
        path = path_said(upload.sent_metadata) or clean_path(upload.file_name)
        known = _done_before(session, upload_id)
        return _Work(shop, upload_id, found.id, found.account_id, path, upload.arrived_at, tries, known)


def _done_before(session: Session, upload_id: uuid.UUID) -> dict[int, _Known]:
    rows = select(ImportItem.position, ImportItem.sha256, ImportItem.pictures_at)
    return {
        row.position: _Known(row.sha256, row.pictures_at)
        for row in session.execute(rows.where(ImportItem.upload_id == upload_id))
    }


def _settle(work: _Work, code: str | None) -> None:
    """The file is done with. Of files that end at once each waits for the other here, and the last one proposes."""
    now = work.shop.now()
    with db.transaction(work.shop.sessions) as session:
        found = session.scalar(select(PhotoImport).where(PhotoImport.id == work.import_id).with_for_update())
        upload = session.get(Upload, work.upload_id)
        if found is None or upload is None:
            return
        state = FileState.REFUSED if code else FileState.OPENED
        ended = {"state": state, "code": code, "problems": work.problems}
        session.execute(update(ImportFile).where(ImportFile.upload_id == work.upload_id).values(ended))
        upload.read_at = found.touched_at = now
        session.flush()
        if found.state == ImportState.OPEN and not queries.still_opening(session, found.id):
            propose(session, found, at=now)
        remove_after_commit(session, work.shop.parts, work.upload_id)


def _open(work: _Work) -> None:
    with work.shop.parts.mapped(work.upload_id) as data:
        packed = archives.is_zip(data)
        if not packed and not work.path.casefold().endswith(_TABLES):
            _note_kind(work, FileKind.PHOTO, 1)
            _photo(work, _Wanted(0, work.path), lambda: nullcontext(data))
            return
        if not packed:
            _note_kind(work, FileKind.NOTES, 0)
            _keep_notes(work, tables.read_notes(data))
            return
        with archives.opened(work.file, largest=work.shop.largest) as archive:
            if _is_sheet(archive):
                _note_kind(work, FileKind.NOTES, 0)
                _keep_notes(work, tables.read_notes(data))
            elif (manifest := _manifest_in(archive)) is not None:
                _backup(work, archive, manifest)
            else:
                _archive(work, archive)


def _is_sheet(archive: Archive) -> bool:
    """XLSX and ODS are archives themselves."""
    paths = {member.path for member in archive.members}
    office = "[Content_Types].xml" in paths and any(path.startswith("xl/") for path in paths)
    return office or {"mimetype", "content.xml"} <= paths


def _note_kind(work: _Work, kind: FileKind, total: int) -> None:
    with db.transaction(work.shop.sessions) as session:
        known = update(ImportFile).where(ImportFile.upload_id == work.upload_id)
        session.execute(known.values(kind=kind, total=total))


def _archive(work: _Work, archive: Archive) -> None:
    """Photos one by one; of tables the first, as notes."""
    notes = [member for member in archive.members if member.path.casefold().endswith(_TABLES)]
    _note_kind(work, FileKind.ARCHIVE, len(archive.members) - len(notes))
    noted = False
    for member in archive.members:
        if member in notes:
            _table(work, archive, member, noted)
            noted = True
        else:
            _photo(work, _Wanted(member.position, member.path, byte_size=member.byte_size), _reader(archive, member))


def _reader(archive: Archive, member: Member) -> Read:
    return lambda: archive.read(member)


def _table(work: _Work, archive: Archive, member: Member, noted: bool) -> None:
    wanted = _Wanted(member.position, member.path, byte_size=member.byte_size)
    try:
        if noted:
            raise NotesRefused("notes_second_table")
        with archive.read(member) as data:
            _keep_notes(work, tables.read_notes(data))
    except (MemberRefused, NotesRefused) as why:
        _refuse(work, wanted, why.code)


# Photos


@dataclass(frozen=True)
class _Wanted:
    """A photo to be taken: its place in the file, its label, and what else is known of it before it is opened."""

    position: int
    path: str
    byte_size: int = 0
    number: uuid.UUID | None = None
    case_id: uuid.UUID | None = None
    sha256: str | None = None
    claimed_type: str = ""
    device: dict[str, Any] = field(default_factory=dict)

    def number_in(self, work: _Work) -> uuid.UUID:
        return self.number or uuid.uuid5(work.import_id, f"{work.upload_id}:{self.position}")


def _photo(work: _Work, wanted: _Wanted, read: Read) -> None:
    """Store a photo and make its pictures, or remember why not. What was done before is not done again."""
    known = work.known.get(wanted.position)
    if known is not None and not known.waits:
        return
    try:
        sha256 = known.sha256 if known else _store(work, wanted, read)
    except (Refused, MemberRefused) as why:
        _refuse(work, wanted, why.code)
    else:
        _finish(work, wanted, str(sha256))


def _store(work: _Work, wanted: _Wanted, read: Read) -> str:
    """Raises `Refused`, `MemberRefused`."""
    intake = work.shop.intake
    with read() as data:
        name, said_type = name_of(wanted.path), wanted.claimed_type
        judged = intake.judge(data, name=name, claimed_type=said_type, received_at=work.arrived_at)
        if wanted.sha256 is not None and judged.sha256 != wanted.sha256:
            raise MemberRefused("checksum_mismatch")
        with db.transaction(work.shop.sessions) as session:
            keep_from_sweeper(session, judged.sha256)
            intake.keep(judged.sha256, data)
            session.execute(insert(ImportItem).values(_values(work, wanted, judged)).on_conflict_do_nothing())
    return judged.sha256


def _values(work: _Work, wanted: _Wanted, judged: AcceptedPhoto) -> dict[str, Any]:
    return {
        **_place_in(work, wanted), "byte_size": judged.byte_size, "sha256": judged.sha256, "mime": judged.mime,
        "width": judged.width, "height": judged.height, "flags": list(judged.flags),
        "camera": camera_as_json(judged.camera), "device": wanted.device, "case_id": wanted.case_id,
    }  # fmt: skip


def _place_in(work: _Work, wanted: _Wanted) -> dict[str, Any]:
    return {
        "import_id": work.import_id, "upload_id": work.upload_id, "position": wanted.position,
        "number": wanted.number_in(work), "path": wanted.path, "received_at": work.arrived_at,
    }  # fmt: skip


def _finish(work: _Work, wanted: _Wanted, sha256: str) -> None:
    """Make the pictures. Nothing is held while a picture is opened."""
    try:
        finished = work.shop.intake.finish(sha256)
    except Refused as why:
        if isinstance(why, DecoderBusy) or (_may_pass(why) and work.tries < _PATIENCE):
            raise
        _refuse_afterwards(work, wanted, sha256, why.code)
        return
    except NotStored:
        with db.transaction(work.shop.sessions) as session:  # so that it is stored anew
            session.execute(delete(ImportItem).where(*_is_row(work, wanted)))
        raise
    _settle_photo(work, wanted, finished)


def _may_pass(why: Refused) -> bool:
    return isinstance(why, ImageTooSlow) or why.detail.get("why") == "decoder_died"


def _is_row(work: _Work, wanted: _Wanted) -> tuple[Any, Any]:
    return ImportItem.upload_id == work.upload_id, ImportItem.position == wanted.position


def _settle_photo(work: _Work, wanted: _Wanted, finished: Finished) -> None:
    with db.transaction(work.shop.sessions) as session:
        row = session.scalar(select(ImportItem).where(*_is_row(work, wanted)))
        if row is None:
            return
        row.width, row.height, row.dhash = finished.width, finished.height, finished.dhash
        row.flags = list(dict.fromkeys((*row.flags, *finished.flags)))
        row.looks = asdict(finished.looks)
        row.pictures_at = work.shop.now()
        session.flush()
        _count(session, work)


def _refuse_afterwards(work: _Work, wanted: _Wanted, sha256: str, code: str) -> None:
    with db.transaction(work.shop.sessions) as session:
        session.execute(update(ImportItem).where(*_is_row(work, wanted)).values(sha256=None, code=code))
        _count(session, work)
    with db.transaction(work.shop.sessions) as session:
        forget_unused(session, sha256, store=work.shop.intake.store)


def _refuse(work: _Work, wanted: _Wanted, code: str) -> None:
    row = {**_place_in(work, wanted), "byte_size": wanted.byte_size, "code": code}
    with db.transaction(work.shop.sessions) as session:
        session.execute(insert(ImportItem).values(row).on_conflict_do_nothing())
        _count(session, work)


def _count(session: Session, work: _Work) -> None:
    """How many are done, for who waits."""
    done = queries.done_of(session, work.upload_id)
    session.execute(update(ImportFile).where(ImportFile.upload_id == work.upload_id).values(done=done))


# Notes


def _keep_notes(work: _Work, notes: Notes) -> None:
    with db.transaction(work.shop.sessions) as session:
        names = activity_names(session)
        rows = [_note(work, row, names, notes) for row in notes.rows]
        for start in range(0, len(rows), 1_000):
            session.execute(insert(ImportNote).values(rows[start : start + 1_000]).on_conflict_do_nothing())
    work.problems = [problem.as_json() for problem in sorted(notes.problems, key=lambda one: one.row)]


def _note(work: _Work, row: tables.Row, names: ActivityNames, notes: Notes) -> dict[str, Any]:
    activity = names.find(row.activity, row.kind)
    if activity is None:
        notes.blame(row.row, "kegiatan", "activity_unknown", row.activity or row.kind)
    return {
        "import_id": work.import_id, "upload_id": work.upload_id, "row": row.row, "file": row.file, "title": row.title,
        "note": row.note, "day": row.day, "activity": activity or "", "label": row.label,
    }  # fmt: skip


# A phone's backup


def _manifest_in(archive: Archive) -> Member | None:
    """What makes an archive a backup, also one that was unpacked and packed again with a folder around it."""
    known = (member for member in archive.members if name_of(member.path) == backups.MANIFEST)
    return archive.named(backups.MANIFEST) or next((one for one in known if one.path.count("/") == 1), None)


def _backup(work: _Work, archive: Archive, manifest: Member) -> None:
    """Cases as they are in the phone, their photos under the phone's own numbers."""
    backup = _read(archive, manifest)
    if backup.account_id != work.account_id:
        raise BackupRefused("backup_of_another")
    photos = [(case, photo) for case in backup.cases for photo in case.photos]
    _note_kind(work, FileKind.BACKUP, len(photos))
    with db.transaction(work.shop.sessions) as session:
        usual = region_of(session, session.get_one(PhotoImport, work.import_id), work.arrived_at)
        for case in backup.cases:
            _keep_case(session, work, case, ZoneInfo(time_zone_of(usual)))
    for position, (case, photo) in enumerate(photos, start=1):
        member = archive.named(manifest.path.removesuffix(backups.MANIFEST) + clean_path(photo.file))
        _backed(work, archive, member, case, photo, position)
    with db.transaction(work.shop.sessions) as session:
        _tie(session, work)


def _read(archive: Archive, member: Member) -> Backup:
    """Raises `BackupRefused`."""
    if member.byte_size > backups.MOST_BYTES:
        raise BackupRefused("backup_unreadable")
    try:
        with archive.read(member) as raw:
            return backups.read_backup(bytes(raw[:]))
    except MemberRefused as broken:
        raise BackupRefused("backup_unreadable") from broken


def _keep_case(session: Session, work: _Work, case: BackedCase, zone: ZoneInfo) -> None:
    words = backups.words_of(case, zone)
    session.execute(
        insert(ImportGroup)
        .values(
            import_id=work.import_id, client_id=case.id, position=0, because=Because.BACKUP, sent=case.sent,
            title=words.title or title_of(words.day), activity=words.activity, occurred_from=words.day,
            occurred_to=words.until, note=words.note,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip


def _backed(
    work: _Work, archive: Archive, member: Member | None, case: BackedCase, photo: BackedPhoto, position: int
) -> None:
    wanted = _Wanted(
        position=position, path=photo.name or name_of(clean_path(photo.file)), byte_size=photo.byte_size or 0,
        number=photo.id, case_id=case.id, sha256=photo.sha256, claimed_type=photo.claimed_type, device=photo.device,
    )  # fmt: skip
    if member is None:
        _refuse(work, wanted, "member_missing")
    else:
        _photo(work, wanted, _reader(archive, member))


def _tie(session: Session, work: _Work) -> None:
    """Photos of a backup belong to their case; one that its person has left out meanwhile stays out."""
    of_case = (
        select(ImportGroup.id)
        .where(ImportGroup.import_id == ImportItem.import_id, ImportGroup.client_id == ImportItem.case_id)
        .scalar_subquery()
    )
    ready = (
        ImportItem.upload_id == work.upload_id, ImportItem.pictures_at.is_not(None), ImportItem.group_id.is_(None),
        ImportItem.left_out.is_(False),
    )  # fmt: skip
    session.execute(update(ImportItem).where(*ready).values(group_id=of_case))
