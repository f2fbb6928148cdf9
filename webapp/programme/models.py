"""Tables of programmes."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, Created, Instant
from webapp.programme.rules import Method, Mode, PeriodState, Reading, StageKind, TieRule
from webapp.territory.models import Region

MODES = ", ".join(f"'{mode}'" for mode in Mode)
READINGS = ", ".join(f"'{reading}'" for reading in Reading)
STATES = ", ".join(f"'{state}'" for state in PeriodState)
METHODS = ", ".join(f"'{method}'" for method in Method)
TIE_RULES = ", ".join(f"'{rule}'" for rule in TieRule)
STAGES = ", ".join(f"'{kind}'" for kind in StageKind)
NUMBER = Numeric(12, 4)


class Programme(Base):
    """A yearly or quarterly assessment under one name; its periods follow each other."""

    __tablename__ = "programme"
    __table_args__ = (
        UniqueConstraint("region_code", "name", name="programme_is_named_once"),
        CheckConstraint("btrim(name) <> ''", name="programme_has_a_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    name: Mapped[str] = mapped_column(Text)


class Instrument(Base):
    """A versioned set of aspects and indicators; frozen when the first period that uses it opens."""

    __tablename__ = "instrument"
    __table_args__ = (
        UniqueConstraint("region_code", "name", "version", postgresql_nulls_not_distinct=True),
        CheckConstraint(f"tie_rule IN ({TIE_RULES})", name="tie_rule_is_known"),
        CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL) AND (settled_at IS NULL) = (btrim(settled_source) = '')",
            name="settling_has_its_person_and_source",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    # Whose secretariat may change it; everybody may read and copy it. None: nobody but the country's.
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    version: Mapped[int] = mapped_column(server_default="1")
    legal_basis: Mapped[str] = mapped_column(Text, server_default="")
    example: Mapped[bool] = mapped_column(server_default="false")  # numbers invented for a demo are labelled "contoh"
    frozen_at: Mapped[Instant | None]
    tie_rule: Mapped[str] = mapped_column(Text, server_default=TieRule.ASK)
    # Numbers no source gives: nobody opens a period with them until somebody said on what ground they stand.
    settle_first: Mapped[bool] = mapped_column(server_default="false")
    settled_source: Mapped[str] = mapped_column(Text, server_default="")
    settled_at: Mapped[Instant | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    grades: Mapped[list["GradeBand"]] = relationship(
        order_by="GradeBand.from_total.desc()", lazy="selectin", cascade="all, delete-orphan"
    )
    aspects: Mapped[list["Aspect"]] = relationship(
        back_populates="instrument", order_by="Aspect.position", lazy="selectin", cascade="all, delete-orphan"
    )


class GradeBand(Base):
    """A grade from a total on, that total itself included or not: "CC" from 50, "B" only above 60."""

    __tablename__ = "grade_band"
    __table_args__ = (
        UniqueConstraint("instrument_id", "from_total", name="grade_begins_once"),
        CheckConstraint("from_total >= 0 AND from_total <= 100", name="grade_begins_on_the_scale"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(Text)
    from_total: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    includes: Mapped[bool] = mapped_column(server_default="true")


class Aspect(Base):
    """`round` 2: judged only of the shortlisted, in the advanced stage. The weights of a round total 100."""

    __tablename__ = "aspect"
    __table_args__ = (
        CheckConstraint("weight > 0 AND weight <= 100", name="aspect_weight_is_percentage"),
        CheckConstraint("round IN (1, 2)", name="aspect_round_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    weight: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    round: Mapped[int] = mapped_column(SmallInteger, server_default="1")

    instrument: Mapped[Instrument] = relationship(back_populates="aspects")
    indicators: Mapped[list["Indicator"]] = relationship(
        back_populates="aspect", order_by="Indicator.position", lazy="selectin", cascade="all, delete-orphan"
    )


class Indicator(Base):
    """What is scored from 0 to `max_value`; `mode` says how its evidence must be verified first, `method` how the
    value comes about.

    Of a count each verified event adds `points_each`, each further one `fading` percent of the one before.
    """

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("id", "mode", name="indicator_with_mode"),
        CheckConstraint(f"mode IN ({MODES})", name="indicator_mode_is_known"),
        CheckConstraint("weight > 0 AND weight <= 100", name="indicator_weight_is_percentage"),
        CheckConstraint("max_value > 0", name="indicator_scale_is_positive"),
        CheckConstraint(f"reading IN ({READINGS})", name="indicator_reading_is_known"),
        CheckConstraint("spread_limit >= 0 AND spread_limit <= 100", name="spread_limit_is_share_of_scale"),
        CheckConstraint(f"method IN ({METHODS})", name="indicator_method_is_known"),
        CheckConstraint(
            "(method = 'count') = (points_each IS NOT NULL) AND coalesce(points_each, 1) > 0",
            name="count_has_its_points",
        ),
        CheckConstraint("fading >= 0 AND fading <= 100", name="fading_is_percentage"),
        CheckConstraint("evidence_required BETWEEN 0 AND 50", name="evidence_required_is_sane"),
        CheckConstraint("reading <> 'blind_pair' OR method IN ('rated', 'levels')", name="blind_pairs_rate"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    aspect_id: Mapped[int] = mapped_column(ForeignKey("aspect.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    weight: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    mode: Mapped[str] = mapped_column(Text)
    required: Mapped[bool] = mapped_column(server_default="true")  # a participant must prove it before finalising
    max_value: Mapped[Decimal] = mapped_column(Numeric(6, 2), server_default="100")
    reading: Mapped[str] = mapped_column(Text, server_default=Reading.QUORUM)
    # How far assessors may lie apart, points of 100 of `max_value`: beyond it a quorum is moderated, and of a blind
    # pair a third person decides.
    spread_limit: Mapped[Decimal] = mapped_column(Numeric(5, 2), server_default="20")
    method: Mapped[str] = mapped_column(Text, server_default=Method.RATED)
    points_each: Mapped[Decimal | None] = mapped_column(NUMBER)
    fading: Mapped[Decimal] = mapped_column(Numeric(5, 2), server_default="100")
    evidence_required: Mapped[int] = mapped_column(SmallInteger, server_default="1")  # so many cases at least

    levels: Mapped[list["IndicatorLevel"]] = relationship(
        order_by="IndicatorLevel.position", lazy="selectin", cascade="all, delete-orphan"
    )

    aspect: Mapped[Aspect] = relationship(back_populates="indicators")


class IndicatorLevel(Base):
    """One answer an indicator allows and what it is worth; with a range, a number from `lower` to `upper` (both
    included; None: without end) is that answer.
    """

    __tablename__ = "indicator_level"
    __table_args__ = (
        CheckConstraint("points >= 0", name="level_points_are_not_negative"),
        CheckConstraint("upper IS NULL OR lower IS NULL OR upper >= lower", name="level_range_runs_up"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    lower: Mapped[Decimal | None] = mapped_column(NUMBER)
    upper: Mapped[Decimal | None] = mapped_column(NUMBER)


class Period(Base):
    """One assessment of one region's kecamatan; its row is the lock between late verdicts and finalisation."""

    __tablename__ = "period"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="period_state_is_known"),
        CheckConstraint("ends_on >= starts_on", name="period_runs_on"),
        CheckConstraint("(state = 'final') = (finalised_at IS NOT NULL)", name="final_period_has_its_time"),
        CheckConstraint("quorum >= 1", name="period_quorum_is_positive"),
        CheckConstraint(
            "coalesce(shortlist_size, 1) >= 1 AND coalesce(award_size, 1) >= 1", name="period_sizes_are_positive"
        ),
        CheckConstraint("carry_share >= 0 AND carry_share <= 100", name="carry_share_is_percentage"),
        CheckConstraint("(announced_at IS NULL) = (announced_by IS NULL)", name="announcement_has_its_person"),
        CheckConstraint("nominees_per_pool >= 1", name="nominees_are_allowed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    closes_at: Mapped[Instant | None]  # last moment to submit, judged by the server
    time_zone: Mapped[str] = mapped_column(Text)
    quorum: Mapped[int] = mapped_column(server_default="3")  # assessors per indicator; a proposal, set per period
    state: Mapped[str] = mapped_column(Text, server_default=PeriodState.PREPARED)
    opened_at: Mapped[Instant | None]
    finalised_at: Mapped[Instant | None]
    finalised_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Created]
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    copied_from: Mapped[int | None] = mapped_column(ForeignKey("period.id"))
    pooled: Mapped[bool] = mapped_column(server_default="false")  # kecamatan of kabupaten and of kota ranked apart
    shortlist_size: Mapped[int | None] = mapped_column(SmallInteger)  # how many go on to the second round
    award_size: Mapped[int | None] = mapped_column(SmallInteger)  # how many are awarded in the end
    # What percent of the result of the shortlisted is that of their first round; the rest is the second's.
    carry_share: Mapped[Decimal] = mapped_column(Numeric(5, 2), server_default="0")
    version: Mapped[int] = mapped_column(SmallInteger, server_default="1")  # of the result that is being worked on
    announced_at: Mapped[Instant | None]
    announced_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    # How many of a pool one kabupaten or kota may nominate for this period, where it is a province's.
    nominees_per_pool: Mapped[int] = mapped_column(SmallInteger, server_default="1")

    region: Mapped[Region] = relationship()
    instrument: Mapped[Instrument] = relationship()
    programme: Mapped[Programme | None] = relationship()
    stages: Mapped[list["PeriodStage"]] = relationship(
        order_by="PeriodStage.position", cascade="all, delete-orphan", lazy="selectin"
    )
    participants: Mapped[list["Participant"]] = relationship(
        back_populates="period", cascade="all, delete-orphan", order_by="Participant.region_code"
    )


