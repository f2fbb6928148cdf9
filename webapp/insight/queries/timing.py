"""Figures of regions step by step of the calendar: the same cases as without time, each in every step it touches."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from sqlalchemy import DateTime, Interval, cast, func, true
from sqlalchemy.orm import Session

from webapp.access import Actor
from webapp.evidence.models import Evidence
from webapp.evidence.tally_models import Edge
from webapp.insight.queries import monthly
from webapp.insight.queries.counting import counted, sums, unit_below
from webapp.insight.rules import Figures, Filters, Month, Step, total

MOST_STEPS = 120  # ten years of months; the latest are shown


@dataclass(frozen=True)
class Timeline:
    """Figures by region and step; a region or a step that is missing has none. `steps`: all between first and last."""

    step: Step
    steps: tuple[Month, ...]
    figures: dict[tuple[str, Month], Figures]
    cut: bool = False  # whether there were earlier steps

    def of(self, code: str, at: Month) -> Figures:
        return self.figures.get((code, at), Figures())

    def sums(self, codes: Iterable[str]) -> list[tuple[Month, Figures]]:
        known = list(codes)
        return [(at, total(self.of(code, at) for code in known)) for at in self.steps]


def timeline(session: Session, actor: Actor, upper: str | None, filters: Filters, step: Step) -> Timeline:
    """Figures of the regions below `upper`, as `queries.figures` counts them with `during(filters, …)` for each step.

    An event that runs over the end of a step is of both: steps may add up to more than the whole.
    """
    if known := monthly.known(actor, upper, filters):
        return _summed(monthly.changes(session, known), filters, step)
    return _counted(session, actor, upper, filters, step)


def _summed(changes: monthly.Changes, filters: Filters, step: Step) -> Timeline:
    """From where events begin and end, see `monthly`."""
    months = [month for told in changes.values() for _, month in told]
    every = step.between(min(months), max(months)) if months else []
    spans = {at: during(filters, step, at) for at in every if _inside(at, filters, step)}
    units = {code: (_Running(told, Edge.BEGAN), _Running(told, Edge.ENDED)) for code, told in changes.items()}
    found: dict[tuple[str, Month], Figures] = {}
    for at, span in spans.items():
        first, last = _place(span.since or at), _place(span.until or at)
        for code, (begun, over) in units.items():
            figures = begun.until(last) - over.until(first - 1)
            if not figures.silent:
                found[code, at] = figures
    return _line(step, found)


class _Running:
    """How many of the events of a region had begun, or ended, by the end of a month."""

    def __init__(self, told: Mapping[tuple[Edge, Month], Figures], which: Edge) -> None:
        known = sorted((_place(month), figures) for (one, month), figures in told.items() if one is which)
        self._months = [month for month, _ in known]
        self._sums = list(accumulate((figures for _, figures in known), initial=Figures()))

    def until(self, month: int) -> Figures:
        return self._sums[bisect_right(self._months, month)]


def _place(month: Month) -> int:
    """Months in a row, as numbers."""
    return month.year * 12 + month.month


def _line(step: Step, found: dict[tuple[str, Month], Figures]) -> Timeline:
    months = [month for _, month in found]
    steps = step.between(min(months), max(months)) if months else []
    return Timeline(step, tuple(steps[-MOST_STEPS:]), found, len(steps) > MOST_STEPS)


def _counted(session: Session, actor: Actor, upper: str | None, filters: Filters, step: Step) -> Timeline:
    unit = unit_below(upper)
    every = func.make_interval(0, step.months, type_=Interval)
    begins = func.date_trunc("month" if step is Step.MONTH else "quarter", _moment(Evidence.occurred_from))
    moments = (
        func.generate_series(begins, _moment(Evidence.occurred_to), every)
        .table_valued("moment", name="step")
        .render_derived()
    )
    wanted: Any = (
        counted(actor, filters, upper)
        .join(moments, true())
        .with_only_columns(unit, moments.c.moment, *sums(), maintain_column_froms=True)
        .group_by(unit, moments.c.moment)
    )
    found = {
        (str(code), Month.of(moment)): Figures(*(int(number) for number in numbers))
        for code, moment, *numbers in session.execute(wanted)
    }
    return _line(
        step, {key: one for key, one in found.items() if not one.silent and _inside(key[1], filters, step)}
    )  # fmt: skip


def during(filters: Filters, step: Step, at: Month) -> Filters:
    """The same filters for one step alone; months asked for besides narrow it further."""
    first, last = at, step.end(at)
    return replace(
        filters, since=max(first, filters.since or first), until=min(last, filters.until or last)
    )  # fmt: skip


def _inside(at: Month, filters: Filters, step: Step) -> bool:
    """Whether a step holds any of the months asked for: a case that touches those may touch others too."""
    return not (filters.since and step.end(at) < filters.since) and not (filters.until and at > filters.until)


def _moment(day: Any) -> Any:
    return cast(day, DateTime(timezone=False))  # a bare day would be taken for an instant in some zone
