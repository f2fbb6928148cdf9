"""A presentation is held: who was there is noted, its claims come into being, and those who heard it value it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, demand
from webapp.conflict import queries as conflicts
from webapp.presentation import services as presentations
from webapp.presentation.errors import NotAnAssessor, NotPresent, SlotScored
from webapp.presentation.models import PresentationSlot
from webapp.presentation.rules import Attendance
from webapp.programme.models import Period
from webapp.scoring import queries
from webapp.scoring.models import Claim, Score
from webapp.scoring.services.giving import score
from webapp.scoring.services.guarding import must_hear_now
from webapp.scoring.services.holding import hold_open, note


def record_attendance(
    session: Session, slot: PresentationSlot, attendance: Attendance, there: Iterable[int], *, actor: Actor,
    at: datetime, reason: str = "",
) -> None:  # fmt: skip
    """Note whether the unit came and which assessors (ids of accounts) heard it; said again, it is corrected.

    Each indicator of a presentation gets its claim, which who noted the attendance has made.
    Raises `NotAllowed`, `PeriodNotOpen`, `PeriodSealed`, `StageNotRunning`, `NotAnAssessor`, `SlotScored` (who gave a
    value stays present), `ReasonMissing` (absence has one).
    """
    period = slot.period
    demand(actor, Permission.PERIOD_MANAGE, period.region_code)
    hold_open(session, period.id)
    must_hear_now(session, period.id, slot.round)
    presentations.hold_slot(session, slot)
    people = set(there) if attendance is Attendance.PRESENT else set()
    _must_be_assessors(session, slot, people - {one.account_id for one in slot.there}, at)
    scored = queries.progress(session, period)[slot.id].given_by
    if not scored <= people:
        raise SlotScored
    presentations.attend(session, slot, attendance, people, reason, actor=actor, at=at)
    if attendance is not Attendance.PLANNED:
        _make_claims(session, period, slot, actor, at)


def _must_be_assessors(session: Session, slot: PresentationSlot, people: set[int], at: datetime) -> None:
    today = conflicts.day_there(at, slot.period.region_code)
    possible = {one.id for one in queries.scorers(session, slot.period, today)}
    barred = {
        who
        for who in people & possible
        if conflicts.is_barred_from(session, who, slot.period_id, slot.region_code, today)
    }
    if barred or not people <= possible:
        raise NotAnAssessor(field="there")


def _make_claims(session: Session, period: Period, slot: PresentationSlot, actor: Actor, at: datetime) -> None:
    known = queries.claims_of(session, slot)
    for indicator in queries.indicators_of(period, slot.round):
        if indicator.id not in known:
            made = Claim(
                period_id=period.id, region_code=slot.region_code, indicator_id=indicator.id, claimed_by=actor.id
            )
            session.add(made)
            session.flush()
            note(session, "claim.state", made, actor, at)


@dataclass(frozen=True)
class Given:
    """One value as the form brings it; `version`: of the own score it showed, 0 where there was none."""

    value: Decimal
    remark: str = ""
    version: int | None = None


def rate(
    session: Session, slot: PresentationSlot, given: Mapping[int, Given], *, actor: Actor, at: datetime
) -> list[Score]:  # fmt: skip
    """Value what was presented: for indicators (by number) of the slot's round, each as `score` does it.

    Raises `NotPresent`, `StageNotRunning`, and what `score` raises.
    """
    if all(one.account_id != actor.id for one in slot.there) or slot.attendance != Attendance.PRESENT:
        raise NotPresent
    claims = queries.claims_of(session, slot)
    return [
        score(session, claims[number], one.value, actor=actor, at=at, remark=one.remark, version=one.version)
        for number, one in sorted(given.items())
        if number in claims
    ]
