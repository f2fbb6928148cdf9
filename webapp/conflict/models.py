"""Tables of conflicts of interest. Nothing is removed; a tie that was withdrawn keeps its line and its reason."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Account
from webapp.conflict.rules import Tie
from webapp.db import Base, Instant
from webapp.programme.models import Period
from webapp.territory.models import Region

KINDS = ", ".join(f"'{kind}'" for kind in sorted(Tie))


class CoiDeclaration(Base):
    """That a person made the statement for a period; which text it was is in `rules.STATEMENTS`."""

    __tablename__ = "coi_declaration"
    __table_args__ = (UniqueConstraint("period_id", "account_id", name="one_declaration_per_period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    statement_version: Mapped[str] = mapped_column(Text)
    made_at: Mapped[Instant]

    period: Mapped[Period] = relationship()
    account: Mapped[Account] = relationship()
    ties: Mapped[list["CoiTie"]] = relationship(back_populates="declaration", order_by="CoiTie.id")


class CoiTie(Base):
    """One tie to one participant. Private: for the person, the chair and secretariat of the period, and the auditor."""

    __tablename__ = "coi_tie"
    __table_args__ = (
        CheckConstraint(f"kind IN ({KINDS})", name="tie_is_known"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL)", name="withdrawn_tie_has_time_and_reason"
        ),
        CheckConstraint("withdrawn_because IS NULL OR btrim(withdrawn_because) <> ''", name="withdrawal_says_why"),
        Index(
            "tie_is_declared_once", "declaration_id", "region_code", "kind", unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("coi_declaration.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    kind: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    added_at: Mapped[Instant]
    withdrawn_at: Mapped[Instant | None]
    withdrawn_because: Mapped[str | None] = mapped_column(Text)

    declaration: Mapped[CoiDeclaration] = relationship(back_populates="ties")
    region: Mapped[Region] = relationship()

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None
