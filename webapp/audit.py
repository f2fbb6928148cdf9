"""The history nobody edits: who did what to what, when, from where. Append-only, in the database too."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.db import Base, Instant


class AuditEvent(Base):
    """One line of history. `actor_id` is None for the system and for visitors."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_object", "object_type", "object_id"),
        {"implicit_returning": False},  # who may write a line need not be able to read it back
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Instant] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    action: Mapped[str] = mapped_column(Text)
    object_type: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    region_code: Mapped[str | None] = mapped_column(Text, index=True)
    address: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


def record(
    session: Session,
    action: str,
    *,
    at: datetime,
    actor_id: int | None,
    on: tuple[str, object] = ("system", ""),
    region_code: str | None = None,
    address: str | None = None,
    **detail: Any,
) -> None:
    """Write one line. `action` is `journey.verb` (`evidence.submit`); `detail` is JSON, without secrets."""
    kind, key = on
    session.add(
        AuditEvent(
            at=at,
            actor_id=actor_id,
            action=action,
            object_type=kind,
            object_id=str(key),
            region_code=region_code,
            address=address,
            detail=detail,
        )
    )
