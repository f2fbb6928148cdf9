"""Awards from a sealed result, and the studies abroad that come with them."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.programme.errors import DatesReversed
from webapp.programme.models import Period, StudyAssignment
from webapp.programme.rules import PeriodState, TieRule
from webapp.scoring import queries as scoring
from webapp.scoring.models import ResultSnapshot
from webapp.selection import queries
from webapp.selection.errors import AlreadyAwarded, NoSize, NotAwarded, NotFinal, StudiesOpened, UnknownTopic
from webapp.selection.models import Award, AwardPlace, StudyTopic
from webapp.selection.services.drawing import decided, drawn


@dataclass(frozen=True)
class Decree:
    """The document by which the best are named: its number and date, as written on it."""

    number: str
    day: date


@dataclass(frozen=True)
class StudyPlan:
    """Where the awarded go, from which day to which (both included), and what they look at, in order."""

    country_code: str
    city: str
    starts_on: date
    ends_on: date
    topics: Sequence[str]  # codes of activities


def make_award(
    session: Session, period: Period, decree: Decree, *, actor: Actor, at: datetime, size: int | None = None,
    reason: str = "", named: Collection[str] = (), seed: str | None = None,
) -> Award:  # fmt: skip
    """Name the `size` best of each pool of the sealed result (else the period's `award_size`), by a decree.

    Equals across the line: as for a shortlist.
    Raises `NotAllowed` (who finalises names), `NotFinal`, `NoSize`, `AlreadyAwarded`, `TieUndecided`, `NoteMissing`.
    """
    demand(actor, Permission.FINALISE, period.region_code)
    result = sealed(session, period)
    places = size or period.award_size
    if places is None:
        raise NoSize(field="size")
    if session.scalar(select(Award.id).where(Award.result_id == result.id)) is not None:
        raise AlreadyAwarded
    rule, seed = TieRule(period.instrument.tie_rule), seed or secrets.token_hex(16)
    pools = queries.award_pools(period, scoring.standings(session, period))
    lines = decided(pools, places, rule, seed=seed, named=named, reason=reason)
    made = Award(
        period_id=period.id, result_id=result.id, size=places, tie_rule=rule, seed=drawn(lines, seed),
        reason=reason.strip(), number=decree.number.strip(), decided_on=decree.day, made_by=actor.id, made_at=at,
        places=[
            AwardPlace(
                region_code=one.code, pool=pool.name, rank=pool.ranks[one.code], total=str(one.total),
                aspects=[str(points) for points in one.aspects], inside=one.code in line.inside,
                why=line.why[one.code],
            )
            for pool, line in lines
            for one in pool.entries
        ],
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(
        session, "period.award", at=at, actor_id=actor.id, on=("period", period.id), region_code=period.region_code,
        award=made.id, number=made.number, size=places,
    )  # fmt: skip
    return made


def sealed(session: Session, period: Period) -> ResultSnapshot:
    """The result that stands, its period held so that nobody opens it again meanwhile. Raises `NotFinal`."""
    session.flush()
    held = session.scalar(select(Period.state).where(Period.id == period.id).with_for_update(key_share=True))
    result = scoring.latest_result(session, period)
    if held != PeriodState.FINAL or result is None:
        raise NotFinal
    return result


def open_studies(
    session: Session, period: Period, plan: StudyPlan, *, actor: Actor, at: datetime
) -> list[StudyAssignment]:
    """Give everyone who was awarded a study abroad with its topics.

    Raises `NotAllowed` (the secretariat opens them), `NotFinal`, `NotAwarded`, `StudiesOpened`, `DatesReversed`,
    `UnknownTopic`.
    """
    demand(actor, Permission.PERIOD_MANAGE, period.region_code)
    result = sealed(session, period)
    award = queries.award(session, period)
    if award is None or award.result_id != result.id:
        raise NotAwarded
    if session.scalar(select(StudyAssignment.id).where(StudyAssignment.award_id == award.id).limit(1)) is not None:
        raise StudiesOpened
    if plan.ends_on < plan.starts_on:
        raise DatesReversed(field="ends_on")
    codes = list(dict.fromkeys(plan.topics))
    if not codes or not {one.code for one in queries.topics(session)}.issuperset(codes):
        raise UnknownTopic(field="topics")
    made = [
        StudyAssignment(
            period_id=period.id, region_code=place.region_code, country_code=plan.country_code, city=plan.city,
            starts_on=plan.starts_on, ends_on=plan.ends_on, award_id=award.id,
        )
        for place in award.places
        if place.inside
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    session.add_all(
        StudyTopic(study_assignment_id=study.id, position=place, activity_code=code)
        for study in made
        for place, code in enumerate(codes, start=1)
    )
    session.flush()
    audit.record(
        session, "period.studies", at=at, actor_id=actor.id, on=("period", period.id), region_code=period.region_code,
        award=award.id, city=plan.city, topics=codes,
    )  # fmt: skip
    return made
