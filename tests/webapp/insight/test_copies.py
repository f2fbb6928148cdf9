"""Who copied whom on the map: solid where the copy is verified, and of a source one may not see the kecamatan alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR, NOW, Team
from tests.webapp.conftest import Opener
from tests.webapp.insight.conftest import SEOUL, evidence
from webapp.access import Role
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.replication.models import Replication
from webapp.selection.models import Inspiration


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def adapted(session: Session, people: Team, case: Evidence, source: Evidence | None = None, **told: Any) -> None:
    known = {"source_id": source.id, "source_region_code": source.region_code} if source else told
    session.add(Replication(evidence_id=case.id, said_by=people.camat.id, said_at=NOW, **known))
    session.flush()


def lines(client: FlaskClient, code: str = KABUPATEN) -> dict[str, Any]:
    found = json.loads(client.get(f"/peta/{code}/tiruan.geojson").text)
    return {one["properties"]["name"]: one for one in found["features"]} | {"without": found["without_place"]}


def test_lines_run_from_source_to_copy_and_say_whether_the_copy_is_verified(
    session: Session, people: Team, opened: Opener
) -> None:
    source = evidence(session, people, State.VERIFIED_FIELD, NEXT_DOOR, title="Asal")
    sure = evidence(session, people, State.VERIFIED_DESK, MINE, title="Tiruan pasti")
    open_ = evidence(session, people, State.SUBMITTED, MINE, title="Tiruan terbuka", placed=False)
    loose = evidence(session, people, State.SUBMITTED, MINE, title="Dari luar")
    draft = evidence(session, people, State.DRAFT, MINE, title="Masih draf")
    for case in (sure, open_, draft):
        adapted(session, people, case, source)
    adapted(session, people, loose, source_text="Kota Malang")
    client = opened(people.leader).client
    drawn = lines(client)
    assert set(drawn) == {"Tiruan pasti", "Tiruan terbuka", "without"} and drawn["without"] == 1
    assert drawn["Tiruan pasti"]["properties"]["verified"] is True
    assert drawn["Tiruan terbuka"]["properties"]["verified"] is False
    start, end = drawn["Tiruan pasti"]["geometry"]["coordinates"]
    at, there = factories.middle(NEXT_DOOR), factories.middle(MINE)
    assert start == pytest.approx([at.lon, at.lat]) and end == pytest.approx([there.lon, there.lat])
    page = client.get(f"/peta/{KABUPATEN}/tiruan").text
    assert page.count('<th scope="row"><a') == 3 and "Kota Malang" in page and "Masih draf" not in page
    assert "Dari 3 yang diklaim: 1 terverifikasi" in page and "Versi data" in page
    assert "Tiruan pasti" not in client.get(f"/peta/{KABUPATEN}/tiruan?keadaan=submitted").text
    assert (
        client.get(f"/peta/{KOTA}/tiruan").status_code == client.get(f"/peta/{KOTA}/tiruan.geojson").status_code == 404
    )


def test_a_source_of_another_area_is_told_and_drawn_by_its_kecamatan_alone(
    session: Session, people: Team, opened: Opener
) -> None:
    spot = factories.middle(FAR)
    exact = type(spot)(spot.lon + 0.013, spot.lat + 0.017)
    source = evidence(session, people, State.VERIFIED_FIELD, FAR, title="Rahasia kota sebelah", place=exact)
    adapted(session, people, evidence(session, people, State.SUBMITTED, MINE, title="Tiruan"), source)
    here = opened(people.leader).client
    for path in (f"/peta/{KABUPATEN}/tiruan", f"/peta/{KABUPATEN}/tiruan.geojson"):
        told = here.get(path).text
        assert "Rahasia" not in told and f"/bukti/{source.id}" not in told and f"Kecamatan {FAR}" in told
        assert str(exact.lon)[:8] not in told
    start = lines(here)["Tiruan"]["geometry"]["coordinates"][0]
    assert start != pytest.approx([exact.lon, exact.lat])
    assert lines(opened(factories.leader(session, KOTA)).client, KOTA) == {"without": 0}
    nation = opened(factories.account(session, (Role.AUDITOR, None))).client
    assert "Rahasia" in nation.get("/peta/tiruan").text
    assert lines(nation, "99")["Tiruan"]["geometry"]["coordinates"][0] == pytest.approx([exact.lon, exact.lat])


def test_the_layer_is_new_when_a_source_is_named(session: Session, people: Team, opened: Opener) -> None:
    source = evidence(session, people, State.VERIFIED_FIELD, NEXT_DOOR)
    copy = evidence(session, people, State.SUBMITTED, MINE)
    client = opened(people.leader).client
    path = f"/peta/{KABUPATEN}/tiruan.geojson"
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    adapted(session, people, copy, source)
    session.commit()
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_the_study_stands_beside_what_was_built_at_home(session: Session, people: Team, opened: Opener) -> None:
    seen = [
        evidence(
            session, people, State.VERIFIED_DESK, MINE, title=f"Seoul {topic}", kind_code="studi", activity_code=topic,
            region_result="luar_negeri", place=SEOUL, place_label="Seoul",
        )
        for topic in ("trotoar", "sungai")
    ]  # fmt: skip
    built, compared = (evidence(session, people, State.SUBMITTED, MINE, title=name) for name in ("Dibuat", "Dibanding"))
    adapted(session, people, built, seen[0])
    for home, study in ((compared, seen[1]), (built, seen[0])):
        session.add(Inspiration(evidence_id=home.id, study_case_id=study.id, linked_by=people.camat.id, linked_at=NOW))
    client = opened(people.leader).client
    page = client.get("/peta/studi").text.split('id="rumah"')[1]
    assert page.count("menyebutnya sebagai asal") == page.count("dipasangkan</td>") == 1
    assert page.index("Seoul sungai") < page.index("Dibanding") and page.index("Seoul trotoar") < page.index("Dibuat")
    only = client.get("/peta/studi?kegiatan=sungai").text.split('id="rumah"')[1]
    assert "Dibanding" in only and "Dibuat" not in only
    assert 'id="rumah"' not in opened(factories.leader(session, KOTA)).client.get("/peta/studi").text
    assert lines(client)["Dibuat"]["geometry"]["coordinates"][0] == pytest.approx([SEOUL.lon, SEOUL.lat])
