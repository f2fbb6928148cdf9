"""Tables of accounts. A person's power is never on the account: it comes from appointments that run from–to."""

from datetime import date
from typing import Self, cast

from flask_login import UserMixin
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import NATION, Grant, Role
from webapp.accounts.rules import SERVES_AT, Ended
from webapp.db import Base, Created, Instant
from webapp.territory.models import Agency, Region

ROLES = ", ".join(f"'{role}'" for role in Role)
LEVELS = ", ".join(f"('{role}', {length})" for role, lengths in SERVES_AT.items() for length in sorted(lengths))
ENDS = ", ".join(f"'{why}'" for why in Ended)
USERNAME = "^[A-Za-z0-9][A-Za-z0-9._@-]{2,59}$"


class Account(UserMixin, Base):  # type: ignore[misc]
    """A person who signs in; see `OpenSession` for where they are at work."""

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
    second_factor: Mapped["SecondFactor | None"] = relationship()

    _grants = cast("tuple[Grant, ...]", ())
    _day = cast("date | None", None)

    def as_of(self, day: date) -> Self:
        """The same person with the powers of that day; without this call a person has none."""
        running = self.posts(day)
        self._day = day
        active = self.deactivated_at is None
        self._grants = tuple(one.grant for one in running) if active else ()
        return self

    def without_powers(self) -> Self:
        """The same person before a session is complete: known by name, allowed nothing."""
        self._grants = ()
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
        CheckConstraint("(role = 'agency_head') = (agency_id IS NOT NULL)", name="agency_head_heads_an_agency"),
        CheckConstraint("agency_id IS NULL OR region_code IS NOT NULL", name="agency_head_has_a_region"),
        ForeignKeyConstraint(
            ["agency_id", "region_code"], ["agency.id", "agency.region_code"], name="agency_head_serves_its_region"
        ),
        Index(
            "one_open_post_of_a_kind", "account_id", "role", text("COALESCE(region_code, '')"), unique=True,
            postgresql_where=text("ends_on IS NULL AND revoked_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(Text)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)  # None: whole country
    agency_id: Mapped[int | None] = mapped_column(index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    appointed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Created]
    revoked_at: Mapped[Instant | None]  # taken back at once; the line itself stays

    account: Mapped[Account] = relationship(back_populates="appointments", foreign_keys=[account_id])
    region: Mapped[Region | None] = relationship(lazy="joined")
    agency: Mapped[Agency | None] = relationship(
        lazy="joined", primaryjoin="foreign(Appointment.agency_id) == Agency.id", viewonly=True
    )

    @property
    def grant(self) -> Grant:
        return Grant(Role(self.role), self.region_code or NATION, self.agency_id)

    def runs_on(self, day: date) -> bool:
        """Whether the appointment is in force that day."""
        return self.starts_on <= day and self.may_run_after(day)

    def may_run_after(self, day: date) -> bool:
        """Whether it is in force that day or on a later one."""
        return self.revoked_at is None and (self.ends_on is None or day <= self.ends_on)


class OpenSession(Base):
    """One browser in which a person is at work. The cookie holds a token, the table only its SHA-256: a copy of the
    table opens nothing. Ended sessions keep their row for some days; see `rules.SESSIONS_KEPT_FOR`.
    """

    __tablename__ = "open_session"
    __table_args__ = (
        CheckConstraint("token_hash ~ '^[0-9a-f]{64}$'", name="open_session_token_is_hashed"),
        CheckConstraint("length(browser) <= 120", name="open_session_browser_is_short"),
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="open_session_end_has_a_reason"),
        CheckConstraint(f"ended_because IN ({ENDS})", name="open_session_end_is_known"),
        Index("ix_open_session_account_id_open", "account_id", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    begun_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    proved_at: Mapped[Instant]  # when password or second factor was last given in it
    second_factor_at: Mapped[Instant | None]
    address: Mapped[str] = mapped_column(Text)
    browser: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[Instant | None]
    ended_because: Mapped[str | None] = mapped_column(Text)

    account: Mapped[Account] = relationship(lazy="raise")


class SecondFactor(Base):
    """What the person's phone and we share. `secret` is sealed (`sealing.Vault`); a row is there once it was confirmed.

    `last_step`: the 30-second step of the last code that was taken. Only codes of later steps are taken.
    """

    __tablename__ = "second_factor"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    secret: Mapped[bytes]
    confirmed_at: Mapped[Instant]
    last_step: Mapped[int] = mapped_column(BigInteger)

    @staticmethod
    def owner_of(account_id: int) -> str:
        """To whom the seal is bound: copied into another row, the secret opens no more."""
        return f"account {account_id}"

    @property
    def owner(self) -> str:
        return self.owner_of(self.account_id)


class RecoveryCode(Base):
    """A way in without the phone, good for once. Codes have 120 random bits: a plain digest of them tells nothing."""

    __tablename__ = "recovery_code"
    __table_args__ = (
        CheckConstraint("code_hash ~ '^[0-9a-f]{64}$'", name="recovery_code_is_hashed"),
        UniqueConstraint("account_id", "code_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    code_hash: Mapped[str] = mapped_column(Text)
    used_at: Mapped[Instant | None]


class FailedSignIn(Base):
    """A failed try at the door, kept as long as it counts. `name_key` is a digest: people type passwords as names."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (Index("ix_failed_sign_in_name_key_at", "name_key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Instant] = mapped_column(index=True)
    name_key: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, index=True)
