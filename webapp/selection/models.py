"""Tables of selection. What was decided stays as it was decided: none of its rows changes."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Account
from webapp.db import Base, Instant
from webapp.evidence.models import Activity, Evidence
from webapp.programme.models import Period, StudyAssignment
from webapp.programme.rules import TieRule
from webapp.scoring.models import ResultSnapshot
from webapp.selection.rules import Why
from webapp.territory.models import Region

TIE_RULES = ", ".join(f"'{rule}'" for rule in TieRule)
WHYS = ", ".join(f"'{why}'" for why in Why)
A_TOTAL = r"total ~ '^[0-9]+\.[0-9]{2}$'"


class Shortlist(Base):
    """The end of the first round of one version of a period. Append-only."""

    __tablename__ = "shortlist"
    __table_args__ = (
        UniqueConstraint("period_id", "version", name="shortlist_of_version_is_one"),
        CheckConstraint("size >= 1", name="shortlist_size_is_positive"),
        CheckConstraint(f"tie_rule IN ({TIE_RULES})", name="shortlist_tie_rule_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    version: Mapped[int] = mapped_column(SmallInteger)
    size: Mapped[int] = mapped_column(SmallInteger)  # places of each pool
    tie_rule: Mapped[str] = mapped_column(Text)
    seed: Mapped[str | None] = mapped_column(Text)  # of the lots that were drawn; None: none were
    reason: Mapped[str] = mapped_column(Text, server_default="")
    closed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[Instant]

    closer: Mapped[Account] = relationship()
    places: Mapped[list["ShortlistPlace"]] = relationship(
        order_by="(ShortlistPlace.pool, ShortlistPlace.rank, ShortlistPlace.region_code)"
    )


class ShortlistPlace(Base):
    """One participant before the line: total and aspects as they were, as text. Append-only."""

    __tablename__ = "shortlist_place"
    __table_args__ = (
        CheckConstraint(f"why IN ({WHYS})", name="shortlist_why_is_known"),
        CheckConstraint(A_TOTAL, name="shortlist_total_is_decimal"),
    )

    shortlist_id: Mapped[int] = mapped_column(ForeignKey("shortlist.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), primary_key=True, index=True)
    pool: Mapped[str] = mapped_column(Text, server_default="")
    rank: Mapped[int] = mapped_column(SmallInteger)
    total: Mapped[str] = mapped_column(Text)
    aspects: Mapped[list[str]] = mapped_column(JSONB)  # points by aspect, the deciding ones first
    inside: Mapped[bool]
    why: Mapped[str] = mapped_column(Text)

    region: Mapped[Region] = relationship()


class Award(Base):
    """The best of one sealed result, by a decree. Append-only."""

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("result_id", name="award_of_result_is_one"),
        CheckConstraint("size >= 1", name="award_size_is_positive"),
        CheckConstraint(f"tie_rule IN ({TIE_RULES})", name="award_tie_rule_is_known"),
        CheckConstraint("btrim(number) <> ''", name="award_names_its_decree"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("result_snapshot.id"))
    size: Mapped[int] = mapped_column(SmallInteger)  # places of each pool
    tie_rule: Mapped[str] = mapped_column(Text)
    seed: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    number: Mapped[str] = mapped_column(Text)  # of the decree
    decided_on: Mapped[date]  # its date
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Instant]

    period: Mapped[Period] = relationship()
    result: Mapped[ResultSnapshot] = relationship()
    maker: Mapped[Account] = relationship()
    places: Mapped[list["AwardPlace"]] = relationship(
        order_by="(AwardPlace.pool, AwardPlace.rank, AwardPlace.region_code)"
    )


class AwardPlace(Base):
    """One participant of the sealed result before the line of the awards. Append-only."""

    __tablename__ = "award_place"
    __table_args__ = (
        CheckConstraint(f"why IN ({WHYS})", name="award_why_is_known"),
        CheckConstraint(A_TOTAL, name="award_total_is_decimal"),
    )

    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), primary_key=True, index=True)
    pool: Mapped[str] = mapped_column(Text, server_default="")
    rank: Mapped[int] = mapped_column(SmallInteger)
    total: Mapped[str] = mapped_column(Text)
    aspects: Mapped[list[str]] = mapped_column(JSONB)
    inside: Mapped[bool]
    why: Mapped[str] = mapped_column(Text)

    region: Mapped[Region] = relationship()


class StudyTopic(Base):
    """What a study assignment asks to be looked at: a case of that activity fills it. Append-only."""

    __tablename__ = "study_topic"
    __table_args__ = (
        UniqueConstraint("study_assignment_id", "position", name="topics_are_in_order"),
        UniqueConstraint("study_assignment_id", "activity_code", name="topic_is_asked_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study_assignment_id: Mapped[int] = mapped_column(ForeignKey("study_assignment.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    activity_code: Mapped[str] = mapped_column(ForeignKey("activity.code"))

    study: Mapped[StudyAssignment] = relationship()
    activity: Mapped[Activity] = relationship()


class Inspiration(Base):
    """A case at home and the case of a study abroad it was inspired by."""

    __tablename__ = "inspiration"
    __table_args__ = (CheckConstraint("evidence_id <> study_case_id", name="nothing_inspires_itself"),)

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True, autoincrement=False)
    study_case_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    linked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    linked_at: Mapped[Instant]

    home: Mapped[Evidence] = relationship(foreign_keys=[evidence_id])
    abroad: Mapped[Evidence] = relationship(foreign_keys=[study_case_id])


class Nomination(Base):
    """A kecamatan of a final period sent to the province's: its dossier as it was, and its hash. Append-only."""

    __tablename__ = "nomination"
    __table_args__ = (
        UniqueConstraint("target_id", "region_code", name="nominated_once"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="dossier_sha256_is_digest"),
        CheckConstraint("pool IN ('kabupaten', 'kota')", name="nominee_pool_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)  # of the kabupaten or kota, final
    result_id: Mapped[int] = mapped_column(ForeignKey("result_snapshot.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)  # the nominee
    target_id: Mapped[int] = mapped_column(ForeignKey("period.id"))  # of the province
    pool: Mapped[str] = mapped_column(Text)  # the kind of region it comes from
    dossier: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    nominated_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    nominated_at: Mapped[Instant]

    period: Mapped[Period] = relationship(foreign_keys=[period_id])
    target: Mapped[Period] = relationship(foreign_keys=[target_id])
    region: Mapped[Region] = relationship()
    result: Mapped[ResultSnapshot] = relationship()
    nominator: Mapped[Account] = relationship()
