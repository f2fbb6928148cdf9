"""Verbs that write instruments, and guard what is frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import NATION, Actor, Permission, areas, demand
from webapp.errors import NotAllowed, NotFound
from webapp.programme import queries
from webapp.programme.errors import (
    InstrumentFrozen,
    NothingToSettle,
    NumbersUnsettled,
    RubricFaulty,
    WeightsIncomplete,
)
from webapp.programme.models import Aspect, GradeBand, Indicator, IndicatorLevel, Instrument
from webapp.programme.rules import (
    HUNDRED,
    OF_WEIGHTS,
    SPREAD_LIMIT,
    GradePlan,
    IndicatorPlan,
    InstrumentPlan,
    LevelPlan,
    Method,
    Mode,
    Reading,
    TieRule,
    Wrong,
)


class Step(StrEnum):
    """One place up or down in an order."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Terms:
    """What is said of the whole instrument."""

    legal_basis: str
    tie_rule: TieRule
    grades: tuple[GradePlan, ...]


def create_instrument(
    session: Session, name: str, *, actor: Actor, at: datetime, legal_basis: str = "", example: bool = False
) -> Instrument:
    """An empty instrument of the region whose secretariat the actor is; the same name again is its next version.

    Raises `NotAllowed` for anyone who prepares periods nowhere.
    """
    return write_plan(session, InstrumentPlan(name, legal_basis=legal_basis, example=example), actor=actor, at=at)


def write_plan(session: Session, plan: InstrumentPlan, *, actor: Actor, at: datetime) -> Instrument:
    """The instrument a plan describes, of the actor's region, open for changes; the same name is the next version.

    Raises `NotAllowed` for anyone who prepares periods nowhere.
    """
    reach = areas(actor, Permission.PERIOD_MANAGE)
    if not reach:
        raise NotAllowed
    region_code = reach[0] or None
    same = Instrument.region_code.is_not_distinct_from(region_code), Instrument.name == plan.name
    newest = session.scalar(select(func.max(Instrument.version)).where(*same)) or 0
    made = Instrument(
        name=plan.name, region_code=region_code, version=newest + 1,
        legal_basis=plan.legal_basis.replace("\r\n", "\n"),
        example=plan.example, settle_first=plan.settle_first, tie_rule=plan.tie_rule,
    )  # fmt: skip
    made.grades = [_grade(one) for one in plan.grades]
    for position, aspect in enumerate(plan.aspects, start=1):
        twin = Aspect(position=position, name=aspect.name, weight=aspect.weight, round=aspect.round)
        twin.indicators = [
            Indicator(position=n, **_columns(one), levels=_levels(one.levels))
            for n, one in enumerate(aspect.indicators, start=1)
        ]
        made.aspects.append(twin)
    session.add(made)
    session.flush()
    audit.record(
        session, "instrument.create", at=at, actor_id=actor.id, on=("instrument", made.id), region_code=region_code
    )
    return made


def copy_instrument(session: Session, source: Instrument, *, actor: Actor, at: datetime) -> Instrument:
    """The next version of an instrument, with everything in it, open for changes.

    What somebody settled was that version: example numbers are settled anew. Raises `NotAllowed`.
    """
    return write_plan(session, queries.plan_of(source), actor=actor, at=at)


def must_be_changeable(instrument: Instrument) -> None:
    """Raises `InstrumentFrozen` once a period with this instrument was opened."""
    if instrument.frozen_at is not None:
        raise InstrumentFrozen


def demand_ready(instrument: Instrument) -> None:
    """Nothing keeps a period from being opened with it.

    Raises `WeightsIncomplete`, `NumbersUnsettled` or `RubricFaulty`, the first of these that holds.
    """
    wrong = {one.wrong for one in queries.faults(instrument) if one.stops}
    if wrong & OF_WEIGHTS:
        raise WeightsIncomplete
    if Wrong.UNSETTLED in wrong:
        raise NumbersUnsettled
    if wrong:
        raise RubricFaulty


def settle(session: Session, instrument: Instrument, source: str, *, actor: Actor, at: datetime) -> None:
    """Stand for the numbers of an instrument: they hold on the ground of `source`, and are no examples any more.

    Any later change takes this back. Raises `NotAllowed`, `InstrumentFrozen`, and `NothingToSettle` while weights or
    rubrics are faulty.
    """
    demand(actor, Permission.PERIOD_MANAGE, instrument.region_code or NATION)
    must_be_changeable(instrument)
    if any(one.stops and one.wrong is not Wrong.UNSETTLED for one in queries.faults(instrument)):
        raise NothingToSettle
    instrument.settled_source, instrument.settled_at, instrument.settled_by = source, at, actor.id
    instrument.example = False
    session.flush()
    audit.record(
        session, "instrument.settle", at=at, actor_id=actor.id, on=("instrument", instrument.id),
        region_code=instrument.region_code, source=source,
    )  # fmt: skip


def _touch(instrument: Instrument) -> None:
    """Before any change. What was settled was another set of numbers. Raises `InstrumentFrozen`."""
    must_be_changeable(instrument)
    if instrument.settled_at is not None:
        instrument.settled_source, instrument.settled_at, instrument.settled_by = "", None, None
        instrument.example = instrument.settle_first


