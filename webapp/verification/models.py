"""Tables of verification. Geometry is WGS 84 (EPSG:4326), lon/lat."""

import uuid
from datetime import datetime
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
    """An assessor stood there: check-in with a fix, own photos, a checklist, and in the end a verdict.

    A visit without a network arrives later, under the phone's number (`client_id`), with the times of both clocks: the
    server's are `received_at` and `completed_at`, the phone's `happened_at` (check-in) and `decided_at` (verdict). One
    that came when the case had been decided is kept and changes nothing: `left_aside` is the code of why.
    """

    __tablename__ = "field_visit"
    __table_args__ = (
        UniqueConstraint("id", "evidence_id", name="visit_of_evidence"),
        Index(
            "one_open_visit_per_assessor", "evidence_id", "assessor_id", unique=True,
            postgresql_where=text("completed_at IS NULL AND client_id IS NULL"),
        ),
        CheckConstraint(f"verdict IS NULL OR {one_of('verdict', Verdict)}", name="verdict_is_known"),
        CheckConstraint("(verdict IS NULL) = (completed_at IS NULL)", name="complete_visit_has_verdict"),
        CheckConstraint(
            "verdict IS NULL OR verdict = 'sesuai' OR btrim(note) <> ''", name="adverse_verdict_has_note"
        ),
        CheckConstraint(
            "num_nonnulls(client_id, sent, happened_at, decided_at, received_at) IN (0, 5)",
            name="offline_visit_has_both_times",
        ),
        CheckConstraint(
            "left_aside IS NULL OR (client_id IS NOT NULL AND completed_at IS NOT NULL)",
            name="left_aside_is_a_whole_visit",
        ),
        CheckConstraint("accuracy_m >= 0 AND (metres_off IS NULL OR metres_off >= 0)", name="visit_measures_distance"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    assessor_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    checked_in_at: Mapped[Instant]  # the server's clock; of a visit that arrived later, when it was received
    fix_at: Mapped[Instant | None]  # the phone's clock
    place: Mapped[WKBElement] = mapped_column(witness_type())
    accuracy_m: Mapped[float]
    metres_off: Mapped[float | None]  # from the claim to the fix; None when the claim has no place
    checklist: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    verdict: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    completed_at: Mapped[Instant | None]

    client_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    sent: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # as the phone told it: the same again is the same visit
    happened_at: Mapped[Instant | None]  # check-in, by the phone's clock
    decided_at: Mapped[Instant | None]  # verdict, by the phone's clock
    received_at: Mapped[Instant | None]  # by the server's clock
    clock_off_s: Mapped[float | None]  # server's clock minus phone's when it was received, less the way here
    left_aside: Mapped[str | None] = mapped_column(Text)

    evidence: Mapped[Evidence] = relationship()
    assessor: Mapped[Account] = relationship()
    photos: Mapped[list[Photo]] = relationship(order_by=Photo.id)

    @property
    def stood_at(self) -> datetime:
        """When the assessor stood there: by the phone's clock for a visit that arrived later, else by the server's."""
        return self.happened_at or self.checked_in_at
