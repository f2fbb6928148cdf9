"""Day by day: what a unit did, and how much."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.access import Actor, covers
from webapp.evidence import queries as cases
from webapp.evidence.models import Evidence
from webapp.reporting.errors import (
    AlreadyWithdrawn,
    DayOutside,
    EntryEmpty,
    EvidenceElsewhere,
    ReasonMissing,
)
from webapp.reporting.models import (
    ActivityEntry,
    ProgrammeLine,
    ReportingUnit,
    ReportingYear,
)
from webapp.reporting.rules import (
    ZERO,
)
from webapp.reporting.services.doing import demand_own


@dataclass(frozen=True)
class NewEntry:
    """What was done on a day: `physical` in percent points of the year's work, `money` in rupiah."""

    day: date
    said: str
    quantity: Decimal | None = None
    physical: Decimal = ZERO
    money: Decimal = ZERO
    evidence_id: int | None = None


def log_activity(
    session: Session, line: ProgrammeLine, new: NewEntry, *, actor: Actor, at: datetime
) -> ActivityEntry:  # fmt: skip
    """Write down what was done. Raises `NotOwnUnit`, `EntryEmpty`, `DayOutside`, `EvidenceElsewhere`."""
    demand_own(actor, line.unit)
    if not new.said.strip():
        raise EntryEmpty(field="said")
    if new.day.year != line.unit.year.year or new.day > today_of(line.unit.year, at):
        raise DayOutside(field="day")
    if new.evidence_id is not None:
        _must_be_of_unit(session, actor, line.unit, new.evidence_id)
    made = ActivityEntry(
        line_id=line.id, day=new.day, said=new.said.strip(), quantity=new.quantity, physical=new.physical,
        money=new.money, evidence_id=new.evidence_id, made_by=actor.id, made_at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def withdraw_entry(session: Session, entry: ActivityEntry, because: str, *, actor: Actor, at: datetime) -> None:
    """Take an entry back; it stays readable. Raises `NotOwnUnit`, `AlreadyWithdrawn`, `ReasonMissing`."""
    demand_own(actor, entry.line.unit)
    if entry.withdrawn_at is not None:
        raise AlreadyWithdrawn
    if not because.strip():
        raise ReasonMissing(field="because")
    entry.withdrawn_at, entry.withdrawn_by, entry.withdrawn_because = at, actor.id, because.strip()
    session.flush()


def today_of(year: ReportingYear, at: datetime) -> date:
    """The day it is where the year is reported."""
    return at.astimezone(ZoneInfo(year.region.time_zone)).date()


def _must_be_of_unit(session: Session, actor: Actor, unit: ReportingUnit, evidence_id: int) -> None:
    found = session.scalar(cases.visible_to(actor).where(Evidence.id == evidence_id))
    if found is None or not covers(unit.region_code, found.region_code):
        raise EvidenceElsewhere(field="evidence")
