"""Tables of accounts. A person's power is never on the account: it comes from appointments that run from–to."""

from datetime import date
from typing import Self, cast

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import NATION, Grant, Role
from webapp.db import Base, Created, Instant

ROLES = ", ".join(f"'{role}'" for role in Role)


class Account(UserMixin, Base):  # type: ignore[misc]
    """A person who signs in. `session_key` changes with password, role or status, and that ends every session."""

    __tablename__ = "account"
    __table_args__ = (Index("account_username_is_unique", text("lower(username)"), unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    session_key: Mapped[str] = mapped_column(Text)
    locale: Mapped[str | None] = mapped_column(Text)
    must_change_password: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[Created]
    deactivated_at: Mapped[Instant | None]

    appointments: Mapped[list["Appointment"]] = relationship(
        back_populates="account",
        foreign_keys="Appointment.account_id",
        order_by="Appointment.starts_on",
        lazy="selectin",
    )

    _grants = cast("tuple[Grant, ...]", ())

    def get_id(self) -> str:
        """What the session cookie holds: the person and the key that ends all sessions when it changes."""
        return f"{self.id}:{self.session_key}"

    def as_of(self, day: date) -> Self:
        """The same person with the powers of that day; without this call a person has none."""
        running = (appointment for appointment in self.appointments if appointment.runs_on(day))
        active = self.deactivated_at is None
        self._grants = tuple(Grant(Role(one.role), one.region_code or NATION) for one in running) if active else ()
        return self

    @property
    def grants(self) -> tuple[Grant, ...]:
        """Roles held now, each with its region; see `as_of`."""
        return self._grants

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None


class Appointment(Base):
    """One role in one region from a day to a day (both included; open end: None)."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLES})", name="appointment_role_is_known"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="appointment_runs_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(Text)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)  # None: whole country
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    appointed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Created]

    account: Mapped[Account] = relationship(back_populates="appointments", foreign_keys=[account_id])

    def runs_on(self, day: date) -> bool:
        """Whether the appointment is in force that day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
