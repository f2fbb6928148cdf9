"""Tables of scoring. A final score whose indicator asks for the field points at its visit, and the database insists."""

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Account
from webapp.db import Base, Created, Instant
from webapp.evidence.models import Evidence
from webapp.programme.models import NUMBER, Indicator, IndicatorLevel, Period
from webapp.territory.models import Region
from webapp.verification.models import FieldVisit


class Claim(Base):
    """One participant's answer to one indicator of one period. Whether it is proven follows from its evidence."""

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("period_id", "region_code", "indicator_id", name="one_claim_per_indicator"),
        UniqueConstraint("id", "period_id", name="claim_of_period"),
        ForeignKeyConstraint(
            ["period_id", "region_code"], ["participant.period_id", "participant.region_code"],
            name="claim_of_participant",
        ),
        CheckConstraint(
            "(set_aside_by IS NULL) = (set_aside_at IS NULL)"
            " AND (set_aside_by IS NULL OR btrim(set_aside_reason) <> '')",
            name="set_aside_has_reason",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"), index=True)
    statement: Mapped[str] = mapped_column(Text, server_default="")
    level_id: Mapped[int | None] = mapped_column(ForeignKey("indicator_level.id"))  # what the unit says it reached
    quantity: Mapped[Decimal | None] = mapped_column(NUMBER)  # the number it entered where levels are ranges
    claimed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Created]
    set_aside_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # counts zero, for a reason that stays
    set_aside_at: Mapped[Instant | None]
    set_aside_reason: Mapped[str] = mapped_column(Text, server_default="")

    period: Mapped[Period] = relationship()
    region: Mapped[Region] = relationship()
    indicator: Mapped[Indicator] = relationship()
    level: Mapped[IndicatorLevel | None] = relationship()
    links: Mapped[list["ClaimEvidence"]] = relationship(
        back_populates="claim", cascade="all, delete-orphan", order_by="ClaimEvidence.evidence_id"
    )


class ClaimEvidence(Base):
    """A case tied to a claim; both of the same period, by composite keys."""

    __tablename__ = "claim_evidence"
    __table_args__ = (
        ForeignKeyConstraint(["claim_id", "period_id"], ["claim.id", "claim.period_id"], name="link_of_claim"),
        ForeignKeyConstraint(
            ["evidence_id", "period_id"], ["evidence.id", "evidence.period_id"], name="link_of_evidence"
        ),
    )

    claim_id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    period_id: Mapped[int]

    claim: Mapped[Claim] = relationship(back_populates="links")
    evidence: Mapped[Evidence] = relationship(overlaps="claim,links")


