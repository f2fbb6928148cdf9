"""Tables of performance agreements. Posts and units, an account where there is one; nothing of it is ever changed."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Account
from webapp.agreement.rules import StepKind
from webapp.db import Base, Instant
from webapp.evidence.models import one_of
from webapp.territory.models import Region


class AgreementSet(Base):
    """Agreements under one rule: how long both clocks run, by which basis, and whether camat are covered."""

    __tablename__ = "agreement_set"
    __table_args__ = (
        UniqueConstraint("region_code", "name", name="agreement_set_is_named_once"),
        CheckConstraint("btrim(name) <> ''", name="agreement_set_has_a_name"),
        CheckConstraint("term_months BETWEEN 1 AND 60 AND window_months BETWEEN 1 AND 60", name="clocks_run_months"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    name: Mapped[str] = mapped_column(Text)
    term_months: Mapped[int] = mapped_column(SmallInteger)
    window_months: Mapped[int] = mapped_column(SmallInteger)
    covers_camat: Mapped[bool]
    basis: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Instant]

    region: Mapped[Region] = relationship()


class Agreement(Base):
    """What a unit's official agreed to reach. `set_name`, `basis`: the set's own, for a holder who sees no sets.

    `due_on`: the last day of the term; `window_until`: the last day to improve, counted from `due_on`, so that a late
    decision neither shortens nor lengthens it [P].
    """

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("cardinality(targets) BETWEEN 1 AND 100", name="agreement_has_targets"),
        CheckConstraint("btrim(unit_name) <> '' AND btrim(post) <> ''", name="agreement_says_whose"),
        CheckConstraint("agreed_on < due_on AND due_on < window_until", name="clocks_run_forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("agreement_set.id"), index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    set_name: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    unit_name: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))  # of a kecamatan: a camat's agreement
    post: Mapped[str] = mapped_column(Text)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    targets: Mapped[list[str]] = mapped_column(ARRAY(Text))
    agreed_on: Mapped[date]
    due_on: Mapped[date]
    window_until: Mapped[date]
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Instant]

    region: Mapped[Region] = relationship(foreign_keys=[region_code])
    holder: Mapped[Account | None] = relationship(foreign_keys=[holder_id])
    maker: Mapped[Account] = relationship(foreign_keys=[made_by])
    steps: Mapped[list["AgreementStep"]] = relationship(back_populates="agreement", order_by="AgreementStep.number")


class AgreementStep(Base):
    """One decision of a named person. Append-only, numbered, and in the trail."""

    __tablename__ = "agreement_step"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number", name="steps_are_numbered"),
        CheckConstraint(one_of("kind", StepKind), name="agreement_step_is_known"),
        CheckConstraint("btrim(reason) <> ''", name="agreement_step_says_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]  # the day it was in the region
    actor_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[Instant]

    agreement: Mapped[Agreement] = relationship(back_populates="steps")
    actor: Mapped[Account] = relationship()
