"""The pages and layers of the innovation map, as the leader, the next leader, the camat and nobody get them."""

from __future__ import annotations

import html
import json
import random
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from geo.values import LonLat
from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR, Team
from tests.webapp.browsing import let_in
from tests.webapp.counting import statements
from tests.webapp.insight.conftest import HOSTILE, SEOUL, desa, evidence
from webapp.access import Role
from webapp.evidence.rules import State
from webapp.insight.pages import SHORT
from webapp.insight.rules import GROUP_LABELS, Group
from webapp.territory.models import Region

FILTERS = ("", "?jenis=rapat", "?keadaan=submitted", "?cari=bukti+1", "?jenis=inovasi&keadaan=verified_field")


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def in_the_field(session: Session, people: Team, number: int = 40) -> None:
    dice = random.Random(11)
    units = [MINE, NEXT_DOOR, FAR, desa(session)]
    for _ in range(number):
        evidence(
            session, people, dice.choice(list(State)), dice.choice(units), placed=dice.random() < 0.8,
            kind_code=dice.choice(["inovasi", "rapat"]), activity_code=None,
        )  # fmt: skip
    session.commit()


def layer(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    assert answer.mimetype == "application/geo+json"
    found: dict[str, Any] = json.loads(answer.get_data(as_text=True))
    return found


def table(page: str) -> dict[str, list[str]]:
    """Rows of the table by region, numbers as they are written; the last line under its own word."""
    rows = {}
    for row in re.findall(r"<tr>(.*?)</tr>", page.split('id="tabel"')[1], re.DOTALL):
        name = re.search(r'<th scope="row">(.*?)</th>', row, re.DOTALL)
        cells = re.findall(r'<td class="num".*?>(.*?)</td>', row, re.DOTALL)
        if name and cells:
            rows[re.sub(r"<.*?>", "", name[1]).strip()] = [re.sub(r"<.*?>", "", cell) for cell in cells]
    return rows


def tiles(page: str) -> list[str]:
    return re.findall(r'class="tile-value">(.*?)<', page)


@pytest.mark.parametrize("asked", FILTERS)
def test_table_tiles_and_map_layer_show_the_same_numbers(
    session: Session, client: FlaskClient, people: Team, asked: str
) -> None:
    in_the_field(session, people)
    let_in(client, factories.account(session, (Role.LEADER, None)))
    session.commit()
    for path in ("", "99", KABUPATEN):
        page = client.get(f"/peta/{path}{asked}").get_data(as_text=True)
        areas = layer(client, f"/peta/{path + '/' if path else ''}wilayah.geojson{asked}")["features"]
        rows = table(page)
        sums = rows.pop("Jumlah", ["0"] * len(Group))  # no table where nothing fits the filter
        assert sums == tiles(page)
        drawn = [area["properties"] for area in areas]
        spoken = {one["name"]: [value for _, value in one["facts"]] for one in drawn if not one["silent"]}
        assert spoken == rows
        assert [sum(int(row[n]) for row in rows.values()) for n in range(len(Group))] == [int(s) for s in sums]
        quiet = re.findall(r'<a class="chip" href="/peta/99[^"]*">(.*?)</a>', page.split('id="belum"')[-1])
        assert [one["name"] for one in drawn if one["silent"]] == (quiet if 'id="belum"' in page else [])


def test_every_number_links_to_just_as_many_cases(session: Session, client: FlaskClient, people: Team) -> None:
    in_the_field(session, people)
    let_in(client, factories.account(session, (Role.LEADER, None)))
    session.commit()
    page = client.get("/peta/99?jenis=inovasi").get_data(as_text=True)
    links = re.findall(r'<a href="(/peta/[^"]*/daftar[^"]*)">(\d+)</a>', page)
    assert len(links) >= 8
    for href, number in links:
        listed = client.get(html.unescape(href)).get_data(as_text=True)
        assert f"{number} bukti di balik angka ini." in listed
        assert len(re.findall(r'<th scope="row"><a href="/bukti/', listed)) == min(int(number), 25)


def test_long_lists_come_page_by_page_and_keep_their_filter(
    session: Session, client: FlaskClient, people: Team
) -> None:
    for _ in range(27):
        evidence(session, people, State.SUBMITTED, MINE)
    evidence(session, people, State.SUBMITTED, MINE, kind_code="rapat", activity_code=None)
    let_in(client, people.leader)
    session.commit()
    first = client.get(f"/peta/{MINE}/daftar?jenis=inovasi&kelompok=waiting").get_data(as_text=True)
    assert "27 bukti di balik angka ini." in first
    onward = re.search(r'href="([^"]*)" rel="next"', first)
    assert onward is not None
    second = client.get(html.unescape(onward[1])).get_data(as_text=True)
    assert "Halaman 2 dari 2" in second
    assert len(re.findall(r'<th scope="row"><a href="/bukti/', second)) == 2


def many_provinces(session: Session, people: Team, number: int) -> None:
    """Provinces with a case or more each, beside the one of the tests."""
    for code in map(str, range(11, 11 + number)):
        session.add(
            Region(
                code=code, name=f"Provinsi {code}", level="provinsi", parent_code=None, time_zone="Asia/Jakarta",
                boundary_error_m=100,
            )
        )  # fmt: skip
        session.flush()
        evidence(session, people, State.SUBMITTED, code, placed=False)


def test_a_long_table_brings_its_other_rows_after_the_page_and_none_is_lost(
    session: Session, client: FlaskClient, people: Team
) -> None:
    many_provinces(session, people, 38)
    evidence(session, people, State.VERIFIED_DESK, MINE)
    let_in(client, factories.account(session, (Role.LEADER, None)))
    session.commit()
    page = client.get("/peta/?kegiatan=kampung_tematik").text
    assert len(client.get("/peta/").data) <= 20_000
    shown = table(page)
    assert shown.pop("Jumlah")[0] == "39" and len(shown) == SHORT and "Tampilkan 36 wilayah lagi" in page
    rest = re.search(r'<tr data-baris="(.*?)">.*?href="(.*?)"', page)
    assert rest is not None
    alone, everything = (html.unescape(one) for one in rest.groups())
    answer = client.get(alone)
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/html", "private, no-cache")
    after = table(f'id="tabel"{answer.text}')
    assert len(after) == 36 and not after.keys() & shown.keys()
    whole = table(client.get(everything).text)
    assert whole.pop("Jumlah")[0] == "39"
    assert whole == {**shown, **after}
    drawn = {one["properties"]["name"] for one in layer(client, "/peta/wilayah.geojson")["features"]}
    assert drawn <= whole.keys()
    link = re.search(r'href="([^"]*)">1</a>', answer.text)
    assert link is not None and "kegiatan=kampung_tematik" in link[1]
    assert "1 bukti di balik angka ini." in client.get(html.unescape(link[1])).text
    assert "<tr" not in client.get("/peta/99.01/baris").text  # no more than the page has


def test_a_region_with_nothing_is_named_first_and_told_from_one_with_nothing_verified(
    session: Session, client: FlaskClient, people: Team
) -> None:
    evidence(session, people, State.SUBMITTED, MINE)
    let_in(client, people.leader)
    session.commit()
    page = client.get(f"/peta/{KABUPATEN}").get_data(as_text=True)
    assert page.index("Belum ada bukti</h2>") < page.index("Per wilayah</h2>")
    areas = {one["id"]: one["properties"] for one in layer(client, f"/peta/{KABUPATEN}/wilayah.geojson")["features"]}
    assert (areas[MINE]["shade"], areas[MINE]["silent"]) == (0, False)
    assert (areas[NEXT_DOOR]["shade"], areas[NEXT_DOOR]["silent"]) == (0, True)
    assert areas[NEXT_DOOR]["facts"] == [["Belum ada bukti", ""]]
    assert areas[MINE]["href"] == f"/peta/{MINE}"
    assert areas[MINE]["approximate"] is True


def test_the_shade_follows_what_is_verified(session: Session, client: FlaskClient, people: Team) -> None:
    for _ in range(5):
        evidence(session, people, State.VERIFIED_FIELD, MINE)
    evidence(session, people, State.MISMATCH, NEXT_DOOR)
    let_in(client, people.leader)
    session.commit()
    areas = {one["id"]: one["properties"] for one in layer(client, f"/peta/{KABUPATEN}/wilayah.geojson")["features"]}
    assert (areas[MINE]["shade"], areas[NEXT_DOOR]["shade"]) == (2, 0)


def test_a_kecamatan_shows_its_cases_as_points_and_as_a_table(
    session: Session, client: FlaskClient, people: Team
) -> None:
    people.store = client.application.extensions["petabukti_store"]
    case = factories.case(session, people, State.VERIFIED_FIELD, title="Bank sampah")
    evidence(session, people, State.SUBMITTED, MINE, placed=False, title="Tanpa titik")
    let_in(client, people.leader)
    session.commit()
    found = layer(client, f"/peta/{MINE}/kasus.geojson")
    assert found["without_place"] == 1 and found["note"] == "1 tanpa lokasi"
    (point,) = found["features"]
    seen = point["properties"]
    assert point["geometry"]["coordinates"] == pytest.approx([factories.middle(MINE).lon, factories.middle(MINE).lat])
    assert (seen["name"], seen["state_class"], seen["grade"]) == ("Bank sampah", "verified_field", "Keyakinan lokasi A")
    assert seen["accuracy_m"] == 8.0
    assert seen["href"] == f"/bukti/{case.id}"
    picture = client.get(seen["thumb"])
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    page = client.get(f"/peta/{MINE}").get_data(as_text=True)
    assert f'<a href="/bukti/{case.id}">Bank sampah</a>' in page
    assert "Tanpa titik" in page and "tanpa lokasi" in page
    assert client.get(f"/bukti/{case.id}").status_code == 200
    outline = layer(client, f"/peta/{MINE}/wilayah.geojson")["features"]
    assert [one["id"] for one in outline] == [MINE] and outline[0]["properties"]["href"] is None


def test_the_list_beside_the_map_tells_the_latest_in_view_and_leads_to_all_of_them(
    session: Session, client: FlaskClient, people: Team
) -> None:
    here, there = factories.middle(MINE), factories.middle(NEXT_DOOR)
    for _ in range(27):
        evidence(session, people, State.SUBMITTED, MINE, place=here)
    evidence(session, people, State.VERIFIED_DESK, NEXT_DOOR, place=there, title="Di luar")
    evidence(session, people, State.DRAFT, MINE, place=here, title="Rahasia")
    evidence(session, people, State.SUBMITTED, MINE, placed=False)
    let_in(client, people.leader)
    session.commit()
    box = f"bbox={here.lon - 0.001},{here.lat - 0.001},{here.lon + 0.001},{here.lat + 0.001}"
    found = layer(client, f"/peta/{KABUPATEN}/terlihat.geojson?{box}&keadaan=submitted")
    assert (found["told"], len(found["features"])) == ("27 bukti di peta ini", 25)
    assert found["more"]["label"] == "dan 2 lagi di daftar"
    listed = client.get(found["more"]["href"]).text
    assert "27 bukti di balik angka ini." in listed and "yang terlihat di peta" in listed
    onward = re.search(r'href="([^"]*)" rel="next"', listed)
    assert onward is not None and "bbox=" in onward[1]
    assert "Di luar" not in listed and "Rahasia" not in listed
    everything = layer(client, f"/peta/{KABUPATEN}/terlihat.geojson")
    assert everything["told"] == "28 bukti di peta ini"
    few = layer(client, f"/peta/{NEXT_DOOR}/terlihat.geojson")
    assert [one["properties"]["name"] for one in few["features"]] == ["Di luar"] and few["more"] is None
    assert client.get(f"/peta/{KABUPATEN}/daftar?bbox=x").status_code == 422
    page = client.get(f"/peta/{KABUPATEN}").text
    assert f'"without_place":1,"without_list":"/peta/{KABUPATEN}/daftar?kelompok=unplaced"' in page


def test_the_leader_of_a_city_finds_nothing_of_another(session: Session, client: FlaskClient, people: Team) -> None:
    hidden = evidence(session, people, State.VERIFIED_FIELD, MINE, title="Rahasia kabupaten")
    evidence(session, people, State.SUBMITTED, FAR, title="Milik kota")
    let_in(client, factories.leader(session, KOTA))
    session.commit()
    gone = [
        f"/peta/{code}{tail}"
        for code in (KABUPATEN, MINE)
        for tail in ("", "/wilayah.geojson", "/kasus.geojson", "/terlihat.geojson", "/baris", "/daftar")
    ]
    gone += [
        "/peta/99/daftar",
        "/peta/99/kasus.geojson",
        "/peta/daftar",
        "/peta/98",
        "/peta/abc",
        f"/bukti/{hidden.id}",
    ]
    assert {path: client.get(path).status_code for path in gone} == dict.fromkeys(gone, 404)
    start = client.get("/peta/?jenis=inovasi")
    assert (start.status_code, start.headers["Location"]) == (303, f"/peta/{KOTA}?jenis=inovasi")
    for path in (f"/peta/{KOTA}", f"/peta/{KOTA}/wilayah.geojson", f"/peta/{KOTA}/daftar", "/peta/99", "/peta/studi"):
        said = client.get(path).get_data(as_text=True)
        assert "Rahasia" not in said and MINE not in said and KABUPATEN not in said, path


def test_above_the_own_area_there_are_outlines_without_numbers(
    session: Session, client: FlaskClient, people: Team
) -> None:
    evidence(session, people, State.SUBMITTED, FAR)
    evidence(session, people, State.SUBMITTED, MINE)
    let_in(client, factories.leader(session, KOTA))
    session.commit()
    page = client.get("/peta/99").get_data(as_text=True)
    assert "di atas kewenangan Anda" in page and not tiles(page) and "Jumlah" not in page
    (area,) = layer(client, "/peta/wilayah.geojson")["features"]
    assert (area["id"], area["properties"]["facts"], area["properties"]["shade"]) == ("99", [], 0)


def test_a_camat_is_refused_and_nobody_is_sent_to_sign_in(session: Session, client: FlaskClient, people: Team) -> None:
    paths = [
        "/peta/", f"/peta/{MINE}", "/peta/wilayah.geojson", f"/peta/{MINE}/kasus.geojson", f"/peta/{MINE}/daftar",
        "/peta/studi", "/peta/studi.geojson",
    ]  # fmt: skip
    session.commit()
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 303 and "/masuk" in answer.headers["Location"]
    let_in(client, people.camat)
    assert {client.get(path).status_code for path in paths} == {403}


def test_drafts_and_withdrawn_cases_are_nowhere_on_the_map(session: Session, client: FlaskClient, people: Team) -> None:
    evidence(session, people, State.DRAFT, MINE, title="Konsep belum dikirim")
    evidence(session, people, State.WITHDRAWN, MINE, title="Sudah ditarik")
    both = factories.account(session, (Role.CAMAT, MINE), (Role.LEADER, KABUPATEN))
    let_in(client, both)
    session.commit()
    for path in (f"/peta/{MINE}", f"/peta/{MINE}/daftar", f"/peta/{MINE}/kasus.geojson", f"/peta/{KABUPATEN}"):
        said = client.get(path).get_data(as_text=True)
        assert "Konsep" not in said and "ditarik" not in said.lower().replace("ditarik kembali", "")
    assert layer(client, f"/peta/{MINE}/kasus.geojson")["features"] == []


def test_a_study_abroad_is_on_its_own_tab_only(session: Session, client: FlaskClient, people: Team) -> None:
    evidence(
        session, people, State.VERIFIED_DESK, MINE, region_result="luar_negeri", place=SEOUL, title="Trotoar Seoul",
        place_label="Jung-gu, Seoul", country_code="KR",
    )  # fmt: skip
    let_in(client, people.leader)
    session.commit()
    page = client.get("/peta/studi").get_data(as_text=True)
    assert "Trotoar Seoul" in page and "Jung-gu, Seoul" in page
    (point,) = layer(client, "/peta/studi.geojson")["features"]
    assert point["geometry"]["coordinates"] == pytest.approx([SEOUL.lon, SEOUL.lat])
    assert '"fit":true' in page
    for path in (f"/peta/{MINE}", f"/peta/{MINE}/daftar", f"/peta/{MINE}/kasus.geojson"):
        assert "Trotoar Seoul" not in client.get(path).get_data(as_text=True)
    assert set(tiles(client.get(f"/peta/{KABUPATEN}").get_data(as_text=True))) == {"0"}


def test_what_people_type_reaches_pages_and_layers_as_text(session: Session, client: FlaskClient, people: Team) -> None:
    plain = evidence(session, people, State.SUBMITTED, MINE, title="Biasa")
    let_in(client, people.leader)
    session.commit()
    paths = (f"/peta/{MINE}", f"/peta/{MINE}/daftar")
    scripts = {path: client.get(path).get_data(as_text=True).count("<script") for path in paths}
    for words in HOSTILE:
        plain.title = words
        plain.place_label = words
        session.commit()
        (point,) = layer(client, f"/peta/{MINE}/kasus.geojson")["features"]
        assert point["properties"]["name"] == words and words in point["properties"]["lines"]
        for path in paths:
            page = client.get(path).get_data(as_text=True)
            assert page.count("<script") == scripts[path]
            assert words in html.unescape(page)
            assert str(7771 * 7771) not in page
        searched = client.get(paths[0], query_string={"cari": "<script>x</script>"}).get_data(as_text=True)
        assert searched.count("<script") == scripts[paths[0]] and "<script>x" not in searched


def test_no_page_of_the_map_names_another_host(session: Session, client: FlaskClient, people: Team) -> None:
    evidence(session, people, State.SUBMITTED, MINE)
    let_in(client, people.leader)
    session.commit()
    for path in (f"/peta/{KABUPATEN}", f"/peta/{MINE}", "/peta/studi", f"/peta/{MINE}/daftar"):
        answer = client.get(path)
        page = answer.get_data(as_text=True)
        assert not re.findall(r"(?:src|href|url)\W{1,4}(?:https?:)?//", page)
        assert not re.search(r"\son\w+=|\sstyle=", page)
        assert "script-src 'self' 'nonce-" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "asked",
    ["jenis=x", "kegiatan=x", "periode=999999", "periode=a", "keadaan=draft", "kelompok=x", "cari=" + "x" * 101],
)
def test_an_address_with_an_unknown_value_is_refused_with_its_code(
    session: Session, client: FlaskClient, people: Team, asked: str
) -> None:
    let_in(client, people.leader)
    session.commit()
    for path in (
        f"/peta/{MINE}",
        f"/peta/{MINE}/daftar",
        f"/peta/{MINE}/wilayah.geojson",
        f"/peta/{MINE}/kasus.geojson",
    ):
        answer = client.get(f"{path}?{asked}")
        assert (answer.status_code, answer.headers["X-Problem-Code"]) == (422, "unknown_filter")
    for view in ("bbox=1,2,3", "bbox=a&zoom=1", "bbox=1,2,3,4&zoom=x"):
        assert client.get(f"/peta/{MINE}/kasus.geojson?{view}").status_code == 422
    assert client.get(f"/peta/{MINE}/daftar?hal=0").status_code == 422


