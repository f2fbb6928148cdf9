"""PostGIS in words: columns in, SQLAlchemy clauses out. Every `ST_` of the product is here or in a migration.

Geometry is EPSG:4326 lon/lat; distances are metres and areas km² on the spheroid (geography). Needs PostGIS 3.3.
"""

from collections.abc import Sequence
from typing import Any

from geoalchemy2 import Geometry
from shapely import MultiPolygon, Polygon
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Float,
    LargeBinary,
    Select,
    SQLColumnExpression,
    String,
    Subquery,
    TableValuedAlias,
    and_,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.types import UserDefinedType

from geo.columns import SRID, area_type, point_type, stored_area, stored_point
from geo.tiles import Span, Tile
from geo.values import BBox, LonLat

TILE_STEPS = 4096  # of a vector tile's side
_MERCATOR, _MERCATOR_END = 3857, 85.0511  # as numbers: a name would be looked up for every row

Geom = SQLColumnExpression[Any]
Spot = LonLat | Geom


class _Geography(UserDefinedType[Any]):
    """`geography` without a type modifier: with one, PostgreSQL would not recognise the index on the cast."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "geography"


def placed(place: LonLat) -> ColumnElement[Any]:
    """The point as a typed literal, usable outside a comparison with a column as well."""
    return literal(stored_point(place), point_type())


def drawn(area: Polygon | MultiPolygon) -> ColumnElement[Any]:
    """The area as a typed literal."""
    return literal(stored_area(area), area_type())


def boxed(box: BBox) -> ColumnElement[Any]:
    """The box as a rectangle."""
    return func.ST_MakeEnvelope(box.west, box.south, box.east, box.north, SRID, type_=Geometry(srid=SRID))


def as_geography(column: Geom) -> ColumnElement[Any]:
    """`column::geography`, also for an index: `Index(name, as_geography(column), postgresql_using="gist")`."""
    return cast(column, _Geography())


def within_metres(column: Geom, place: LonLat, metres: float) -> ColumnElement[bool]:
    """Whether the geometry comes within `metres` of the place. A box test first: a plain GiST index serves it."""
    near = func.ST_DWithin(as_geography(column), as_geography(placed(place)), metres, type_=Boolean)
    return and_(touches_view(column, BBox.around(place, metres)), near)


def metres_between(a: Spot, b: Spot) -> ColumnElement[float]:
    """Shortest distance in metres; 0 where one covers the other."""
    return func.ST_Distance(as_geography(_clause(a)), as_geography(_clause(b)), type_=Float)


def covers(area: Geom, place: Spot) -> ColumnElement[bool]:
    """Whether the area covers the place; a point on a border belongs to both sides."""
    return func.ST_Covers(area, _clause(place), type_=Boolean)


def touches_view(column: Geom, box: BBox) -> ColumnElement[bool]:
    """Whether the geometry's own box meets this one. By index."""
    return column.op("&&", is_comparison=True)(boxed(box))


def in_spans(column: SQLColumnExpression[Any], spans: Sequence[Span]) -> ColumnElement[bool]:
    """Whether a quad (`geo.tiles`) lies in one of the ranges. By an ordinary index, also under row-level security."""
    return or_(false(), *(and_(column >= span.first, column < span.end) for span in spans))


def ranges(spans: Sequence[Span]) -> TableValuedAlias:
    """The ranges as rows, `first` and `beyond`: to look each of them up by itself."""
    firsts, ends = (
        literal(list(side), ARRAY(BigInteger)) for side in zip(*((s.first, s.end) for s in spans), strict=True)
    )
    return func.unnest(firsts, ends).table_valued("first", "beyond").render_derived(name="span")


