"""Verbs that write instruments, and guard what is frozen."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, areas
from webapp.errors import NotAllowed
from webapp.programme.errors import (
    InstrumentFrozen,
)
from webapp.programme.models import Aspect, Indicator, Instrument
from webapp.programme.rules import SPREAD_LIMIT, Mode, Reading


def create_instrument(
    session: Session, name: str, *, actor: Actor, at: datetime, legal_basis: str = "", example: bool = False
) -> Instrument:
    """An empty instrument of the region whose secretariat the actor is; the same name again is its next version.

    Raises `NotAllowed` for anyone who prepares periods nowhere.
    """
    reach = areas(actor, Permission.PERIOD_MANAGE)
    if not reach:
        raise NotAllowed
    region_code = reach[0] or None
    same = Instrument.region_code.is_not_distinct_from(region_code), Instrument.name == name
    newest = session.scalar(select(func.max(Instrument.version)).where(*same)) or 0
    made = Instrument(name=name, region_code=region_code, version=newest + 1, legal_basis=legal_basis, example=example)
    session.add(made)
    session.flush()
    audit.record(
        session, "instrument.create", at=at, actor_id=actor.id, on=("instrument", made.id), region_code=region_code
    )
    return made


def copy_instrument(session: Session, source: Instrument, *, actor: Actor, at: datetime) -> Instrument:
    """The next version of an instrument, with the same aspects and indicators, open for changes."""
    made = create_instrument(
        session, source.name, actor=actor, at=at, legal_basis=source.legal_basis, example=source.example
    )
    for aspect in source.aspects:
        twin = add_aspect(made, aspect.name, aspect.weight)
        for one in aspect.indicators:
            add_indicator(
                twin, one.name, one.weight, Mode(one.mode), required=one.required, max_value=one.max_value,
                reading=Reading(one.reading), spread_limit=one.spread_limit,
            )  # fmt: skip
    session.flush()
    return made


def must_be_changeable(instrument: Instrument) -> None:
    """Raises `InstrumentFrozen` once a period with this instrument was opened."""
    if instrument.frozen_at is not None:
        raise InstrumentFrozen


def add_aspect(instrument: Instrument, name: str, weight: Decimal) -> Aspect:
    """One more aspect at the end. Raises `InstrumentFrozen`."""
    must_be_changeable(instrument)
    made = Aspect(position=len(instrument.aspects) + 1, name=name, weight=weight)
    instrument.aspects.append(made)
    return made


def add_indicator(
    aspect: Aspect, name: str, weight: Decimal, mode: Mode, *, required: bool = True, max_value: Decimal = Decimal(100),
    reading: Reading = Reading.QUORUM, spread_limit: Decimal = SPREAD_LIMIT,
) -> Indicator:  # fmt: skip
    """One more indicator at the end of an aspect; `spread_limit`: points of 100. Raises `InstrumentFrozen`."""
    must_be_changeable(aspect.instrument)
    made = Indicator(
        position=len(aspect.indicators) + 1, name=name, weight=weight, mode=mode, required=required,
        max_value=max_value, reading=reading, spread_limit=spread_limit,
    )  # fmt: skip
    aspect.indicators.append(made)
    return made


def remove_aspect(instrument: Instrument, aspect_id: int) -> None:
    """Take an aspect and its indicators away. Raises `InstrumentFrozen`."""
    must_be_changeable(instrument)
    instrument.aspects[:] = [one for one in instrument.aspects if one.id != aspect_id]


def remove_indicator(instrument: Instrument, indicator_id: int) -> None:
    """Take an indicator away. Raises `InstrumentFrozen`."""
    must_be_changeable(instrument)
    for aspect in instrument.aspects:
        aspect.indicators[:] = [one for one in aspect.indicators if one.id != indicator_id]
