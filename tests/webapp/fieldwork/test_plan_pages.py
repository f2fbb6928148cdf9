"""The pages of plans and of the own day, through the door."""

import hashlib
import re
from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree

import gpxpy
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN
from tests.webapp.fieldwork.conftest import Opener, Plan, verified, wait
from tests.webapp.verification.conftest import utcnow
from webapp.accounts.models import Account
from webapp.conflict.rules import Tie
from webapp.conflict.services import NewTie, declare
from webapp.fieldwork import queries, routefile
from webapp.fieldwork.models import FieldPlan, PlannedVisit
from webapp.verification.queries.partial import day_there

NEW = "/lapangan/rencana/baru"


def here_today() -> str:
    return day_there(utcnow(), KABUPATEN).isoformat()


def test_a_planner_draws_reads_the_seed_and_sees_the_route(
    session: Session, people: factories.Team, planner: Account, opened: Opener
) -> None:
    for number in range(4):
        wait(session, people, number, title=f"Posyandu {number}")
    done = [verified(session, people, number).id for number in range(20, 30)]
    browser = opened(planner)
    form = browser.get(NEW).text
    assert re.search(r'<input[^>]*name="share"[^>]*value="10"', form), "the share of the settings is offered"
    answer = browser.post(
        NEW, NEW, region_code=KABUPATEN, day=here_today(), share="20", people=str(people.surveyor.id),
        start_label="Kantor bupati", lon="100,2", lat="-1,95",
    )  # fmt: skip
    assert answer.status_code == 303
    made = session.scalars(select(FieldPlan)).one()
    page = browser.get(answer.headers["Location"]).text
    assert made.seed in page and made.secret in page and ",".join(map(str, done)) in page
    assert people.surveyor.name in page and "Sampel acak" in page
    layer = browser.get(f"/lapangan/rencana/{made.id}/rute.geojson").get_json()
    numbers = sorted(one["properties"]["number"] for one in layer["features"])
    assert numbers == list(range(7)), "the start and six stops"


def test_what_a_visitor_declared_keeps_them_away_although_the_planner_cannot_read_it(
    session: Session, people: factories.Team, planner: Account, other: Account, opened: Opener
) -> None:
    case = wait(session, people, 1)
    unit = case.region_code[:8]
    declare(session, people.period, [NewTie(unit, Tie.KIN)], actor=people.surveyor, at=utcnow())
    both = [str(people.surveyor.id), str(other.id)]
    answer = opened(planner).post(
        NEW, NEW, region_code=KABUPATEN, day=here_today(), share="0", people=both, start_label="Kantor bupati",
        lon="100,2", lat="-1,95",
    )  # fmt: skip
    assert answer.status_code == 303
    assert session.scalars(select(PlannedVisit.assessor_id)).all() == [other.id]


def test_what_cannot_be_planned_is_said_on_the_form(
    session: Session, people: factories.Team, planner: Account, opened: Opener
) -> None:
    browser = opened(planner)
    said = {"region_code": KABUPATEN, "day": here_today(), "share": "10"}
    empty = browser.post(NEW, NEW, people=str(people.surveyor.id), **said)
    assert (empty.status_code, "tidak ada yang baru untuk diundi" in empty.text) == (422, True)
    nobody = browser.post(NEW, NEW, **said)
    assert (nobody.status_code, "Pilih paling sedikit satu" in nobody.text) == (422, True)
    assert browser.post(NEW, NEW, **{**said, "share": "101"}).status_code == 422


