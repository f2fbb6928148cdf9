"""O2: two days of listening to presentations, 25 and 26 July 2017, 18 slots."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.webapp.rows import oki
from webapp.accounts.models import Account
from webapp.presentation import queries as presentations
from webapp.presentation import services as schedules
from webapp.presentation.errors import NotPresent, ReasonMissing
from webapp.presentation.models import PresentationSlot
from webapp.presentation.rules import Attendance, Hours
from webapp.programme.models import Period
from webapp.programme.rules import StageKind, runs, stage_of
from webapp.scoring import queries, services
from webapp.scoring.errors import StageNotDone
from webapp.scoring.rules import Reason
from webapp.scoring.services import Given


def planned(session: Session, period: Period, actor: Account) -> list[PresentationSlot]:
    return schedules.plan_slots(
        session, period, oki.DAYS, Hours(oki.MORNING, 30), oki.PLACE, actor=actor, at=oki.OPENING_DAY
    )


def heard(session: Session, slot: PresentationSlot, actor: Account, people: list[Account]) -> None:
    services.record_attendance(
        session, slot, Attendance.PRESENT, [one.id for one in people], actor=actor, at=slot.ends_at
    )


def values(slot: PresentationSlot, value: str) -> dict[int, Given]:
    return {one.id: Given(Decimal(value)) for one in queries.indicators_of(slot.period, slot.round)}


def test_o2_nine_and_nine_and_nobody_twice(session: Session) -> None:
    actor = oki.secretariat_of_oki(session)
    period = oki.opened(session, actor)
    slots = planned(session, period, actor)
    days = Counter(one.starts_at.astimezone(ZoneInfo("Asia/Jakarta")).date() for one in slots)
    assert days == {oki.DAYS[0]: 9, oki.DAYS[1]: 9}
    assert sorted(one.region_code for one in slots) == sorted(oki.KECAMATAN)
    first = slots[0]
    twice = PresentationSlot(
        period_id=period.id, region_code=first.region_code, round=1, place=oki.PLACE,
        starts_at=first.starts_at + timedelta(hours=10), ends_at=first.ends_at + timedelta(hours=10),
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="nobody_presents_twice"), session.begin_nested():
        session.add(twice)
        session.flush()


def test_o2_each_present_assessor_scores_each_slot_and_the_stage_waits_for_the_last(session: Session) -> None:
    actor = oki.secretariat_of_oki(session)
    team = oki.assessors(session, 3)
    late = oki.assessors(session, 1)[0]
    period = oki.opened(session, actor)
    slots = planned(session, period, actor)
    with pytest.raises(StageNotDone) as nothing_held:
        services.close_stage(session, period, StageKind.PRESENTATION, actor=actor, at=oki.OPENING_DAY)
    assert Counter(one.reason for one in nothing_held.value.blockers) == {Reason.SLOT_NOT_HELD: 18}  # type: ignore[attr-defined]

    *present, absent = slots
    for slot in present:
        heard(session, slot, actor, team)
        for n, one in enumerate(team):
            if (slot, one) != (present[-1], team[-1]):  # the last value of the last slot is still missing
                services.rate(session, slot, values(slot, str(70 + n)), actor=one, at=slot.ends_at)
    with pytest.raises(NotPresent):
        services.rate(session, present[0], values(present[0], "99"), actor=late, at=oki.OPENING_DAY)

    with pytest.raises(ReasonMissing):
        services.record_attendance(session, absent, Attendance.ABSENT, [], actor=actor, at=absent.ends_at)
    services.record_attendance(
        session, absent, Attendance.ABSENT, [], actor=actor, at=absent.ends_at, reason="Camat dirawat di RSUD."
    )
    assert (absent.absence_reason, absent.recorded_by) == ("Camat dirawat di RSUD.", actor.id)

    with pytest.raises(StageNotDone) as unscored:
        services.close_stage(session, period, StageKind.PRESENTATION, actor=actor, at=absent.ends_at)
    (left,) = unscored.value.blockers
    assert (left.reason, left.slot_id) == (Reason.SLOT_UNSCORED, present[-1].id)  # type: ignore[attr-defined]
    assert (left.have, left.need) == (2, 3)  # type: ignore[attr-defined]

    services.rate(session, present[-1], values(present[-1], "72"), actor=team[-1], at=absent.ends_at)
    services.close_stage(session, period, StageKind.PRESENTATION, actor=actor, at=absent.ends_at)
    stage = stage_of(period.stages, StageKind.PRESENTATION)
    assert stage is not None
    assert not runs(stage)
    standings = queries.standings(session, period)
    assert Counter(str(one.state) for one in standings) == {"proven": 34, "unproven": 2}
    assert {one.value for one in standings if one.state == "proven"} == {Decimal(71)}
    assert presentations.held(session, period)[absent.region_code, 1] is Attendance.ABSENT
