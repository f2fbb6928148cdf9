"""Boundaries as nobody should draw them: each refused before anything is kept, naming the point in degrees."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from tests.corpus import Answer, Case, Proof
from tests.corpus.house import House, Person

ADDRESS = "/wilayah/impor"
FACTS = {
    "name": "Batas uji", "source": "tests", "licence": "-", "attribution": "Uji", "vintage": "2018",
    "code_column": "code", "name_column": "name",
}  # fmt: skip
Points = list[Any]
# A square of the grid of `tests.factories`, degrees lon, lat: 99.01.01.
SQUARE: Points = [[100.0, -2.0], [100.1, -2.0], [100.1, -1.9], [100.0, -1.9], [100.0, -2.0]]


def feature(geometry: Any, code: Any = "99.01.01", name: Any = "Kecamatan Satu") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry}


def polygon(*rings: Points) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def collection(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def sent(name: str, build: Callable[[], bytes], status: int, code: str | None = None, *proofs: Proof) -> Case:
    def send(person: Person) -> Answer:
        return person.upload(ADDRESS, ("batas.geojson", build()), **FACTS)

    return Case("GeoJSON", name, send, status, code, proofs=proofs)


def drawn(name: str, geometry: Any, code: str = "geometry_invalid", *proofs: Proof) -> Case:
    """One region of that shape beside a good one: the whole file is refused."""
    good = feature(polygon(SQUARE), "99.01.02", "Kecamatan Dua")
    return sent(name, lambda: collection(feature(geometry), good), 422, code, *proofs)


def says(*words: str) -> Proof:
    def look(_house: House, answer: Answer) -> None:
        assert all(word in answer.message for word in words), answer.message

    return look


def rehearsed(house: House, answer: Answer) -> None:
    assert answer.headers["Location"] == "/wilayah/impor/periksa"
    page = house.indonesian.client.get("/wilayah/impor/periksa")
    assert page.status_code == 200 and "Impor sekarang" in page.text


def moved(dx: float, dy: float, scale: float = 1.0) -> Points:
    return [[x * scale + dx, y * scale + dy] for x, y in SQUARE]


def spelled(value: str) -> Callable[[], bytes]:
    """A coordinate that Python would not write."""
    return lambda: collection(feature(polygon([["@", -2.0], *SQUARE[1:]]))).replace(b'"@"', value.encode())


def nested(depth: int) -> bytes:
    text = b"[" * depth + b"]" * depth
    return collection(feature({"type": "Polygon", "coordinates": "@"})).replace(b'"@"', text)


def many_vertices() -> bytes:
    step = 0.1 / 50_000
    line = [[round(100 + step * n, 7), -2.0] for n in range(50_000)]
    part = [*line, [100.1, -1.9], [100.0, -1.9], [100.0, -2.0]]
    return collection(*(feature(polygon(part), f"99.01.0{n}") for n in range(1, 5)))


def many_features() -> bytes:
    return b'{"type":"FeatureCollection","features":[' + b",".join([b'{"properties":{}}'] * 100_000) + b"]}"


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("batas.geojson", collection(feature(polygon(SQUARE))))
    return packed.getvalue()


WHOLE = collection(feature(polygon(SQUARE)))
WORLD: Points = [[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]
EPSG = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32748"}}
STRANGE_CRS = {"type": "name", "properties": {"name": "/etc/passwd"}}
LINKED_CRS = {"type": "link", "properties": {"href": "http://contoh.id/crs"}}

CASES = [
    sent("one good square", lambda: WHOLE, 303, None, rehearsed),
    sent("a byte order mark", lambda: b"\xef\xbb\xbf" + WHOLE, 303, None, rehearsed),
    sent("heights beside the places", lambda: collection(feature(polygon([[*p, 12.5] for p in SQUARE]))), 303),
    sent("a parent nobody knows", lambda: collection(feature(polygon(SQUARE), "98.01.01")), 303),
    drawn(
        "a bow-tie",
        polygon([[100, -2], [100.1, -1.9], [100.1, -2], [100, -1.9], [100, -2]]),
        "geometry_invalid",
        says("99.01.01", "1,95000° LS", "100,05000° BT"),
    ),
    drawn("an unclosed ring", polygon(SQUARE[:-1]), "geometry_invalid", says("2,00000° LS, 100,00000° BT")),
    drawn(
        "a spike",
        polygon([[100, -2], [100.1, -2], [100.1, -1.9], [100.1, -1.5], [100.1, -1.9], [100, -1.9], [100, -2]]),
        "geometry_invalid",
        says("° LS", "° BT"),
    ),
    drawn("a hole outside", polygon(SQUARE, moved(0.5, 0)), "geometry_invalid", says("° LS", "° BT")),
    drawn("a hole as large as the shell", polygon(SQUARE, SQUARE)),
    drawn("two parts on one another", {"type": "MultiPolygon", "coordinates": [[SQUARE], [moved(0.05, 0)]]}),
    drawn("no area", polygon([[100, -2], [100.1, -2], [100, -2], [100, -2]])),
    drawn("one point four times", polygon([[100, -2]] * 4)),
    drawn("three points", polygon([[100, -2], [100.1, -2], [100, -2]]), "geometry_invalid", says("2,00000° LS")),
    drawn("one number a point", polygon([[100], [100.1], [100.2], [100]]), "geometry_invalid", says("titik 1")),
    drawn("four numbers a point", polygon([[*p, 0, 0] for p in SQUARE]), "geometry_invalid", says("cincin 1 titik 1")),
    drawn("now two, now three numbers", polygon([[*SQUARE[0], 1], *SQUARE[1:]])),
    drawn("texts", polygon([["100", "-2"], *SQUARE[1:]]), "geometry_invalid", says("cincin 1 titik 1")),
    drawn("truth", polygon([*SQUARE[:2], [True, False], *SQUARE[2:]]), "geometry_invalid", says("cincin 1 titik 3")),
    drawn("nothing as a number", polygon([[None, -2], *SQUARE[1:]])),
    drawn("an object as a point", polygon([{"lon": 100}, *SQUARE[1:]])),
    drawn("a number as coordinates", {"type": "Polygon", "coordinates": 7}),
    drawn("no coordinates", {"type": "Polygon", "coordinates": []}),
    drawn("an empty ring", polygon([])),
    drawn("no geometry", None),
    drawn("a text as geometry", "POLYGON((100 -2,100 -1,101 -1,100 -2))"),
    drawn("a point", {"type": "Point", "coordinates": [100, -2]}),
    drawn("a line", {"type": "LineString", "coordinates": SQUARE}),
    drawn("a collection of shapes", {"type": "GeometryCollection", "geometries": [polygon(SQUARE)]}),
    drawn("swapped axes", polygon([[y, x] for x, y in SQUARE]), "coordinates_out_of_range", says("tertukar")),
    drawn("metres", polygon([[x * 111_000, y * 111_000 + 1e7] for x, y in SQUARE]), "coordinates_out_of_range"),
    drawn("a longitude of 181", polygon(moved(81, 0)), "coordinates_out_of_range"),
    drawn("a number of 400 digits", polygon([[10**99, -2], *SQUARE[1:-1], [10**99, -2]]), "coordinates_out_of_range"),
    drawn(
        "across the antimeridian", polygon([[179, -2], [-179, -2], [-179, -1], [179, -1], [179, -2]]), "outside_country"
    ),
    drawn("the whole world", polygon(WORLD), "outside_country"),
    drawn("another country", polygon(moved(27, 39)), "outside_country"),
    drawn("the null island", polygon(moved(-100, 2)), "outside_country"),
    sent("another CRS", lambda: collection(feature(polygon(SQUARE)), crs=EPSG), 422, "crs_not_supported"),
    sent(
        "a CRS that is a path", lambda: collection(feature(polygon(SQUARE)), crs=STRANGE_CRS), 422, "crs_not_supported"
    ),
    sent("a CRS elsewhere", lambda: collection(feature(polygon(SQUARE)), crs=LINKED_CRS), 422, "crs_not_supported"),
    sent("NaN", spelled("NaN"), 400, "json_invalid"),
    sent("Infinity", spelled("Infinity"), 400, "json_invalid"),
    sent("1e999", spelled("1e999"), 422, "geometry_invalid"),
    sent("a number of 5,000 digits", spelled("1" * 5_000), 400, "json_invalid"),
    sent(
        "a key twice",
        lambda: WHOLE.replace(b'"type": "Polygon"', b'"type": "Polygon", "type": "Point"'),
        400,
        "json_invalid",
    ),
    sent("cut", lambda: WHOLE[:-20], 400, "json_invalid"),
    sent("bad UTF-8", lambda: WHOLE.replace(b"Satu", b"Sat\xfc"), 400, "json_invalid"),
    sent("nested 2,000 deep", lambda: nested(2_000), 400, "json_invalid"),
    sent("nested 400,000 deep", lambda: nested(400_000), 400, "json_invalid"),
    sent("nested 40 deep", lambda: nested(40), 422, "geometry_invalid"),
    sent("200,012 vertices", many_vertices, 413, "file_too_large"),
    sent("100,000 features", many_features, 413, "file_too_large"),
    sent(
        "3,000,000 empty lists", lambda: nested(2)[:-1] + b',"x":[' + b"[]," * 3_000_000 + b"1]}", 413, "file_too_large"
    ),
    sent("21 MB of blanks", lambda: WHOLE + b" " * 21 * 1024 * 1024, 413, "file_too_large"),
    sent("no bytes", bytes, 422, "empty_file"),
    sent("a zip", zipped, 415, "type_not_allowed"),
    sent("gzip", lambda: gzip.compress(WHOLE), 415, "type_not_allowed"),
    sent("a database", lambda: b"SQLite format 3\x00" + bytes(100), 415, "type_not_allowed"),
    sent(
        "a VRT that names another file",
        lambda: b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>",
        415,
        "type_not_allowed",
    ),
    sent("one feature alone", lambda: json.dumps(feature(polygon(SQUARE))).encode(), 422, "boundary_file_refused"),
    sent("no features", lambda: collection(), 422, "nothing_to_import"),
    sent("features that are none", lambda: collection(1, "a", None), 422, "boundary_file_refused"),
    sent("no column of that name", lambda: WHOLE.replace(b'"code"', b'"kode"'), 422, "boundary_file_refused"),
    sent("a column of half a pair", lambda: WHOLE.replace(b'"code"', b'"\\ud800"'), 422, "boundary_file_refused"),
    sent("NUL in a name", lambda: collection(feature(polygon(SQUARE), name="a\x00b")), 422, "text_invalid"),
    sent("half a pair in a name", lambda: WHOLE.replace(b"Satu", b"\\ud800"), 422, "text_invalid"),
    sent(
        "a name of 10,000 letters", lambda: collection(feature(polygon(SQUARE), name="a" * 10_000)), 422, "text_invalid"
    ),
    sent("a code that is a number", lambda: collection(feature(polygon(SQUARE), code=99.01)), 303),
    sent("a code in other digits", lambda: collection(feature(polygon(SQUARE), code="٩٩.٠١")), 303),
    sent(
        "script in a name",
        lambda: collection(feature(polygon(SQUARE), name="<script>alert(1)</script>")),
        303,
        None,
        rehearsed,
    ),
]
