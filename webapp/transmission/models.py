"""Tables of the outbox: one row for each report that was sent, and one for each try."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, Instant
from webapp.reporting.models import ReportRevision
from webapp.transmission.rules import Outcome, State

STATES = ", ".join(f"'{state}'" for state in State)
OUTCOMES = ", ".join(f"'{outcome}'" for outcome in Outcome)


class Transmission(Base):
    """One revision of a report on its way. `key`: under which the centre knows it again; `content` is what is sent,
    `sha256` of its canonical JSON.
    """

    __tablename__ = "transmission"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="transmission_state_is_known"),
        CheckConstraint(
            "(state = 'received') = (received_at IS NOT NULL) AND (state = 'received') = (receipt IS NOT NULL)",
            name="received_has_its_receipt",
        ),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="transmission_sha256_is_digest"),
        Index("ix_transmission_due", "due_at", postgresql_where=text("state <> 'received'")),
    )

    revision_id: Mapped[int] = mapped_column(ForeignKey("report_revision.id"), primary_key=True, autoincrement=False)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)  # of the reporting government
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=State.QUEUED)
    tries: Mapped[int] = mapped_column(server_default="0")
    queued_at: Mapped[Instant]
    due_at: Mapped[Instant]  # when it is tried next; while it is being tried: when nobody can be at it any more
    received_at: Mapped[Instant | None]  # by our clock, when the receipt came
    receipt: Mapped[str | None] = mapped_column(Text)

    revision: Mapped[ReportRevision] = relationship()
    log: Mapped[list["TransmissionTry"]] = relationship(order_by="TransmissionTry.number")


class TransmissionTry(Base):
    """One try and what became of it."""

    __tablename__ = "transmission_try"
    __table_args__ = (CheckConstraint(f"outcome IN ({OUTCOMES})", name="try_outcome_is_known"),)

    revision_id: Mapped[int] = mapped_column(ForeignKey("transmission.revision_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    outcome: Mapped[str] = mapped_column(Text, server_default=Outcome.STARTED)
    status: Mapped[int | None]  # of the answer, where there was one
    said: Mapped[str] = mapped_column(Text, server_default="")
