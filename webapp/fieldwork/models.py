"""Tables of work in the field. Geometry is WGS 84 (EPSG:4326), lon/lat. The constraints repeat `rules`, by name."""

from datetime import date
from decimal import Decimal
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from geo.columns import witness_type
from webapp.accounts.models import Account
from webapp.db import Base, Instant
from webapp.evidence.models import Evidence, one_of
from webapp.fieldwork.rules import PaperKind, VisitState, Why
from webapp.territory.models import Region
from webapp.verification.models import FieldVisit


class FieldPlan(Base):
    """The visits of one day in a kabupaten or kota, with the draw that chose the sample among them.

    `candidates`: every case the desk had verified that no earlier draw had asked about, in rising order; with `secret`
    and `day` they give `seed`, and with `share` (percent) the sample: `rules.seed_of`, `rules.drawn`.
    """

    __tablename__ = "field_plan"
    __table_args__ = (
        UniqueConstraint("region_code", "day", "number", name="draws_of_a_day_are_numbered"),
        CheckConstraint("share BETWEEN 0 AND 100", name="share_is_percent"),
        CheckConstraint("seed ~ '^[0-9a-f]{64}$' AND secret ~ '^[0-9a-f]{64}$'", name="seed_is_digest"),
        Index("ix_field_plan_candidates", "candidates", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    day: Mapped[date]
    number: Mapped[int]  # 1 for the first plan of the day in that region
    secret: Mapped[str] = mapped_column(Text)
    seed: Mapped[str] = mapped_column(Text)
    share: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    candidates: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    start: Mapped[WKBElement | None] = mapped_column(witness_type())  # where the routes begin
    start_label: Mapped[str] = mapped_column(Text, server_default="")
    legal_basis: Mapped[str] = mapped_column(Text, server_default="")  # one line each, for the letter of assignment
    signer_post: Mapped[str] = mapped_column(Text, server_default="")  # who signs that letter
    signer_name: Mapped[str] = mapped_column(Text, server_default="")
    note: Mapped[str] = mapped_column(Text, server_default="")
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    made_at: Mapped[Instant]

    region: Mapped[Region] = relationship()
    maker: Mapped[Account] = relationship()
    visits: Mapped[list["PlannedVisit"]] = relationship(back_populates="plan", order_by="PlannedVisit.position")


class PlannedVisit(Base):
    """One case on a plan: who goes there, as which stop of the route, and what became of it.

    `assessor_id`: None while nobody without a conflict could be found. `state` becomes *done* by itself when a visit
    to the case gets its verdict (migration 0120).
    """

    __tablename__ = "planned_visit"
    __table_args__ = (
        UniqueConstraint("plan_id", "evidence_id", name="case_is_once_on_a_plan"),
        CheckConstraint(one_of("reason", Why), name="planned_for_a_known_reason"),
        CheckConstraint(one_of("state", VisitState), name="planned_state_is_known"),
        CheckConstraint("(state = 'done') = (visit_id IS NOT NULL)", name="done_names_its_visit"),
        CheckConstraint(
            "(state = 'dropped') = (dropped_at IS NOT NULL) AND (state <> 'dropped' OR btrim(dropped_why) <> '')",
            name="dropped_says_why",
        ),
        Index("one_open_plan_per_case", "evidence_id", unique=True, postgresql_where=text("state = 'planned'")),
        Index("ix_planned_visit_assessor_id_plan_id", "assessor_id", "plan_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("field_plan.id"), index=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    assessor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    position: Mapped[int]  # within the assessor's route of that plan, from 1
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=VisitState.PLANNED)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("field_visit.id"), index=True)
    dropped_why: Mapped[str] = mapped_column(Text, server_default="")
    dropped_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # None: the system, when the day passed
    dropped_at: Mapped[Instant | None]
    changed_at: Mapped[Instant | None]  # when the planner last changed who goes: letters made before are out of date

    plan: Mapped[FieldPlan] = relationship(back_populates="visits")
    evidence: Mapped[Evidence] = relationship()
    assessor: Mapped[Account | None] = relationship(foreign_keys=[assessor_id])
    dropper: Mapped[Account | None] = relationship(foreign_keys=[dropped_by])
    visit: Mapped[FieldVisit | None] = relationship()


class Paper(Base):
    """A document as it was made: numbered, found by its code, its content frozen. Nothing of it is ever changed.

    `content`: all that is printed; `sha256`: of its canonical JSON (`services.papers.frozen`).
    """

    __tablename__ = "field_paper"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("number"),
        Index("editions_are_numbered", "kind", text("coalesce(plan_id, visit_id)"), "edition", unique=True),
        CheckConstraint(one_of("kind", PaperKind), name="paper_kind_is_known"),
        CheckConstraint(
            "(kind = 'surat_tugas') = (plan_id IS NOT NULL) AND (kind = 'berita_acara') = (visit_id IS NOT NULL)",
            name="paper_is_about_something",
        ),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="paper_sha256_is_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("field_plan.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("field_visit.id"), index=True)
    edition: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Instant]
