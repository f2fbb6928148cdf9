"""A boundary file is taken row by row; what cannot be taken says why and where, and nothing it names is ever opened."""

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.boundaries import ANY_CODE, BadBoundaryFile, BoundaryRow, ColumnMapping, Limits, Refusal, RefusedRow
from geo.reading import Row, Rules, read, reading
from tests.geo.layers import REAL, feature, geojson, grid, packed, polygon, ring, written, zipped

BOW_TIE = [[107.0, -7.0], [107.1, -6.9], [107.1, -7.0], [107.0, -6.9], [107.0, -7.0]]


def rows(path: Path, rules: Rules | None = None, **columns: str) -> list[Row]:
    return list(read(path, ColumnMapping(**columns), rules or Rules()))


def taken(path: Path, rules: Rules | None = None) -> dict[str, BoundaryRow]:
    return {row.code: row for row in rows(path, rules) if isinstance(row, BoundaryRow)}


def refused(folder: Path, *features: Any, rules: Rules | None = None) -> list[RefusedRow]:
    path = geojson(folder / "uji.geojson", list(features))
    return [row for row in rows(path, rules) if isinstance(row, RefusedRow)]


def whole_file_refused(path: Path, rules: Rules | None = None) -> str:
    with pytest.raises(BadBoundaryFile) as why:
        rows(path, rules)
    return why.value.code


def same_ground(found: dict[str, BoundaryRow]) -> None:
    expected = grid()
    assert set(found) == set(expected)
    for code, area in expected.items():
        assert found[code].area.symmetric_difference(area).area < 1e-6 * area.area
        assert found[code].parent_code == "99.01"


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32748", "EPSG:3857", "EPSG:23830"])
@pytest.mark.parametrize("kind", [".gpkg", ".shp"])
def test_the_same_ground_comes_out_of_every_format_and_crs(tmp_path: Path, kind: str, crs: str) -> None:
    path = written(tmp_path / f"batas{kind}", grid(), crs)
    same_ground(taken(zipped(path, under="BATAS/") if kind == ".shp" else path))


@pytest.mark.parametrize("gzip", [False, True])
def test_geojson_is_read_packed_or_not(tmp_path: Path, gzip: bool) -> None:
    features = [feature(c, json.loads(shapely.to_geojson(a))) for c, a in grid().items()]
    path = geojson(tmp_path / "batas.geojson", features)
    same_ground(taken(packed(path) if gzip else path))


def test_the_old_crs_member_of_geojson_is_believed(tmp_path: Path) -> None:
    metres = shapely.transform(grid()["99.01.01"], lambda xy: xy * 0 + [[788_000, 9_225_000], [799_000, 9_225_000],
                               [799_000, 9_236_000], [788_000, 9_236_000], [788_000, 9_225_000]])  # fmt: skip
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32748"}}
    path = geojson(tmp_path / "utm.geojson", [feature("99.01.01", json.loads(shapely.to_geojson(metres)))], crs=named)
    west, south, east, north = taken(path)["99.01.01"].area.bounds
    assert 107.5 < west < east < 107.8
    assert -7.1 < south < north < -6.8


def test_the_number_of_rows_is_known_before_they_are_read(tmp_path: Path) -> None:
    with reading(written(tmp_path / "batas.gpkg", grid(), "EPSG:32748"), ColumnMapping()) as source:
        assert (source.count, source.crs, source.columns) == (8, "WGS 84 / UTM zone 48S", ("code", "name"))
        assert len(list(source.rows)) == 8


