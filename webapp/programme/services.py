"""Verbs that prepare and open an assessment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, areas, demand
from webapp.errors import NotAllowed
from webapp.programme import queries
from webapp.programme.errors import (
    DatesReversed,
    ForeignParticipant,
    InstrumentFrozen,
    NoParticipants,
    NotPrepared,
    WeightsIncomplete,
)
from webapp.programme.models import Aspect, Indicator, Instrument, Participant, Period, StudyAssignment
from webapp.programme.rules import SPREAD_LIMIT, Mode, PeriodState, Reading
from webapp.territory.rules import time_zone_of


@dataclass(frozen=True)
class PeriodFields:
    """What the secretariat says about a period. `starts_on` and `ends_on` bound the events that may count."""

    name: str
    region_code: str
    instrument_id: int
    starts_on: date
    ends_on: date
    closes_at: datetime | None = None
    quorum: int = 3


def create_period(
    session: Session, fields: PeriodFields, participants: Iterable[str], *, actor: Actor, at: datetime
) -> Period:
    """A prepared period with its participants.

    Raises `NotAllowed`, `ForeignParticipant`, `NoParticipants`, `DatesReversed`.
    """
    demand(actor, Permission.PERIOD_MANAGE, fields.region_code)
    if fields.ends_on < fields.starts_on:
        raise DatesReversed(field="ends_on")
    queries.instrument(session, fields.instrument_id)
    codes = sorted(set(participants))
    if not codes:
        raise NoParticipants(field="participants")
    known = {region.code for region in queries.kecamatan_below(session, fields.region_code)}
    if not known.issuperset(codes):
        raise ForeignParticipant(field="participants")
    period = Period(
        name=fields.name, region_code=fields.region_code, instrument_id=fields.instrument_id,
        starts_on=fields.starts_on, ends_on=fields.ends_on, closes_at=fields.closes_at, quorum=fields.quorum,
        time_zone=time_zone_of(fields.region_code), state=PeriodState.PREPARED,
    )  # fmt: skip
    period.participants = [Participant(region_code=code) for code in codes]
    session.add(period)
    session.flush()
    audit.record(
        session, "period.create", at=at, actor_id=actor.id, on=("period", period.id), region_code=period.region_code
    )
    return period


def open_period(session: Session, period: Period, *, actor: Actor, at: datetime) -> None:
    """Open a prepared period and freeze its instrument. Raises `WeightsIncomplete`, `NotPrepared`, `NotAllowed`."""
    demand(actor, Permission.PERIOD_MANAGE, period.region_code)
    held = session.scalar(select(Period.state).where(Period.id == period.id).with_for_update())
    if held != PeriodState.PREPARED:
        raise NotPrepared
    instrument = queries.instrument_held(session, period.instrument_id)
    if queries.faults(instrument):
        raise WeightsIncomplete
    period.state, period.opened_at = PeriodState.OPEN, at
    instrument.frozen_at = instrument.frozen_at or at
    audit.record(
        session, "period.open", at=at, actor_id=actor.id, on=("period", period.id), region_code=period.region_code
    )


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


def assign_study(
    session: Session, period: Period, region_code: str, *, country_code: str, city: str, starts_on: date, ends_on: date
) -> StudyAssignment:
    """Give a kecamatan a study abroad. Raises `ForeignParticipant` when it does not take part in the period."""
    if all(one.region_code != region_code for one in period.participants):
        raise ForeignParticipant
    made = StudyAssignment(
        period_id=period.id, region_code=region_code, country_code=country_code, city=city, starts_on=starts_on,
        ends_on=ends_on,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made
