"""The queue: map, table and counts say the same; everybody sees their own area and nothing of others."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from geo.values import LonLat
from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR
from tests.webapp.counting import statements
from tests.webapp.verification.conftest import Browser, line, utcnow
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.verification import services

Opener = Callable[[Account | None], Browser]
HOSTILE = "<script>alert(1)</script> ${alert(2)} {{ 7*7 }} {% raise %} ' \" `"


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


def table_ids(page: str) -> list[int]:
    return [int(key) for key in re.findall(r'<th scope="row"><a href="/verifikasi/(\d+)', page)]


def map_of(browser: Browser, query: str = "") -> tuple[list[int], int]:
    answer = browser.get(f"/verifikasi/antrean.geojson{query}")
    assert answer.mimetype == "application/geo+json"
    told = json.loads(answer.data)
    return [feature["id"] for feature in told["features"]], told["without_place"]


def spread(session: Session, people: factories.Team, number: int) -> list[Evidence]:
    made = []
    for n in range(number):
        unit = (MINE, NEXT_DOOR)[n % 2]
        here = factories.middle(unit)
        place = None if n % 5 == 0 else LonLat(here.lon + n * 1e-5, here.lat)
        made.append(line(session, people, unit, place))
    session.flush()
    return made


def test_map_and_table_hold_the_same_cases(session: Session, people: factories.Team, browser: Opener) -> None:
    made = spread(session, people, 20)
    other = factories.team(session, code=KOTA)
    line(session, other, FAR, factories.middle(FAR))
    desk = browser(people.desk)
    shown = table_ids(desk.get("/verifikasi/").text)
    points, without_place = map_of(desk)
    assert shown == [case.id for case in made]
    assert points == [case.id for case in made if case.place is not None]
    assert len(points) + without_place == len(shown)


@pytest.mark.parametrize(
    "query",
    [
        f"?wilayah={NEXT_DOOR}", "?jenis=inovasi", "?keadaan=awaiting_field", "?keyakinan=A", "?keyakinan=-",
        "?posisi=tanpa_gps", "?cari=kampung", "?wilayah=99.01&keyakinan=A&cari=subuh", "?cari=%25", "?cari=\\",
    ],
)  # fmt: skip
def test_every_filter_narrows_map_and_table_alike(
    session: Session, people: factories.Team, browser: Opener, query: str
) -> None:
    spread(session, people, 9)
    line(
        session, people, MINE, factories.middle(MINE), kind_code="inovasi", activity_code="kampung_tematik",
        title="Kampung 100 %\\", grade="D", state=State.AWAITING_FIELD,
    )  # fmt: skip
    line(session, people, MINE, factories.middle(MINE), kind_code="inovasi", title="Kampung 50 %", activity_code=None)
    session.flush()
    desk = browser(people.desk)
    page = desk.get(f"/verifikasi/{query}").text
    points, without_place = map_of(desk, query)
    shown = table_ids(page)
    assert len(points) + without_place == len(shown) < 11
    assert set(points) <= set(shown)
    assert f"/verifikasi/antrean.geojson{query.split('&')[0]}".replace("\\", "") in page.replace("%5C", "").replace(
        "\\u0026", "&"
    )


@pytest.mark.parametrize(
    "query",
    ["?wilayah=abc", "?keadaan=draft", "?keyakinan=Z", "?posisi=x", "?jenis=%27;--", "?setelah=x_y", "?cari=%00"],
)
def test_a_broken_address_is_read_as_no_filter(
    session: Session, people: factories.Team, browser: Opener, query: str
) -> None:
    spread(session, people, 3)
    assert len(table_ids(browser(people.desk).get(f"/verifikasi/{query}").text)) == 3


def test_pages_follow_each_other_without_gap_or_double(
    session: Session, people: factories.Team, browser: Opener
) -> None:
    made = spread(session, people, 120)
    made[60].submitted_at = made[61].submitted_at = made[59].submitted_at  # the same moment, as a batch has it
    session.flush()
    desk = browser(people.desk)
    seen: list[int] = []
    address: str | None = "/verifikasi/"
    while address:
        page = desk.get(address).text
        seen += table_ids(page)
        further = re.search(r'href="([^"]+)" rel="next"', page)
        back = re.search(r'href="([^"]+)" rel="prev"', page)
        address = further[1].replace("&amp;", "&") if further else None
    assert seen == [case.id for case in sorted(made, key=lambda case: (case.submitted_at, case.id))]
    assert back
    assert table_ids(desk.get(back[1].replace("&amp;", "&")).text) == seen[50:100]


def test_the_queue_asks_the_database_as_often_for_300_cases_as_for_3(
    session: Session, people: factories.Team, browser: Opener, connection: Connection
) -> None:
    spread(session, people, 3)
    desk = browser(people.desk)
    desk.get("/verifikasi/")
    counts = []
    for more in (0, 297):
        spread(session, people, more)
        session.commit()
        for path in ("/verifikasi/", "/verifikasi/antrean.geojson"):
            with statements(connection) as seen:
                assert desk.get(path).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]
    assert counts[0] <= 12
    assert counts[1] <= 6


def test_opening_the_queue_frees_cases_whose_time_has_run_out(
    session: Session, people: factories.Team, browser: Opener
) -> None:
    case = factories.case(session, people, State.SUBMITTED)
    services.take(session, case.id, actor=people.desk, at=utcnow() - timedelta(hours=1), minutes=30)
    browser(people.second).get("/verifikasi/")
    session.refresh(case)
    assert (case.state, case.taken_by) == (State.SUBMITTED, None)


def test_cases_of_the_own_unit_are_marked(session: Session, people: factories.Team, browser: Opener) -> None:
    line(session, people, MINE, factories.middle(MINE))
    line(session, people, NEXT_DOOR, factories.middle(NEXT_DOOR))
    session.flush()
    partial = factories.account(session, (Role.DESK_VERIFIER, KABUPATEN), (Role.CAMAT, MINE))
    assert browser(partial).get("/verifikasi/").text.count("tidak boleh Anda periksa") == 1
    assert "tidak boleh Anda periksa" not in browser(people.desk).get("/verifikasi/").text


def test_hostile_titles_stay_text_in_page_and_map(session: Session, people: factories.Team, browser: Opener) -> None:
    line(session, people, MINE, factories.middle(MINE), title=HOSTILE)
    session.flush()
    desk = browser(people.desk)
    page = desk.get("/verifikasi/").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ${alert(2)} {{ 7*7 }} {% raise %}" in page
    [feature] = json.loads(desk.get("/verifikasi/antrean.geojson").data)["features"]
    assert feature["properties"]["name"] == HOSTILE


@pytest.mark.parametrize(
    "path", [f"/verifikasi/{name}" for name in ("", "antrean.geojson", "lapangan", "lapangan.geojson")]
)
def test_queues_are_for_those_who_verify(session: Session, people: factories.Team, browser: Opener, path: str) -> None:
    for person in (people.camat, people.leader, people.chair, people.assessor):
        assert browser(person).get(path).status_code == 403
    answer = browser(None).get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].partition("?")[0].endswith("/masuk")


def test_the_field_list_holds_what_waits_for_a_visit_in_the_own_area(
    session: Session, people: factories.Team, browser: Opener
) -> None:
    waiting = line(session, people, MINE, factories.middle(MINE), state=State.AWAITING_FIELD)
    nowhere = line(session, people, MINE, None, state=State.AWAITING_FIELD)
    line(session, people, MINE, factories.middle(MINE))
    other = factories.team(session, code=KOTA)
    line(session, other, FAR, factories.middle(FAR), state=State.AWAITING_FIELD)
    session.flush()
    field = browser(people.surveyor)
    page = field.get("/verifikasi/lapangan").text
    assert re.findall(r"/verifikasi/(\d+)/kunjungan", page) == [str(waiting.id), str(nowhere.id)]
    assert f'data-lon="{factories.middle(MINE).lon}"' in page
    told = json.loads(field.get("/verifikasi/lapangan.geojson").data)
    assert [feature["id"] for feature in told["features"]] == [waiting.id]
    assert told["without_place"] == 1
    assert told["features"][0]["properties"]["href"] == f"/verifikasi/{waiting.id}/kunjungan"
