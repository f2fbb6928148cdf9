"""Tables of the trail. What a leaf's content is and how it is made, says migration 0140."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base, Instant


class TrailForm(Base):
    """How the rows of a table become leaves; a table that gets columns gets a further form (`wall.cover`)."""

    __tablename__ = "trail_form"

    kind: Mapped[str] = mapped_column(Text, primary_key=True)  # the table
    form: Mapped[int] = mapped_column(primary_key=True)
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text))  # the columns that name a row
    columns: Mapped[dict[str, Any]] = mapped_column(JSONB)  # each "text", "instant" or "document"
    condition: Mapped[str | None] = mapped_column(Text)  # which rows count
    changes: Mapped[bool]  # whether rows may change: each version then is a leaf of its own, with its content
    expression: Mapped[str] = mapped_column(Text)  # what the trigger evaluates


class TrailLeaf(Base):
    """One row of history as a hash. `position` counts from 0 without gaps; None until it is sealed."""

    __tablename__ = "trail_leaf"
    __table_args__ = (
        CheckConstraint("octet_length(leaf_hash) = 32", name="leaf_hash_is_sha256"),
        CheckConstraint("position >= 0", name="position_counts_from_zero"),
        Index("ix_trail_leaf_record", "kind", "key"),
        Index("ix_trail_leaf_waiting", "id", postgresql_where=text("position IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    form: Mapped[int]
    salt: Mapped[str] = mapped_column(Text)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[str | None] = mapped_column(Text, deferred=True)  # of a row that may change
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)


class TrailTile(Base):
    """The hash of a complete subtree of 2^height leaves, for heights 8, 16, 24 …: so that a proof is quick."""

    __tablename__ = "trail_tile"
    __table_args__ = (CheckConstraint("octet_length(hash) = 32", name="tile_hash_is_sha256"),)

    height: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class TrailHead(Base):
    """A signed statement: at that time the first `size` leaves had that root. `notes` writes it as text."""

    __tablename__ = "trail_head"
    __table_args__ = (
        CheckConstraint("octet_length(root) = 32", name="root_is_sha256"),
        CheckConstraint("octet_length(signature) = 64", name="signature_is_ed25519"),
        CheckConstraint("octet_length(public_key) = 32", name="public_key_is_ed25519"),
        CheckConstraint("size > 0", name="head_covers_something"),
    )

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[Instant]
    origin: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(Text)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[Instant | None]
