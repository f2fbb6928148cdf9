"""Every known hole of folium and Leaflet, tried on every page with a map: nothing runs, and each text is read as it is.

The sinks are popups, tooltips, names of regions, legends, the corner of attributions, accessible names and the pages
around the maps; the ways in are all the texts that people, importers and the operator give.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from config import Settings
from geo.values import LonLat
from media.store import Store
from tests import factories, photos
from tests.journeys.conftest import Enter, Site, served
from tests.webapp.insight.conftest import SEOUL, evidence
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.db import utcnow
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.fieldwork.models import FieldPlan, PlannedVisit
from webapp.replication.services import Source, name_source
from webapp.reporting.models import (
    ProgrammeLine,
    QuarterlyReport,
    ReportingUnit,
    ReportingYear,
    ReportLine,
    ReportRevision,
)
from webapp.reporting.rules import usual_deadlines
from webapp.territory.models import BoundaryDataset, Region

TEMPLATES = Path(__file__).resolve().parents[2] / "webapp/templates"
HOLES = (
    "<script>jahat()</script>",
    "</script><script>jahat()</script>",
    '"><img src=x onerror=jahat()>',
    "' onmouseover='jahat()",
    "${jahat()}",
    "`+jahat()+`",
    "\\`${jahat()}\\`",
    "'-jahat()-'",
    "{{7*7}}{% raise %}",
    "{{cycler.__init__.__globals__.os.popen('id').read()}}",
    "javascript:jahat()",
    "&lt;img src=x onerror=jahat()&gt;",
)
CANARY = "window.ran = []; window.jahat = function () { window.ran.push(document.location.pathname); };"
TILE = photos.png(seed=1, size=(256, 256))
# Every popup and tooltip of the map is opened; then all that the map says, to the eye and to a screen reader.
READ = """
() => Object.values(petabukti.maps).map(map => {
  const said = [];
  map.eachLayer(layer => {
    for (const kind of ["Popup", "Tooltip"]) {
      if (!layer["get" + kind] || !layer["get" + kind]()) { continue; }
      layer["open" + kind]();
      said.push(layer["get" + kind]().getElement().textContent);
    }
  });
  const box = map.getContainer();
  box.querySelectorAll("[aria-label]").forEach(one => said.push(one.getAttribute("aria-label")));
  return [...said, box.textContent].join("\\n");
}).join("\\n")
"""


@pytest.fixture
def site(fresh_database: Engine, tmp_path: Path) -> Iterator[Site]:
    """A site whose operator, too, has set hostile words."""
    settings = Settings(
        data_dir=tmp_path, secret_key=factories.SECRET_KEY, demo=False, port=0, threads=4, organisation=HOLES[2],
        basemap_tile_url="https://ubin.example/{z}/{x}/{y}.png", basemap_attribution=f"Ubin {HOLES[2]} {HOLES[4]}",
    )  # fmt: skip
    with served(fresh_database, settings) as site:
        yield site


def hostile_world(site: Site, store: Store) -> tuple[Account, dict[str, int]]:
    """A case for each hole in its title, in the states of every map; regions, people and sources named by holes."""
    with site.session() as session, session.begin():
        people = factories.team(session)
        people.store = store
        centre = factories.middle(factories.MINE)
        states = (State.SUBMITTED, State.AWAITING_FIELD, State.VERIFIED_FIELD)
        numbers = {}
        numbers["draft"] = factories.case(session, people, title=HOLES[0], note=HOLES[1]).id
        for n, hole in enumerate([*HOLES, *HOLES, *HOLES]):
            state, place = states[n % 3], LonLat(centre.lon + 0.002 * (n // 12 - 1), centre.lat + 0.003 * (n % 12 - 6))
            made = factories.case(session, people, state, place=place, title=hole, note=hole)
            made.photos[0].file_name = made.place_label = hole
            numbers[state.value] = made.id
        for hole in HOLES:  # studies abroad are drawn on a map of their own
            evidence(session, people, State.VERIFIED_DESK, factories.MINE, region_result="luar_negeri", place=SEOUL,
                     title=hole, place_label=hole, country_code="KR")  # fmt: skip
        for n, region in enumerate(session.query(Region).filter(Region.code.startswith("99")).order_by(Region.code)):
            region.name = f"Kecamatan {HOLES[n % len(HOLES)]}"
        session.execute(update(BoundaryDataset).values(attribution=f"Sumber {HOLES[2]} {HOLES[4]}", name=HOLES[0]))
        people.camat.name = people.desk.name = HOLES[2]
        factories.visit(session, session.get_one(Evidence, numbers["awaiting_field"]), people.surveyor, verdict=None)
        copied = Source(numbers["submitted"])
        name_source(session, numbers["verified_field"], copied, actor=people.camat, at=datetime.now(UTC))
        posts = [(role, PLACES.get(role, factories.KABUPATEN)) for role in Role]
        everybody = factories.account(session, *posts)
        numbers["plan"] = planned(session, everybody)
        numbers["year"] = hindered(session, everybody)
        return everybody, numbers


def planned(session: Session, person: Account) -> int:
    """A plan of today that sends the person to every case that waits; its number."""
    day = datetime.now(ZoneInfo("Asia/Jakarta")).date()
    plan = FieldPlan(
        region_code=factories.KABUPATEN, day=day, number=1, secret="0" * 64, seed="0" * 64, share=Decimal(10),
        candidates=[], made_by=person.id, made_at=utcnow(), note=HOLES[3], start_label=HOLES[4],
    )  # fmt: skip
    session.add(plan)
    session.flush()
    waiting = session.query(Evidence).filter_by(state=State.AWAITING_FIELD).order_by(Evidence.id)
    for position, case in enumerate(waiting, start=1):
        session.add(
            PlannedVisit(
                plan_id=plan.id, evidence_id=case.id, assessor_id=person.id, position=position, reason="required"
            )
        )
    session.flush()
    return plan.id


def hindered(session: Session, person: Account) -> int:
    """A year in which the kecamatan reported an obstacle of hostile words; its number."""
    now = utcnow()
    year = ReportingYear(
        region_code=factories.KABUPATEN, year=2018, due_on=usual_deadlines(2018), made_by=person.id, made_at=now
    )
    session.add(year)
    session.flush()
    unit = ReportingUnit(year_id=year.id, region_code=factories.MINE)
    session.add(unit)
    session.flush()
    line = ProgrammeLine(
        unit_id=unit.id, position=1, name=HOLES[0], place_code=factories.MINE, physical_target=100, money_target=40,
        physical_quarters=[25] * 4, money_quarters=[10] * 4,
    )  # fmt: skip
    report = QuarterlyReport(unit_id=unit.id, quarter=1, state="late", late=True, revision=1)
    session.add_all((line, report))
    session.flush()
    said = ReportLine(
        line_id=line.id, position=1, name=HOLES[0], measure="", weight=1, place_code=factories.MINE, year_physical=100,
        year_money=40, target_physical=25, target_money=10, before_physical=0, before_money=0, quantity=0,
        rolled_physical=0, rolled_money=0, physical=0, money=0, reason="", unfinished=True, obstacle_kind="other",
        obstacle=HOLES[2],
    )  # fmt: skip
    session.add(
        ReportRevision(
            report_id=report.id, number=1, sent_by=person.id, sent_at=now, after_deadline=True, sha256="0" * 64,
            lines=[said],
        )
    )  # fmt: skip
    session.flush()
    return year.id


PLACES = {Role.CAMAT: factories.MINE, Role.CONTRIBUTOR: factories.MINE, Role.PROVINCIAL_TEAM: "99"}
CREDITS = [f"Ubin {HOLES[2]} {HOLES[4]}"]
# Template with a map: the page, and the texts its map must say.
CASES, REGIONS = list(HOLES), [f"Kecamatan {hole}" for hole in HOLES[2:6]]  # of the kabupaten
STOPS = [HOLES[n] for n in (1, 4, 7, 10)]  # the titles of what waits for a visit
PAGES = {
    "evidence/place.html": ("/bukti/{draft}/lokasi", []),
    "evidence/show.html": ("/bukti/{verified_field}", [HOLES[-1]]),
    "fieldwork/plan.html": ("/lapangan/rencana/{plan}", STOPS),
    "fieldwork/today.html": ("/lapangan/hari-ini", STOPS),
    "insight/compare.html": ("/peta/banding?kiri=99.01&kanan=99.01.01", REGIONS),
    "insight/copies.html": ("/peta/99.01/tiruan", [HOLES[-1]]),
    "insight/region.html": ("/peta/99.01.01", CASES),
    "insight/study.html": ("/peta/studi", CASES),
    "insight/time.html": ("/peta/99.01/waktu", REGIONS),
    "reporting/hindrances.html": ("/laporan/tahun/{year}/hambatan?tw=1", REGIONS),
    "territory/listing.html": ("/wilayah/", []),
    "territory/show.html": ("/wilayah/99.01", REGIONS),
    "verification/desk.html": ("/verifikasi/{submitted}", CASES[7:]),  # those within a kilometre of it
    "verification/field.html": ("/verifikasi/lapangan", []),
    "verification/queue.html": ("/verifikasi/", []),
    "verification/visit.html": ("/verifikasi/{awaiting_field}/kunjungan", []),
}

# For everybody, from words of their own: tests/webapp/publication/test_public_pages.py sends hostile ones.
PUBLIC = {"publik/embedded.html", "publik/front.html", "publik/item.html"}


def test_every_page_with_a_map_is_in_the_table() -> None:
    with_maps = [
        path for path in TEMPLATES.rglob("*.html") if "map_box(" in path.read_text() and path.parent.name != "macros"
    ]
    assert {str(path.relative_to(TEMPLATES)) for path in with_maps} == PAGES.keys() | PUBLIC


def test_nothing_runs_and_every_text_is_read_as_it_was_typed(site: Site, enter: Enter, tmp_path: Path) -> None:
    account, numbers = hostile_world(site, Store.open(Settings(data_dir=tmp_path).media_place))
    person = enter(account)
    page = person.page
    page.add_init_script(CANARY)
    page.on("dialog", lambda dialog: person.complaints.append(f"dialog: {dialog.message}"))
    page.route("https://ubin.example/**", lambda route: route.fulfill(body=TILE, content_type="image/png"))
    faults = []
    for path, expected in [*PAGES.values(), ("/peta/", []), (f"/peta/{factories.KABUPATEN}", REGIONS)]:
        where = path.format(**numbers)
        answer = page.goto(where, wait_until="networkidle")
        assert answer is not None and answer.status == 200, where
        page.locator("[data-ready=true]").last.wait_for()
        said = page.evaluate(READ)
        faults += [f"{where}: the map does not say {text!r}" for text in [*expected, *CREDITS] if text not in said]
        faults += [f"{where}: ran" for _ in page.evaluate("window.ran")]
        faults += [f"{where}: became an element" for _ in page.locator("img[src=x], [onerror], [onmouseover]").all()]
        faults += [f"{where}: {complaint}" for complaint in person.complaints]
        person.complaints.clear()
    assert faults == []
    assert person.hosts == {site.address.removeprefix("http://"), "ubin.example"}
