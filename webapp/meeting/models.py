"""Tables of meetings. No names of people; units, and how many came. The constraints repeat `rules`, by name.

`invited`, of a series and of a meeting: codes of the regions among its units, so that row-level security can let them
read without looking at other rows.
"""

from datetime import date, time
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from geo.columns import witness_type
from webapp.accounts.models import Account
from webapp.db import Base, Instant
from webapp.evidence.models import Evidence, one_of
from webapp.meeting.rules import ItemState, MeetingKind, UnitKind
from webapp.territory.models import Region


class MeetingSeries(Base):
    """Meetings that follow one another and carry open items on. `weekday`: 1 Monday to 7 Sunday, None: no fixed day."""

    __tablename__ = "meeting_series"
    __table_args__ = (
        UniqueConstraint("region_code", "name", name="series_is_named_once"),
        CheckConstraint(one_of("kind", MeetingKind), name="meeting_kind_is_known"),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_is_one"),
        CheckConstraint("kind <> 'minggon' OR weekday IS NOT NULL", name="weekly_meeting_has_its_day"),
        CheckConstraint("btrim(name) <> ''", name="series_has_a_name"),
        CheckConstraint("ended_on IS NULL OR ended_on >= starts_on", name="series_runs_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    weekday: Mapped[int | None] = mapped_column(SmallInteger)
    starts_on: Mapped[date]  # from which day on a weekly meeting is expected
    ended_on: Mapped[date | None]
    invited: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Instant]

    region: Mapped[Region] = relationship()
    seats: Mapped[list["MeetingSeat"]] = relationship(order_by="MeetingSeat.id", cascade="all, delete-orphan")
    meetings: Mapped[list["Meeting"]] = relationship(back_populates="series", order_by="Meeting.held_on.desc()")


class MeetingSeat(Base):
    """A unit that is expected at every meeting of a series."""

    __tablename__ = "meeting_seat"
    __table_args__ = (
        UniqueConstraint("series_id", "unit_name", name="unit_is_expected_once"),
        CheckConstraint(one_of("unit_kind", UnitKind), name="seat_kind_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("meeting_series.id", ondelete="CASCADE"))
    unit_kind: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))  # None: a unit without an area
    unit_name: Mapped[str] = mapped_column(Text)


class Meeting(Base):
    """One meeting. Open, all of it may change; closed, nothing: `content` is all that was, `sha256` its hash.

    `agenda`, `decisions`: one point a line. `place`: where the meeting was, WGS 84. `evidence_id`: the case with photos
    and fix by which the meeting can be verified; an indicator counts the case, never this row.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("series_id", "number", name="meetings_are_numbered"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="meeting_ends_after_it_begins"),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (sha256 IS NULL)"
            " AND (closed_at IS NULL) = (content IS NULL)",
            name="closed_meeting_is_whole",
        ),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="meeting_sha256_is_digest"),
        Index("ix_meeting_region_code_held_on", "region_code", "held_on"),
        Index("one_meeting_per_case", "evidence_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("meeting_series.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))  # the series' own
    number: Mapped[int]
    held_on: Mapped[date]
    starts_at: Mapped[time]
    ends_at: Mapped[time | None]
    venue: Mapped[str] = mapped_column(Text, server_default="")
    place: Mapped[WKBElement | None] = mapped_column(witness_type())
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    agenda: Mapped[str] = mapped_column(Text, server_default="")
    decisions: Mapped[str] = mapped_column(Text, server_default="")
    invited: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Instant]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[Instant | None]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    sha256: Mapped[str | None] = mapped_column(Text)

    series: Mapped[MeetingSeries] = relationship(back_populates="meetings")
    region: Mapped[Region] = relationship()
    evidence: Mapped[Evidence | None] = relationship()
    closer: Mapped[Account | None] = relationship(foreign_keys=[closed_by])
    attendance: Mapped[list["MeetingAttendance"]] = relationship(
        order_by="MeetingAttendance.id", cascade="all, delete-orphan"
    )
    items: Mapped[list["MeetingItem"]] = relationship(back_populates="meeting", order_by="MeetingItem.id")
    amendments: Mapped[list["MeetingAmendment"]] = relationship(order_by="MeetingAmendment.id")
    annexes: Mapped[list["MeetingAnnex"]] = relationship(order_by="MeetingAnnex.id")


class MeetingAttendance(Base):
    """One unit's line in a meeting's list: whether it was there, and with how many people."""

    __tablename__ = "meeting_attendance"
    __table_args__ = (
        UniqueConstraint("meeting_id", "unit_name", name="unit_attends_once"),
        CheckConstraint(one_of("unit_kind", UnitKind), name="attending_kind_is_known"),
        CheckConstraint("heads BETWEEN 0 AND 10000 AND (heads > 0) = present", name="present_means_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    unit_kind: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    unit_name: Mapped[str] = mapped_column(Text)
    expected: Mapped[bool] = mapped_column(server_default="false")
    present: Mapped[bool] = mapped_column(server_default="false")
    heads: Mapped[int] = mapped_column(server_default="0")


class MeetingItem(Base):
    """Something a unit is to do by a day. It comes back in every meeting of the series until a step closes it."""

    __tablename__ = "meeting_item"
    __table_args__ = (
        CheckConstraint("btrim(what) <> '' AND btrim(owner_name) <> ''", name="item_says_what_and_who"),
        CheckConstraint(one_of("owner_kind", UnitKind), name="owner_kind_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("meeting_series.id"), index=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    what: Mapped[str] = mapped_column(Text)
    owner_kind: Mapped[str] = mapped_column(Text)
    owner_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    owner_name: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Instant]

    meeting: Mapped[Meeting] = relationship(back_populates="items")
    step: Mapped["MeetingItemStep | None"] = relationship(back_populates="item")

    @property
    def state(self) -> ItemState:
        """Open until a step says otherwise."""
        return ItemState(self.step.state) if self.step else ItemState.OPEN


class MeetingItemStep(Base):
    """What closed an item, why, and in which meeting. Append-only; one for each item."""

    __tablename__ = "meeting_item_step"
    __table_args__ = (
        UniqueConstraint("item_id", name="item_is_closed_once"),
        CheckConstraint("state IN ('done', 'dropped')", name="item_step_is_known"),
        CheckConstraint("btrim(reason) <> ''", name="item_step_says_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("meeting_item.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)  # None: between meetings
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Instant]

    item: Mapped[MeetingItem] = relationship(back_populates="step")
    actor: Mapped[Account] = relationship()


class MeetingAmendment(Base):
    """What is added to a closed meeting. `sha256`: over its text, its time, and the hash of what came before it."""

    __tablename__ = "meeting_amendment"
    __table_args__ = (
        CheckConstraint("btrim(body) <> ''", name="amendment_says_something"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="amendment_sha256_is_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Instant]

    actor: Mapped[Account] = relationship()


class MeetingAnnex(Base):
    """A document that belongs to a meeting, by its title and hash. `content`: what it is of, where it is kept here."""

    __tablename__ = "meeting_annex"
    __table_args__ = (
        UniqueConstraint("meeting_id", "sha256", name="annex_is_attached_once"),
        CheckConstraint("btrim(title) <> ''", name="annex_has_a_title"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="annex_sha256_is_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    title: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    sha256: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Instant]
