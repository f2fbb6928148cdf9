"""Outlines of regions for a layer, where they come from, and how to tell that nothing has changed."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from geo import sql
from geo.values import LonLat
from webapp.evidence import queries as evidence
from webapp.territory.models import BoundaryDataset, RegionBoundary


@dataclass(frozen=True)
class Shape:
    """A region's simplified outline as GeoJSON text, and where its name may stand."""

    geometry: str
    label: LonLat
    approximate: bool
    attribution: str


# By level, provinces first: what is left out of an outline (degrees) and its decimals. The country is looked at from
# afar, and its provinces would weigh 200 kB.
_DETAIL = ((0.01, 3), (0.0, 3), (0.0, 4), (0.0, 5))


def shapes(session: Session, codes: Collection[str], depth: int) -> dict[str, Shape]:
    """Current outlines by region code, as fine as regions of that level need them; without a boundary: missing."""
    boundary, (coarse, digits) = RegionBoundary, _DETAIL[depth]
    outline = sql.simplified(boundary.outline, coarse) if coarse else boundary.outline
    rows = session.execute(
        select(
            boundary.region_code, sql.as_geojson(outline, digits), sql.lon_of(boundary.label_point),
            sql.lat_of(boundary.label_point), BoundaryDataset.approximate, BoundaryDataset.attribution,
        )
        .join(BoundaryDataset, BoundaryDataset.id == boundary.dataset_id)
        .where(boundary.region_code.in_(codes), boundary.superseded_at.is_(None))
    )  # fmt: skip
    return {
        code: Shape(drawn, LonLat(lon, lat), approximate, attribution)
        for code, drawn, lon, lat, approximate, attribution in rows
    }


def sources(session: Session, codes: Collection[str]) -> list[BoundaryDataset]:
    """The datasets the current boundaries of these regions come from."""
    used = select(RegionBoundary.dataset_id).where(
        RegionBoundary.region_code.in_(codes), RegionBoundary.superseded_at.is_(None)
    )
    return list(
        session.scalars(select(BoundaryDataset).where(BoundaryDataset.id.in_(used)).order_by(BoundaryDataset.id))
    )


def data_version(session: Session) -> str:
    """Changes with every change of a case or a boundary."""
    borders = select(
        func.count(), func.coalesce(func.max(RegionBoundary.id), 0), func.count(RegionBoundary.superseded_at)
    ).subquery()
    cases = evidence.data_version().subquery()
    return "-".join(str(value) for value in session.execute(select(cases, borders).join(borders, true())).one())


def case_version(session: Session) -> int:
    """Changes with every change of a case: for what shows no boundary."""
    return int(session.scalar(evidence.data_version()) or 0)
