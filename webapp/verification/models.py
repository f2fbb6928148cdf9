"""Tables of verification. Geometry is WGS 84 (EPSG:4326), lon/lat."""

from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from geo.columns import witness_type
from webapp.accounts.models import Account
from webapp.db import Base, Instant
from webapp.evidence.models import Evidence, Photo, one_of
from webapp.verification.rules import Verdict


class FieldVisit(Base):
    """An assessor stood there: check-in with a fix, own photos, a checklist, and in the end a verdict."""

    __tablename__ = "field_visit"
    __table_args__ = (
        UniqueConstraint("id", "evidence_id", name="visit_of_evidence"),
        Index(
            "one_open_visit_per_assessor", "evidence_id", "assessor_id", unique=True,
            postgresql_where=text("completed_at IS NULL"),
        ),
        CheckConstraint(f"verdict IS NULL OR {one_of('verdict', Verdict)}", name="verdict_is_known"),
        CheckConstraint("(verdict IS NULL) = (completed_at IS NULL)", name="complete_visit_has_verdict"),
        CheckConstraint(
            "verdict IS NULL OR verdict = 'sesuai' OR btrim(note) <> ''", name="adverse_verdict_has_note"
        ),
        CheckConstraint("accuracy_m >= 0 AND (metres_off IS NULL OR metres_off >= 0)", name="visit_measures_distance"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    assessor_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    checked_in_at: Mapped[Instant]  # the server's clock
    fix_at: Mapped[Instant | None]  # the phone's clock
    place: Mapped[WKBElement] = mapped_column(witness_type())
    accuracy_m: Mapped[float]
    metres_off: Mapped[float | None]  # from the claim to the fix; None when the claim has no place
    checklist: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    verdict: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    completed_at: Mapped[Instant | None]

    evidence: Mapped[Evidence] = relationship()
    assessor: Mapped[Account] = relationship()
    photos: Mapped[list[Photo]] = relationship(order_by=Photo.id)
