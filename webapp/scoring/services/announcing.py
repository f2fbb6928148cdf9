"""Making a sealed result known to those who took part, and what a unit may say against it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.evidence.errors import NoteMissing
from webapp.evidence.rules import end_of_day
from webapp.programme.models import HouseRule, Period
from webapp.programme.rules import PeriodState
from webapp.scoring import queries
from webapp.scoring.errors import (
    AnnouncedAlready,
    NotAParticipant,
    NotFinal,
    ObjectedAlready,
    ObjectionAnswered,
    ObjectionsClosed,
    OwnObjection,
    ReopeningFirst,
)
from webapp.scoring.models import AnnouncedUnit, Announcement, Reopening, ResultObjection, ResultSnapshot

PUBLIC = ("region", "name", "pool", "round", "rank", "total", "grade")


def announce(session: Session, period: Period, *, actor: Actor, at: datetime) -> Announcement:
    """Let everybody who took part see ranks, totals and grades, and each unit its own points by aspect.

    From now on units may object, until the end of a day in the period's zone (`objection_days` of the house, [P]).
    Raises `NotAllowed`, `NotFinal`, `AnnouncedAlready`.
    """
    demand(actor, Permission.ANNOUNCE, period.region_code)
    session.execute(select(Period.id).where(Period.id == period.id).with_for_update())
    session.refresh(period, ["state", "version", "announced_at", "announced_by"])
    if period.state != PeriodState.FINAL:
        raise NotFinal
    if period.announced_at is not None:
        raise AnnouncedAlready
    sealed = session.scalars(
        select(ResultSnapshot).where(ResultSnapshot.period_id == period.id, ResultSnapshot.version == period.version)
    ).one()
    days = session.scalars(select(HouseRule)).one().objection_days
    made = Announcement(
        period_id=period.id, version=period.version, announced_at=at, announced_by=actor.id,
        objections_until=end_of_day(at, days, period.time_zone),
        ranking=[{key: line[key] for key in PUBLIC} for line in sealed.content["ranking"]],
    )  # fmt: skip
    session.add(made)
    session.flush()
    aspects = sealed.content["period"]["instrument"]["aspects"]
    for line in sealed.content["ranking"]:
        own = [
            {"name": one["name"], "weight": one["weight"], "points": line["aspects"][str(one["id"])]}
            for one in aspects
            if one["round"] <= line["round"]
        ]
        session.add(AnnouncedUnit(period_id=period.id, version=period.version, region_code=line["region"], aspects=own))
    period.announced_at, period.announced_by = at, actor.id
    audit.record(
        session, "period.announce", at=at, actor_id=actor.id, on=("period", period.id),
        region_code=period.region_code, version=period.version, sha256=sealed.sha256,
    )  # fmt: skip
    session.flush()
    return made


def object_to_result(
    session: Session, period: Period, unit: str, reason: str, *, actor: Actor, at: datetime
) -> ResultObjection:
    """The unit's one objection to the announced result.

    Raises `NotAllowed`, `NotAParticipant`, `NotFinal` (not announced, or reopened since), `ObjectionsClosed`,
    `ObjectedAlready`, `NoteMissing`.
    """
    demand(actor, Permission.EVIDENCE_SUBMIT, unit)
    session.execute(select(Period.id).where(Period.id == period.id).with_for_update(read=True))
    told = queries.announcement(session, period)
    if told is None or told.version != period.version:
        raise NotFinal
    if all(line["region"] != unit for line in told.ranking):
        raise NotAParticipant
    if at > told.objections_until:
        raise ObjectionsClosed
    if not reason.strip():
        raise NoteMissing(field="reason")
    if any(
        one.region_code == unit and one.version == told.version for one in queries.objections(session, actor, period)
    ):
        raise ObjectedAlready
    made = ResultObjection(
        period_id=period.id, version=told.version, region_code=unit, objected_by=actor.id, objected_at=at,
        reason=reason.strip(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(
        session, "result.object", at=at, actor_id=actor.id, on=("period", period.id), region_code=unit,
        version=told.version, reason=made.reason,
    )  # fmt: skip
    return made


def answer(
    session: Session, period: Period, made: ResultObjection, *, accepts: bool, reason: str, actor: Actor, at: datetime
) -> None:
    """Answer an objection with reasons, once: refused, or accepted, for which a reopening of that unit was asked.

    Raises `NotAllowed` (who may ask for reopenings answers), `OwnObjection`, `NoteMissing`, `ObjectionAnswered`,
    `ReopeningFirst`.
    """
    demand(actor, Permission.REOPEN_ASK, period.region_code)
    session.execute(select(ResultObjection.id).where(ResultObjection.id == made.id).with_for_update())
    session.refresh(made)
    if made.answered_at is not None:
        raise ObjectionAnswered
    if made.objected_by == actor.id:
        raise OwnObjection
    if not reason.strip():
        raise NoteMissing(field="answer")
    if accepts and not _is_reopened(session, period, made):
        raise ReopeningFirst
    made.answered_by, made.answered_at, made.accepted, made.answer = actor.id, at, accepts, reason.strip()
    audit.record(
        session, "result.answer", at=at, actor_id=actor.id, on=("period", period.id), region_code=made.region_code,
        version=made.version, accepted=accepts, reason=made.answer,
    )  # fmt: skip
    session.flush()


def _is_reopened(session: Session, period: Period, made: ResultObjection) -> bool:
    """Whether a reopening of that version was asked for the unit, and not refused."""
    asked = select(Reopening).where(
        Reopening.period_id == period.id, Reopening.version == made.version, Reopening.granted.is_not(False)
    )
    return any(part.region_code == made.region_code for one in session.scalars(asked) for part in one.scope)
