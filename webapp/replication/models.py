"""Sources, and the history of what was said about them.

The constraints repeat the rules, by name; the trigger `copies_go_one_way` refuses circles.
"""

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Account
from webapp.db import Base, Instant
from webapp.evidence.models import Evidence
from webapp.territory.models import Region


class Replication(Base):
    """What one case was adapted from, and who says so: a case known here, or words about something elsewhere.

    The region of a case is kept beside it: who may not see the source is told its region alone.
    """

    __tablename__ = "replication"
    __table_args__ = (
        CheckConstraint("evidence_id <> source_id", name="nothing_copies_itself"),
        CheckConstraint("(source_id IS NULL) = (btrim(source_text) <> '')", name="source_is_a_case_or_told"),
        CheckConstraint("source_id IS NULL OR source_region_code IS NOT NULL", name="source_case_has_its_region"),
    )

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True, autoincrement=False)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    source_region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    source_text: Mapped[str] = mapped_column(Text, server_default="")
    said_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    said_at: Mapped[Instant]

    copy: Mapped[Evidence] = relationship(foreign_keys=[evidence_id])
    source_region: Mapped[Region | None] = relationship()
    sayer: Mapped[Account] = relationship()


class ReplicationStep(Base):
    """One line of what was said about a case's source, in order; neither case nor words: it was taken back.

    A trigger refuses change and removal.
    """

    __tablename__ = "replication_step"
    __table_args__ = (CheckConstraint("source_id IS NULL OR source_text = ''", name="step_names_one_source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    source_region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    source_text: Mapped[str] = mapped_column(Text, server_default="")
    actor_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Instant]
