"""Tables of imports. Places stand in `camera` and `device` as numbers: they become geometry with the case."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Account
from webapp.bulk.rules import Because, FileKind, FileState, ImportState
from webapp.capture.models import Upload
from webapp.db import Base, Instant
from webapp.evidence.models import Evidence, one_of


class PhotoImport(Base):
    """Many files brought by one person at once, until they have become drafts. `id` is the client's number."""

    __tablename__ = "photo_import"
    __table_args__ = (
        CheckConstraint(one_of("state", ImportState), name="import_state_is_known"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="import_ends_once"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    state: Mapped[str] = mapped_column(Text, server_default=ImportState.OPEN)
    created_at: Mapped[Instant]
    touched_at: Mapped[Instant]  # when something last came or was corrected; it is forgotten some days later
    arranged_at: Mapped[Instant | None]  # when its person first corrected the groups: from then on nobody else does
    ended_at: Mapped[Instant | None]

    account: Mapped[Account] = relationship()


class ImportFile(Base):
    """A file of an import as the worker finds it: a photo, an archive of photos, a table of notes, a phone's backup."""

    __tablename__ = "import_file"
    __table_args__ = (
        CheckConstraint(one_of("state", FileState), name="import_file_state_is_known"),
        CheckConstraint("(state = 'refused') = (code IS NOT NULL)", name="refused_import_file_says_why"),
        CheckConstraint(f"kind IS NULL OR {one_of('kind', FileKind)}", name="import_file_kind_is_known"),
    )

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo_import.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    done: Mapped[int] = mapped_column(server_default="0")  # of `total` photos inside
    total: Mapped[int] = mapped_column(server_default="0")
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")  # of a table: row, column, code

    upload: Mapped[Upload] = relationship()


class ImportGroup(Base):
    """A case as it is proposed, and corrected by its person; `client_id` becomes the number of the case."""

    __tablename__ = "import_group"
    __table_args__ = (
        UniqueConstraint("import_id", "client_id", name="group_of_import"),
        CheckConstraint(one_of("because", Because), name="group_reason_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo_import.id", ondelete="CASCADE"))
    client_id: Mapped[uuid.UUID]
    position: Mapped[int]
    because: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text, server_default="")
    activity: Mapped[str] = mapped_column(Text, server_default="")  # "kind/activity" as the form of a case has it
    occurred_from: Mapped[date | None]
    occurred_to: Mapped[date | None]
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    note: Mapped[str] = mapped_column(Text, server_default="")
    sent: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # what the phone would send of a case in its backup
    left_out: Mapped[bool] = mapped_column(server_default="false")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)  # once it was made
    code: Mapped[str | None] = mapped_column(Text)  # why it could not be made when that was last tried

    items: Mapped[list["ImportItem"]] = relationship(back_populates="group", order_by="ImportItem.id")
    evidence: Mapped[Evidence | None] = relationship()


class ImportItem(Base):
    """One photo of an import: stored under its digest, or refused with a code. `number`: the photo's upload number."""

    __tablename__ = "import_item"
    __table_args__ = (
        UniqueConstraint("upload_id", "position", name="item_of_file"),
        CheckConstraint("(code IS NULL) = (sha256 IS NOT NULL)", name="import_item_is_kept_or_says_why"),
        CheckConstraint("sha256 IS NULL OR sha256 ~ '^[0-9a-f]{64}$'", name="import_item_sha256_is_digest"),
        CheckConstraint("group_id IS NULL OR sha256 IS NOT NULL", name="only_kept_items_are_grouped"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo_import.id", ondelete="CASCADE"), index=True)
    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_file.upload_id", ondelete="CASCADE"))
    position: Mapped[int]  # inside its file
    number: Mapped[uuid.UUID]
    path: Mapped[str] = mapped_column(Text)  # a clean label, folders parted by "/"; never a path
    byte_size: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str | None] = mapped_column(Text, index=True)  # counts as a use of the stored file
    mime: Mapped[str | None] = mapped_column(Text)
    width: Mapped[int | None]
    height: Mapped[int | None]
    dhash: Mapped[str | None] = mapped_column(Text)
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    looks: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # `media.pictures.Looks`, until the photo has its row
    camera: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # `media.exif.CameraFacts`
    device: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # what the phone said in its backup
    case_id: Mapped[uuid.UUID | None]  # of a backup
    received_at: Mapped[Instant]
    pictures_at: Mapped[Instant | None]  # when it had been opened; None: still to be done
    same_as: Mapped[int | None] = mapped_column(ForeignKey("import_item.id", ondelete="SET NULL"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("import_group.id", ondelete="SET NULL"), index=True)
    left_out: Mapped[bool] = mapped_column(server_default="false")

    group: Mapped[ImportGroup | None] = relationship(back_populates="items")


class ImportNote(Base):
    """A row of a table of notes: which photos it means, and what it says of them."""

    __tablename__ = "import_note"
    __table_args__ = (UniqueConstraint("upload_id", "row", name="note_of_file"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo_import.id", ondelete="CASCADE"), index=True)
    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_file.upload_id", ondelete="CASCADE"))
    row: Mapped[int]  # as the person sees it, the header being row 1
    file: Mapped[str] = mapped_column(Text, server_default="")
    title: Mapped[str] = mapped_column(Text, server_default="")
    note: Mapped[str] = mapped_column(Text, server_default="")
    day: Mapped[date | None]
    activity: Mapped[str] = mapped_column(Text, server_default="")
    label: Mapped[str] = mapped_column(Text, server_default="")
