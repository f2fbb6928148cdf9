"""D4 [S3], Dharmasraya: "I always monitor who works and who does not": last activity, verified, returned, silent."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR
from tests.webapp.conftest import Opener
from tests.webapp.reporting.world import Government, Office, line, there
from webapp.access import Role
from webapp.evidence.rules import State
from webapp.recap import queries
from webapp.reporting import services as reporting
from webapp.territory.models import Region


def government_here(session: Session) -> tuple[Government, factories.Team]:
    """The kabupaten of the test grid in 2018, where cases have their polygons; Dharmasraya's words."""
    team = factories.team(session)
    region = session.get_one(Region, KABUPATEN)
    secretariat = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    leader = factories.account(session, (Role.LEADER, KABUPATEN))
    at = there(region.time_zone, 2018, 1, 1, 8)
    year = reporting.make_year(session, region, 2018, actor=secretariat, at=at)
    return Government(session, year, secretariat, leader), team


def working(session: Session) -> tuple[Government, Office, Office]:
    made, team = government_here(session)
    works, silent = made.kecamatan(MINE, line("Jalan")), made.kecamatan(NEXT_DOOR, line("Irigasi"))
    made.done(works, date(2018, 3, 1), "25", "25000000")
    made.send(works, 1, made.at(4, 2))
    for state in (State.VERIFIED_DESK, State.VERIFIED_DESK, State.RETURNED, State.SUBMITTED):
        factories.case(session, team, state)
    session.commit()
    return made, works, silent


def test_d4_the_leader_sees_who_works_and_who_does_not(session: Session) -> None:
    made, _, _ = working(session)
    silent, works = queries.recap(session, made.leader, made.year, made.at(4, 12)).lines
    assert (silent.code, silent.silent_quarters, silent.last_activity) == (NEXT_DOOR, 1, None)
    assert silent.figures is not None and silent.figures.silent
    assert works.figures is not None
    assert (works.figures.verified, works.figures.claimed, works.returned) == (2, 4, 1)
    assert works.last_activity is not None and works.last_activity >= date(2018, 3, 1)


def test_d4_the_page_leads_to_the_map_and_to_the_report(session: Session, opened: Opener) -> None:
    made, works, silent = working(session)
    browser = opened(made.leader)
    page = browser.open(f"/rekap/{made.year.id}")
    assert page.text.index(silent.unit.name) < page.text.index(works.unit.name)
    assert f"/peta/{MINE}" in page.links
    assert browser.open(f"/peta/{MINE}").status == 200
    report = made.report(works, 1)
    assert f"/laporan/triwulan/{report.id}" in page.links
    assert browser.open("/rekap/").status == 303 or "/rekap/" in page.path
    camat, stranger = works.head, factories.account(session, (Role.LEADER, factories.KOTA))
    assert opened(camat).open(f"/rekap/{made.year.id}").status == 403
    assert opened(stranger).open(f"/rekap/{made.year.id}").status == 404
