"""Opening boundary files: what they are by content, never by name, and nothing opened that their content points at.

GeoJSON is read by ourselves, and the other two only after their magic is right and, for a zip, its members are copied
under names of ours: GDAL picks its driver by content, and some (VRT, STAC) open whatever path or URL a file holds.
"""

import gzip
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.boundaries import BadBoundaryFile, Limits
from geo.rings import BadShape, shape_of

PAGE = 2_000
_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NOT_AREAL = re.compile(r"None|.*(Point|LineString|Curve)\b.*")


@dataclass(frozen=True)
class RawLayer:
    """A layer as it stands in the file: rows of (attributes, shape or what is wrong with it), coordinates untouched."""

    count: int
    columns: tuple[str, ...]
    crs: CRS | None
    rows: Iterator[tuple[Mapping[str, Any], shapely.Geometry | BadShape | None]]


@contextmanager
def opened(path: Path, layer: str | None, limits: Limits) -> Iterator[RawLayer]:
    """The layer of a GeoJSON (also gzipped), GeoPackage or zipped Shapefile. Raises `BadBoundaryFile`."""
    if not path.is_file():
        raise BadBoundaryFile("file_missing", path.name)
    if path.stat().st_size > limits.file_bytes:
        raise BadBoundaryFile("file_too_big", f"{path.stat().st_size} > {limits.file_bytes}")
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(b"\x1f\x8b") or start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        yield _geojson(_text(path, start, limits), limits)
    elif start.startswith(b"SQLite format 3\x00"):
        _refuse_strange_tables(path)
        yield _by_gdal(path, layer, limits)
    elif start.startswith(b"PK\x03\x04"):
        with tempfile.TemporaryDirectory() as folder:
            yield _by_gdal(_unpacked(path, Path(folder), limits), None, limits)
    else:
        raise BadBoundaryFile("format_unknown", "GeoJSON, GeoPackage, Shapefile (.zip)")


def _text(path: Path, start: bytes, limits: Limits) -> bytes:
    if not start.startswith(b"\x1f\x8b"):
        return path.read_bytes()
    try:
        with gzip.open(path) as packed:
            text = packed.read(limits.file_bytes + 1)
    except (OSError, EOFError) as why:
        raise BadBoundaryFile("file_unreadable", str(why)) from why
    if len(text) > limits.file_bytes:
        raise BadBoundaryFile("file_too_big", f"unpacked > {limits.file_bytes}")
    return text


def _geojson(text: bytes, limits: Limits) -> RawLayer:
    try:
        data = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as why:
        raise BadBoundaryFile("file_unreadable", f"JSON: {str(why)[:120]}") from why
    return collection(data, limits)


def collection(data: Any, limits: Limits) -> RawLayer:
    """The layer of a parsed GeoJSON FeatureCollection. Raises `BadBoundaryFile` (format_unknown, too_many_features)."""
    features = data.get("features") if isinstance(data, dict) and data.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise BadBoundaryFile("format_unknown", "GeoJSON FeatureCollection")
    if len(features) > limits.features:
        raise BadBoundaryFile("too_many_features", f"{len(features)} > {limits.features}")
    columns = dict.fromkeys(key for feature in features for key in _mapping(feature.get("properties")))
    return RawLayer(len(features), tuple(columns), _geojson_crs(data.get("crs")), map(_geojson_row, features))


def _geojson_row(feature: Mapping[str, Any]) -> tuple[Mapping[str, Any], shapely.Geometry | BadShape | None]:
    return _mapping(feature.get("properties")), shape_of(feature.get("geometry"))


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _geojson_crs(member: object) -> CRS | None:
    """WGS 84 unless the old `crs` member names an EPSG code; a name we do not know is None. Nothing is looked up."""
    if member is None:
        return CRS.from_epsg(4326)
    name = str(_mapping(_mapping(member).get("properties")).get("name", ""))
    if re.fullmatch(r"urn:ogc:def:crs:OGC:[\d.]*:CRS84", name):
        return CRS.from_epsg(4326)
    epsg = re.fullmatch(r"(?:urn:ogc:def:crs:)?EPSG:[\d.]*:?(\d{4,6})", name)
    try:
        return CRS.from_epsg(int(epsg[1])) if epsg else None
    except CRSError:
        return None


