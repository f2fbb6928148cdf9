"""Tables of reporting. A report is a row from the day its unit must report, so that silence is a state and no gap."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Account
from webapp.db import Base, Instant
from webapp.evidence.models import Evidence
from webapp.reporting.rules import Basis, ExcuseRule, Move, Obstacle, State, Terms
from webapp.territory.models import Agency, Region

PERCENT, POINTS, MONEY, QUANTITY = Numeric(5, 2), Numeric(8, 4), Numeric(18, 2), Numeric(14, 4)


def _words(kinds: Any) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


STATES, MOVES, OBSTACLES = _words(State), _words(Move), _words(Obstacle)


class ReportingYear(Base):
    """The reporting of a province, kabupaten or kota in one year, with its settings."""

    __tablename__ = "reporting_year"
    __table_args__ = (
        UniqueConstraint("region_code", "year", name="region_reports_once_a_year"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="reporting_year_is_sane"),
        CheckConstraint("length(region_code) IN (2, 5)", name="government_reports"),
        CheckConstraint("threshold > 0 AND threshold <= 100", name="threshold_is_percentage"),
        CheckConstraint(f"target_basis IN ({_words(Basis)})", name="target_basis_is_known"),
        CheckConstraint(f"excuse_rule IN ({_words(ExcuseRule)})", name="excuse_rule_is_known"),
        CheckConstraint("cardinality(due_on) = 4", name="every_quarter_has_its_deadline"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    year: Mapped[int]
    threshold: Mapped[Decimal] = mapped_column(PERCENT, server_default="75")
    target_basis: Mapped[str] = mapped_column(Text, server_default="quarter")
    late_counts: Mapped[bool] = mapped_column(server_default="false")
    excuse_rule: Mapped[str] = mapped_column(Text, server_default="excluded")
    due_on: Mapped[list[date]] = mapped_column(ARRAY(Date))  # last day to report TW I–IV, in the region's zone
    grades: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")  # [[label, "80.00", included], …]
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Instant]

    region: Mapped[Region] = relationship()
    units: Mapped[list["ReportingUnit"]] = relationship(back_populates="year", order_by="ReportingUnit.id")

    @property
    def terms(self) -> Terms:
        return Terms(self.threshold, Basis(self.target_basis), self.late_counts, ExcuseRule(self.excuse_rule))

    @property
    def bands(self) -> list[tuple[str, Decimal, bool]]:
        """The grade table as `programme.rules.grade_of` takes it."""
        return [(label, Decimal(begins), includes) for label, begins, includes in self.grades]

    def deadline_of(self, quarter: int) -> date:
        return self.due_on[quarter - 1]


class ReportingUnit(Base):
    """Who must report in a year: an agency (`region_code` is its government's), else the kecamatan `region_code`."""

    __tablename__ = "reporting_unit"
    __table_args__ = (
        CheckConstraint("agency_id IS NOT NULL OR length(region_code) = 8", name="unit_is_agency_or_kecamatan"),
        ForeignKeyConstraint(
            ["agency_id", "region_code"], ["agency.id", "agency.region_code"], name="unit_reports_in_its_region"
        ),
        UniqueConstraint("year_id", "agency_id", name="agency_reports_once"),
        Index(
            "kecamatan_reports_once", "year_id", "region_code", unique=True,
            postgresql_where=text("agency_id IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("reporting_year.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    agency_id: Mapped[int | None] = mapped_column(index=True)

    year: Mapped[ReportingYear] = relationship(back_populates="units")
    region: Mapped[Region] = relationship()
    agency: Mapped[Agency | None] = relationship(
        primaryjoin="foreign(ReportingUnit.agency_id) == Agency.id", viewonly=True
    )
    lines: Mapped[list["ProgrammeLine"]] = relationship(back_populates="unit", order_by="ProgrammeLine.position")
    reports: Mapped[list["QuarterlyReport"]] = relationship(back_populates="unit", order_by="QuarterlyReport.quarter")

    @property
    def name(self) -> str:
        return self.agency.name if self.agency else self.region.name


class ProgrammeLine(Base):
    """A programme or activity of a unit with the year's targets and those of each quarter.

    Physical targets are percent points of the year's work, quantities are in `measure`, money is rupiah.
    """

    __tablename__ = "programme_line"
    __table_args__ = (
        UniqueConstraint("unit_id", "position", name="lines_are_in_order"),
        CheckConstraint("btrim(name) <> ''", name="line_has_a_name"),
        CheckConstraint("weight > 0", name="line_weighs_something"),
        CheckConstraint("physical_target >= 0 AND money_target >= 0", name="line_targets_are_not_negative"),
        CheckConstraint(
            "cardinality(physical_quarters) = 4 AND cardinality(money_quarters) = 4"
            " AND 0 <= ALL (physical_quarters) AND 0 <= ALL (money_quarters)",
            name="every_quarter_has_its_target",
        ),
        CheckConstraint(
            "physical_quarters[1] + physical_quarters[2] + physical_quarters[3] + physical_quarters[4]"
            " = physical_target AND money_quarters[1] + money_quarters[2] + money_quarters[3] + money_quarters[4]"
            " = money_target",
            name="quarters_make_the_year",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("reporting_unit.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text, server_default="")
    weight: Mapped[Decimal] = mapped_column(PERCENT, server_default="1")
    place_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))  # the kecamatan where it is done
    physical_target: Mapped[Decimal] = mapped_column(POINTS)
    money_target: Mapped[Decimal] = mapped_column(MONEY)
    physical_quarters: Mapped[list[Decimal]] = mapped_column(ARRAY(POINTS))
    money_quarters: Mapped[list[Decimal]] = mapped_column(ARRAY(MONEY))

    unit: Mapped[ReportingUnit] = relationship(back_populates="lines")
    place: Mapped[Region | None] = relationship()


class ActivityEntry(Base):
    """What was done on a day, and how much. Nothing is changed in it: a wrong one is taken back with its reason."""

    __tablename__ = "activity_entry"
    __table_args__ = (
        CheckConstraint("btrim(said) <> ''", name="entry_says_something"),
        CheckConstraint("quantity >= 0 AND physical >= 0 AND money >= 0", name="entry_is_not_negative"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
            name="withdrawn_entry_has_its_reason",
        ),
        Index("ix_activity_entry_line_id_day", "line_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("programme_line.id"))
    day: Mapped[date]
    said: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal | None] = mapped_column(QUANTITY)
    physical: Mapped[Decimal] = mapped_column(POINTS, server_default="0")
    money: Mapped[Decimal] = mapped_column(MONEY, server_default="0")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Instant]
    withdrawn_at: Mapped[Instant | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_because: Mapped[str | None] = mapped_column(Text)

    line: Mapped[ProgrammeLine] = relationship()
    evidence: Mapped[Evidence | None] = relationship()
    maker: Mapped[Account] = relationship(foreign_keys=made_by)


class QuarterlyReport(Base):
    """The report of a unit for one quarter. `services` alone moves its state; `late` once set stays."""

    __tablename__ = "quarterly_report"
    __table_args__ = (
        UniqueConstraint("unit_id", "quarter", name="quarter_is_reported_once"),
        CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter_exists"),
        CheckConstraint(f"state IN ({STATES})", name="report_state_is_known"),
        CheckConstraint("state <> 'late' OR late", name="late_report_is_marked"),
        CheckConstraint(
            "(state IN ('not_reported', 'draft', 'deemed_idle')) = (revision = 0)", name="sent_report_has_a_revision"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("reporting_unit.id"))
    quarter: Mapped[int]
    state: Mapped[str] = mapped_column(Text, server_default="not_reported")
    late: Mapped[bool] = mapped_column(server_default="false")
    revision: Mapped[int] = mapped_column(server_default="0")  # number of the one that counts; 0: none was sent

    unit: Mapped[ReportingUnit] = relationship(back_populates="reports")
    drafts: Mapped[list["DraftLine"]] = relationship()
    revisions: Mapped[list["ReportRevision"]] = relationship(order_by="ReportRevision.number", back_populates="report")
    excuse: Mapped["ReportExcuse | None"] = relationship(back_populates="report")


class DraftLine(Base):
    """What the reporter says of a line before sending: a corrected sum with its reason, and the obstacle."""

    __tablename__ = "draft_line"
    __table_args__ = (
        CheckConstraint(f"obstacle_kind IN ({OBSTACLES})", name="obstacle_is_known"),
        CheckConstraint("physical >= 0 AND money >= 0", name="corrected_sum_is_not_negative"),
    )

    report_id: Mapped[int] = mapped_column(ForeignKey("quarterly_report.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("programme_line.id"), primary_key=True)
    physical: Mapped[Decimal | None] = mapped_column(POINTS)  # None: what the entries sum up to
    money: Mapped[Decimal | None] = mapped_column(MONEY)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    obstacle_kind: Mapped[str | None] = mapped_column(Text)
    obstacle: Mapped[str] = mapped_column(Text, server_default="")


class ReportMove(Base):
    """One step of a report's life. `actor_id` None: the clock or the transmission. Append-only."""

    __tablename__ = "report_move"
    __table_args__ = (CheckConstraint(f"move IN ({MOVES})", name="report_move_is_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("quarterly_report.id"), index=True)
    move: Mapped[str] = mapped_column(Text)
    was: Mapped[str] = mapped_column(Text)
    became: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Instant]
    note: Mapped[str] = mapped_column(Text, server_default="")

    actor: Mapped[Account | None] = relationship()


class ReportRevision(Base):
    """A report as it was sent: frozen with its lines, of which `sha256` is the digest. Append-only."""

    __tablename__ = "report_revision"
    __table_args__ = (
        UniqueConstraint("report_id", "number", name="revisions_are_numbered"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="revision_sha256_is_digest"),
        CheckConstraint("number = 1 OR btrim(note) <> ''", name="correction_says_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("quarterly_report.id"))
    number: Mapped[int]
    sent_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    sent_at: Mapped[Instant]
    after_deadline: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, server_default="")
    physical: Mapped[Decimal | None] = mapped_column(QUANTITY)  # percent of both sides; None without target
    financial: Mapped[Decimal | None] = mapped_column(QUANTITY)
    sha256: Mapped[str] = mapped_column(Text)

    report: Mapped[QuarterlyReport] = relationship(back_populates="revisions")
    sender: Mapped[Account] = relationship()
    lines: Mapped[list["ReportLine"]] = relationship(order_by="ReportLine.position", back_populates="revision")


class ReportLine(Base):
    """One line of a sent report: the targets of then, what the entries summed up to, and what was reported.

    `before_*`: what earlier quarters of the year had reported. Append-only.
    """

    __tablename__ = "report_line"
    __table_args__ = (CheckConstraint(f"obstacle_kind IN ({OBSTACLES})", name="reported_obstacle_is_known"),)

    revision_id: Mapped[int] = mapped_column(ForeignKey("report_revision.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("programme_line.id"), primary_key=True, index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text)
    weight: Mapped[Decimal] = mapped_column(PERCENT)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    year_physical: Mapped[Decimal] = mapped_column(POINTS)
    year_money: Mapped[Decimal] = mapped_column(MONEY)
    target_physical: Mapped[Decimal] = mapped_column(POINTS)
    target_money: Mapped[Decimal] = mapped_column(MONEY)
    before_physical: Mapped[Decimal] = mapped_column(POINTS)
    before_money: Mapped[Decimal] = mapped_column(MONEY)
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    rolled_physical: Mapped[Decimal] = mapped_column(POINTS)
    rolled_money: Mapped[Decimal] = mapped_column(MONEY)
    physical: Mapped[Decimal] = mapped_column(POINTS)
    money: Mapped[Decimal] = mapped_column(MONEY)
    reason: Mapped[str] = mapped_column(Text)
    unfinished: Mapped[bool]
    obstacle_kind: Mapped[str | None] = mapped_column(Text)
    obstacle: Mapped[str] = mapped_column(Text)

    revision: Mapped[ReportRevision] = relationship(back_populates="lines")
    place: Mapped[Region | None] = relationship()


class ReportExcuse(Base):
    """That a leader excused a silent or late report, who and why. Append-only: an excuse is not taken back."""

    __tablename__ = "report_excuse"
    __table_args__ = (CheckConstraint("btrim(reason) <> ''", name="excuse_says_why"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("quarterly_report.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    given_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    given_at: Mapped[Instant]

    report: Mapped[QuarterlyReport] = relationship(back_populates="excuse")
    giver: Mapped[Account] = relationship()
