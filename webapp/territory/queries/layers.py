"""Layers that maps fetch, as GeoJSON text: thinned to the zoom and cut to the view, so that none grows without end."""

import math
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from geo import layers, sql
from geo.values import BBox
from webapp.territory.models import BoundaryDataset, Country, Region, RegionBoundary
from webapp.territory.queries.regions import attribution
from webapp.territory.rules import LEVEL_LABELS, Level

MOST_FEATURES = 1_500
KABUPATEN_FROM, KECAMATAN_FROM = 7, 10  # zooms; a screen then holds a few hundred outlines at most
_PIXELS = 256


def basemap(session: Session, box: BBox, zoom: int) -> str:
    """Land and outlines within the box: countries around, provinces as land, outlines of the level the zoom allows.

    Properties: `kind` (foreign, land, outline), and for outlines `name` and `label` [lon, lat]. A box too wide for the
    zoom is answered as the zoom that fits it.
    """
    near = min(max(zoom, 0), _zoom_for(box))
    fine = _half_pixel(near)
    features = _countries(session, box, fine)
    features += _land(session, box, fine)
    features += _outlines(session, box, fine, near)
    return layers.collection(features, attribution=attribution(session))


def region_layer(session: Session, code: str, link: Callable[[str], str]) -> str:
    """The outline of one region. Properties as `children_layer`."""
    return _regions(session, Region.code == code, link)


def children_layer(session: Session, code: str | None, link: Callable[[str], str]) -> str:
    """The outlines of the regions directly below `code` (None: provinces).

    Properties: `code`, `name`, `facts` [[label, value]], `approximate`, `label` [lon, lat], `href` (`link(code)`).
    """
    return _regions(session, Region.parent_code == code, link)


def _regions(session: Session, which: ColumnElement[bool], link: Callable[[str], str]) -> str:
    point = RegionBoundary.label_point
    found = session.execute(
        _current(
            Region.code, Region.name, Region.level, BoundaryDataset.approximate, sql.lon_of(point), sql.lat_of(point),
            sql.as_geojson(RegionBoundary.outline, 4),
        ).where(which)
    )  # fmt: skip
    features = [
        layers.feature(
            shape,
            {
                "code": code, "name": name, "shade": 1, "approximate": approximate, "label": [lon, lat],
                "href": link(code), "facts": _facts(code, level, approximate),
            },
            fid=code,
        )
        for code, name, level, approximate, lon, lat, shape in found
    ]  # fmt: skip
    return layers.collection(features, attribution=attribution(session))


def _facts(code: str, level: str, approximate: bool) -> list[list[str]]:
    known = [[_("Kode"), code], [_("Tingkat"), str(LEVEL_LABELS[Level(level)])]]
    return [*known, [_("Batas"), _("batas perkiraan")]] if approximate else known


def _current(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(RegionBoundary)
        .join(Region, Region.code == RegionBoundary.region_code)
        .join(BoundaryDataset, BoundaryDataset.id == RegionBoundary.dataset_id)
        .where(RegionBoundary.superseded_at.is_(None))
        .order_by(Region.code)
        .limit(MOST_FEATURES)
    )


def _drawn(area: Any, box: BBox, fine: float) -> ColumnElement[str]:
    digits = 3 if fine > 0.01 else 5
    return sql.as_geojson(sql.simplified(sql.clipped(area, box), fine), digits)


def _countries(session: Session, box: BBox, fine: float) -> list[str]:
    found = session.execute(
        select(Country.name, _drawn(Country.area, box, fine)).where(sql.touches_view(Country.area, box))
    )
    return [layers.feature(shape, {"kind": "foreign", "name": name}) for name, shape in found if _shows(shape)]


def _land(session: Session, box: BBox, fine: float) -> list[str]:
    here = and_(Region.level == "provinsi", sql.touches_view(RegionBoundary.outline, box))
    found = session.execute(_current(_drawn(RegionBoundary.outline, box, fine)).where(here))
    return [layers.feature(shape, {"kind": "land"}) for (shape,) in found if _shows(shape)]


def _outlines(session: Session, box: BBox, fine: float, zoom: int) -> list[str]:
    wanted = ["provinsi"] if zoom < KABUPATEN_FROM else ["kabupaten", "kota"]
    wanted += ["kecamatan"] if zoom >= KECAMATAN_FROM else []
    point = RegionBoundary.label_point
    found = session.execute(
        _current(
            Region.name, Region.level, sql.lon_of(point), sql.lat_of(point), _drawn(RegionBoundary.outline, box, fine)
        ).where(Region.level.in_(wanted), sql.touches_view(RegionBoundary.outline, box))
    )
    return [
        layers.feature(shape, {"kind": "outline", "name": name, "level": level, "label": [lon, lat]})
        for name, level, lon, lat, shape in found
        if _shows(shape)
    ]


def _shows(shape: str | None) -> bool:
    """Whether anything is left of a shape after it was cut."""
    return shape is not None and '"coordinates":[]' not in shape


def _zoom_for(box: BBox) -> int:
    """The zoom at which a box this wide fills a very large screen (4,096 pixels)."""
    width = max(box.east - box.west, box.north - box.south, 1e-6)
    return max(0, math.floor(math.log2(360 * 16 / width)))


def _half_pixel(zoom: int) -> float:
    return 180 / float(_PIXELS * 2**zoom)
