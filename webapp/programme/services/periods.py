"""Verbs that prepare, change, copy and open an assessment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.programme import queries
from webapp.programme.errors import (
    DatesReversed,
    ForeignParticipant,
    NoParticipants,
    NotPrepared,
    NotReady,
)
from webapp.programme.models import Participant, Period, PeriodStage, Programme, StudyAssignment
from webapp.programme.rules import PeriodState, StageKind, a_year_later, last_moment, name_a_year_later
from webapp.programme.services.instruments import copy_instrument, demand_ready
from webapp.territory.rules import level_of, parent, time_zone_of

_PROVINCE = 2  # letters of a province's code


@dataclass(frozen=True)
class StagePlan:
    """A stage as the form brings it: its kind, and its days, which may be said later."""

    kind: StageKind
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class PeriodFields:
    """What the secretariat says about a period. `starts_on` and `ends_on` bound the events that may count;
    `carry_share`: what percent of the result of the shortlisted is that of their first round.
    """

    name: str
    region_code: str
    instrument_id: int
    starts_on: date
    ends_on: date
    closes_at: datetime | None = None
    quorum: int = 3
    programme: str = ""
    pooled: bool = False
    shortlist_size: int | None = None
    award_size: int | None = None
    carry_share: Decimal = Decimal(0)
    stages: tuple[StagePlan, ...] = ()


def create_period(
    session: Session, fields: PeriodFields, participants: Iterable[str], *, actor: Actor, at: datetime
) -> Period:
    """A prepared period with its participants.

    Raises `NotAllowed`, `ForeignParticipant`, `NoParticipants`, `DatesReversed`.
    """
    demand(actor, Permission.PERIOD_MANAGE, fields.region_code)
    period = Period(
        region_code=fields.region_code, time_zone=time_zone_of(fields.region_code), state=PeriodState.PREPARED
    )
    codes = _checked(session, fields, participants)
    _fill(session, period, fields)
    session.add(period)
    _take_part(session, period, codes)
    _lay_out(session, period, fields.stages)
    _note(session, "period.create", period, actor, at)
    return period


def change_period(
    session: Session, period: Period, fields: PeriodFields, participants: Iterable[str], *, actor: Actor, at: datetime
) -> None:
    """Say anew what a prepared period is; its region stays.

    Raises `NotPrepared`, `NotAllowed`, `ForeignParticipant`, `NoParticipants`, `DatesReversed`.
    """
    demand(actor, Permission.PERIOD_MANAGE, period.region_code)
    _hold_prepared(session, period)
    codes = _checked(session, fields, participants)
    _fill(session, period, fields)
    _take_part(session, period, codes)
    _lay_out(session, period, fields.stages)
    _note(session, "period.change", period, actor, at)


def _hold_prepared(session: Session, period: Period) -> None:
    held = session.scalar(select(Period.state).where(Period.id == period.id).with_for_update())
    if held != PeriodState.PREPARED:
        raise NotPrepared


def _checked(session: Session, fields: PeriodFields, participants: Iterable[str]) -> list[str]:
    """The codes of the participants, in their order, once everything said holds together."""
    if fields.ends_on < fields.starts_on:
        raise DatesReversed(field="ends_on")
    if any(one.starts_on and one.ends_on and one.ends_on < one.starts_on for one in fields.stages):
        raise DatesReversed(field="stages")
    queries.instrument(session, fields.instrument_id)
    codes = sorted(set(participants))
    if not codes and len(fields.region_code) != _PROVINCE:  # a province's are nominated to it from below
        raise NoParticipants(field="participants")
    known = {region.code for region in queries.kecamatan_below(session, fields.region_code)}
    if not known.issuperset(codes):
        raise ForeignParticipant(field="participants")
    return codes


def _fill(session: Session, period: Period, fields: PeriodFields) -> None:
    for name in (
        "name", "instrument_id", "starts_on", "ends_on", "closes_at", "quorum", "pooled", "shortlist_size",
        "award_size", "carry_share",
    ):  # fmt: skip
        setattr(period, name, getattr(fields, name))
    period.programme_id = _programme(session, period.region_code, fields.programme.strip())


def _programme(session: Session, region_code: str, name: str) -> int | None:
    """The programme of that name, made where there is none yet; None: the period belongs to no programme."""
    if not name:
        return None
    session.execute(insert(Programme).values(region_code=region_code, name=name).on_conflict_do_nothing())
    return session.scalar(select(Programme.id).where(Programme.region_code == region_code, Programme.name == name))


def _take_part(session: Session, period: Period, codes: list[str]) -> None:
    """Exactly those take part, each in its pool. Who is taken out is gone before anybody comes in anew."""
    wanted = {code: pool_of(code) if period.pooled else "" for code in codes}
    period.participants[:] = [one for one in period.participants if wanted.get(one.region_code) == one.pool]
    session.flush()
    known = {one.region_code for one in period.participants}
    period.participants += [
        Participant(region_code=code, pool=pool) for code, pool in wanted.items() if code not in known
    ]
    session.flush()


def pool_of(code: str) -> str:
    """ "kabupaten" or "kota", by what stands above a kecamatan: the two are ranked apart in a province."""
    above = parent(code)
    return level_of(above) if above else ""


def _lay_out(session: Session, period: Period, stages: Iterable[StagePlan]) -> None:
    """The stages in that order, one of a kind: said twice, the first counts."""
    period.stages.clear()
    session.flush()
    once = {one.kind: one for one in reversed(list(stages))}
    ordered = list(dict.fromkeys(one.kind for one in stages))
    period.stages += [
        PeriodStage(position=n, kind=kind, starts_on=once[kind].starts_on, ends_on=once[kind].ends_on)
        for n, kind in enumerate(ordered, start=1)
    ]
    session.flush()


def copy_period(session: Session, source: Period, *, actor: Actor, at: datetime) -> Period:
    """The same a year later, prepared: same programme, participants and stages, next version of the instrument.

    Asked twice, the copy that is still prepared is answered. Raises `NotAllowed`.
    """
    demand(actor, Permission.PERIOD_MANAGE, source.region_code)
    session.execute(select(Period.id).where(Period.id == source.id).with_for_update())
    copied = select(Period).where(Period.copied_from == source.id, Period.state == PeriodState.PREPARED)
    before = session.scalar(copied.order_by(Period.id).limit(1))
    if before is not None:
        return before
    tool = copy_instrument(session, source.instrument, actor=actor, at=at)
    made = create_period(
        session, _a_year_later(source, tool.id), (one.region_code for one in source.participants), actor=actor, at=at
    )
    made.copied_from = source.id
    session.flush()
    return made


def _a_year_later(source: Period, instrument_id: int) -> PeriodFields:
    zone = source.time_zone
    closes_at = None
    if source.closes_at is not None:
        closes_at = last_moment(a_year_later(source.closes_at.astimezone(ZoneInfo(zone)).date()), zone)
    return PeriodFields(
        name=name_a_year_later(source.name, source.starts_on.year), region_code=source.region_code,
        instrument_id=instrument_id, starts_on=a_year_later(source.starts_on), ends_on=a_year_later(source.ends_on),
        closes_at=closes_at, quorum=source.quorum, programme=source.programme.name if source.programme else "",
        pooled=source.pooled, shortlist_size=source.shortlist_size, award_size=source.award_size,
        carry_share=source.carry_share,
        stages=tuple(
            StagePlan(
                StageKind(one.kind), one.starts_on and a_year_later(one.starts_on),
                one.ends_on and a_year_later(one.ends_on),
            )
            for one in source.stages
        ),
    )  # fmt: skip


def open_period(session: Session, period: Period, *, actor: Actor, at: datetime) -> None:
    """Open a prepared period and freeze its instrument.

    Raises `InstrumentNotReady`, `NotReady` with every reason, `NotPrepared`, `NotAllowed`.
    """
    demand(actor, Permission.PERIOD_MANAGE, period.region_code)
    _hold_prepared(session, period)
    instrument = queries.instrument_held(session, period.instrument_id)
    demand_ready(instrument)
    lacking = queries.lacks(period)
    if lacking:
        raise NotReady(lacking)
    period.state, period.opened_at = PeriodState.OPEN, at
    instrument.frozen_at = instrument.frozen_at or at
    _note(session, "period.open", period, actor, at)


def _note(session: Session, action: str, period: Period, actor: Actor, at: datetime) -> None:
    audit.record(session, action, at=at, actor_id=actor.id, on=("period", period.id), region_code=period.region_code)


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