class Score(Base):
    """What one assessor gives one claim. `mode` is the indicator's, held equal by a composite key."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("claim_id", "assessor_id", name="one_score_per_assessor"),
        ForeignKeyConstraint(
            ["indicator_id", "mode"], ["indicator.id", "indicator.mode"], name="score_mode_is_indicators"
        ),
        ForeignKeyConstraint(["claim_id", "period_id"], ["claim.id", "claim.period_id"], name="score_of_claim"),
        CheckConstraint("value >= 0", name="score_is_not_negative"),
        CheckConstraint(
            "finalised_at IS NULL OR mode = 'desk' OR visit_id IS NOT NULL", name="final_needs_visit"
        ),
        CheckConstraint(
            "(left_out_by IS NULL) = (left_out_at IS NULL) AND (left_out_by IS NULL OR btrim(left_out_reason) <> '')",
            name="left_out_has_reason",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    claim_id: Mapped[int]
    indicator_id: Mapped[int]
    mode: Mapped[str] = mapped_column(Text)
    assessor_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    value: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    note: Mapped[str] = mapped_column(Text, server_default="")
    scored_at: Mapped[Instant]
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("field_visit.id"))
    finalised_at: Mapped[Instant | None]
    left_out_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # it stays to be read and counts nowhere
    left_out_at: Mapped[Instant | None]
    left_out_reason: Mapped[str] = mapped_column(Text, server_default="")
    version: Mapped[int] = mapped_column()

    claim: Mapped[Claim] = relationship(overlaps="period")
    assessor: Mapped[Account] = relationship(foreign_keys=[assessor_id])
    visit: Mapped[FieldVisit | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # two scorers cannot overwrite each other


class ScoreRevision(Base):
    """A value as it stood before its owner changed it. Append-only."""

    __tablename__ = "score_revision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["claim_id", "assessor_id"], ["score.claim_id", "score.assessor_id"], name="revision_of_score"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(index=True)
    assessor_id: Mapped[int]
    value: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    note: Mapped[str] = mapped_column(Text, server_default="")
    scored_at: Mapped[Instant]
    replaced_at: Mapped[Instant]
    reason: Mapped[str] = mapped_column(Text, server_default="")  # why it was changed; a blind reader must say


class BlindDraw(Base):
    """One drawing of lots: the seed and the facts it was drawn over, so that anybody can draw it again. Append-only."""

    __tablename__ = "blind_draw"

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    seed: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)  # eligible people by claim, and what each had to do already
    drawn_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    drawn_at: Mapped[Instant]


class Reader(Base):
    """Who reads a claim blind (places 1 and 2), or decides where those two differ too far (3): three people."""

    __tablename__ = "reader"
    __table_args__ = (
        UniqueConstraint("claim_id", "assessor_id", name="nobody_reads_twice"),
        UniqueConstraint("claim_id", "place", "assessor_id", name="reader_at_place"),
        ForeignKeyConstraint(["claim_id", "period_id"], ["claim.id", "claim.period_id"], name="reader_of_claim"),
        CheckConstraint("place IN (1, 2, 3)", name="reader_place_is_known"),
        CheckConstraint("draw_id IS NOT NULL OR btrim(reason) <> ''", name="reader_is_drawn_or_has_reason"),
    )

    claim_id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    period_id: Mapped[int] = mapped_column(index=True)
    assessor_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    draw_id: Mapped[int | None] = mapped_column(ForeignKey("blind_draw.id"))  # None: named by hand, with a reason
    assigned_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    assigned_at: Mapped[Instant]
    reason: Mapped[str] = mapped_column(Text, server_default="")

    assessor: Mapped[Account] = relationship(foreign_keys=[assessor_id])


class Adjudication(Base):
    """The value that stands in place of two that lie too far apart, by the reader at place 3. Append-only."""

    __tablename__ = "adjudication"
    __table_args__ = (
        ForeignKeyConstraint(["claim_id", "period_id"], ["claim.id", "claim.period_id"], name="adjudication_of_claim"),
        ForeignKeyConstraint(
            ["claim_id", "place", "adjudicator_id"], ["reader.claim_id", "reader.place", "reader.assessor_id"],
            name="adjudication_by_its_reader",
        ),
        CheckConstraint("place = 3", name="adjudicator_is_third"),
        CheckConstraint("value >= 0", name="adjudication_is_not_negative"),
        CheckConstraint("btrim(reasoning) <> ''", name="adjudication_has_reasoning"),
    )  # fmt: skip

    claim_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    period_id: Mapped[int] = mapped_column(index=True)
    place: Mapped[int] = mapped_column(SmallInteger, server_default="3")
    adjudicator_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    value: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    reasoning: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[Instant]


class Moderation(Base):
    """One step of the chair about a claim whose assessors lie too far apart; it changes no value. Append-only."""

    __tablename__ = "moderation"
    __table_args__ = (
        ForeignKeyConstraint(["claim_id", "period_id"], ["claim.id", "claim.period_id"], name="moderation_of_claim"),
        CheckConstraint("step IN ('open', 'stands')", name="moderation_step_is_known"),
        CheckConstraint("btrim(reason) <> ''", name="moderation_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(index=True)
    period_id: Mapped[int] = mapped_column(index=True)
    step: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Instant]

    maker: Mapped[Account] = relationship()


class ResultSnapshot(Base):
    """A sealed result: instrument, rules and ranking as they were, the sha256 of each unit's part, and the sha256 over
    all of it.
    """

    __tablename__ = "result_snapshot"
    __table_args__ = (UniqueConstraint("period_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    version: Mapped[int] = mapped_column()
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str] = mapped_column(Text)
    finalised_at: Mapped[Instant]
    finalised_by: Mapped[int] = mapped_column(ForeignKey("account.id"))

    period: Mapped[Period] = relationship()


class ResultPart(Base):
    """What a sealed result says of one unit: its claims, cases and scores. The result holds its sha256."""

    __tablename__ = "result_part"

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("result_snapshot.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str] = mapped_column(Text)


class UnclaimedZero(Base):
    """The team's one decision, with its reason, that what nobody claimed counts zero: silence is a value."""

    __tablename__ = "unclaimed_zero"
    __table_args__ = (CheckConstraint("btrim(reason) <> ''", name="zero_has_reason"),)

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), primary_key=True, autoincrement=False)
    decided_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[Instant]
    reason: Mapped[str] = mapped_column(Text)


