"""The table of regulations."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, Instant
from webapp.evidence.models import Evidence, one_of
from webapp.register.rules import SHORT_KINDS, Force, RegulationKind, force
from webapp.territory.models import Region


class Regulation(Base):
    """A regulation in a region's register. `delegates`: which affairs it delegates to whom, in words; "" for none.

    `file_sha256`: of the document, wherever it is kept; `evidence_id`: a case that holds it.
    """

    __tablename__ = "regulation"
    __table_args__ = (
        UniqueConstraint("region_code", "kind", "number", "year", name="regulation_is_registered_once"),
        CheckConstraint(one_of("kind", RegulationKind), name="regulation_kind_is_known"),
        CheckConstraint("year BETWEEN 1945 AND 2200", name="regulation_year_is_sane"),
        CheckConstraint("btrim(number) <> '' AND btrim(title) <> ''", name="regulation_is_named"),
        CheckConstraint("ends_on IS NULL OR ends_on >= in_force_from", name="regulation_runs_on"),
        CheckConstraint("file_sha256 ~ '^[0-9a-f]{64}$'", name="regulation_sha256_is_digest"),
        CheckConstraint(
            "(revoked_on IS NULL) = (revoked_because = '' AND revoked_by_id IS NULL) AND revoked_by_id <> id",
            name="revocation_has_its_ground",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    year: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(Text)
    in_force_from: Mapped[date]
    ends_on: Mapped[date | None]
    delegates: Mapped[str] = mapped_column(Text, server_default="")
    file_sha256: Mapped[str | None] = mapped_column(Text)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    revoked_on: Mapped[date | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("regulation.id"), index=True)
    revoked_because: Mapped[str] = mapped_column(Text, server_default="")
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Instant]

    region: Mapped[Region] = relationship()
    evidence: Mapped[Evidence | None] = relationship()
    revoked_by: Mapped["Regulation | None"] = relationship(remote_side="Regulation.id")

    @property
    def name(self) -> str:
        """As papers cite it: "Perbup/Perwal 16 Tahun 2017"."""
        return f"{SHORT_KINDS[RegulationKind(self.kind)]} {self.number} Tahun {self.year}"

    @property
    def has_file(self) -> bool:
        """Whether the register says where the text of it is."""
        return self.file_sha256 is not None or self.evidence_id is not None

    def force_on(self, day: date) -> Force:
        """Whether it is in force that day."""
        return force(self.in_force_from, self.ends_on, self.revoked_on, day)
