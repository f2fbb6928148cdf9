"""Boundary files made on the spot: a grid of made-up areas under the codes 99.*, in any format and CRS."""

import gzip
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from pyproj import Transformer
from shapely import Geometry, Polygon, box

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "boundaries"

Square = list[list[float]]


def ring(west: float, south: float, size: float = 0.1) -> Square:
    """A closed square ring, anticlockwise."""
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def grid(columns: int = 4, rows: int = 2, west: float = 107.0, south: float = -7.0) -> dict[str, Polygon]:
    """Squares of a tenth of a degree, edge to edge: 99.01.01, 99.01.02, …"""
    spots = [(x, y) for y in range(rows) for x in range(columns)]
    return {
        f"99.01.{n:02d}": box(west + x / 10, south + y / 10, west + (x + 1) / 10, south + (y + 1) / 10)
        for n, (x, y) in enumerate(spots, start=1)
    }


def feature(code: Any, geometry: Any, name: Any = "Kecamatan Uji") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry}


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def geojson(path: Path, features: list[Any], **members: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}), encoding="utf-8")
    return path


def packed(path: Path) -> Path:
    """The same file gzipped."""
    target = path.with_name(path.name + ".gz")
    target.write_bytes(gzip.compress(path.read_bytes()))
    return target


def written(path: Path, areas: Mapping[str, Geometry], crs: str, *, layer: str = "batas") -> Path:
    """Areas given in lon/lat as GeoPackage or Shapefile (by the suffix) in the stated CRS."""
    shapes = list(areas.values())
    change = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    shapes = [shapely.transform(s, lambda xy: np.column_stack(change.transform(*xy.T))) for s in shapes]
    codes = np.array(list(areas), dtype=object)
    names = np.array([f"Kecamatan {code}" for code in areas], dtype=object)
    driver = "GPKG" if path.suffix == ".gpkg" else "ESRI Shapefile"
    options: dict[str, Any] = {"layer": layer} if driver == "GPKG" else {}
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(shapes, dtype=object)), [codes, names], ["code", "name"],
        geometry_type="Polygon", crs=crs, driver=driver, append=path.exists(), **options,
    )  # fmt: skip
    return path


def zipped(shapefile: Path, *, under: str = "") -> Path:
    """A shapefile and what belongs to it in one zip."""
    target = shapefile.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(shapefile.parent.glob(f"{shapefile.stem}.*")):
            if part.suffix != ".zip":
                archive.write(part, under + part.name)
    return target
