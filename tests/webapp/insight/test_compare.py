"""Two times or two regions side by side: the numbers are those of the maps themselves, and far areas stay closed."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, KOTA, MINE, NEXT_DOOR, Team
from tests.webapp.browsing import let_in
from tests.webapp.insight.conftest import evidence
from webapp.access import Role
from webapp.evidence.rules import State
from webapp.insight.rules import SHADES
from webapp.vendor import FILES

BOTH = f"/peta/banding?kiri={KABUPATEN}&kanan={KABUPATEN}"


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def held(session: Session, people: Team, state: State, unit: str, month: int) -> None:
    day = date(2026, month, 10)
    evidence(session, people, state, unit, occurred_from=day, occurred_to=day)


def rows(page: str, table: str) -> dict[str, list[str]]:
    body = page.split(f'id="{table}"')[1].split("</section>")[0]
    found = re.findall(r'<th scope="row">(.*?)</th>(.*?)(?=<th|</tr>|</tfoot>)', body, re.DOTALL)
    return {re.sub(r"<.*?>", "", name): re.findall(r"<td[^>]*>(.*?)</td>", cells) for name, cells in found}


def areas(client: FlaskClient, page: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the two maps of the page draw, left and right."""
    urls = [one.replace("\\u0026", "&") for one in re.findall(r'"(/peta/[^"]*wilayah\.geojson[^"]*)"', page)]
    left, right = ([area["properties"] for area in json.loads(client.get(url).text)["features"]] for url in urls)
    return left, right


def legend(page: str) -> dict[str, str]:
    return dict(re.findall(r'peta-contoh (\S+)" aria-hidden="true"></span><span>(.*?)</span>', page))


def test_two_times_of_one_region_stand_side_by_side_with_the_difference(
    session: Session, client: FlaskClient, people: Team
) -> None:
    for state, unit, month in (
        (State.VERIFIED_FIELD, MINE, 1), (State.REJECTED, MINE, 1), (State.VERIFIED_DESK, MINE, 4),
        (State.VERIFIED_DESK, NEXT_DOOR, 4), (State.SUBMITTED, NEXT_DOOR, 5),
    ):  # fmt: skip
        held(session, people, state, unit, month)
    let_in(client, people.leader)
    session.commit()
    times = "&kiri_dari=2026-01&kiri_sampai=2026-03&kanan_dari=2026-04&kanan_sampai=2026-06"
    page = client.get(BOTH + times).text
    told = rows(page, "tabel")
    assert told["Diklaim"] == ["2", "3", "+1"]
    assert told["Terverifikasi"] == ["1", "2", "+1"]
    assert told["Ditolak"] == ["1", "0", "−1"]
    assert told["Unit tanpa bukti"] == ["3", "2", "−1"]
    assert told["Terverifikasi dari yang diklaim"] == ["–", "–", "–"] and "Angka kecil" in page
    assert rows(page, "per-wilayah")[f"Kecamatan {NEXT_DOOR}"] == ["0 dari 0", "1 dari 2", "+1"]
    assert "map_kiri.sync(map_kanan)" in page and "cdn" not in page
    left, right = areas(client, page)
    assert [sum(int(dict(one["facts"]).get("Diklaim") or 0) for one in side) for side in (left, right)] == [2, 3]


def test_two_regions_each_keep_their_own_view(session: Session, client: FlaskClient, people: Team) -> None:
    for _ in range(5):
        held(session, people, State.VERIFIED_FIELD, MINE, 1)
        held(session, people, State.SUBMITTED, NEXT_DOOR, 1)
    let_in(client, people.leader)
    session.commit()
    page = client.get(f"/peta/banding?kiri={MINE}&kanan={NEXT_DOOR}").text
    told = rows(page, "tabel")
    assert told["Terverifikasi"] == ["5", "0", "−5"]
    assert told["Terverifikasi dari yang diklaim"][:2] == ["100\N{NO-BREAK SPACE}%", "0\N{NO-BREAK SPACE}%"]
    assert "Angka kecil" not in page and ".sync(" not in page and 'id="per-wilayah"' not in page


def test_two_kecamatan_without_desa_are_shaded_by_their_own_figures_under_one_legend(
    session: Session, client: FlaskClient, people: Team
) -> None:
    for _ in range(15):
        held(session, people, State.VERIFIED_FIELD, MINE, 1)
    held(session, people, State.SUBMITTED, NEXT_DOOR, 1)
    let_in(client, people.leader)
    session.commit()
    page = client.get(f"/peta/banding?kiri={MINE}&kanan={NEXT_DOOR}").text
    (left,), (right,) = areas(client, page)
    assert (left["shade"], dict(left["facts"])["Terverifikasi"], left["href"]) == (3, "15", None)
    assert (right["shade"], right["silent"]) == (0, False)
    assert '"legend":{' not in page  # said once, below both
    assert legend(page)["peta-shade-3"] == f"{SHADES[2][2]}–{SHADES[2][3] - 1}"
    # The same colour is the same number where the sides draw regions of different levels, too.
    mixed = client.get(f"/peta/banding?kiri={KABUPATEN}&kanan={MINE}").text
    wide, (narrow,) = areas(client, mixed)
    assert next(one["shade"] for one in wide if one["name"] == narrow["name"]) == narrow["shade"] == 3
    country = factories.account(session, (Role.LEADER, None))
    session.commit()
    let_in(client, country)
    whole = client.get(f"/peta/banding?kiri=99&kanan={MINE}").text
    (narrow,) = areas(client, whole)[1]
    assert (narrow["shade"], legend(whole)["peta-shade-2"]) == (2, f"{SHADES[1][1]}–{SHADES[1][2] - 1}")
    assert client.get(f"/peta/{MINE}/wilayah.geojson?skala=4").status_code == 422
    own = json.loads(client.get(f"/peta/{MINE}/wilayah.geojson").text)["features"][0]["properties"]
    assert own["shade"] == 0  # on its own page the ground under its cases


def test_without_a_region_it_starts_where_the_persons_map_starts_and_never_leaves_their_areas(
    session: Session, client: FlaskClient, people: Team
) -> None:
    let_in(client, people.leader)
    session.commit()
    page = client.get("/peta/banding").text
    assert f'<option value="{KABUPATEN}" selected>' in page
    assert KOTA not in page and f'value="{MINE}"' in page
    for other in (f"kiri={KOTA}", f"kiri={KABUPATEN}&kanan={KOTA}", "kiri=99", "kiri=x"):
        assert client.get(f"/peta/banding?{other}").status_code == 404, other
    for wrong in ("kiri_dari=x", "kanan_periode=999999", "kanan_dari=2026-02&kanan_sampai=2026-01", "jenis=x"):
        assert client.get(f"{BOTH}&{wrong}").status_code == 422, wrong


def test_the_script_of_the_pair_is_among_the_files_that_are_fetched() -> None:
    assert "L.Map.Sync.js" in FILES["leaflet.sync"]
    locked = json.loads((Path(__file__).parents[3] / "package-lock.json").read_text())["packages"]
    assert locked["node_modules/leaflet.sync"]["integrity"].startswith("sha512-")
