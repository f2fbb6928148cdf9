"""The table that ties regulations to claims."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, Instant
from webapp.register.models import Regulation


class ClaimRegulation(Base):
    """A regulation a claim names as its legal basis. Sealed with its period, as the claim is."""

    __tablename__ = "claim_regulation"
    __table_args__ = (
        ForeignKeyConstraint(["claim_id", "period_id"], ["claim.id", "claim.period_id"], name="citation_of_claim"),
    )

    claim_id: Mapped[int] = mapped_column(primary_key=True)
    regulation_id: Mapped[int] = mapped_column(ForeignKey("regulation.id"), primary_key=True, index=True)
    period_id: Mapped[int]
    cited_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    cited_at: Mapped[Instant]

    regulation: Mapped[Regulation] = relationship()
