"""A period whose indicators are levels, counts and whatever else a test asks for."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, NOW
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence
from webapp.programme.models import Aspect, GradeBand, Indicator, IndicatorLevel, Instrument, Participant, Period
from webapp.programme.rules import Method, Mode, PeriodState
from webapp.scoring import services
from webapp.scoring.models import Claim


def indicator(name: str = "Indikator", **changes: Any) -> Indicator:
    """One that assessors rate at the desk, with the whole weight of its aspect, unless `changes` say otherwise."""
    usual: dict[str, Any] = {"position": 1, "weight": Decimal(100), "mode": Mode.DESK, "required": False}
    return Indicator(name=name, **{**usual, **changes})


def counted(name: str = "Subuh keliling", each: str = "2", cap: str = "10", **changes: Any) -> Indicator:
    """Points for each verified event up to a cap (contoh)."""
    worth = {"method": Method.COUNT, "points_each": Decimal(each), "max_value": Decimal(cap)}
    return indicator(name, **{**worth, **changes})


def graded(*levels: tuple[str, str], **changes: Any) -> Indicator:
    """Levels by name and points, lowest first."""
    made = indicator("Tingkat", method=Method.LEVELS, max_value=max(Decimal(points) for _, points in levels), **changes)
    made.levels = [
        IndicatorLevel(position=n, name=name, points=Decimal(points))
        for n, (name, points) in enumerate(levels, start=1)
    ]
    return made


def aspect(name: str, *indicators: Indicator, weight: str = "100", part: int = 1) -> Aspect:
    """Indicators that share the weight evenly."""
    for n, one in enumerate(indicators, start=1):
        one.position, one.weight = n, Decimal(100) / len(indicators)
    return Aspect(position=1, name=name, weight=Decimal(weight), round=part, indicators=list(indicators))


def period(
    session: Session, *aspects: Aspect, code: str = KABUPATEN, quorum: int = 1, units: list[str] | None = None,
    grades: tuple[tuple[str, str], ...] = (), **changes: Any,
) -> Period:  # fmt: skip
    """An open period of 2018 with that instrument, frozen."""
    factories.territory(session)
    tool = Instrument(name=f"Instrumen {next(factories._numbers)}", region_code=None, version=1, example=True)
    tool.aspects = list(aspects)
    tool.grades = [GradeBand(label=label, from_total=Decimal(begins)) for label, begins in grades]
    for n, one in enumerate(tool.aspects, start=1):
        one.position = n
    usual: dict[str, Any] = {"starts_on": date(2018, 1, 1), "ends_on": date(2018, 12, 31), "opened_at": NOW}
    made = Period(
        name=f"Penilaian {next(factories._numbers)}", region_code=code, instrument=tool, time_zone="Asia/Jakarta",
        quorum=quorum, state=PeriodState.OPEN, **{**usual, **changes},
    )  # fmt: skip
    made.participants = [Participant(region_code=one) for one in units or [f"{code}.{n:02d}" for n in range(1, 5)]]
    session.add(made)
    session.flush()
    tool.frozen_at = NOW
    session.flush()
    factories.declared(session, session.info.get("judges", ()), [made.id])
    return made


def team(session: Session, run: Period) -> factories.Team:
    """The people of a period, the camat of its first unit among them."""
    code, unit = run.region_code, run.participants[0].region_code
    makers = (factories.desk, factories.surveyor, factories.assessor, factories.chair, factories.leader)
    people = [make(session, code) for make in makers]
    return factories.Team(factories.camat(session, unit), *people, run, factories.desk(session, code))


def claim(
    session: Session, people: factories.Team, asked: Indicator, *cases: Evidence, by: Account | None = None,
    level: str | None = None, quantity: str | None = None,
) -> Claim:  # fmt: skip
    """The camat claims that indicator with those cases; a level by name, or a number."""
    owner = by or people.camat
    unit = str(owner.grants[0].region_code)
    chosen = next((one.id for one in asked.levels if one.name == level), None)
    number = Decimal(quantity) if quantity is not None else None
    made = services.claim(
        session, people.period, unit, asked.id, "Kami lakukan.", actor=owner, at=NOW, level_id=chosen, quantity=number
    )
    for one in cases:
        services.tie(session, made, one.id, actor=owner, at=NOW)
    return made
