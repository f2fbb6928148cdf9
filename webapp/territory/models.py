"""Tables of territory. Geometry is WGS 84 (EPSG:4326), lon/lat."""

from datetime import date
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from geo.columns import area_type, valid_area, witness_type
from webapp.db import Base, Instant
from webapp.territory.rules import AgencyKind, Level

AGENCY_KINDS = ", ".join(f"'{kind}'" for kind in AgencyKind)
LEVELS = ", ".join(f"'{level}'" for level in Level)


class BoundaryDataset(Base):
    """Where a set of boundaries comes from: kept with every polygon and shown on every map that draws it."""

    __tablename__ = "boundary_dataset"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    source: Mapped[str] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(Text)
    attribution: Mapped[str] = mapped_column(Text)
    vintage: Mapped[str] = mapped_column(Text)
    approximate: Mapped[bool] = mapped_column(default=False)  # "batas perkiraan"
    imported_at: Mapped[Instant]
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Region(Base):
    """A region of the Kemendagri list. Its parent is its code's prefix; the database holds the two together."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint(r"code ~ '^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$'", name="region_code_is_kemendagri"),
        CheckConstraint(f"level IN ({LEVELS})", name="region_level_is_known"),
        CheckConstraint(
            "parent_code IS NOT DISTINCT FROM NULLIF(regexp_replace(code, '\\.?\\d+$', ''), '')",
            name="region_parent_is_prefix",
        ),
        CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to > valid_from", name="region_validity_runs_on"
        ),
        CheckConstraint("boundary_error_m >= 0", name="region_tolerance_is_distance"),
    )

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    bps_code: Mapped[str | None] = mapped_column(Text)  # statistics office; never derived from `code`
    decree: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    time_zone: Mapped[str] = mapped_column(Text)
    boundary_error_m: Mapped[float] = mapped_column(server_default="250")

    parent: Mapped["Region | None"] = relationship(remote_side=[code])


class RegionBoundary(Base):
    """One delimitation of a region; a later one supersedes it, and results found with it stay readable."""

    __tablename__ = "region_boundary"
    __table_args__ = (
        UniqueConstraint("region_code", "dataset_id"),
        Index("one_current_boundary", "region_code", unique=True, postgresql_where=text("superseded_at IS NULL")),
        CheckConstraint(valid_area("area"), name="boundary_is_valid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("boundary_dataset.id"), index=True)
    area: Mapped[WKBElement] = mapped_column(area_type())
    outline: Mapped[WKBElement] = mapped_column(area_type())  # simplified, for maps
    label_point: Mapped[WKBElement] = mapped_column(witness_type())
    area_km2: Mapped[float]
    superseded_at: Mapped[Instant | None]

    region: Mapped[Region] = relationship()
    dataset: Mapped[BoundaryDataset] = relationship()


class Agency(Base):
    """A perangkat daerah: an office of a province, kabupaten or kota. Kecamatan are regions, not agencies."""

    __tablename__ = "agency"
    __table_args__ = (
        CheckConstraint(f"kind IN ({AGENCY_KINDS})", name="agency_kind_is_known"),
        CheckConstraint("length(region_code) IN (2, 5)", name="agency_belongs_to_a_government"),
        CheckConstraint("btrim(name) <> ''", name="agency_has_a_name"),
        UniqueConstraint("region_code", "name", name="agency_is_named_once"),
        UniqueConstraint("id", "region_code", name="agency_with_its_region"),  # what posts and units point at
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)

    region: Mapped[Region] = relationship()


class BoundaryDraft(Base):
    """A boundary file that somebody has sent and not yet confirmed: at most one a person, gone after a day."""

    __tablename__ = "boundary_draft"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="boundary_draft_is_named_by_content"),
        CheckConstraint("octet_length(packed) BETWEEN 1 AND 33554432", name="boundary_draft_is_bounded"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    received_at: Mapped[Instant]
    file_name: Mapped[str] = mapped_column(Text)  # a clean label, never a path
    sha256: Mapped[str] = mapped_column(Text)
    packed: Mapped[bytes] = mapped_column(deferred=True)  # gzip
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)  # of the dataset, and which columns hold what


class Country(Base):
    """Countries around, for grey land on maps and for naming the country of a point abroad."""

    __tablename__ = "country"

    code: Mapped[str] = mapped_column(Text, primary_key=True)  # ISO 3166-1 alpha-2 where known, else numeric
    name: Mapped[str] = mapped_column(Text)
    area: Mapped[WKBElement] = mapped_column(area_type())
    dataset_id: Mapped[int] = mapped_column(ForeignKey("boundary_dataset.id"))


class PlaceAbroad(Base):
    """A named part of a city abroad (a gu of Seoul): a label only, never a region of any statistic."""

    __tablename__ = "place_abroad"

    id: Mapped[int] = mapped_column(primary_key=True)
    country_code: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    area: Mapped[WKBElement] = mapped_column(area_type())
    dataset_id: Mapped[int] = mapped_column(ForeignKey("boundary_dataset.id"))