class Reopening(Base):
    """One person's request to open a sealed result again, and another's answer, given once."""

    __tablename__ = "reopening"
    __table_args__ = (
        ForeignKeyConstraint(
            ["period_id", "version"], ["result_snapshot.period_id", "result_snapshot.version"],
            name="reopening_of_result",
        ),
        CheckConstraint("btrim(reason) <> '' AND btrim(legal_basis) <> ''", name="reopening_has_reason_and_basis"),
        CheckConstraint("decided_by <> asked_by", name="nobody_grants_their_own"),
        CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (granted IS NULL)",
            name="reopening_is_decided_whole",
        ),
        Index("one_reopening_waits", "period_id", unique=True, postgresql_where=text("decided_at IS NULL")),
        Index("result_is_reopened_once", "period_id", "version", unique=True, postgresql_where=text("granted")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    version: Mapped[int] = mapped_column()  # of the result it would open; the new one has the next number
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[Instant]
    reason: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[Instant | None]
    granted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, server_default="")

    asker: Mapped[Account] = relationship(foreign_keys=[asked_by])
    decider: Mapped[Account | None] = relationship(foreign_keys=[decided_by])
    scope: Mapped[list["ReopeningScope"]] = relationship(order_by="ReopeningScope.id", lazy="selectin")


class ReopeningScope(Base):
    """What a reopening is about: a unit, one indicator of it, or one of its cases."""

    __tablename__ = "reopening_scope"
    __table_args__ = (
        UniqueConstraint(
            "reopening_id", "region_code", "indicator_id", "evidence_id", name="scope_is_said_once",
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    reopening_id: Mapped[int] = mapped_column(ForeignKey("reopening.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    indicator_id: Mapped[int | None] = mapped_column(ForeignKey("indicator.id"))  # None: all of the unit's
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))  # then `indicator_id`: what it supports

    region: Mapped[Region] = relationship()
    indicator: Mapped[Indicator | None] = relationship()
    evidence: Mapped[Evidence | None] = relationship()


class Announcement(Base):
    """A sealed result made known: each unit's rank, total and grade. What assessors gave is not in it."""

    __tablename__ = "announcement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["period_id", "version"], ["result_snapshot.period_id", "result_snapshot.version"],
            name="announcement_of_result",
        ),
    )  # fmt: skip

    period_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    announced_at: Mapped[Instant]
    announced_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    objections_until: Mapped[Instant]
    ranking: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class AnnouncedUnit(Base):
    """What only the unit itself is told of an announced result: its points by aspect."""

    __tablename__ = "announced_unit"
    __table_args__ = (
        ForeignKeyConstraint(
            ["period_id", "version"], ["announcement.period_id", "announcement.version"], name="unit_of_announcement"
        ),
    )

    period_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), primary_key=True)
    aspects: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class ResultObjection(Base):
    """A unit's objection to the announced result and its answer, given once, by somebody else."""

    __tablename__ = "result_objection"
    __table_args__ = (
        ForeignKeyConstraint(
            ["period_id", "version"], ["announcement.period_id", "announcement.version"], name="objection_to_result"
        ),
        UniqueConstraint("period_id", "version", "region_code", name="unit_objects_once"),
        CheckConstraint("btrim(reason) <> ''", name="objection_has_reason"),
        CheckConstraint("answered_by <> objected_by", name="nobody_answers_their_own"),
        CheckConstraint(
            "(answered_by IS NULL) = (answered_at IS NULL) AND (answered_by IS NULL) = (accepted IS NULL)"
            " AND (answered_by IS NULL OR btrim(answer) <> '')",
            name="objection_is_answered_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int]
    version: Mapped[int] = mapped_column()
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    objected_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    objected_at: Mapped[Instant]
    reason: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[Instant | None]
    accepted: Mapped[bool | None]  # accepted: a reopening was asked for
    answer: Mapped[str] = mapped_column(Text, server_default="")

    region: Mapped[Region] = relationship()
