"""PostGIS in words, asked of a real PostGIS: two square kecamatan of one degree, side by side at the equator."""

from collections.abc import Iterator
from typing import Any

import pytest
from shapely import MultiPolygon, box
from sqlalchemy import Column, Connection, Index, Integer, MetaData, Table, Text, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.schema import CheckConstraint
from sqlalchemy.sql import ClauseElement, Executable, Select

from geo import sql
from geo.columns import area_type, on_earth, point_type, read_point, read_shape, stored_area, stored_point, valid_area
from geo.values import BBox, LonLat, metres_apart

metadata = MetaData()
region = Table(
    "uji_wilayah", metadata, Column("code", Text, primary_key=True), Column("area", area_type(), nullable=False)
)
spot = Table("uji_titik", metadata, Column("id", Integer, primary_key=True), Column("place", point_type()))
Index("ix_uji_titik_geografi", sql.as_geography(spot.c.place), postgresql_using="gist")
spot.append_constraint(CheckConstraint(on_earth("place"), name="place_in_range"))
region.append_constraint(CheckConstraint(valid_area("area"), name="area_is_valid"))

WEST, EAST = "99.01.01", "99.01.02"


class Explain(Executable, ClauseElement):
    """EXPLAIN of a select."""

    inherit_cache = False

    def __init__(self, asked: Select[Any]) -> None:
        self.asked = asked


@compiles(Explain)
def _explain(explain: Explain, compiler: Any, **kw: Any) -> str:
    return f"EXPLAIN {compiler.process(explain.asked, **kw)}"


@pytest.fixture
def square(session: Session) -> Iterator[Session]:
    """The two squares: west [100, 101] and east [101, 102], both from the equator to 1 north."""
    connection: Connection = session.connection()
    metadata.create_all(connection)
    areas = {WEST: box(100, 0, 101, 1), EAST: box(101, 0, 102, 1)}
    session.execute(insert(region), [{"code": c, "area": stored_area(a)} for c, a in areas.items()])
    yield session


def codes(session: Session, *conditions: object) -> set[str]:
    return set(session.scalars(select(region.c.code).where(*conditions)))  # type: ignore[arg-type]


def test_a_place_goes_in_and_comes_back_the_same(square: Session) -> None:
    there = LonLat(107.618612345678, -6.902512345678)
    square.execute(insert(spot).values(id=1, place=stored_point(there)))
    row = square.execute(select(spot.c.place, sql.lon_of(spot.c.place), sql.lat_of(spot.c.place))).one()
    assert read_point(row[0]) == there
    assert (row[1], row[2]) == (there.lon, there.lat)
    assert read_point(stored_point(there)) == there


def test_an_area_goes_in_and_comes_back_as_a_multipolygon(square: Session) -> None:
    stored = square.scalar(select(region.c.area).where(region.c.code == WEST))
    assert read_shape(stored).equals(MultiPolygon([box(100, 0, 101, 1)]))
    assert square.scalar(select(sql.area_km2(sql.drawn(box(100, 0, 101, 1))))) == pytest.approx(12_309, rel=0.001)


def test_a_literal_place_stands_alone(square: Session) -> None:
    assert square.scalar(select(sql.lon_of(sql.placed(LonLat(107.5, -6.9))))) == 107.5


def test_a_point_on_the_border_belongs_to_both(square: Session) -> None:
    assert codes(square, sql.covers(region.c.area, LonLat(101, 0.5))) == {WEST, EAST}
    assert codes(square, sql.covers(region.c.area, LonLat(100.5, 0.5))) == {WEST}
    assert codes(square, sql.covers(region.c.area, LonLat(99.5, 0.5))) == set()


def test_candidates_are_those_within_so_many_metres(square: Session) -> None:
    near_border = LonLat(100.999, 0.5)  # 111 m west of it
    assert codes(square, sql.within_metres(region.c.area, near_border, 150)) == {WEST, EAST}
    assert codes(square, sql.within_metres(region.c.area, near_border, 100)) == {WEST}
    distance = square.scalar(select(sql.metres_between(region.c.area, near_border)).where(region.c.code == EAST))
    assert distance == pytest.approx(111.3, abs=0.2)