def test_a_layer_is_drawn_again_only_when_something_changed(
    session: Session, client: FlaskClient, people: Team
) -> None:
    case = evidence(session, people, State.SUBMITTED, MINE)
    let_in(client, people.leader)
    session.commit()
    for path in (f"/peta/{KABUPATEN}/wilayah.geojson", f"/peta/{MINE}/kasus.geojson"):
        first = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert first.headers["Cache-Control"] == "private, no-cache" and first.headers["Content-Encoding"] == "gzip"
        kept = {"If-None-Match": first.headers["ETag"]}
        again = client.get(path, headers=kept)
        assert (again.status_code, again.data) == (304, b"")
        case.title += "."
        session.commit()
        assert client.get(path, headers=kept).status_code == 200
        elsewhere = client.application.test_client()
        let_in(elsewhere, factories.account(session, (Role.LEADER, "99")))
        session.commit()
        assert elsewhere.get(path).headers["ETag"] != client.get(path).headers["ETag"]


def test_the_number_of_queries_does_not_grow_with_the_number_of_cases(
    session: Session, connection: Connection, client: FlaskClient, people: Team
) -> None:
    let_in(client, people.leader)
    paths = [
        f"/peta/{KABUPATEN}", f"/peta/{MINE}", f"/peta/{MINE}/daftar", f"/peta/{KABUPATEN}/wilayah.geojson",
        f"/peta/{MINE}/kasus.geojson", "/peta/studi",
    ]  # fmt: skip

    def asked() -> dict[str, int]:
        session.commit()
        numbers = {}
        for path in paths:
            with statements(connection) as seen:
                assert client.get(path).status_code == 200
            numbers[path] = len(seen)
        return numbers

    evidence(session, people, State.SUBMITTED, MINE)
    evidence(session, people, State.VERIFIED_DESK, MINE, region_result="luar_negeri", place=SEOUL)
    few = asked()
    for n in range(20):
        evidence(session, people, State.VERIFIED_FIELD, MINE, place=LonLat(100.02 + 0.001 * n, -1.95))
    assert asked() == few
    assert max(few.values()) <= 16, few


def test_every_figure_has_its_words() -> None:
    assert set(GROUP_LABELS) == set(Group)
