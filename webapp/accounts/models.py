"""Tables of accounts. A person's power is never on the account: it comes from appointments that run from–to."""

from datetime import date
from typing import Self, cast

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import NATION, Grant, Role
from webapp.accounts.rules import SERVES_AT
from webapp.db import Base, Created, Instant
from webapp.territory.models import Region

ROLES = ", ".join(f"'{role}'" for role in Role)
LEVELS = ", ".join(f"('{role}', {length})" for role, lengths in SERVES_AT.items() for length in sorted(lengths))
USERNAME = "^[A-Za-z0-9][A-Za-z0-9._@-]{2,59}$"


class Account(UserMixin, Base):  # type: ignore[misc]
    """A person who signs in. `session_key` changes with password, role or status, and that ends every session."""

    __tablename__ = "account"
    __table_args__ = (
        Index("account_username_is_unique", text("lower(username)"), unique=True),
        CheckConstraint(f"username ~ '{USERNAME}'", name="account_username_is_plain"),
        CheckConstraint("btrim(name) <> ''", name="account_has_a_name"),
        CheckConstraint("locale IN ('id', 'en')", name="account_locale_is_known"),
    )

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
    _day = cast("date | None", None)

    def get_id(self) -> str:
        """What the session cookie holds: the person and the key that ends all sessions when it changes."""
        return f"{self.id}:{self.session_key}"

    def as_of(self, day: date) -> Self:
        """The same person with the powers of that day; without this call a person has none."""
        running = self.posts(day)
        self._day = day
        active = self.deactivated_at is None
        self._grants = tuple(Grant(Role(one.role), one.region_code or NATION) for one in running) if active else ()
        return self

    def posts(self, day: date) -> list["Appointment"]:
        """The appointments in force that day."""
        return [appointment for appointment in self.appointments if appointment.runs_on(day)]

    @property
    def posts_now(self) -> list["Appointment"]:
        """The appointments behind `grants`; see `as_of`."""
        return self.posts(self._day) if self._day else []

    @property
    def grants(self) -> tuple[Grant, ...]:
        """Roles held now, each with its region; see `as_of`."""
        return self._grants

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None


class Appointment(Base):
    """One role in one region from a day to a day (both included; open end: None), unless it was revoked."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLES})", name="appointment_role_is_known"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="appointment_runs_on"),
        CheckConstraint(f"(role, COALESCE(length(region_code), 0)) IN ({LEVELS})", name="appointment_fits_its_level"),
        Index(
            "one_open_post_of_a_kind", "account_id", "role", text("COALESCE(region_code, '')"), unique=True,
            postgresql_where=text("ends_on IS NULL AND revoked_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(Text)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)  # None: whole country
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    appointed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Created]
    revoked_at: Mapped[Instant | None]  # taken back at once; the line itself stays

    account: Mapped[Account] = relationship(back_populates="appointments", foreign_keys=[account_id])
    region: Mapped[Region | None] = relationship(lazy="joined")

    def runs_on(self, day: date) -> bool:
        """Whether the appointment is in force that day."""
        return self.starts_on <= day and self.may_run_after(day)

    def may_run_after(self, day: date) -> bool:
        """Whether it is in force that day or on a later one."""
        return self.revoked_at is None and (self.ends_on is None or day <= self.ends_on)


class FailedSignIn(Base):
    """A failed try at the door, kept as long as it counts. `name_key` is a digest: people type passwords as names."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (Index("ix_failed_sign_in_name_key_at", "name_key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Instant] = mapped_column(index=True)
    name_key: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, index=True)
