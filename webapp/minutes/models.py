"""Tables of minutes. Both are written once: what changes is a new edition, and a signature is never taken back."""

from typing import Any

from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, Integer, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Account
from webapp.db import Base, Instant
from webapp.minutes.rules import Kind
from webapp.programme.models import Period
from webapp.territory.models import Region

KINDS = ", ".join(f"'{kind}'" for kind in Kind)
DIGEST = "{0} ~ '^[0-9a-f]{{64}}$'"


class Minutes(Base):
    """Minutes as they were drawn up: numbered, found by their code, their content frozen.

    `content`: all that is printed; `sha256`: of its canonical JSON (`webapp.papers.digest`).
    `basis_sha256`: of the facts it was drawn from, by whoever made the content: for the gate, which reckons it anew.
    `mark`: the database's own digest of the rows behind it (`wall.minutes_mark`), so that the public page, which may
    read none of them, can still say whether they are as they were.
    """

    __tablename__ = "minutes"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("number"),
        UniqueConstraint("period_id", "kind", "subject", "edition", name="editions_of_minutes_are_numbered"),
        CheckConstraint(f"kind IN ({KINDS})", name="minutes_kind_is_known"),
        CheckConstraint(
            f"{DIGEST.format('sha256')} AND {DIGEST.format('basis_sha256')}", name="minutes_digests_are_digests"
        ),
        CheckConstraint("need >= 1 AND edition >= 1", name="minutes_need_somebody"),
        CheckConstraint("chairs <@ team", name="chairs_are_of_the_team"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)  # the period's
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text, server_default="")  # which day, which reopening; "": the period's one
    version: Mapped[int] = mapped_column(SmallInteger, server_default="1")  # of the result the period worked on then
    edition: Mapped[int]
    number: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str] = mapped_column(Text)
    basis_sha256: Mapped[str] = mapped_column(Text)
    mark: Mapped[str] = mapped_column(Text, FetchedValue())  # set by a trigger, whatever is written
    team: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # who may sign: accounts
    chairs: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    need: Mapped[int] = mapped_column(SmallInteger)  # how many must sign
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Instant]

    period: Mapped[Period] = relationship()
    region: Mapped[Region] = relationship()
    maker: Mapped[Account] = relationship()
    signatures: Mapped[list["MinutesSignature"]] = relationship(
        back_populates="minutes", order_by="MinutesSignature.id", lazy="selectin"
    )


class MinutesSignature(Base):
    """One member's signature in the system, with what they remark. Never changed, never taken back, one per person.

    `scan_sha256`: of the scanned copy signed by hand, where there is one; the file itself is kept elsewhere.
    """

    __tablename__ = "minutes_signature"
    __table_args__ = (
        UniqueConstraint("minutes_id", "account_id", name="member_signs_once"),
        CheckConstraint("agrees OR btrim(remark) <> ''", name="dissent_is_explained"),
        CheckConstraint(f"scan_sha256 = '' OR {DIGEST.format('scan_sha256')}", name="scan_sha256_is_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    post: Mapped[str] = mapped_column(Text)  # the role in which they sign
    agrees: Mapped[bool]
    remark: Mapped[str] = mapped_column(Text, server_default="")
    scan_sha256: Mapped[str] = mapped_column(Text, server_default="")
    signed_at: Mapped[Instant]

    minutes: Mapped[Minutes] = relationship(back_populates="signatures")
    account: Mapped[Account] = relationship()
