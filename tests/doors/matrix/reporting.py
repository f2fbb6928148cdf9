"""Last year's reporting of the three governments of the world, all of whose deadlines have passed in silence."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tests import factories
from tests.doors.matrix.people import AWAY, AWAY_UNIT, THEIRS
from tests.doors.matrix.world import UNKNOWN, World
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR
from webapp.access import Role
from webapp.reporting import services
from webapp.reporting.models import QuarterlyReport, ReportingYear, ReportRevision
from webapp.reporting.rules import QUARTERS, usual_deadlines
from webapp.reporting.services import NewEntry, NewLine
from webapp.territory.models import Region
from webapp.transmission.models import Transmission, TransmissionTry

YEAR = date.today().year - 1  # noqa: DTZ011 - the app's own clock runs meanwhile
BEGUN = datetime(YEAR, 1, 2, tzinfo=UTC)
GOVERNMENTS = {"here": KABUPATEN, "elsewhere": KOTA, "away": AWAY}
# name → its year, its kecamatan (None: the agency of R), who writes there
UNITS: dict[str, tuple[str, str | None, str]] = {
    "own": ("here", MINE, "C"), "office": ("here", None, "R"), "neighbour": ("here", NEXT_DOOR, "neighbour_camat"),
    "theirs": ("elsewhere", THEIRS, "T"), "elsewhere": ("elsewhere", FAR, "elsewhere_camat"),
    "away": ("away", AWAY_UNIT, "away_camat"),
}  # fmt: skip

# way to the centre → whose report of the last quarter it carries
WAYS = {"here": "own", "received": "office", "elsewhere": "elsewhere", "away": "away"}


def make(session: Session, world: World) -> None:
    """Years, units with one programme, one entry and their silent reports."""
    rows = {}
    for name, code in GOVERNMENTS.items():
        by = factories.account(session, (Role.SECRETARIAT, code), name="Sekretariat")
        rows[name] = services.make_year(session, session.get_one(Region, code), YEAR, actor=by, at=BEGUN), by
        world.years[name] = rows[name][0].id
    for name, (place, code, writer) in UNITS.items():
        _unit(session, world, name, *rows[place], code, writer)
    for way, name in WAYS.items():
        _on_its_way(session, world, way, name, UNITS[name])


def _unit(
    session: Session, world: World, name: str, year: ReportingYear, by: Any, code: str | None, writer: str
) -> None:
    who = session.get_one(Region, code) if code else factories.agency(session, year.region_code)
    unit = services.add_unit(session, year, who, actor=by, at=BEGUN)
    new = NewLine("Jalan", [Decimal(25)] * 4, [Decimal(10)] * 4)
    line = services.add_line(session, unit, new, actor=by, at=BEGUN)
    spare = services.add_line(session, unit, new, actor=by, at=BEGUN)
    said = NewEntry(date(YEAR, 1, 1), "Mulai", physical=Decimal(1))
    entry = services.log_activity(session, line, said, actor=world.people[writer], at=BEGUN)
    report = session.query(QuarterlyReport).filter_by(unit_id=unit.id, quarter=1).one()
    world.reporting[name] = {
        "unit_id": unit.id, "line": line.id, "line_id": spare.id, "entry_id": entry.id, "report_id": report.id,
    }  # fmt: skip


def _on_its_way(session: Session, world: World, way: str, name: str, unit: tuple[str, str | None, str]) -> None:
    """A late report of the last quarter, tried once. Rows, not deeds: who may do what is tried by the table."""
    place, _, writer = unit
    report = session.query(QuarterlyReport).filter_by(unit_id=world.reporting[name]["unit_id"], quarter=4).one()
    report.state = "deemed_idle"
    session.flush()
    report.state, report.late, report.revision = "late", True, 1
    sent = ReportRevision(
        report_id=report.id, number=1, sent_by=world.people[writer].id, sent_at=BEGUN, after_deadline=True,
        sha256="0" * 64,
    )  # fmt: skip
    session.add(sent)
    session.flush()
    arrived = way == "received"
    row = Transmission(
        revision_id=sent.id, region_code=GOVERNMENTS[place], key=uuid.uuid4(), content={}, sha256="0" * 64, tries=1,
        state="received" if arrived else "failed", queued_at=BEGUN, due_at=BEGUN,
        received_at=BEGUN if arrived else None, receipt="TT-1" if arrived else None,
    )  # fmt: skip
    row.log = [TransmissionTry(number=1, at=BEGUN, ended_at=BEGUN, outcome="received" if arrived else "unreachable")]
    session.add(row)
    session.flush()
    world.ways[way] = sent.id


def values(world: World, relation: str, verb: str) -> dict[str, Any]:
    """The places of an address."""
    name = "elsewhere" if relation == "crossed" else relation
    found = world.reporting.get(name, {})
    if verb in ("report", "fill", "excuse"):
        return {"report_id": found.get("report_id", UNKNOWN)}
    if verb == "today":
        return {} if relation == "page" else {"unit": found.get("unit_id", UNKNOWN)}
    if verb in ("log", "withdraw"):
        key = {"log": "unit_id", "withdraw": "entry_id"}[verb]
        return {key: found.get(key, UNKNOWN)}
    if verb in ("years", "make_year"):
        return {}
    place = "here" if relation == "crossed" else UNITS[relation][0] if relation in UNITS else relation
    year = {"year_id": world.years.get(place, UNKNOWN)}
    key = {"unit": "unit_id", "add_line": "unit_id", "change_line": "line_id"}.get(verb)
    return {**year, key: found.get(key, UNKNOWN)} if key else year


def terms() -> dict[str, str]:
    """Settings with the deadlines as they are."""
    dates = zip(QUARTERS, usual_deadlines(YEAR), strict=True)
    due = {f"due_{n}": day.isoformat() for n, day in dates}
    return {"threshold": "80", "basis": "quarter", "excuse_rule": "excluded", "bands": "A 80", **due}


def target(prefix: str) -> dict[str, str]:
    """A programme with its targets."""
    words = {"name": "Jembatan", "weight": "2", "physical_target": "100", "money_target": "40", "place": ""}
    quarters = {f"{side}_{n}": str(each) for side, each in (("physical", 25), ("money", 10)) for n in QUARTERS}
    return {f"{prefix}-{name}": value for name, value in {**words, **quarters}.items()}


def of_way(world: World, relation: str, verb: str) -> dict[str, Any]:
    """The places of an address of the outbox."""
    return {} if verb == "outbox" else {"revision_id": world.ways.get(relation, UNKNOWN)}


def of_recap(world: World, relation: str, verb: str) -> dict[str, Any]:
    """The places of an address of the recap."""
    if verb == "latest":
        return {}
    if verb == "annex":
        return {"annex_id": world.annexes.get(relation, UNKNOWN)}
    return {"year_id": world.years.get(relation, UNKNOWN)}
