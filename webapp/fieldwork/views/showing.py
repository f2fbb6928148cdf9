"""What the pages of routes are told: legs as the crow flies, person by person."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from geo.columns import read_point
from geo.values import metres_apart
from webapp.accounts.models import Account
from webapp.fieldwork.models import FieldPlan, PlannedVisit
from webapp.fieldwork.rules import VisitState
from webapp.fieldwork.services.planning import start_of


@dataclass(frozen=True)
class Leg:
    """A stop, and its metres as the crow flies from the stop before; None where one of the two has no place."""

    visit: PlannedVisit
    metres: float | None


@dataclass(frozen=True)
class Walk:
    """One person's stops on one plan in order, the whole way in metres as the crow flies, and what was dropped."""

    person: Account | None
    legs: list[Leg]
    metres: float
    dropped: list[PlannedVisit]


def walks(visits: Sequence[PlannedVisit]) -> list[Walk]:
    """The visits by plan and person; those nobody may make come first."""
    ordered = sorted(visits, key=lambda one: (one.plan_id, one.assessor_id or 0, one.position, one.id))
    grouped = groupby(ordered, key=lambda one: (one.plan_id, one.assessor_id))
    return [_walk(list(mine)) for _, mine in grouped]


def _walk(visits: list[PlannedVisit]) -> Walk:
    kept = [one for one in visits if one.state != VisitState.DROPPED]
    legs = _legs(visits[0].plan, kept)
    whole = sum(leg.metres for leg in legs if leg.metres is not None)
    return Walk(visits[0].assessor, legs, whole, [one for one in visits if one.state == VisitState.DROPPED])


def _legs(plan: FieldPlan, visits: Sequence[PlannedVisit]) -> list[Leg]:
    here, legs = start_of(plan), []
    for visit in visits:
        place = read_point(visit.evidence.place) if visit.evidence.place is not None else None
        legs.append(Leg(visit, metres_apart(here, place) if here and place else None))
        here = place or here
    return legs
