"""Tables of publication. What stands here is what the public sees; geometry is WGS 84 (EPSG:4326), lon/lat."""

import uuid
from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from geo.columns import on_earth, witness_type
from webapp.accounts.models import Account
from webapp.db import Base, Instant
from webapp.evidence.models import Evidence, Photo, one_of
from webapp.evidence.rules import Tag
from webapp.publication.rules import Box, Found, Precision, Stand, Step
from webapp.territory.models import Region

_TAGS = ", ".join(repr(str(tag)) for tag in Tag)


class Publication(Base):
    """What the public may see of a case. `public_id` is its address: the case's own number stays inside."""

    __tablename__ = "publication"
    __table_args__ = (
        CheckConstraint(one_of("state", Stand), name="publication_state_is_known"),
        CheckConstraint(one_of("precision", Precision), name="precision_is_known"),
        CheckConstraint(f"tags <@ ARRAY[{_TAGS}]::text[]", name="public_tags_are_known"),
        CheckConstraint("btrim(title) <> ''", name="publication_has_title"),
        CheckConstraint("(precision = 'none') = (public_place IS NULL)", name="point_is_as_precise_as_said"),
        CheckConstraint("precision <> 'exact' OR NOT 'poor_household' = ANY (tags)", name="homes_are_never_exact"),
        CheckConstraint("NOT restricted OR precision = 'none'", name="restricted_zone_has_no_point"),
        CheckConstraint(
            "(state IN ('approved', 'published')) <= (approved_by IS NOT NULL)", name="approved_by_somebody"
        ),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approval_has_its_time"),
        CheckConstraint(
            "approved_by IS NULL OR tags = '{}' OR approved_by <> prepared_by",
            name="protected_data_wants_a_second_person",
        ),
        CheckConstraint("(state = 'published') <= (published_at IS NOT NULL)", name="published_has_its_time"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_its_time"),
        CheckConstraint(on_earth("public_place"), name="public_place_is_on_earth"),
        Index("case_is_published_once", "evidence_id", unique=True, postgresql_where=text("state <> 'withdrawn'")),
        Index("ix_publication_region_code", "region_code", postgresql_ops={"region_code": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))  # of the case, kept for the wall
    state: Mapped[str] = mapped_column(Text, server_default=Stand.PREPARED)
    title: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    precision: Mapped[str] = mapped_column(Text)
    public_place: Mapped[WKBElement | None] = mapped_column(witness_type())  # already as coarse as `precision` says
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")  # of the case, and what was seen besides
    restricted: Mapped[bool] = mapped_column(server_default="false")  # a zone of which nothing is shown
    prepared_by: Mapped[int] = mapped_column(ForeignKey("account.id"))  # who changed it last
    prepared_at: Mapped[Instant]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[Instant | None]
    published_at: Mapped[Instant | None]
    withdrawn_at: Mapped[Instant | None]
    version: Mapped[int] = mapped_column()

    evidence: Mapped[Evidence] = relationship()
    region: Mapped[Region] = relationship()
    photos: Mapped[list["PublicationPhoto"]] = relationship(
        back_populates="publication", order_by="PublicationPhoto.position", cascade="all, delete-orphan"
    )
    steps: Mapped[list["PublicationStep"]] = relationship(order_by="PublicationStep.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def stands(self) -> Stand:
        """The state as the rules know it."""
        return Stand(self.state)


class PublicationPhoto(Base):
    """A photo chosen for the public. `redacted_sha256` names the picture made for it; the original stays inside."""

    __tablename__ = "publication_photo"
    __table_args__ = (
        UniqueConstraint("publication_id", "photo_id", name="photo_is_chosen_once"),
        CheckConstraint("redacted_sha256 ~ '^[0-9a-f]{64}$'", name="redacted_is_named_by_content"),
        CheckConstraint(
            "(redacted_sha256 IS NULL) = (looked_at IS NULL) AND (looked_at IS NULL) = (looked_by IS NULL)",
            name="redacted_was_looked_at",
        ),
        CheckConstraint(
            "(redacted_sha256 IS NULL) = (width IS NULL) AND (width IS NULL) = (height IS NULL)",
            name="redacted_has_size",
        ),
        CheckConstraint("cleared_by IS NULL OR clear", name="cleared_was_clear"),
        Index(
            "ix_publication_photo_redacted_sha256", "redacted_sha256",
            postgresql_where=text("redacted_sha256 IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    alt: Mapped[str] = mapped_column(Text, server_default="")  # what is to be seen, for who does not see it
    clear: Mapped[bool] = mapped_column(server_default="false")  # a person said: there is nothing to cover
    cleared_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # a second person said so too
    looked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    looked_at: Mapped[Instant | None]
    redacted_sha256: Mapped[str | None] = mapped_column(Text)
    width: Mapped[int | None]
    height: Mapped[int | None]

    publication: Mapped[Publication] = relationship(back_populates="photos")
    photo: Mapped[Photo] = relationship()
    looker: Mapped[Account | None] = relationship(foreign_keys=[looked_by])
    boxes: Mapped[list["RedactionBox"]] = relationship(order_by="RedactionBox.id", cascade="all, delete-orphan")


class _Part:
    """Where a box lies: fractions of the picture's width and height, from its upper left corner."""

    x: Mapped[float]
    y: Mapped[float]
    w: Mapped[float]
    h: Mapped[float]
    found: Mapped[str] = mapped_column(Text)

    @property
    def box(self) -> Box:
        """The same as a plain value."""
        return Box(self.x, self.y, self.w, self.h, Found(self.found))


INSIDE = "x >= 0 AND y >= 0 AND w > 0 AND h > 0 AND x + w <= 1.000001 AND y + h <= 1.000001"


class RedactionBox(_Part, Base):
    """A part of a chosen photo that is covered."""

    __tablename__ = "redaction_box"
    __table_args__ = (
        CheckConstraint(INSIDE, name="box_lies_inside"),
        CheckConstraint(one_of("found", Found), name="box_source_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_photo_id: Mapped[int] = mapped_column(
        ForeignKey("publication_photo.id", ondelete="CASCADE"), index=True
    )


class PublicationStep(Base):
    """One line of a publication's history. A trigger refuses change and removal. `facts`: what stood there then."""

    __tablename__ = "publication_step"
    __table_args__ = (
        CheckConstraint(one_of("step", Step), name="publication_step_is_known"),
        CheckConstraint(one_of("became", Stand), name="publication_step_leads_somewhere"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # None: it fell out by itself
    step: Mapped[str] = mapped_column(Text)
    became: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    actor: Mapped[Account | None] = relationship()


class RedactionLook(Base):
    """That the machine has looked at a photo for what might have to be covered, and what it looked for."""

    __tablename__ = "redaction_look"

    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"), primary_key=True)
    looked_at: Mapped[Instant]
    faces: Mapped[bool]
    texts: Mapped[bool]
    failed: Mapped[str | None] = mapped_column(Text)  # why there are no suggestions although it looked


class RedactionSuggestion(_Part, Base):
    """A part of a photo where the machine thinks to see something. Only a suggestion: a person decides."""

    __tablename__ = "redaction_suggestion"
    __table_args__ = (
        CheckConstraint(INSIDE, name="suggestion_lies_inside"),
        CheckConstraint(one_of("found", set(Found) - {Found.HAND}), name="suggestion_source_is_known"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_is_a_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("redaction_look.photo_id", ondelete="CASCADE"), index=True)
    score: Mapped[float]
