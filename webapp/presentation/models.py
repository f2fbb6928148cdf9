"""Tables of presentations. Nobody is heard twice in a round, and who was absent has a reason: the database insists."""

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Account
from webapp.db import Base, Instant
from webapp.presentation.rules import Attendance
from webapp.programme.models import Participant, Period
from webapp.territory.models import Region

KINDS = ", ".join(f"'{one}'" for one in Attendance)


class PresentationSlot(Base):
    """One participant's time before the team. A moved slot keeps from when it was moved last, and why."""

    __tablename__ = "presentation_slot"
    __table_args__ = (
        UniqueConstraint("period_id", "region_code", "round", name="nobody_presents_twice"),
        UniqueConstraint("id", "period_id", name="slot_of_period"),
        ForeignKeyConstraint(
            ["period_id", "region_code"], ["participant.period_id", "participant.region_code"],
            name="slot_of_participant", ondelete="CASCADE",
        ),
        CheckConstraint("round IN (1, 2)", name="slot_round_is_known"),
        CheckConstraint("ends_at > starts_at", name="slot_runs_on"),
        CheckConstraint("btrim(place) <> ''", name="slot_has_its_place"),
        CheckConstraint(f"attendance IN ({KINDS})", name="attendance_is_known"),
        CheckConstraint(
            "(attendance = 'planned') = (recorded_at IS NULL) AND (recorded_by IS NULL) = (recorded_at IS NULL)",
            name="attendance_has_its_person",
        ),
        CheckConstraint("attendance <> 'absent' OR btrim(absence_reason) <> ''", name="absence_has_its_reason"),
        CheckConstraint("moved_from IS NULL OR btrim(moved_because) <> ''", name="moving_has_its_reason"),
        Index("ix_presentation_slot_region_code", "region_code"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    round: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    place: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    deck: Mapped[str] = mapped_column(Text, server_default="")  # title or reference of what is shown
    attendance: Mapped[str] = mapped_column(Text, server_default=Attendance.PLANNED)
    absence_reason: Mapped[str] = mapped_column(Text, server_default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[Instant | None]
    moved_from: Mapped[Instant | None]
    moved_because: Mapped[str] = mapped_column(Text, server_default="")

    period: Mapped[Period] = relationship()
    region: Mapped[Region] = relationship()
    participant: Mapped[Participant] = relationship(viewonly=True)
    recorder: Mapped[Account | None] = relationship()
    there: Mapped[list["SlotPresence"]] = relationship(
        back_populates="slot", order_by="SlotPresence.account_id", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def held(self) -> bool:
        """Whether it is over, one way or the other."""
        return self.attendance != Attendance.PLANNED


class SlotPresence(Base):
    """An assessor who was there: only they value what was presented."""

    __tablename__ = "slot_presence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["slot_id", "period_id"], ["presentation_slot.id", "presentation_slot.period_id"],
            name="presence_of_slot", ondelete="CASCADE",
        ),
    )  # fmt: skip

    slot_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False, index=True)
    period_id: Mapped[int]
    noted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    noted_at: Mapped[Instant]

    slot: Mapped[PresentationSlot] = relationship(back_populates="there")
    account: Mapped[Account] = relationship(foreign_keys=[account_id])
