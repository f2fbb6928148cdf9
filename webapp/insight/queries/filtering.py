"""What a filter may be set to."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, holds
from webapp.evidence.models import EvidenceKind
from webapp.evidence.queries import kinds
from webapp.insight.errors import UnknownFilter
from webapp.insight.rules import PARAMETERS, Filters
from webapp.programme.models import Aspect, Indicator, Period
from webapp.programme.queries import visible_to

MOST_INDICATORS = 200  # more are offered only once a period is chosen
_READ_CLAIMS = (Permission.SCORE, Permission.SCORE_READ, Permission.PERIOD_MANAGE, Permission.CLAIM_WRITE)


@dataclass(frozen=True)
class Options:
    """`indicators`: of the period that is chosen, else of all periods where they are not too many."""

    kinds: list[EvidenceKind]
    periods: list[tuple[int, str]]  # id, name; newest first
    indicators: list[tuple[int, str]]  # id, name; in the order of their instruments


def options(session: Session, actor: Actor, filters: Filters | None = None) -> Options:
    """What this person may choose from; indicators only for who reads claims anywhere, of the period of `filters`."""
    periods = visible_to(actor).with_only_columns(Period.id, Period.name).order_by(Period.starts_on.desc(), Period.id)
    found = [(row[0], row[1]) for row in session.execute(periods)]
    return Options(kinds(session), found, _indicators(session, actor, filters or Filters()))


def _indicators(session: Session, actor: Actor, filters: Filters) -> list[tuple[int, str]]:
    if not any(holds(actor, one) for one in _READ_CLAIMS):
        return []
    periods = visible_to(actor).with_only_columns(Period.instrument_id).order_by(None)
    if filters.period is not None:
        periods = periods.where(Period.id == filters.period)
    offered = (
        select(Indicator.id, Indicator.name)
        .join(Aspect, Aspect.id == Indicator.aspect_id)
        .where(Aspect.instrument_id.in_(periods))
        .order_by(Aspect.instrument_id.desc(), Aspect.position, Indicator.position)
    )
    found = [(row[0], row[1]) for row in session.execute(offered.limit(MOST_INDICATORS + 1))]
    if len(found) <= MOST_INDICATORS:
        return found
    chosen = session.execute(offered.where(Indicator.id == filters.indicator)).all() if filters.indicator else []
    return [(row[0], row[1]) for row in chosen]


def checked(session: Session, actor: Actor, filters: Filters) -> Filters:
    """The same, looked over by `check`. Nothing is asked where nothing could be wrong, as for most layers of a map."""
    if filters.kind or filters.activity or filters.period is not None or filters.indicator is not None:
        check(options(session, actor, filters), filters)
    return filters


def check(offered: Options, filters: Filters) -> None:
    """Raise `UnknownFilter` when a kind, an activity, a period or an indicator is not among those offered."""
    activities = {activity.code for kind in offered.kinds for activity in kind.activities}
    known: dict[str, tuple[Any, Collection[Any]]] = {
        "kind": (filters.kind, {kind.code for kind in offered.kinds}),
        "activity": (filters.activity, activities),
        "period": (filters.period, {number for number, _ in offered.periods}),
        "indicator": (filters.indicator, {number for number, _ in offered.indicators}),
    }
    for name, (value, values) in known.items():
        if value is not None and value not in values:
            raise UnknownFilter(field=PARAMETERS[name])
