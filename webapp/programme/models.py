"""Tables of programmes."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, Created, Instant
from webapp.programme.rules import Mode, PeriodState, Reading
from webapp.territory.models import Region

MODES = ", ".join(f"'{mode}'" for mode in Mode)
READINGS = ", ".join(f"'{reading}'" for reading in Reading)
STATES = ", ".join(f"'{state}'" for state in PeriodState)


class Instrument(Base):
    """A versioned set of aspects and indicators; frozen when the first period that uses it opens."""

    __tablename__ = "instrument"
    __table_args__ = (UniqueConstraint("region_code", "name", "version", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    # Whose secretariat may change it; everybody may read and copy it. None: nobody but the country's.
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    version: Mapped[int] = mapped_column(server_default="1")
    legal_basis: Mapped[str] = mapped_column(Text, server_default="")
    example: Mapped[bool] = mapped_column(server_default="false")  # numbers invented for a demo are labelled "contoh"
    frozen_at: Mapped[Instant | None]

    aspects: Mapped[list["Aspect"]] = relationship(
        back_populates="instrument", order_by="Aspect.position", lazy="selectin", cascade="all, delete-orphan"
    )


class Aspect(Base):
    __tablename__ = "aspect"
    __table_args__ = (CheckConstraint("weight > 0 AND weight <= 100", name="aspect_weight_is_percentage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    weight: Mapped[Decimal] = mapped_column(Numeric(5, 2))

    instrument: Mapped[Instrument] = relationship(back_populates="aspects")
    indicators: Mapped[list["Indicator"]] = relationship(
        back_populates="aspect", order_by="Indicator.position", lazy="selectin", cascade="all, delete-orphan"
    )


class Indicator(Base):
    """What is scored from 0 to `max_value`; `mode` says how its evidence must be verified first."""

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("id", "mode", name="indicator_with_mode"),
        CheckConstraint(f"mode IN ({MODES})", name="indicator_mode_is_known"),
        CheckConstraint("weight > 0 AND weight <= 100", name="indicator_weight_is_percentage"),
        CheckConstraint("max_value > 0", name="indicator_scale_is_positive"),
        CheckConstraint(f"reading IN ({READINGS})", name="indicator_reading_is_known"),
        CheckConstraint("spread_limit >= 0 AND spread_limit <= 100", name="spread_limit_is_share_of_scale"),
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
    # How far two readers may lie apart, points of 100 of `max_value`; beyond it a third person decides.
    spread_limit: Mapped[Decimal] = mapped_column(Numeric(5, 2), server_default="20")

    aspect: Mapped[Aspect] = relationship(back_populates="indicators")


class Period(Base):
    """One assessment of one region's kecamatan; its row is the lock between late verdicts and finalisation."""

    __tablename__ = "period"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="period_state_is_known"),
        CheckConstraint("ends_on >= starts_on", name="period_runs_on"),
        CheckConstraint("(state = 'final') = (finalised_at IS NOT NULL)", name="final_period_has_its_time"),
        CheckConstraint("quorum >= 1", name="period_quorum_is_positive"),
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

    region: Mapped[Region] = relationship()
    instrument: Mapped[Instrument] = relationship()
    participants: Mapped[list["Participant"]] = relationship(
        back_populates="period", cascade="all, delete-orphan", order_by="Participant.region_code"
    )


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

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), primary_key=True, index=True)

    period: Mapped[Period] = relationship(back_populates="participants")
    region: Mapped[Region] = relationship()


class StudyAssignment(Base):
    """A task abroad given to one kecamatan: its points belong to the place abroad, never to a region's statistics."""

    __tablename__ = "study_assignment"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="study_runs_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    country_code: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    period: Mapped[Period] = relationship()
