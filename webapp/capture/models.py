"""Tables of capture. Geometry is WGS 84 (EPSG:4326), lon/lat."""

import uuid

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from geo.columns import witness_type
from webapp.accounts.models import Account
from webapp.capture.rules import Purpose, Verdict
from webapp.db import Base, Instant
from webapp.evidence.models import Evidence, Photo, one_of


class Upload(Base):
    """A file on its way, and its receipt once it is here. Its bytes so far lie in a file of their own (`parts`).

    How far it has come is the length of that file, nothing else: a row could be wrong after a crash.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint(one_of("purpose", Purpose), name="upload_purpose_is_known"),
        CheckConstraint("(purpose IN ('photo', 'visit')) = (evidence_id IS NOT NULL)", name="photo_is_of_a_case"),
        CheckConstraint("(purpose = 'visit') = (visit_id IS NOT NULL)", name="photo_on_site_is_of_a_visit"),
        CheckConstraint("(purpose = 'import') = (import_id IS NOT NULL)", name="import_is_of_an_import"),
        CheckConstraint("byte_size > 0", name="upload_has_size"),
        CheckConstraint(f"verdict IS NULL OR {one_of('verdict', Verdict)}", name="verdict_is_known"),
        CheckConstraint("(arrived_at IS NULL) = (verdict IS NULL)", name="arrived_is_judged"),
        CheckConstraint(
            "(arrived_at IS NULL) = (receipt_code IS NULL) AND (arrived_at IS NULL) = (sha256 IS NULL)",
            name="arrived_has_receipt",
        ),
        CheckConstraint("(verdict = 'refused') = (refused_code IS NOT NULL)", name="refused_says_why"),
        CheckConstraint("sha256 IS NULL OR sha256 ~ '^[0-9a-f]{64}$'", name="upload_sha256_is_digest"),
        Index("ix_upload_unfinished", "expires_at", postgresql_where=text("arrived_at IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)  # the client's number; the photo's `upload_id`
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[str] = mapped_column(Text)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    import_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("field_visit.id"), index=True)
    answers_photo_id: Mapped[int | None]  # of a photo on site: the unit's photo it answers, as the phone says
    sent_digest: Mapped[str] = mapped_column(Text)  # of what was said when it began: the same again is the same upload
    sent_metadata: Mapped[str] = mapped_column(Text, server_default="")  # as it was said: tus gives it back on HEAD
    file_name: Mapped[str] = mapped_column(Text)  # a clean label, never a path
    claimed_type: Mapped[str] = mapped_column(Text)
    byte_size: Mapped[int] = mapped_column(BigInteger)

    capture_source: Mapped[str | None] = mapped_column(Text)
    captured_at: Mapped[Instant | None]  # by the phone's clock
    device_place: Mapped[WKBElement | None] = mapped_column(witness_type())
    device_accuracy_m: Mapped[float | None]
    device_at: Mapped[Instant | None]
    device_fix_count: Mapped[int | None]
    original_sha256: Mapped[str | None] = mapped_column(Text)
    original_byte_size: Mapped[int | None] = mapped_column(BigInteger)

    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    arrived_at: Mapped[Instant | None]  # whole, judged and stored, by the server's clock
    read_at: Mapped[Instant | None]  # of an import: when it was opened, or needed no longer; its bytes then go
    sha256: Mapped[str | None] = mapped_column(Text)
    verdict: Mapped[str | None] = mapped_column(Text)
    refused_code: Mapped[str | None] = mapped_column(Text)
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("photo.id", ondelete="SET NULL"), index=True)
    receipt_code: Mapped[str | None] = mapped_column(Text, unique=True)

    account: Mapped[Account] = relationship()
    evidence: Mapped[Evidence | None] = relationship()
    photo: Mapped[Photo | None] = relationship()
