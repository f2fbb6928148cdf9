"""Verbs of the schedule: plan, move, swap, and note who was there. None commits.

What an attendance means for claims and values is told by scoring, which stands above and asks first.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.presentation import queries
from webapp.presentation.errors import (
    AlreadyHeld,
    DayTooShort,
    NobodyToHear,
    NoDays,
    PeriodIsOver,
    PlaceTaken,
    ReasonMissing,
    SlotHeld,
)
from webapp.presentation.models import PresentationSlot, SlotPresence
from webapp.presentation.rules import Attendance, Hours, fits, overlap, plan
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState, running_round


def plan_slots(
    session: Session, period: Period, days: Iterable[date], hours: Hours, place: str, *, actor: Actor, at: datetime
) -> list[PresentationSlot]:
    """A slot for everybody in the running round, over those days; an earlier schedule of the round is replaced.

    Raises `NotAllowed`, `PeriodIsOver`, `AlreadyHeld`, `NobodyToHear`, `NoDays`, `DayTooShort`.
    """
    demand(actor, Permission.PERIOD_MANAGE, period.region_code)
    _hold_period(session, period)
    part, wanted = running_round(period.stages), sorted(set(days))
    before = [one for one in queries.schedule(session, period) if one.round == part]
    if any(one.held for one in before):
        raise AlreadyHeld
    units = [one.region_code for one in period.participants if one.round >= part]
    if not units:
        raise NobodyToHear
    if not wanted:
        raise NoDays(field="day_1")
    if not fits(len(units), len(wanted), hours):
        raise DayTooShort(field="minutes")
    for one in before:
        session.delete(one)
    session.flush()
    made = [
        PresentationSlot(
            period_id=period.id, region_code=one.region_code, round=part, place=place.strip(),
            starts_at=one.starts_at, ends_at=one.ends_at,
        )
        for one in plan(units, wanted, hours, period.time_zone)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    audit.record(
        session, "slot.plan", at=at, actor_id=actor.id, on=("period", period.id), region_code=period.region_code,
        round=part, slots=len(made), days=[day.isoformat() for day in wanted],
    )  # fmt: skip
    return made


def _hold_period(session: Session, period: Period) -> None:
    """One schedule at a time. Raises `PeriodIsOver`."""
    state = session.scalar(select(Period.state).where(Period.id == period.id).with_for_update())
    if state == PeriodState.FINAL:
        raise PeriodIsOver


def hold_slot(session: Session, slot: PresentationSlot) -> None:
    """Hold a slot's row, and read it anew with who was there: the same form sent twice is one deed."""
    session.flush()
    session.execute(select(PresentationSlot.id).where(PresentationSlot.id == slot.id).with_for_update())
    session.refresh(slot)
    session.refresh(slot, ["there"])


def move_slot(
    session: Session, slot: PresentationSlot, starts_at: datetime, place: str, because: str, *, actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Hear a unit at another time or place, as long as before; who was absent is awaited again.

    Raises `NotAllowed`, `PeriodIsOver`, `SlotHeld`, `ReasonMissing`, `PlaceTaken`.
    """
    demand(actor, Permission.PERIOD_MANAGE, slot.period.region_code)
    _hold_period(session, slot.period)
    hold_slot(session, slot)
    if slot.attendance == Attendance.PRESENT:
        raise SlotHeld
    if (slot.starts_at, slot.place) == (starts_at, place.strip()):
        return
    if not because.strip():
        raise ReasonMissing(field="because")
    ends_at = starts_at + (slot.ends_at - slot.starts_at)
    for one in queries.schedule(session, slot.period):
        same_place = one.place.casefold() == place.strip().casefold()
        if one.id != slot.id and same_place and overlap((one.starts_at, one.ends_at), (starts_at, ends_at)):
            raise PlaceTaken(field="starts_at")
    was = slot.starts_at
    _go(slot, starts_at, ends_at, place.strip(), because.strip())
    slot.attendance, slot.absence_reason, slot.recorded_at, slot.recorded_by = Attendance.PLANNED, "", None, None
    session.flush()
    _note(session, "slot.move", slot, actor, at, was=was.isoformat(), reason=because.strip())


def _go(slot: PresentationSlot, starts_at: datetime, ends_at: datetime, place: str, because: str) -> None:
    slot.moved_from, slot.moved_because = slot.starts_at, because
    slot.starts_at, slot.ends_at, slot.place = starts_at, ends_at, place


def swap_slots(
    session: Session, slot: PresentationSlot, other: PresentationSlot, because: str, *, actor: Actor, at: datetime
) -> None:
    """Let two units who still wait change places.

    Raises `NotAllowed`, `PeriodIsOver`, `SlotHeld`, `ReasonMissing`.
    """
    demand(actor, Permission.PERIOD_MANAGE, slot.period.region_code)
    _hold_period(session, slot.period)
    for one in sorted((slot, other), key=lambda one: one.id):
        hold_slot(session, one)
    if slot.held or other.held:
        raise SlotHeld
    if not because.strip():
        raise ReasonMissing(field="because")
    mine, theirs = (slot.starts_at, slot.ends_at, slot.place), (other.starts_at, other.ends_at, other.place)
    _go(slot, *theirs, because.strip())
    _go(other, *mine, because.strip())
    session.flush()
    for one, was in ((slot, mine), (other, theirs)):
        _note(session, "slot.move", one, actor, at, was=was[0].isoformat(), reason=because.strip())


def name_deck(session: Session, slot: PresentationSlot, deck: str, *, actor: Actor) -> None:
    """Say what is shown: a title or where it is kept. Raises `NotAllowed`, `PeriodIsOver`."""
    demand(actor, Permission.PERIOD_MANAGE, slot.period.region_code)
    _hold_period(session, slot.period)
    slot.deck = deck.strip()
    session.flush()


def attend(
    session: Session, slot: PresentationSlot, attendance: Attendance, there: Iterable[int], reason: str, *,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Note whether the unit came, and which assessors (ids of accounts) heard it. The slot is held before.

    Raises `ReasonMissing`: an absent unit has a reason.
    """
    if attendance is Attendance.ABSENT and not reason.strip():
        raise ReasonMissing(field="reason")
    people = set(there) if attendance is Attendance.PRESENT else set()
    slot.attendance, slot.recorded_by, slot.recorded_at = attendance, actor.id, at
    slot.absence_reason = reason.strip() if attendance is Attendance.ABSENT else ""
    slot.there[:] = [one for one in slot.there if one.account_id in people]
    known = {one.account_id for one in slot.there}
    slot.there += [
        SlotPresence(account_id=who, period_id=slot.period_id, noted_by=actor.id, noted_at=at)
        for who in sorted(people - known)
    ]
    session.flush()
    _note(session, "slot.attend", slot, actor, at, attendance=str(attendance), there=sorted(people))


def _note(
    session: Session, action: str, slot: PresentationSlot, actor: Actor, at: datetime, **detail: Any
) -> None:  # fmt: skip
    audit.record(
        session, action, at=at, actor_id=actor.id, on=("presentation_slot", slot.id), region_code=slot.region_code,
        period_id=slot.period_id, **detail,
    )  # fmt: skip
