"""Boundary files as offices send them: GeoJSON, GeoPackage and zipped Shapefile, in the CRS they happen to have."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from pyproj import Transformer
from shapely import Geometry, box

from webapp.territory.services import DatasetFacts

FACTS = DatasetFacts("Batas uji", "Bagian Pemerintahan", "Milik daerah", "Pemkab Uji", "2018")


@dataclass(frozen=True)
class Area:
    """One row of a boundary file."""

    code: str | int | None
    name: str | None
    shape: Geometry | None
    level: str | None = None


def areas() -> list[Area]:
    """Province 97 with one kabupaten and two kecamatan side by side, at lon 105, lat -3."""
    west, east = box(105, -3, 105.1, -2.9), box(105.1, -3, 105.2, -2.9)
    whole = box(105, -3, 105.2, -2.9)
    return [
        Area("97", "Provinsi Baru", whole, "provinsi"),
        Area("97.01", "Kabupaten Baru", whole, "kabupaten"),
        Area("97.01.01", "Kecamatan Barat", west, "kecamatan"),
        Area("97.01.02", "Kecamatan Timur", east, "kecamatan"),
    ]


def changed(code: str, /, **changes: Any) -> list[Area]:
    """The usual areas, one of them changed."""
    return [replace(one, **changes) if one.code == code else one for one in areas()]


def in_crs(rows: Sequence[Area], epsg: int) -> list[Area]:
    """The same areas in other coordinates, x and y in the order files have them."""
    to = Transformer.from_crs(4326, epsg, always_xy=True)

    def moved(shape: Geometry) -> Geometry:
        dense = shapely.segmentize(shape, 0.01)  # a straight line is bent by a projection
        return shapely.transform(dense, lambda xy: np.column_stack(to.transform(xy[:, 0], xy[:, 1])))

    return [replace(one, shape=one.shape and moved(one.shape)) for one in rows]


def geojson(path: Path, rows: Sequence[Area], epsg: int = 4326) -> Path:
    """A FeatureCollection; coordinates as they are, even where they make no sense."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": one.code, "name": one.name, "level": one.level},
            "geometry": None if one.shape is None else json.loads(shapely.to_geojson(one.shape)),
        }
        for one in rows
    ]
    said = {} if epsg == 4326 else {"crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **said}))
    return path


def geopackage(path: Path, rows: Sequence[Area], epsg: int = 4326) -> Path:
    """A GeoPackage with one layer."""
    _write(path, rows, epsg, "GPKG")
    return path


def zipped_shapefile(path: Path, rows: Sequence[Area], epsg: int = 4326) -> Path:
    """A zip with the parts of one Shapefile in a folder."""
    _write(path.with_suffix(".shp"), rows, epsg, "ESRI Shapefile")
    with zipfile.ZipFile(path, "w") as archive:
        for part in path.parent.glob(f"{path.stem}.*"):
            if part != path:
                archive.write(part, f"batas/{part.name}")
    return path


def _write(path: Path, rows: Sequence[Area], epsg: int, driver: str) -> None:
    fields = ("code", "name", "level")
    pyogrio.raw.write(
        str(path),
        geometry=np.array([shapely.to_wkb(one.shape) for one in rows], dtype=object),
        field_data=[np.array([getattr(one, name) for one in rows], dtype=object) for name in fields],
        fields=fields,
        geometry_type="Polygon",
        crs=f"EPSG:{epsg}",
        driver=driver,
    )