@pytest.mark.parametrize(
    ("geometry", "reason", "word"),
    [
        (None, Refusal.EMPTY_GEOMETRY, ""),
        (polygon(), Refusal.EMPTY_GEOMETRY, ""),
        ({"type": "MultiPolygon", "coordinates": []}, Refusal.EMPTY_GEOMETRY, ""),
        ({"type": "Point", "coordinates": [107, -7]}, Refusal.NOT_A_POLYGON, "Point"),
        ({"type": "GeometryCollection", "geometries": []}, Refusal.NOT_A_POLYGON, "GeometryCollection"),
        ("POLYGON((0 0))", Refusal.NOT_A_POLYGON, "str"),
        (polygon(ring(107, -7)[:-1]), Refusal.INVALID_RING, "not closed"),
        (polygon([[107, -7], [107.1, -7], [107, -7]]), Refusal.INVALID_RING, "fewer than four"),
        (polygon(BOW_TIE), Refusal.INVALID_RING, "Self-intersection"),
        (polygon([[107.0], [107.1], [107.1], [107.0]]), Refusal.INVALID_RING, "lon, lat"),
        (polygon([[107, -7, 1, 2]] * 4), Refusal.INVALID_RING, "lon, lat"),
        (polygon([["107", "-7"], ["107.1", "-7"], ["107.1", "-6.9"], ["107", "-7"]]), Refusal.INVALID_RING, "number"),
        (polygon([[True, False], [107.1, -7], [107.1, -6.9], [True, False]]), Refusal.INVALID_RING, "number"),
        (polygon([[107, -7], [107.1], [107.1, -6.9], [107, -7]]), Refusal.INVALID_RING, "dimension"),
        (polygon([[107, -7], [float("nan"), -7], [107.1, -6.9], [107, -7]]), Refusal.NOT_FINITE, "point 2"),
        (polygon([[107, -7], [10**400, -7], [107.1, -6.9], [107, -7]]), Refusal.INVALID_RING, ""),
        (polygon([[lat, lon] for lon, lat in ring(107, -7)]), Refusal.SWAPPED_AXES, "lat, lon"),
        (polygon(ring(788_000, 9_225_000, 1000)), Refusal.CRS_WRONG, "WGS 84"),
        (polygon(ring(126.9, 37.5)), Refusal.OUTSIDE_COUNTRY, "126.9"),
        (polygon(ring(-180, -80, 160)), Refusal.OUTSIDE_COUNTRY, ""),
        (polygon([[107, -7], [107.1, -7], [107.2, -7], [107, -7]]), Refusal.INVALID_RING, ""),
    ],
)
def test_a_damaged_geometry_is_refused_with_its_reason(
    tmp_path: Path, geometry: Any, reason: Refusal, word: str
) -> None:
    good = feature("99.01.02", polygon(ring(107.5, -7)))
    (row,) = refused(tmp_path, feature("99.01.01", geometry), good)
    assert (row.row, row.code, row.reason) == (1, "99.01.01", reason)
    assert word in row.detail
    assert set(taken(tmp_path / "uji.geojson")) == {"99.01.02"}


def test_a_bow_tie_names_the_point_where_it_crosses(tmp_path: Path) -> None:
    (row,) = refused(tmp_path, feature("99.01.01", polygon(BOW_TIE)))
    assert row.at == pytest.approx((107.05, -6.95))


def test_a_spike_without_area_is_mended_and_said(tmp_path: Path) -> None:
    spiked = [*ring(107, -7)[:3], [107.15, -6.85], *ring(107, -7)[2:]]
    row = taken(geojson(tmp_path / "duri.geojson", [feature("99.01.01", polygon(spiked))]))["99.01.01"]
    assert row.area.is_valid
    assert row.area.area == pytest.approx(0.01)
    assert row.repaired is not None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (None, Refusal.CODE_MISSING),
        ("  ", Refusal.CODE_MISSING),
        (32.73, Refusal.CODE_MALFORMED),  # a number has lost its zeros
        (3273, Refusal.CODE_MALFORMED),
        ("3273", Refusal.CODE_MALFORMED),
        ("32.73.1", Refusal.CODE_MALFORMED),
        ("32.73.01.1", Refusal.CODE_MALFORMED),
        ("32.73.01\n32", Refusal.CODE_MALFORMED),
        ("'; DROP TABLE region; --", Refusal.CODE_MALFORMED),
        ([1], Refusal.CODE_MALFORMED),
        ("99.01.02", Refusal.CODE_TWICE),
    ],
)
def test_a_code_that_is_not_kemendagris_is_refused(tmp_path: Path, code: Any, reason: Refusal) -> None:
    first = feature("99.01.02", polygon(ring(107.5, -7)))
    (row,) = refused(tmp_path, first, feature(code, polygon(ring(107, -7))))
    assert (row.row, row.reason) == (2, reason)


