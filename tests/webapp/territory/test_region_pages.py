"""Pages of regions and the layers of every map, as a visitor, a camat and an administrator meet them."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR
from tests.webapp.conftest import SignIn
from tests.webapp.counting import statements
from webapp.access import Role
from webapp.territory.models import Region

WHERE = {Role.CAMAT: MINE, Role.LEADER: KABUPATEN, Role.ADMINISTRATOR: None}
PAGES = ["/wilayah/", f"/wilayah/{KABUPATEN}", f"/wilayah/{MINE}"]
LAYERS = [
    "/wilayah/lapisan/dasar.geojson?bbox=99,-3,102,0&zoom=8",
    "/wilayah/lapisan/provinsi.geojson",
    f"/wilayah/lapisan/{KABUPATEN}.geojson",
    f"/wilayah/lapisan/{KABUPATEN}/anak.geojson",
]


@pytest.fixture
def as_camat(session: Session, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    factories.territory(session)
    sign_in(client, factories.camat(session))
    return client


@pytest.mark.parametrize("address", [*PAGES, *LAYERS])
def test_a_visitor_is_asked_to_sign_in(session: Session, client: FlaskClient, address: str) -> None:
    factories.territory(session)
    session.commit()
    answer = client.get(address)
    assert answer.status_code == 303
    assert "masuk" in answer.headers["Location"]


@pytest.mark.parametrize("address", [*PAGES, *LAYERS])
@pytest.mark.parametrize("role", WHERE)
def test_whoever_is_signed_in_may_read_regions(
    session: Session, client: FlaskClient, sign_in: SignIn, role: Role, address: str
) -> None:
    factories.territory(session)
    sign_in(client, factories.account(session, (role, WHERE[role])))
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("code", ["98", "99.99", "99.01.01.2001", "abc", "9901"])
def test_a_region_that_is_none_is_not_found(as_camat: FlaskClient, code: str) -> None:
    assert as_camat.get(f"/wilayah/{code}").status_code == 404
    assert as_camat.get(f"/wilayah/lapisan/{code}.geojson").status_code == 404
    assert as_camat.get(f"/wilayah/lapisan/{code}/anak.geojson").status_code == 404


def test_the_page_says_where_a_boundary_comes_from(as_camat: FlaskClient, session: Session) -> None:
    region = session.get_one(Region, KABUPATEN)
    region.decree, region.valid_from = "Kepmendagri 1/2018", factories.TODAY
    session.commit()
    page = as_camat.get(f"/wilayah/{KABUPATEN}").text.replace("\N{NO-BREAK SPACE}", " ")
    for said in ("Kabupaten Uji", "Provinsi Uji", "kisi uji", "Kisi uji", "batas perkiraan", "Kepmendagri 1/2018",
                 "6 Agu 2018", "250 m", "WIB", "Kecamatan 99.01.03"):  # fmt: skip
        assert said in page


def test_a_region_without_a_boundary_says_so(as_camat: FlaskClient, session: Session) -> None:
    session.add(Region(code="99.02", name="Kabupaten Muda", level="kabupaten", parent_code="99",
                       time_zone="Asia/Jakarta"))  # fmt: skip
    session.commit()
    assert "belum punya batas" in as_camat.get("/wilayah/99.02").text
    assert "Kabupaten Muda" in as_camat.get("/wilayah/99").text


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", "{{ 7*7 }}", "{% raw %}", "</script>", "' onload='x"])
def test_a_hostile_name_is_only_a_name(as_camat: FlaskClient, session: Session, payload: str) -> None:
    session.get_one(Region, MINE).name = payload
    session.commit()
    before = as_camat.get(f"/wilayah/{NEXT_DOOR}").text
    page = as_camat.get(f"/wilayah/{MINE}").text
    assert f"<h1>{escape(payload)}</h1>" in page
    assert page.count("<script") == before.count("<script")
    assert str(escape(payload)) in as_camat.get(f"/wilayah/{KABUPATEN}").text
    data = as_camat.get(f"/wilayah/lapisan/{KABUPATEN}/anak.geojson").get_json(force=True)
    assert payload in {feature["properties"]["name"] for feature in data["features"]}


def features(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(address).get_json(force=True)["features"]
    return found


def test_the_layer_of_children_leads_to_their_pages(as_camat: FlaskClient) -> None:
    found = features(as_camat, f"/wilayah/lapisan/{KABUPATEN}/anak.geojson")
    assert [one["properties"]["href"] for one in found] == [f"/wilayah/{KABUPATEN}.0{n}" for n in range(1, 5)]
    assert found[0]["properties"]["approximate"] is True
    assert found[0]["geometry"]["type"] == "MultiPolygon"


def test_the_basemap_shows_more_the_nearer_one_looks(as_camat: FlaskClient) -> None:
    def levels(zoom: int) -> set[str]:
        found = features(as_camat, f"/wilayah/lapisan/dasar.geojson?bbox=99.9,-2.1,100.5,-1.7&zoom={zoom}")
        return {one["properties"]["level"] for one in found if one["properties"]["kind"] == "outline"}

    assert levels(5) == {"provinsi"}
    assert levels(8) == {"kabupaten", "kota"}
    assert levels(11) == {"kabupaten", "kota", "kecamatan"}


def test_the_basemap_holds_only_what_is_asked_for(as_camat: FlaskClient) -> None:
    assert features(as_camat, "/wilayah/lapisan/dasar.geojson?bbox=120,-3,121,-2&zoom=9") == []
    (east, *_) = features(as_camat, "/wilayah/lapisan/dasar.geojson?bbox=100.39,-2,100.6,-1.9&zoom=9")
    assert min(x for ring in east["geometry"]["coordinates"][0] for x, _ in ring) >= 100.39 - 1e-3


def test_a_whole_country_at_street_zoom_is_answered_as_an_overview(as_camat: FlaskClient) -> None:
    found = features(as_camat, "/wilayah/lapisan/dasar.geojson?bbox=90,-16,146,44&zoom=18")
    assert "kecamatan" not in {one["properties"].get("level") for one in found}


@pytest.mark.parametrize("query", ["", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=10,0,5,1", "bbox=0,0,1,1&zoom=x"])
def test_a_view_that_is_none_is_refused(as_camat: FlaskClient, query: str) -> None:
    answer = as_camat.get(f"/wilayah/lapisan/dasar.geojson?{query}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "view_not_readable")


@pytest.mark.parametrize("address", LAYERS)
def test_a_layer_is_sent_once_until_boundaries_change(as_camat: FlaskClient, session: Session, address: str) -> None:
    first = as_camat.get(address)
    known = {"If-None-Match": first.headers["ETag"]}
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = as_camat.get(address, headers=known)
    assert (again.status_code, again.data) == (304, b"")
    factories.territory(session).imported_at = factories.NOW + timedelta(hours=1)
    session.commit()
    assert as_camat.get(address, headers=known).status_code == 200


@pytest.mark.parametrize("address", LAYERS)
def test_a_layer_travels_packed_where_the_browser_takes_it(as_camat: FlaskClient, address: str) -> None:
    packed = as_camat.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == as_camat.get(address).get_json(force=True)
    assert packed.mimetype == "application/geo+json"


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_the_database_a_fixed_number_of_times(
    as_camat: FlaskClient, connection: Connection, address: str
) -> None:
    with statements(connection) as asked:
        assert as_camat.get(address).status_code == 200
    assert len(asked) <= 8, asked


def test_a_page_asks_no_more_for_more_regions(as_camat: FlaskClient, session: Session, connection: Connection) -> None:
    with statements(connection) as before:
        as_camat.get(f"/wilayah/{KABUPATEN}")
    session.add_all(
        Region(code=f"{KABUPATEN}.{n}", name=f"Kecamatan {n}", level="kecamatan", parent_code=KABUPATEN,
               time_zone="Asia/Jakarta")
        for n in range(10, 60)
    )  # fmt: skip
    session.commit()
    with statements(connection) as after:
        assert "Kecamatan 42" in as_camat.get(f"/wilayah/{KABUPATEN}").text
    assert len(after) == len(before)


def test_no_layer_and_no_page_names_another_host(as_camat: FlaskClient) -> None:
    for address in PAGES:
        page = as_camat.get(address).text
        assert "https://" not in page.replace("https://www.w3.org", "")
        assert "http://" not in page.replace("http://www.w3.org", "")
