"""Column types for models and the way of values in and out of them, so that no model needs to know geoalchemy2."""

from geoalchemy2 import Geometry
from geoalchemy2.elements import WKBElement, WKTElement
from geoalchemy2.shape import to_shape
from shapely import Geometry as Shape
from shapely import MultiPolygon, Polygon, to_wkb

from geo.values import LonLat

SRID = 4326


def point_type() -> Geometry:
    """Type of a column of points that are searched by place. A new one each time: a column writes into its type."""
    return Geometry("POINT", srid=SRID)


def witness_type() -> Geometry:
    """Type of a column of points that are kept and shown, never searched by place: it gets no index."""
    return Geometry("POINT", srid=SRID, spatial_index=False)


def area_type() -> Geometry:
    """Type of a column of areas."""
    return Geometry("MULTIPOLYGON", srid=SRID)


def on_earth(column: str) -> str:
    """Text of a CHECK: the point's degrees are in range. Geography would silently turn a longitude of 200 into -160."""
    return f"{column} IS NULL OR (ST_X({column}) BETWEEN -180 AND 180 AND ST_Y({column}) BETWEEN -90 AND 90)"


def valid_area(column: str) -> str:
    """Text of a CHECK: the area is valid by the OGC's rules."""
    return f"ST_IsValid({column})"


def stored_point(place: LonLat) -> WKTElement:
    """What to assign to a `point_type` or `witness_type` attribute."""
    return WKTElement(f"POINT({place.lon!r} {place.lat!r})", srid=SRID)


def stored_area(area: Polygon | MultiPolygon) -> WKBElement:
    """What to assign to an `area_type` attribute; a polygon becomes a multipolygon of one."""
    whole = area if isinstance(area, MultiPolygon) else MultiPolygon([area])
    return WKBElement(to_wkb(whole, output_dimension=2), srid=SRID)


def read_point(value: WKBElement | WKTElement) -> LonLat:
    """The place in a `point_type` or `witness_type` attribute, as loaded or as just assigned."""
    x, y = read_shape(value).coords[0][:2]
    return LonLat(x, y)


def read_shape(value: WKBElement | WKTElement) -> Shape:
    """The shapely geometry in an attribute, lon/lat."""
    return to_shape(value)