def change_terms(session: Session, instrument: Instrument, terms: Terms) -> None:
    """Other ground, rule for ties or grades. Raises `InstrumentFrozen`."""
    if terms == Terms(instrument.legal_basis, TieRule(instrument.tie_rule), queries.plan_of(instrument).grades):
        return
    _touch(instrument)
    instrument.legal_basis, instrument.tie_rule = terms.legal_basis, terms.tie_rule
    instrument.grades.clear()
    session.flush()  # the old ones go first: a grade begins once
    instrument.grades = [_grade(one) for one in sorted(terms.grades, key=lambda one: -one.from_total)]


def add_aspect(instrument: Instrument, name: str, weight: Decimal, *, part: int = 1) -> Aspect:
    """One more aspect at the end; part: the round it is judged in, 1 or 2. Raises `InstrumentFrozen`."""
    _touch(instrument)
    position = max((one.position for one in instrument.aspects), default=0) + 1
    made = Aspect(position=position, name=name, weight=weight, round=part)
    instrument.aspects.append(made)
    return made


def change_aspect(aspect: Aspect, name: str, weight: Decimal, *, part: int) -> None:
    """Other words, weight or round of an aspect. Raises `InstrumentFrozen`."""
    _touch(aspect.instrument)
    aspect.name, aspect.weight, aspect.round = name, weight, part


def add_indicator(
    aspect: Aspect, name: str, weight: Decimal, mode: Mode, *, required: bool = True, max_value: Decimal = HUNDRED,
    reading: Reading = Reading.QUORUM, spread_limit: Decimal = SPREAD_LIMIT, method: Method = Method.RATED,
    points_each: Decimal | None = None, fading: Decimal = HUNDRED, evidence_required: int = 1,
    levels: Sequence[LevelPlan] = (),
) -> Indicator:  # fmt: skip
    """One more indicator at the end of an aspect; `spread_limit`: points of 100. Raises `InstrumentFrozen`."""
    plan = IndicatorPlan(
        name, weight, mode, method, required, evidence_required, max_value, points_each, fading, reading, spread_limit,
        tuple(levels),
    )  # fmt: skip
    return add_planned(aspect, plan)


def add_planned(aspect: Aspect, plan: IndicatorPlan) -> Indicator:
    """One more indicator at the end of an aspect. Raises `InstrumentFrozen`."""
    _touch(aspect.instrument)
    position = max((one.position for one in aspect.indicators), default=0) + 1
    made = Indicator(position=position, **_columns(plan), levels=_levels(plan.levels))
    aspect.indicators.append(made)
    return made


def change_indicator(indicator: Indicator, plan: IndicatorPlan) -> None:
    """Everything of an indicator as the plan says. Raises `InstrumentFrozen`."""
    _touch(indicator.aspect.instrument)
    for column, value in _columns(plan).items():
        setattr(indicator, column, value)
    indicator.levels = _levels(plan.levels)


def move_aspect(session: Session, instrument: Instrument, aspect_id: int, step: Step) -> None:
    """One place up or down; at the end of the order nothing happens. Raises `InstrumentFrozen`, `NotFound`."""
    _move(instrument, instrument.aspects, aspect_id, step)
    session.flush()
    session.expire(instrument, ["aspects"])


def move_indicator(session: Session, aspect: Aspect, indicator_id: int, step: Step) -> None:
    """One place up or down in its aspect. Raises `InstrumentFrozen`, `NotFound`."""
    _move(aspect.instrument, aspect.indicators, indicator_id, step)
    session.flush()
    session.expire(aspect, ["indicators"])


def _move(instrument: Instrument, rows: Sequence[Aspect] | Sequence[Indicator], key: int, step: Step) -> None:
    must_be_changeable(instrument)  # an order is no number: what was settled stays settled
    order = [one.id for one in rows]
    if key not in order:
        raise NotFound
    here = order.index(key)
    there = min(max(here + (1 if step is Step.DOWN else -1), 0), len(order) - 1)
    order.insert(there, order.pop(here))
    for one in rows:
        one.position = order.index(one.id) + 1


def remove_aspect(instrument: Instrument, aspect_id: int) -> None:
    """Take an aspect and its indicators away. Raises `InstrumentFrozen`."""
    must_be_changeable(instrument)
    kept = [one for one in instrument.aspects if one.id != aspect_id]
    if len(kept) < len(instrument.aspects):
        _touch(instrument)
        instrument.aspects[:] = kept


def remove_indicator(instrument: Instrument, indicator_id: int) -> None:
    """Take an indicator away. Raises `InstrumentFrozen`."""
    must_be_changeable(instrument)
    for aspect in instrument.aspects:
        kept = [one for one in aspect.indicators if one.id != indicator_id]
        if len(kept) < len(aspect.indicators):
            _touch(instrument)
            aspect.indicators[:] = kept


def _columns(plan: IndicatorPlan) -> dict[str, Any]:
    """What stands in the row itself. Points for each event belong to a count alone."""
    return {
        "name": plan.name, "weight": plan.weight, "mode": plan.mode, "method": plan.method, "required": plan.required,
        "evidence_required": plan.evidence_required, "max_value": plan.max_value,
        "points_each": plan.points_each if plan.method is Method.COUNT else None, "fading": plan.fading,
        "reading": plan.reading, "spread_limit": plan.spread_limit,
    }  # fmt: skip


def _levels(plans: Sequence[LevelPlan]) -> list[IndicatorLevel]:
    return [
        IndicatorLevel(position=n, name=one.name, points=one.points, lower=one.lower, upper=one.upper)
        for n, one in enumerate(plans, start=1)
    ]


def _grade(plan: GradePlan) -> GradeBand:
    return GradeBand(label=plan.label, from_total=plan.from_total, includes=plan.includes)