def middle_of_cell(quad: ColumnElement[int], steps: int) -> tuple[ColumnElement[float], ColumnElement[float]]:
    """Longitude and latitude of the middle of a cell that is `steps` halvings coarser than the finest (`geo.tiles`)."""
    finest = quad * literal_column(str(4**steps), BigInteger) + literal_column(str(3 * 4**steps // 4), BigInteger)
    return func.quad_lon(finest, type_=Float), func.quad_lat(finest, type_=Float)


def point_at(lon: ColumnElement[Any], lat: ColumnElement[Any]) -> ColumnElement[Any]:
    """A point of two columns of degrees, drawn back into the square of web maps where it lies beyond it."""
    inside = func.greatest(-_MERCATOR_END, func.least(_MERCATOR_END, cast(lat, Float)))
    return func.ST_SetSRID(func.ST_MakePoint(cast(lon, Float), inside), SRID, type_=Geometry(srid=SRID))


def in_tile(place: Geom, tile: Tile, beyond: int = 0) -> ColumnElement[Any]:
    """The point in the tile's own steps, for `as_tile`; NULL where it lies more than `beyond` steps outside."""
    envelope = func.ST_TileEnvelope(tile.zoom, tile.column, tile.row)
    return func.ST_AsMVTGeom(func.ST_Transform(place, _MERCATOR), envelope, TILE_STEPS, beyond, true())


def as_tile(rows: Subquery, layer: str, number: str | None = None) -> Select[Any]:
    """Rows with a column `geometry` of `in_tile` as one layer of a vector tile; `number`: the column of feature ids."""
    told = [number] if number else []
    return select(func.ST_AsMVT(rows.table_valued(), layer, TILE_STEPS, "geometry", *told, type_=LargeBinary))


def boxes_meet(a: Geom, b: Geom) -> ColumnElement[bool]:
    """Whether the boxes of two geometries meet. By index; the cheap test before `overlap_km2`."""
    return a.op("&&", is_comparison=True)(b)


def interiors_meet(a: Geom, b: Geom) -> ColumnElement[bool]:
    """Whether two areas share more than a border."""
    return and_(boxes_meet(a, b), func.ST_Relate(a, b, "2********", type_=Boolean))


def overlap_km2(a: Geom, b: Geom) -> ColumnElement[float]:
    """The area two geometries share, in km²."""
    return area_km2(func.ST_Intersection(a, b, type_=Geometry(srid=SRID)))


def area_km2(column: Geom) -> ColumnElement[float]:
    """Area on the spheroid in km²."""
    square_metres: ColumnElement[float] = func.ST_Area(as_geography(column), type_=Float)
    return type_coerce(square_metres / 1_000_000, Float)


def lon_of(column: Geom) -> ColumnElement[float]:
    """Longitude of a point, degrees."""
    return func.ST_X(column, type_=Float)


def lat_of(column: Geom) -> ColumnElement[float]:
    """Latitude of a point, degrees."""
    return func.ST_Y(column, type_=Float)


def label_point(area: Geom) -> ColumnElement[Any]:
    """A point that lies inside the area for certain: where its name may stand."""
    return func.ST_PointOnSurface(area, type_=point_type())


def simplified(area: Geom, degrees: float) -> ColumnElement[Any]:
    """The area with fewer vertices, moved by at most `degrees`; valid, but neighbours may part (see `geo.cleaning`)."""
    return func.ST_Multi(func.ST_SimplifyPreserveTopology(area, degrees), type_=area_type())


def clipped(area: Geom, box: BBox) -> ColumnElement[Any]:
    """The part of the area inside the box, for drawing: quick and planar; may be empty, or untidy at the box's edge."""
    return func.ST_CollectionExtract(func.ST_ClipByBox2D(area, boxed(box)), 3, type_=Geometry(srid=SRID))


def extent_of(column: Geom) -> tuple[ColumnElement[float], ...]:
    """West, south, east, north over all rows: `BBox.maybe(*session.execute(select(*extent_of(c))).one())`."""
    ends = (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)
    west, south, east, north = (end(column, type_=Float) for end in ends)
    return (func.min(west), func.min(south), func.max(east), func.max(north))


def as_geojson(column: Geom, digits: int = 5) -> ColumnElement[str]:
    """The GeoJSON geometry as text (5 digits are about a metre), for `geo.layers.feature`."""
    return func.ST_AsGeoJSON(column, digits, type_=String)


def _clause(spot: Spot) -> Geom:
    return placed(spot) if isinstance(spot, LonLat) else spot
