"""What a filter may be set to."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from webapp.access import Actor
from webapp.evidence.models import EvidenceKind
from webapp.evidence.queries import kinds
from webapp.insight.errors import UnknownFilter
from webapp.insight.rules import PARAMETERS, Filters
from webapp.programme.models import Period
from webapp.programme.queries import visible_to


@dataclass(frozen=True)
class Options:
    kinds: list[EvidenceKind]
    periods: list[tuple[int, str]]  # id, name; newest first


def options(session: Session, actor: Actor) -> Options:
    periods = visible_to(actor).with_only_columns(Period.id, Period.name).order_by(Period.starts_on.desc(), Period.id)
    return Options(kinds(session), [(row[0], row[1]) for row in session.execute(periods)])


def check(offered: Options, filters: Filters) -> None:
    """Raise `UnknownFilter` when a kind, an activity or a period is not among those offered."""
    activities = {activity.code for kind in offered.kinds for activity in kind.activities}
    known: dict[str, tuple[Any, Collection[Any]]] = {
        "kind": (filters.kind, {kind.code for kind in offered.kinds}),
        "activity": (filters.activity, activities),
        "period": (filters.period, {number for number, _ in offered.periods}),
    }
    for name, (value, values) in known.items():
        if value is not None and value not in values:
            raise UnknownFilter(field=PARAMETERS[name])
