"""Reading programmes."""

from collections.abc import Iterable

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import NATION, Actor, Permission, areas, demand, reached, within
from webapp.accounts.models import Account
from webapp.errors import NotFound
from webapp.programme import rules
from webapp.programme.models import Aspect, Indicator, Instrument, Participant, Period, PeriodStage, Programme
from webapp.programme.rules import (
    AspectPlan,
    Fault,
    GradePlan,
    IndicatorPlan,
    InstrumentPlan,
    LevelPlan,
    Method,
    Mode,
    OpeningFault,
    Reading,
    StageKind,
    TieRule,
    faults_of,
)
from webapp.territory.models import Region


def visible_to(actor: Actor) -> Select[Period]:
    """Periods of the areas this person reads, and periods in which a unit of those areas takes part."""
    reach = areas(actor, Permission.PERIOD_READ)
    takes_part = select(Participant.period_id).where(within(Participant.region_code, reach))
    return select(Period).where(
        or_(reached(Period.region_code, actor, Permission.PERIOD_READ), Period.id.in_(takes_part))
    )


def listing(session: Session, actor: Actor) -> list[Period]:
    """The periods to see, newest first."""
    options = (joinedload(Period.region), joinedload(Period.instrument), joinedload(Period.programme))
    return list(
        session.scalars(visible_to(actor).options(*options).order_by(Period.starts_on.desc(), Period.id.desc()))
    )


def get(session: Session, actor: Actor, period_id: int) -> Period:
    """The period with its instrument and participants. Raises `NotFound`, also where this person may not see it."""
    found = session.scalar(
        visible_to(actor)
        .where(Period.id == period_id)
        .options(
            joinedload(Period.region),
            joinedload(Period.programme),
            joinedload(Period.instrument).selectinload(Instrument.aspects).selectinload(Aspect.indicators),
            selectinload(Period.participants).joinedload(Participant.region),
        )
    )
    if found is None:
        raise NotFound
    return found


def instruments(session: Session) -> list[Instrument]:
    return list(session.scalars(select(Instrument).order_by(Instrument.name, Instrument.version.desc())))


def instrument(session: Session, instrument_id: int) -> Instrument:
    """The instrument. Raises `NotFound`."""
    found = session.get(Instrument, instrument_id)
    if found is None:
        raise NotFound
    return found


def instrument_for_change(session: Session, actor: Actor, instrument_id: int) -> Instrument:
    """The instrument, its row held until the request ends, so that nobody opens a period with half a change.

    Raises `NotFound`, and `NotAllowed` for the secretariat of another region.
    """
    found = instrument_held(session, instrument_id)
    demand(actor, Permission.PERIOD_MANAGE, found.region_code or NATION)
    return found


def instrument_held(session: Session, instrument_id: int) -> Instrument:
    """The instrument with its row held, whoever asks: for opening a period with it. Raises `NotFound`."""
    found = session.get(Instrument, instrument_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def plan_of(instrument: Instrument) -> InstrumentPlan:
    """The instrument as a value, in its order. Who settled it and when it was frozen are of this version alone."""
    return InstrumentPlan(
        name=instrument.name,
        aspects=tuple(_aspect_plan(one) for one in instrument.aspects),
        grades=tuple(GradePlan(one.label, one.from_total, one.includes) for one in instrument.grades),
        legal_basis=instrument.legal_basis or "",
        tie_rule=TieRule(instrument.tie_rule or TieRule.ASK),
        example=bool(instrument.example) or bool(instrument.settle_first),
        settle_first=bool(instrument.settle_first),
    )


def _aspect_plan(aspect: Aspect) -> AspectPlan:
    indicators = tuple(_indicator_plan(one) for one in aspect.indicators)
    return AspectPlan(aspect.name, aspect.weight, indicators, aspect.round or 1)


def _indicator_plan(one: Indicator) -> IndicatorPlan:
    levels = tuple(LevelPlan(level.name, level.points, level.lower, level.upper) for level in one.levels)
    return IndicatorPlan(
        one.name, one.weight, Mode(one.mode), Method(one.method), one.required, one.evidence_required, one.max_value,
        one.points_each, one.fading, Reading(one.reading), one.spread_limit, levels,
    )  # fmt: skip


def faults(instrument: Instrument) -> list[Fault]:
    """Everything that is wrong with the instrument; what `stops` keeps a period from being opened."""
    return faults_of(plan_of(instrument), settled=instrument.settled_at is not None)


def lacks(period: Period) -> list[OpeningFault]:
    """What a prepared period lacks before it opens, weights aside."""
    aspects = period.instrument.aspects
    presents = {one.round for one in aspects for below in one.indicators if below.method == Method.PRESENTATION}
    return rules.opening_faults(
        {one.kind for one in period.stages}, presents, {one.round for one in aspects}, len(period.participants),
        period.shortlist_size,
    )  # fmt: skip


def kecamatan_below(session: Session, code: str) -> list[Region]:
    """The kecamatan of a region, in the order of their codes."""
    below = select(Region).where(within(Region.code, [code]), Region.level == "kecamatan").order_by(Region.code)
    return list(session.scalars(below))


def participant_count(session: Session) -> dict[int, int]:
    """Number of participants by period."""
    rows = session.execute(select(Participant.period_id, func.count()).group_by(Participant.period_id))
    return {period_id: number for period_id, number in rows}  # noqa: C416 - mypy knows the types of the pairs only so


def stage_open(period: Period, kind: StageKind) -> bool:
    """Whether what belongs to that stage may be done now; where a period has no stage of the kind, it may.

    Whether the period itself is open is another question.
    """
    return rules.stage_open(period.stages, kind)


def stage_open_now(session: Session, period_id: int, kind: StageKind) -> bool:
    """The same as `stage_open`, as it stands at this moment: ask while the period's row is held. Where a result was
    opened again, its stages are over, and the scope of the reopening says what may be done.
    """
    asked = select(PeriodStage).where(PeriodStage.period_id == period_id, PeriodStage.kind == kind)
    stage = session.scalar(asked, execution_options={"populate_existing": True})
    if stage is None or rules.runs(stage):
        return True
    return (session.scalar(select(Period.version).where(Period.id == period_id)) or 1) > 1


def programmes_of(session: Session, codes: Iterable[str]) -> list[str]:
    """Names of the programmes of some regions, to be continued."""
    named = select(Programme.name).where(Programme.region_code.in_(list(codes))).distinct()
    return list(session.scalars(named.order_by(Programme.name)))


def stage_people(session: Session, period: Period) -> dict[int, str]:
    """Names of who opened or closed stages, by account."""
    people = {who for one in period.stages for who in (one.opened_by, one.closed_by) if who is not None}
    found = session.execute(select(Account.id, Account.name).where(Account.id.in_(people))) if people else ()
    return {row.id: row.name for row in found}
