"""Verbs that prepare and open an assessment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.programme import queries
from webapp.programme.errors import (
    DatesReversed,
    ForeignParticipant,
    NoParticipants,
    NotPrepared,
    WeightsIncomplete,
)
from webapp.programme.models import Participant, Period, StudyAssignment
from webapp.programme.rules import PeriodState
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
