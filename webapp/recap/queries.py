"""The recap of a region: reports from the reporting year, evidence by the map's own definition of what counts.

Source: domain.md L1 (quarters I to III on one screen, frozen for the leadership meeting) and D4 (who works and who does
not: last activity, verified, returned, silent).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Actor
from webapp.errors import NotFound
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State as CaseState
from webapp.insight import queries as insight
from webapp.insight.queries.counting import AT_HOME, counted
from webapp.insight.rules import Figures, Filters
from webapp.meeting import queries as meetings
from webapp.meeting.models import Meeting, MeetingAnnex
from webapp.programme.rules import grade_of
from webapp.reporting import queries as reports
from webapp.reporting.models import ReportingYear
from webapp.reporting.queries import Standing
from webapp.reporting.rules import QUARTERS, ROMAN, Verdict, is_past, mean_value, quarter_days

FORMAT = "petabukti-rekap/1"


@dataclass
class Line:
    """One unit. `figures` and what follows: its cases; None for an agency, whose work no kecamatan carries."""

    name: str
    code: str | None  # of a kecamatan: where the map leads to
    quarters: dict[int, Standing] = field(default_factory=dict)
    figures: Figures | None = None
    returned: int = 0
    last_case: date | None = None

    @property
    def silent_quarters(self) -> int:
        """Quarters past their deadline of which nothing was ever heard, an excuse or not."""
        return sum(one.judgement.verdict is Verdict.IDLE for one in self.quarters.values())

    @property
    def below(self) -> int:
        return sum(one.judgement.verdict is Verdict.BELOW for one in self.quarters.values())

    @property
    def value(self) -> Decimal | None:
        """The mean of what its quarters count, points of 100; a silent quarter is 0."""
        return mean_value(one.judgement.value for one in self.quarters.values())

    @property
    def last_activity(self) -> date | None:
        """The last day of which it wrote down or proved anything."""
        days = [one.last_entry for one in self.quarters.values()]
        return max((day for day in (*days, self.last_case) if day), default=None)


@dataclass
class Recap:
    """All units of a region at a moment, the silent first."""

    year: ReportingYear
    quarters: tuple[int, ...]
    as_of: datetime
    lines: list[Line]

    @property
    def title(self) -> str:
        first, last = ROMAN[self.quarters[0]], ROMAN[self.quarters[-1]]
        span = f"TW {first}" if first == last else f"TW {first}–{last}"
        return f"Rekap {span} {self.year.year}, {self.year.region.name}"

    @property
    def value(self) -> Decimal | None:
        """The region's: the mean over every unit and quarter that counts."""
        return mean_value(one.judgement.value for line in self.lines for one in line.quarters.values())

    @property
    def grade(self) -> str:
        return grade_of(self.value, self.year.bands) if self.value is not None else ""

    @property
    def silent(self) -> list[Line]:
        return [line for line in self.lines if line.silent_quarters]


def recap(session: Session, actor: Actor, year: ReportingYear, at: datetime) -> Recap:
    """The quarters that are over (at least the first), for every unit that must report; some may have time left.

    Whether the year may be seen is settled before; cases are counted as far as the person reads the map.
    """
    ends = ((quarter, quarter_days(year.year, quarter)[1]) for quarter in QUARTERS)
    quarters = tuple(quarter for quarter, end in ends if is_past(end, year.region.time_zone, at)) or (1,)
    lines: dict[int, Line] = {}
    for one in reports.standing(session, year, at, quarters):
        unit = one.unit
        code = None if unit.agency_id else unit.region_code
        lines.setdefault(unit.id, Line(unit.name, code)).quarters[one.quarter] = one
    _count_cases(session, actor, year, lines.values())
    return Recap(year, quarters, at, sorted(lines.values(), key=_place))


def _place(line: Line) -> tuple[int, int, Decimal, str]:
    return -line.silent_quarters, -line.below, line.value if line.value is not None else Decimal(101), line.name


def _count_cases(session: Session, actor: Actor, year: ReportingYear, lines: Iterable[Line]) -> None:
    figures = {
        one.code: one.figures for one in insight.figures(session, actor, year.region_code, Filters()) if not one.itself
    }
    # No parameter: GROUP BY must see the same text as the column.
    unit = func.left(Evidence.region_code, literal_column("8"))
    seen = (
        counted(actor, Filters(), year.region_code)
        .where(AT_HOME)
        .with_only_columns(
            unit, func.count().filter(Evidence.state == CaseState.RETURNED), func.max(Evidence.occurred_to)
        )
        .group_by(unit)
    )
    further = {code: (returned, day) for code, returned, day in session.execute(seen)}
    for line in lines:
        if line.code is not None:
            line.figures = figures.get(line.code) or Figures()
            line.returned, line.last_case = further.get(line.code, (0, None))


def frozen(found: Recap) -> dict[str, Any]:
    """The recap as a meeting keeps it: numbers as text, days and instants in ISO, nothing that changes later."""
    return {
        "format": FORMAT,
        "title": found.title,
        "region": found.year.region_code,
        "year": found.year.year,
        "as_of": found.as_of.isoformat(),
        "threshold": str(found.year.threshold),
        "quarters": list(found.quarters),
        "value": _text(found.value),
        "grade": found.grade,
        "lines": [
            {
                "name": line.name,
                "code": line.code,
                "value": _text(line.value),
                "silent_quarters": line.silent_quarters,
                "last_activity": line.last_activity.isoformat() if line.last_activity else None,
                "verified": line.figures.verified if line.figures else None,
                "claimed": line.figures.claimed if line.figures else None,
                "returned": line.returned if line.figures else None,
                "quarters": {str(quarter): _quarter(one) for quarter, one in sorted(line.quarters.items())},
            }
            for line in found.lines
        ],
    }


def _quarter(one: Standing) -> dict[str, Any]:
    reached = one.result
    return {
        "state": str(one.state),
        "late": one.report.late,
        "excused": one.excuse is not None,
        "verdict": str(one.judgement.verdict),
        "failing": [str(side) for side in one.judgement.failing],
        "physical": _text(reached.physical) if reached else None,
        "financial": _text(reached.financial) if reached else None,
        "value": _text(one.judgement.value),
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, ".2f")


def open_meetings(session: Session, actor: Actor, region_code: str) -> list[Meeting]:
    """Meetings of the region that are not closed: those a recap can be attached to."""
    wanted = meetings.visible_to(actor).where(Meeting.region_code == region_code, Meeting.closed_at.is_(None))
    return list(session.scalars(wanted.options(joinedload(Meeting.series)).order_by(Meeting.held_on.desc())))


def annex(session: Session, actor: Actor, annex_id: int) -> MeetingAnnex:
    """A frozen recap, for whoever sees its meeting. Raises `NotFound`."""
    seen = meetings.visible_to(actor).with_only_columns(Meeting.id)
    found = session.scalar(
        select(MeetingAnnex).where(
            MeetingAnnex.id == annex_id,
            MeetingAnnex.meeting_id.in_(seen),
            MeetingAnnex.content["format"].astext == FORMAT,
        )
    )
    if found is None:
        raise NotFound
    return found
