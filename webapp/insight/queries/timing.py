"""Figures of regions step by step of the calendar: the same cases as without time, each in every step it touches."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import DateTime, Interval, cast, func, true
from sqlalchemy.orm import Session

from webapp.access import Actor
from webapp.evidence.models import Evidence
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
    found = {key: figures for key, figures in found.items() if not figures.silent and _inside(key[1], filters, step)}
    months = [month for _, month in found]
    steps = step.between(min(months), max(months)) if months else []
    return Timeline(step, tuple(steps[-MOST_STEPS:]), found, len(steps) > MOST_STEPS)


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