class PeriodStage(Base):
    """A part of a period, in its order. Its days are days of the period's zone, both included; opened and closed by
    people.
    """

    __tablename__ = "period_stage"
    __table_args__ = (
        UniqueConstraint("period_id", "position", name="stages_are_in_order"),
        UniqueConstraint("period_id", "kind", name="stage_of_a_kind_is_one"),
        CheckConstraint(f"kind IN ({STAGES})", name="stage_kind_is_known"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="stage_runs_on"),
        CheckConstraint("closed_at IS NULL OR opened_at IS NOT NULL", name="stage_opens_before_it_closes"),
        CheckConstraint("(opened_at IS NULL) = (opened_by IS NULL)", name="stage_opening_has_its_person"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="stage_closing_has_its_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, server_default="")  # what this team calls it; "": as everybody does
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    opened_at: Mapped[Instant | None]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[Instant | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class HouseRule(Base):
    """One row: what the operator set and the database's own rules must know. Written when serving begins, by the owner.

    Days end with the last day, in the zone of the period.
    """

    __tablename__ = "house_rule"
    __table_args__ = (
        CheckConstraint("sole", name="house_rule_is_one"),
        CheckConstraint("conflict_months BETWEEN 0 AND 600", name="conflict_months_are_sane"),
        CheckConstraint("repair_days BETWEEN 0 AND 365", name="repair_days_are_sane"),
        CheckConstraint("objection_days BETWEEN 0 AND 365", name="objection_days_are_sane"),
    )

    sole: Mapped[bool] = mapped_column(primary_key=True, server_default="true")
    conflict_months: Mapped[int] = mapped_column(server_default="24")  # after its end a post still makes partial
    repair_days: Mapped[int] = mapped_column(server_default="7")  # to mend a returned case
    objection_days: Mapped[int] = mapped_column(server_default="7")  # to object to a rejection


class Participant(Base):
    __tablename__ = "participant"
    __table_args__ = (CheckConstraint("round IN (1, 2)", name="participant_round_is_known"),)

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), primary_key=True, index=True)

    pool: Mapped[str] = mapped_column(Text, server_default="")  # "", or "kabupaten" and "kota" where ranked apart
    round: Mapped[int] = mapped_column(SmallInteger, server_default="1")  # how far they came

    period: Mapped[Period] = relationship(back_populates="participants")
    region: Mapped[Region] = relationship()


class StudyAssignment(Base):
    """A task abroad given to one kecamatan: its points belong to the place abroad, never to a region's statistics.

    One that came with an award begins when the period is final: its cases are no part of the sealed result.
    """

    __tablename__ = "study_assignment"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="study_runs_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    country_code: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    award_id: Mapped[int | None] = mapped_column(ForeignKey("award.id"), index=True)

    period: Mapped[Period] = relationship()

    @property
    def outlives_period(self) -> bool:
        """Whether its cases are taken although the period is final."""
        return self.award_id is not None