@pytest.mark.parametrize("code", ["99", "99.01", "99.01.01", "99.01.01.1001"])
def test_every_level_of_code_is_taken(tmp_path: Path, code: str) -> None:
    path = geojson(tmp_path / "a.geojson", [feature(code, polygon(ring(107, -7)))])
    row = taken(path)[code]
    assert row.parent_code == (code.rpartition(".")[0] or None)


def test_an_area_without_a_name_is_refused(tmp_path: Path) -> None:
    (row,) = refused(tmp_path, feature("99.01.01", polygon(ring(107, -7)), name=" "))
    assert row.reason is Refusal.NAME_MISSING


def test_areas_abroad_are_taken_where_they_are_asked_for(tmp_path: Path) -> None:
    path = geojson(tmp_path / "seoul.geojson", [feature("KR-11010", polygon(ring(126.9, 37.5)), "Jongno-gu")])
    assert set(taken(path, Rules(within=None, codes=ANY_CODE))) == {"KR-11010"}


def test_hostile_text_is_only_text(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>{{7*7}}${1}`"
    row = taken(geojson(tmp_path / "a.geojson", [feature("99.01.01", polygon(ring(107, -7)), name)]))["99.01.01"]
    assert row.name == name


def test_columns_can_be_named_otherwise_and_a_missing_one_lists_what_there_is(tmp_path: Path) -> None:
    odd = {"type": "Feature", "properties": {"KODE": "99.01.01", "NAMA": "A"}, "geometry": polygon(ring(107, -7))}
    path = geojson(tmp_path / "a.geojson", [odd])
    assert [type(row) for row in rows(path, code="KODE", name="NAMA")] == [BoundaryRow]
    with pytest.raises(BadBoundaryFile, match=r"column_missing: code, name \(has: KODE, NAMA\)"):
        rows(path)


def test_a_shapefile_that_does_not_say_its_crs_needs_to_be_told(tmp_path: Path) -> None:
    shapefile = written(tmp_path / "tanpa.shp", grid(), "EPSG:4326")
    shapefile.with_suffix(".prj").unlink()
    path = zipped(shapefile)
    assert whole_file_refused(path) == "crs_unknown"
    same_ground(taken(path, Rules(assume_crs="EPSG:4326")))
    assert whole_file_refused(path, Rules(assume_crs="bukan crs")) == "crs_unknown"


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": "http://localhost/crs"}},
        {"type": "name", "properties": {"name": "+proj=longlat +nadgrids=/etc/passwd"}},
        {"type": "name", "properties": {"name": "EPSG:999999"}},
        {"type": "name", "properties": ["EPSG:4326"]},
        "EPSG:4326",
    ],
)
def test_a_crs_that_points_elsewhere_is_not_followed(tmp_path: Path, crs: Any) -> None:
    path = geojson(tmp_path / "a.geojson", [feature("99.01.01", polygon(ring(107, -7)))], crs=crs)
    assert whole_file_refused(path) == "crs_unknown"


VRT = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "format_unknown"),
        (b"code,name\n1,2\n", "format_unknown"),
        (VRT.format("/etc/passwd").encode(), "format_unknown"),
        (b'{"type": "Topology", "objects": {}}', "format_unknown"),
        (b'{"type": "FeatureCollection", "features": [1]}', "format_unknown"),
        (b'{"type": "FeatureCollection", "features": ', "file_unreadable"),
        (b"{" + b'"a":[' * 200_000, "file_unreadable"),
        (b"\x1f\x8b broken", "file_unreadable"),
        (b"PK\x03\x04 broken", "file_unreadable"),
        (b"SQLite format 3\x00 broken", "file_unreadable"),
        (b'{"\xff": 1}', "file_unreadable"),
    ],
)
def test_a_file_that_is_something_else_is_refused_whatever_its_name(tmp_path: Path, content: bytes, code: str) -> None:
    for name in ("a.geojson", "a.gpkg", "a.zip", "a.vrt"):
        (tmp_path / name).write_bytes(content)
        assert whole_file_refused(tmp_path / name) == code


def test_a_missing_file_is_said_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(BadBoundaryFile, match=r"^file_missing: tidak-ada\.geojson$"):
        rows(tmp_path / "tidak-ada.geojson")


def test_a_zip_cannot_bring_a_file_that_points_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../batas.shp", VRT.format("/etc/passwd"))
        archive.writestr("../../batas.dbf", "x")
    assert whole_file_refused(path) == "format_unknown"
    assert not (tmp_path.parent.parent / "batas.shp").exists()


def test_a_zip_with_two_layers_or_none_asks_which(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("baca.txt", "x")
    assert whole_file_refused(path) == "layer_unclear"


def test_a_geopackage_with_a_virtual_table_is_not_opened(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", grid(), "EPSG:4326")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA writable_schema=ON")
        made = "CREATE VIRTUAL TABLE jahat USING VirtualText('/etc/passwd')"
        db.execute("INSERT INTO sqlite_master VALUES ('table', 'jahat', 'jahat', 0, ?)", (made,))
        db.commit()
    assert whole_file_refused(path) == "file_unreadable"


def test_a_geopackage_with_two_layers_asks_which(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", grid(), "EPSG:4326", layer="kecamatan")
    written(path, grid(1, 1, 120, -3), "EPSG:4326", layer="desa")
    with pytest.raises(BadBoundaryFile, match=r"layer_unclear: .*kecamatan"):
        rows(path)
    assert len(taken(path, Rules(layer="desa"))) == 1


def test_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", [feature(c, json.loads(shapely.to_geojson(a))) for c, a in grid().items()])
    assert whole_file_refused(path, Rules(limits=Limits(file_bytes=100))) == "file_too_big"
    assert whole_file_refused(packed(path), Rules(limits=Limits(file_bytes=1000))) == "file_too_big"
    assert whole_file_refused(path, Rules(limits=Limits(features=7))) == "too_many_features"
    assert whole_file_refused(path, Rules(limits=Limits(vertices=20))) == "too_many_vertices"
    gpkg = written(tmp_path / "a.gpkg", grid(), "EPSG:4326")
    assert whole_file_refused(gpkg, Rules(limits=Limits(features=7))) == "too_many_features"


def test_one_huge_area_is_refused_alone(tmp_path: Path) -> None:
    angles = np.linspace(0, 2 * np.pi, 2000)
    round_one = np.column_stack([107 + np.cos(angles) / 10, -7 + np.sin(angles) / 10])
    round_one[-1] = round_one[0]
    (row,) = refused(
        tmp_path,
        feature("99.01.01", polygon(round_one.tolist())),
        feature("99.01.02", polygon(ring(107.5, -7))),
        rules=Rules(limits=Limits(vertices_each=1000)),
    )
    assert (row.code, row.reason) == ("99.01.01", Refusal.TOO_MANY_VERTICES)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
_shapes = st.fixed_dictionaries({"type": st.sampled_from(["Polygon", "MultiPolygon", "Point"]), "coordinates": _json})


@settings(max_examples=150, deadline=None)
@given(geometries=st.lists(st.one_of(_json, _shapes), max_size=4), code=_json, properties=_json)
def test_whatever_stands_in_a_file_every_row_gets_an_answer(
    tmp_path_factory: pytest.TempPathFactory, geometries: list[Any], code: Any, properties: Any
) -> None:
    path = tmp_path_factory.getbasetemp() / "acak.geojson"
    odd = {"type": "Feature", "properties": properties, "geometry": None}
    geojson(path, [odd, *(feature(code, geometry) for geometry in geometries), feature("99", None)])
    assert len(rows(path)) == len(geometries) + 2


def test_the_real_layers_or_a_grid_of_our_own_are_taken_whole(tmp_path: Path) -> None:
    """On a machine that has the real layers beside the checkout, those; anywhere else a grid under 99.*."""
    if REAL.is_dir():
        found = taken(REAL / "fokus_kecamatan.geojson")
        assert len(found) == 95
        assert {code[:5] for code in found} == {"32.73", "32.04", "16.02", "13.10", "19.02"}
        assert len(taken(REAL / "fokus_desa.geojson.gz")) == 859
        assert len(taken(REAL / "seoul_gu.geojson", Rules(within=None, codes=ANY_CODE))) == 25
    else:
        found = taken(written(tmp_path / "grid.gpkg", grid(8, 10), "EPSG:32748"))
        assert len(found) == 80
    assert all(row.area.is_valid for row in found.values())