def _refuse_strange_tables(path: Path) -> None:
    """A GeoPackage is a database: a virtual table in it could name another file."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            made = [str(sql or "") for (sql,) in db.execute("SELECT sql FROM sqlite_master")]
    except sqlite3.Error as why:
        raise BadBoundaryFile("file_unreadable", str(why)) from why
    virtual = [sql for sql in made if re.match(r"\s*create\s+virtual", sql, re.IGNORECASE)]
    if any(not re.search(r"using\s+rtree\b", sql, re.IGNORECASE) for sql in virtual):
        raise BadBoundaryFile("file_unreadable", "virtual table")
    if not any("gpkg_geometry_columns" in sql for sql in made):
        raise BadBoundaryFile("format_unknown", "SQLite, not GeoPackage")


def _unpacked(path: Path, folder: Path, limits: Limits) -> Path:
    """The one shapefile of a zip, copied under names of ours: nothing in the archive chooses a path."""
    try:
        with zipfile.ZipFile(path) as archive:
            layers = [name for name in archive.namelist() if name.lower().endswith(".shp")]
            if len(layers) != 1:
                raise BadBoundaryFile("layer_unclear", ", ".join(layers)[:200] or "no .shp")
            stem = layers[0][:-4]
            members = {i.filename.lower(): i for i in archive.infolist()}
            for suffix in _SHAPEFILE:
                if (member := members.get((stem + suffix).lower())) is not None:
                    _copied(archive, member, folder / f"layer{suffix}", limits)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as why:
        raise BadBoundaryFile("file_unreadable", f"zip: {str(why)[:120]}") from why
    if (folder / "layer.shp").read_bytes()[:4] != b"\x00\x00\x27\x0a":
        raise BadBoundaryFile("format_unknown", "not a shapefile")
    return folder / "layer.shp"


def _copied(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, limits: Limits) -> None:
    left = limits.file_bytes
    with archive.open(member) as source, target.open("wb") as out:
        while piece := source.read(min(1 << 20, left + 1)):
            left -= len(piece)
            if left < 0:
                raise BadBoundaryFile("file_too_big", f"{member.filename[:80]} > {limits.file_bytes}")
            out.write(piece)


def _by_gdal(path: Path, layer: str | None, limits: Limits) -> RawLayer:
    try:
        chosen = layer or _only_layer(path)
        info = pyogrio.read_info(path, layer=chosen, force_feature_count=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as why:
        raise BadBoundaryFile("file_unreadable", str(why)[:200].replace(str(path), path.name)) from why
    if info["features"] > limits.features:
        raise BadBoundaryFile("too_many_features", f"{info['features']} > {limits.features}")
    crs = _known_crs(info["crs"])
    return RawLayer(info["features"], tuple(info["fields"]), crs, _gdal_rows(path, chosen, info["features"]))


def _only_layer(path: Path) -> str:
    layers = [str(name) for name, kind in pyogrio.list_layers(path) if not _NOT_AREAL.fullmatch(str(kind))]
    if len(layers) != 1:
        raise BadBoundaryFile("layer_unclear", ", ".join(layers)[:200] or "no polygon layer")
    return layers[0]


def _known_crs(name: str | None) -> CRS | None:
    try:
        return CRS.from_user_input(name) if name else None
    except CRSError:
        return None


def _gdal_rows(
    path: Path, layer: str, count: int
) -> Iterator[tuple[Mapping[str, Any], shapely.Geometry | BadShape | None]]:
    for start in range(0, count, PAGE):
        try:
            meta, _, shapes, values = pyogrio.raw.read(path, layer=layer, skip_features=start, max_features=PAGE)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError, UnicodeDecodeError) as why:
            raise BadBoundaryFile("file_unreadable", str(why)[:200].replace(str(path), path.name)) from why
        for i, wkb in enumerate(shapes):
            yield dict(zip(meta["fields"], (column[i] for column in values), strict=True)), _from_wkb(wkb)


def _from_wkb(wkb: bytes | None) -> shapely.Geometry | BadShape | None:
    if wkb is None:
        return None
    try:
        return shapely.force_2d(shapely.from_wkb(wkb))
    except shapely.GEOSException as why:
        return BadShape("invalid_ring", str(why)[:120], None)