def test_our_own_distance_agrees_with_the_databases(square: Session) -> None:
    a, b = LonLat(107.6186, -6.9025), LonLat(107.9, -7.2)
    assert square.scalar(select(sql.metres_between(a, b))) == pytest.approx(metres_apart(a, b), rel=1e-5)


@pytest.mark.parametrize("place", [LonLat(179.9999, 0.5), LonLat(120, 89.9999), LonLat(-180, -6)])
def test_the_box_test_never_hides_a_neighbour(square: Session, place: LonLat) -> None:
    known = {1: LonLat(-179.9999, 0.5), 2: LonLat(-60, 89.9999), 3: LonLat(180, -6)}
    square.execute(insert(spot), [{"id": n, "place": stored_point(at)} for n, at in known.items()])
    near = set(square.scalars(select(spot.c.id).where(sql.within_metres(spot.c.place, place, 100))))
    assert near == {n for n, at in known.items() if metres_apart(at, place) <= 100}
    assert len(near) == 1


def test_a_view_gets_what_touches_it(square: Session) -> None:
    assert codes(square, sql.touches_view(region.c.area, BBox(101.5, 0.5, 103, 2))) == {EAST}
    assert codes(square, sql.touches_view(region.c.area, BBox(110, 0, 111, 1))) == set()


def test_the_extent_of_rows_and_of_none(square: Session) -> None:
    assert BBox.maybe(*square.execute(select(*sql.extent_of(region.c.area))).one()) == BBox(100, 0, 102, 1)
    none = select(*sql.extent_of(region.c.area)).where(region.c.code == "98")
    assert BBox.maybe(*square.execute(none).one()) is None


def test_neighbours_touch_but_do_not_overlap_and_a_thief_does(square: Session) -> None:
    a, b = region.alias("a"), region.alias("b")
    pairs = select(a.c.code, b.c.code, sql.overlap_km2(a.c.area, b.c.area)).where(
        a.c.code < b.c.code, sql.interiors_meet(a.c.area, b.c.area)
    )
    assert square.execute(pairs).all() == []
    square.execute(insert(region).values(code="99.01.03", area=stored_area(box(101.9, 0, 103, 1))))
    ((left, right, km2),) = square.execute(pairs).all()
    assert (left, right) == (EAST, "99.01.03")
    assert km2 == pytest.approx(1_231, rel=0.01)


def test_a_name_stands_inside_its_area(square: Session) -> None:
    point = sql.label_point(region.c.area)
    assert set(square.scalars(select(sql.covers(region.c.area, point)))) == {True}


def test_geojson_is_short_and_a_thinner_outline_still_an_area(square: Session) -> None:
    said = square.scalar(select(sql.as_geojson(sql.placed(LonLat(107.123456789, -6.987654321)), 4)))
    assert said == '{"type":"Point","coordinates":[107.1235,-6.9877]}'
    thin = square.scalar(select(sql.simplified(region.c.area, 0.01)).where(region.c.code == WEST))
    assert read_shape(thin).geom_type == "MultiPolygon"


def test_the_database_refuses_coordinates_that_are_no_degrees(square: Session) -> None:
    with pytest.raises(IntegrityError, match="place_in_range"):
        square.execute(text("INSERT INTO uji_titik VALUES (9, ST_SetSRID(ST_MakePoint(200, 95), 4326))"))


def test_the_database_refuses_a_bow_tie(square: Session) -> None:
    bow_tie = "MULTIPOLYGON(((100 0,101 1,101 0,100 1,100 0)))"
    with pytest.raises(IntegrityError, match="area_is_valid"):
        square.execute(text(f"INSERT INTO uji_wilayah VALUES ('98', ST_GeomFromText('{bow_tie}', 4326))"))


def test_looking_near_uses_the_index(square: Session) -> None:
    square.execute(
        text(
            "INSERT INTO uji_titik SELECT n, ST_SetSRID(ST_MakePoint(100 + (n % 200) / 100.0, (n / 200) / 100.0), 4326)"
            " FROM generate_series(1, 20000) n"
        )
    )
    square.execute(text("ANALYZE uji_titik"))
    near = select(spot.c.id).where(sql.within_metres(spot.c.place, LonLat(100.5, 0.5), 500))
    plan = "\n".join(square.scalars(Explain(near)))
    assert "uji_titik_geografi" in plan or "idx_uji_titik_place" in plan
