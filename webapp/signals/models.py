"""Tables of signals: what was found about a case, when it was last looked at, and what people said about it."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Account
from webapp.db import Base, Instant
from webapp.evidence.models import Evidence, one_of
from webapp.signals.rules import Weight


class Finding(Base):
    """A named fact about a case or one of its photos. `detail`: the numbers its sentence is made of, nothing personal.

    The same fact found again is the same row. It stays when it is no longer true (`gone_at`), with what was said of it.
    """

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint(one_of("weight", Weight), name="finding_weight_is_known"),
        CheckConstraint(
            "(explained_at IS NULL) = (explained_by IS NULL) AND (explained_at IS NULL) = (explained_reason IS NULL)",
            name="finding_is_explained_by_somebody",
        ),
        CheckConstraint("explained_reason IS NULL OR btrim(explained_reason) <> ''", name="explanation_has_words"),
        Index(
            "same_fact_is_one_finding", "evidence_id", "code", text("coalesce(photo_id, 0)"),
            text("coalesce(other_photo_id, 0)"), text("coalesce(other_evidence_id, 0)"), unique=True,
        ),
        Index(
            "ix_finding_open", "evidence_id",
            postgresql_where=text("gone_at IS NULL AND explained_at IS NULL AND weight <> 'note'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(Text)
    weight: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    other_photo_id: Mapped[int | None] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), index=True)
    other_evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    found_at: Mapped[Instant]
    gone_at: Mapped[Instant | None]  # looked at again, it was no longer true
    explained_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    explained_at: Mapped[Instant | None]
    explained_reason: Mapped[str | None] = mapped_column(Text)

    explainer: Mapped[Account | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether it is true and nobody has explained it."""
        return self.gone_at is None and self.explained_at is None


class FindingExplanation(Base):
    """One line of what was said of a finding; `lifted`: the explanation before it was taken back. Append-only."""

    __tablename__ = "finding_explanation"
    __table_args__ = (CheckConstraint("btrim(reason) <> ''", name="explanation_line_has_words"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # None: the system, when the fact grew worse
    at: Mapped[Instant]
    reason: Mapped[str] = mapped_column(Text)
    lifted: Mapped[bool] = mapped_column(server_default="false")

    finding: Mapped[Finding] = relationship()
    actor: Mapped[Account | None] = relationship()


class CaseLook(Base):
    """When the signals of a case were last worked out, and from what: a chore looks again at what was missed."""

    __tablename__ = "case_look"

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True)
    looked_at: Mapped[Instant]

    evidence: Mapped[Evidence] = relationship()