def test_the_planner_changes_who_goes_and_others_cannot(
    session: Session, people: factories.Team, planner: Account, other: Account, opened: Opener, plan: Plan
) -> None:
    wait(session, people, 1)
    made = plan(at=utcnow(), day=day_there(utcnow(), KABUPATEN))
    visit, page = made.visits[0], f"/lapangan/rencana/{made.id}"
    verb = f"{page}/kunjungan/{visit.id}"
    browser = opened(planner)
    shown = browser.get(page).text
    assert f'action="{verb}/petugas"' in shown and f'action="{verb}/batal"' in shown
    assert f'<option value="{other.id}">' in shown, "who else can be sent"
    bare = browser.post(f"{verb}/petugas", page, petugas=str(other.id), alasan="")
    assert (bare.status_code, "Tulis alasannya" in bare.text) == (422, True)
    assert browser.post(f"{verb}/petugas", page, petugas=str(other.id), alasan="Sakit.").status_code == 303
    session.refresh(visit)
    assert visit.assessor_id == other.id
    surveyor = opened(other)
    assert surveyor.get(page).status_code == 200
    assert "/petugas" not in surveyor.get(page).text, "to be read, not to be changed"
    assert opened(people.surveyor).get(page).status_code == 404, "no longer on it"
    assert surveyor.post(f"{verb}/batal", "/akun", alasan="Malas.").status_code == 403
    assert browser.post(f"{verb}/batal", page, alasan="Banjir.").status_code == 303
    assert "Banjir." in browser.get(page).text


def test_an_assessor_sees_the_day_in_order_and_downloads_the_route(
    session: Session, people: factories.Team, other: Account, opened: Opener, plan: Plan
) -> None:
    hostile = 'Pasar <script>alert(1)</script> & "Tugu" ]]> 081234567890'
    for number in range(3):
        wait(session, people, number, title=f"Taman {number}", note="Rahasia warga.")
    wait(session, people, 3, title=hostile)
    plan(at=utcnow(), day=day_there(utcnow(), KABUPATEN))
    browser = opened(people.surveyor)
    page = browser.get("/lapangan/hari-ini").text
    assert all(f"Taman {number}" in page for number in range(3))
    assert "<script>alert" not in page and "garis lurus" in page
    answer = browser.get("/lapangan/hari-ini/rute.gpx")
    assert answer.mimetype == "application/gpx+xml"
    file = gpxpy.parse(answer.text)
    names = [point.name for point in file.waypoints]
    assert [point.name for point in file.routes[0].points] == ["Berangkat", *names]
    assert [name[:2] for name in names] == ["01", "02", "03", "04"]
    assert any('<script>alert(1)</script> & "Tugu" ]]>' in name for name in names), "as text"
    assert "081234567890" not in answer.text and "Rahasia" not in answer.text
    ElementTree.fromstring(answer.data)  # noqa: S314 - our own answer
    nothing = opened(other)
    assert "Tidak ada kunjungan untuk Anda" in nothing.get("/lapangan/hari-ini").text
    assert gpxpy.parse(nothing.get("/lapangan/hari-ini/rute.gpx").text).waypoints == []


def test_titles_that_xml_cannot_hold_make_a_file_all_the_same(
    session: Session, people: factories.Team, plan: Plan
) -> None:
    wait(session, people, 1, title="Balai\x0b\x1f desa \ufffe kita")
    made = plan(at=utcnow(), day=day_there(utcnow(), KABUPATEN), share=Decimal(0))
    mine = queries.todays_plan(session, people.surveyor, made.day)
    [point] = gpxpy.parse(routefile.gpx(mine, made.day)).waypoints
    assert point.name.startswith("01 Balai desa")
    assert not queries.todays_plan(session, people.surveyor, made.day + timedelta(days=1))


def test_the_page_shows_how_to_check_the_draw_truly(
    session: Session, people: factories.Team, planner: Account, opened: Opener, plan: Plan
) -> None:
    for number in range(12):
        verified(session, people, number)
    made = plan(at=utcnow(), day=day_there(utcnow(), KABUPATEN), share=Decimal(25))
    ids = ",".join(map(str, sorted(made.candidates)))
    assert hashlib.sha256(f"{made.secret}|{ids}|{made.day.isoformat()}".encode()).hexdigest() == made.seed
    order = sorted(made.candidates, key=lambda one: hashlib.sha256(f"{made.seed}|{one}".encode()).hexdigest())
    page = opened(planner).get(f"/lapangan/rencana/{made.id}").text
    assert ",".join(map(str, order[:3])) in page and "Benih cocok" in page
    sampled = select(PlannedVisit.evidence_id).where(PlannedVisit.reason == "sample")
    assert set(session.scalars(sampled)) == set(order[:3])
