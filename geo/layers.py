"""GeoJSON answers for the layers a map fetches: geometry text from the database, properties escaped by `json`."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from geo.values import LonLat


def feature(geometry: str | LonLat | None, properties: Mapping[str, Any], fid: int | str | None = None) -> str:
    """One GeoJSON feature as text. `geometry` is what `geo.sql.as_geojson` gave, a point, or None.

    Properties must be JSON values; raises ValueError for NaN and infinities, which are not JSON.
    """
    if isinstance(geometry, LonLat):
        geometry = json.dumps({"type": "Point", "coordinates": [geometry.lon, geometry.lat]}, allow_nan=False)
    known = "" if fid is None else f'"id":{json.dumps(fid)},'
    return f'{{"type":"Feature",{known}"geometry":{geometry or "null"},"properties":{_json(properties)}}}'


def collection(features: Iterable[str], **members: Any) -> str:
    """A FeatureCollection as text; `members` stand beside the features (e.g. `without_place=3` for the map's note)."""
    extra = "".join(f",{_json(name)}:{_json(value)}" for name, value in members.items())
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]{extra}}}'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
