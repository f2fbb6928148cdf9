"""The units of a region: who is silent and since when, and what the others did last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from webapp.access import NATION, Actor, within
from webapp.insight.queries import RegionFigures
from webapp.insight.queries.counting import unit_below
from webapp.insight.rules import Figures
from webapp.programme.models import Participant, Period
from webapp.programme.queries import visible_to
from webapp.programme.rules import PeriodState


@dataclass(frozen=True)
class Unit:
    """A region directly below. `figures`: what the filter counts of it; `last_sent`: whatever the filter.

    `expected_on`: the first day of the first period, opened since, in which it or a unit below takes part; None: none.
    """

    code: str
    name: str
    figures: Figures
    last_sent: datetime | None
    expected_on: date | None
    sent: tuple[int, ...]

    @property
    def silent(self) -> bool:
        return self.figures.silent

    def quiet_days(self, at: datetime) -> int | None:
        """Days that are over since it last sent anything; None: it never has."""
        return max((at - self.last_sent).days, 0) if self.last_sent else None


def expected(session: Session, actor: Actor, upper: str | None) -> dict[str, date]:
    """From when on something was expected of each unit, by the periods this person sees."""
    unit = unit_below(upper, Participant.region_code)
    seen = visible_to(actor).with_only_columns(Period.id)
    rows = session.execute(
        select(unit, func.min(Period.starts_on))
        .join(Period, Period.id == Participant.period_id)
        .where(
            Period.id.in_(seen),
            Period.state != PeriodState.PREPARED,
            within(Participant.region_code, [upper or NATION]),
        )
        .group_by(literal_column("1"))
    )
    return {code: day for code, day in rows}  # noqa: C416 - for the types


def told(
    lines: Sequence[RegionFigures], last: Mapping[str, datetime], since: Mapping[str, date],
    sent: Mapping[str, Mapping[date, int]], months: Sequence[date],
) -> list[Unit]:  # fmt: skip
    """The units below from their parts; what belongs to the region itself is no unit of it."""
    return [
        Unit(
            line.code, line.name, line.figures, last.get(line.code), since.get(line.code),
            tuple(sent.get(line.code, {}).get(month, 0) for month in months),
        )
        for line in lines
        if line.figures is not None and not line.itself
    ]  # fmt: skip
