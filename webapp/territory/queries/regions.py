"""Regions as they stand: one, its children, the way up, and where their boundaries come from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import ARRAY, ColumnElement, Row, Select, Text, cast, func, or_, select, true
from sqlalchemy.orm import Session, aliased, contains_eager, defer

from geo import sql
from geo.values import BBox
from webapp.access import within
from webapp.territory.models import BoundaryDataset, Country, Region, RegionBoundary
from webapp.territory.rules import depth


def among(column: Any, codes: Sequence[str]) -> ColumnElement[bool]:
    """`column IN codes` with one parameter, however many codes there are (a national file has 84,000)."""
    wanted: ColumnElement[bool] = column == func.any(cast(list(codes), ARRAY(Text)))
    return wanted


def current() -> Select[RegionBoundary]:
    """Boundaries that nothing has superseded."""
    return select(RegionBoundary).where(RegionBoundary.superseded_at.is_(None))


def region(session: Session, code: str) -> Region | None:
    return session.get(Region, code)


def kecamatan_of(code: str) -> str:
    """The kecamatan a desa or kelurahan belongs to, by prefix; other codes as they are."""
    return code[:8]


def extent(session: Session, code: str) -> BBox | None:
    """The box around a region's current boundary; None when it has none."""
    row = session.execute(
        select(*sql.extent_of(RegionBoundary.outline)).where(
            RegionBoundary.region_code == code, RegionBoundary.superseded_at.is_(None)
        )
    ).one()
    west, south, east, north = tuple(row)
    return BBox.maybe(west, south, east, north)


def children(session: Session, code: str | None) -> list[Region]:
    """Regions directly below `code` (None: provinces), in the order of their codes."""
    return list(session.scalars(select(Region).where(Region.parent_code == code).order_by(Region.code)))


def line_of(session: Session, code: str) -> list[Region]:
    """The region and all above it, topmost first: for a trail of links."""
    codes = [code[:length] for length in (2, 5, 8, 13)[: depth(code) + 1]]
    return list(session.scalars(select(Region).where(Region.code.in_(codes)).order_by(Region.code)))


def assessing_regions(session: Session, upper: tuple[str, ...]) -> list[Region]:
    """Provinces, kabupaten and kota inside some areas: the regions that can hold an assessment of kecamatan."""
    levels = ("provinsi", "kabupaten", "kota")
    return list(
        session.scalars(
            select(Region).where(within(Region.code, upper), Region.level.in_(levels)).order_by(Region.code)
        )
    )


def known_codes(session: Session, codes: Sequence[str]) -> set[str]:
    """Those of the codes that are regions already."""
    return set(session.scalars(select(Region.code).where(among(Region.code, codes))))


def with_current_boundary(codes: Sequence[str]) -> Select[str, str, str, str | None, int, WKBElement]:
    """Region code, name, level, bps_code and its current boundary's dataset_id and area (None without one)."""
    now = aliased(RegionBoundary)
    joined = (now.region_code == Region.code) & now.superseded_at.is_(None)
    return (
        select(Region.code, Region.name, Region.level, Region.bps_code, now.dataset_id, now.area)
        .outerjoin(now, joined)
        .where(among(Region.code, codes))
    )


def without_boundary(session: Session, codes: Sequence[str]) -> set[str]:
    """Those of the codes that have no current boundary (whether or not they are regions already)."""
    drawn = select(RegionBoundary.region_code).where(
        RegionBoundary.superseded_at.is_(None), among(RegionBoundary.region_code, codes)
    )
    return set(codes) - set(session.scalars(drawn))


def listing(session: Session, upper: str | None) -> list[Row[Region, float | None, bool | None]]:
    """Regions directly below `upper` (None: provinces), with area in km² and whether the boundary is approximate."""
    now, whose = aliased(RegionBoundary), aliased(BoundaryDataset)
    return list(
        session.execute(
            select(Region, now.area_km2, whose.approximate)
            .outerjoin(now, (now.region_code == Region.code) & now.superseded_at.is_(None))
            .outerjoin(whose, whose.id == now.dataset_id)
            .where(Region.parent_code == upper)
            .order_by(Region.code)
        )
    )


def boundaries_of(session: Session, code: str) -> list[RegionBoundary]:
    """All delimitations a region has had, the current one first, with their datasets and without their shapes."""
    return list(
        session.scalars(
            select(RegionBoundary)
            .join(RegionBoundary.dataset)
            .options(contains_eager(RegionBoundary.dataset), *_WITHOUT_SHAPES)
            .where(RegionBoundary.region_code == code)
            .order_by(RegionBoundary.superseded_at.desc().nulls_first(), RegionBoundary.id.desc())
        )
    )


_WITHOUT_SHAPES = (defer(RegionBoundary.area), defer(RegionBoundary.outline), defer(RegionBoundary.label_point))


def datasets(session: Session) -> list[Row[BoundaryDataset, int]]:
    """Datasets and how many current boundaries of regions each has, newest first."""
    in_use = func.count(RegionBoundary.id).filter(RegionBoundary.superseded_at.is_(None))
    return list(
        session.execute(
            select(BoundaryDataset, in_use)
            .outerjoin(RegionBoundary, RegionBoundary.dataset_id == BoundaryDataset.id)
            .group_by(BoundaryDataset.id)
            .order_by(BoundaryDataset.imported_at.desc(), BoundaryDataset.id.desc())
        )
    )


def attribution(session: Session) -> str:
    """Whose lines a map of ours shows: one text, plain, for the map's corner."""
    used = (RegionBoundary.dataset_id, RegionBoundary.superseded_at.is_(None)), (Country.dataset_id, true())
    said = session.scalars(
        select(BoundaryDataset.attribution)
        .where(or_(*(BoundaryDataset.id.in_(select(column).where(condition)) for column, condition in used)))
        .order_by(BoundaryDataset.approximate, BoundaryDataset.id)
    )
    return "; ".join(dict.fromkeys(said))


def data_version(session: Session) -> str:
    """Changes whenever any boundary does: for the ETag of layers."""
    newest, number = session.execute(select(func.max(BoundaryDataset.imported_at), func.max(BoundaryDataset.id))).one()
    return f"{number or 0}-{newest.timestamp() if isinstance(newest, datetime) else 0:.3f}"
