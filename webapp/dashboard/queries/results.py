"""What leadership may be told of results: only what was announced, and how its units report."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, areas, covers
from webapp.programme.models import Participant, Period
from webapp.programme.queries import visible_to
from webapp.reporting import queries as reports
from webapp.reporting.models import ReportingYear
from webapp.reporting.queries import Standing
from webapp.reporting.rules import QUARTERS, Verdict, is_past, quarter_days
from webapp.scoring.models import Announcement


@dataclass(frozen=True)
class Place:
    """One line of an announced ranking, as it was announced: total with two decimals, as text."""

    code: str
    name: str
    pool: str
    rank: int
    total: str
    grade: str | None


@dataclass(frozen=True)
class Told:
    """An announced result. `superseded`: the period has been opened again since, or a later version was announced."""

    period_id: int
    period: str
    version: int
    announced_at: datetime
    superseded: bool
    places: tuple[Place, ...]

    def of(self, code: str) -> Place | None:
        return next((one for one in self.places if one.code == code), None)


def _announced(actor: Actor) -> Select[Announcement, str, int]:
    seen = visible_to(actor).with_only_columns(Period.id)
    return (
        select(Announcement, Period.name, Period.version)
        .join(Period, Period.id == Announcement.period_id)
        .where(Period.id.in_(seen))
        .order_by(Announcement.announced_at.desc(), Announcement.period_id.desc(), Announcement.version.desc())
    )


def _told(row: Any) -> Told:
    told, name, current = row
    places = [
        Place(one["region"], one["name"], one.get("pool") or "", one["rank"], one["total"], one.get("grade"))
        for one in told.ranking
    ]
    return Told(told.period_id, name, told.version, told.announced_at, told.version != current, tuple(places))


def ranking(session: Session, actor: Actor, region_code: str, period_id: int | None) -> Told | None:
    """The newest announced result of a government's own periods, or of that period; None: nothing was announced."""
    wanted = _announced(actor).where(Period.region_code == region_code)
    if period_id is not None:
        wanted = wanted.where(Period.id == period_id)
    row = session.execute(wanted.limit(1)).one_or_none()
    return _told(row) if row else None


def history(session: Session, actor: Actor, unit: str) -> list[tuple[Told, Place]]:
    """Every announced result in which a unit took part, the newest first, each version for itself."""
    took_part = select(Participant.period_id).where(Participant.region_code == unit)
    known = (_told(row) for row in session.execute(_announced(actor).where(Period.id.in_(took_part))))
    return [(told, place) for told in known if (place := told.of(unit)) is not None]


@dataclass(frozen=True)
class Reported:
    """How the units of a reporting year stand in the newest quarter that is over; `silent`: of all that are."""

    year: ReportingYear
    quarter: int
    verdicts: Counter[Verdict]
    late: int
    silent: tuple[Standing, ...]

    @property
    def units(self) -> int:
        return self.verdicts.total()


def reporting(session: Session, actor: Actor, region_code: str, at: datetime) -> Reported | None:
    """Of the newest reporting year of a government, for whoever reads its reports; else None."""
    if not any(covers(area, region_code) for area in areas(actor, Permission.REPORT_READ)):
        return None
    year = next((one for one in reports.years(session, actor) if one.region_code == region_code), None)
    if year is None:
        return None
    ends = ((quarter, quarter_days(year.year, quarter)[1]) for quarter in QUARTERS)
    quarters = [quarter for quarter, end in ends if is_past(end, year.region.time_zone, at)] or [1]
    standing = reports.standing(session, year, at, quarters)
    newest = [one for one in standing if one.quarter == quarters[-1]]
    verdicts = Counter(one.judgement.verdict for one in newest)
    idle = tuple(one for one in standing if one.judgement.verdict is Verdict.IDLE)
    return Reported(year, quarters[-1], verdicts, sum(one.report.late for one in newest), idle)
