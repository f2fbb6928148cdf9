"""What presentations mean for sheets, attendance and the gate: nobody values what they did not hear."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR, NOW
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.presentation import queries as presentations
from webapp.presentation import services as schedules
from webapp.presentation.errors import AlreadyHeld, NotAnAssessor, SlotScored
from webapp.presentation.models import PresentationSlot, SlotPresence
from webapp.presentation.rules import Attendance, Hours
from webapp.programme.models import Period
from webapp.programme.rules import StageKind
from webapp.scoring import queries, services
from webapp.scoring.errors import GateClosed
from webapp.scoring.rules import Reason
from webapp.scoring.services import Given


@pytest.fixture
def office(session: Session) -> Account:
    return factories.account(session, (Role.SECRETARIAT, KABUPATEN))


def plan(session: Session, period: Period, office: Account) -> list[PresentationSlot]:
    return schedules.plan_slots(session, period, [NOW.date()], Hours(time(9), 30), "Aula", actor=office, at=NOW)


def hear(session: Session, slot: PresentationSlot, office: Account, *there: Account) -> None:
    people = [one.id for one in there]
    services.record_attendance(session, slot, Attendance.PRESENT, people, actor=office, at=NOW)


def every(slot: PresentationSlot, value: str) -> dict[int, Given]:
    return {one.id: Given(Decimal(value)) for one in queries.indicators_of(slot.period, 1)}


def reasons(session: Session, period: Period) -> list[tuple[str, str]]:
    known = queries.standings(session, period)
    found = queries.blockers(session, period, known)
    return [(one.reason, one.region_code) for one in found if one.reason != Reason.STAGE_OPEN]


def test_the_gate_waits_for_every_slot_and_its_quorum(
    session: Session, period: Period, office: Account
) -> None:  # fmt: skip
    assert reasons(session, period) == [(Reason.SLOT_MISSING, MINE), (Reason.SLOT_MISSING, NEXT_DOOR)]
    mine, next_door = plan(session, period, office)
    assert reasons(session, period) == [(Reason.SLOT_NOT_HELD, MINE), (Reason.SLOT_NOT_HELD, NEXT_DOOR)]
    chair = factories.chair(session)
    with pytest.raises(GateClosed):
        services.finalise(session, period, actor=chair, at=NOW)
    hear(session, mine, office)  # the unit came, and nobody who values
    assert (Reason.SLOT_QUORUM, MINE) in reasons(session, period)
    first, second = factories.assessor(session), factories.assessor(session)
    hear(session, mine, office, first, second)
    services.rate(session, mine, every(mine, "80"), actor=first, at=NOW)
    assert (Reason.SLOT_UNSCORED, MINE) in reasons(session, period)
    services.rate(session, mine, every(mine, "90"), actor=second, at=NOW)
    services.record_attendance(
        session, next_door, Attendance.ABSENT, [], actor=office, at=NOW, reason="Banjir menutup jalan."
    )
    assert reasons(session, period) == []
    with pytest.raises(GateClosed):  # its stage is not closed yet
        services.finalise(session, period, actor=chair, at=NOW)
    services.close_stage(session, period, StageKind.PRESENTATION, actor=office, at=NOW)
    sealed = services.finalise(session, period, actor=chair, at=NOW)
    assert [(one["region"], one["total"]) for one in sealed.content["ranking"]] == [
        (MINE, "85.00"), (NEXT_DOOR, "0.00"),
    ]  # fmt: skip
    for change in (delete(SlotPresence), delete(PresentationSlot)):
        with pytest.raises(DBAPIError, match="period_is_final"), session.begin_nested():
            session.execute(change)


def test_only_who_was_there_is_asked_by_the_sheet(session: Session, period: Period, office: Account) -> None:
    there, away = factories.assessor(session), factories.assessor(session)
    mine, _ = plan(session, period, office)
    hear(session, mine, office, there)
    ready = {who.id: [one.ready for one in queries.sheet(session, who, period, NOW)] for who in (there, away)}
    assert ready == {there.id: [2, 0], away.id: [0, 0]}


def test_attendance_does_not_change_under_values(session: Session, period: Period, office: Account) -> None:
    there = factories.assessor(session)
    mine, next_door = plan(session, period, office)
    hear(session, mine, office, there)
    hear(session, mine, office)  # nobody has valued yet: a slip of the pen is mended
    assert mine.there == []
    hear(session, mine, office, there)
    services.rate(session, mine, every(mine, "80"), actor=there, at=NOW)
    with pytest.raises(SlotScored):
        hear(session, mine, office)
    with pytest.raises(SlotScored):
        services.record_attendance(session, mine, Attendance.ABSENT, [], actor=office, at=NOW, reason="Sakit.")
    with pytest.raises(DBAPIError, match="who_scored_was_there"), session.begin_nested():
        session.execute(delete(SlotPresence).where(SlotPresence.slot_id == mine.id))
    with pytest.raises(AlreadyHeld):
        plan(session, period, office)
    for stranger in (factories.leader(session), factories.assessor(session, factories.KOTA)):
        with pytest.raises(NotAnAssessor):
            hear(session, next_door, office, stranger)


def test_who_was_absent_may_be_heard_later(session: Session, period: Period, office: Account) -> None:
    there = factories.assessor(session)
    _, next_door = plan(session, period, office)
    services.record_attendance(session, next_door, Attendance.ABSENT, [], actor=office, at=NOW, reason="Banjir.")
    later = next_door.starts_at.replace(hour=8)
    schedules.move_slot(session, next_door, later, "Aula", "Jalan sudah terbuka.", actor=office, at=NOW)
    assert (next_door.attendance, next_door.absence_reason, next_door.recorded_by) == ("planned", "", None)
    assert presentations.held(session, period)[NEXT_DOOR, 1] is Attendance.PLANNED
    hear(session, next_door, office, there)
    services.rate(session, next_door, every(next_door, "60"), actor=there, at=NOW)
    standing = next(one for one in queries.standings(session, period) if one.claim.region_code == NEXT_DOOR)
    assert (str(standing.state), standing.value) == ("proven", Decimal(60))
