"""J3: six focus aspects; mastery of the material is scored in the interview alone, by assessors who are there."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests import factories
from tests.webapp.rows.oki import place_region
from webapp.access import Role
from webapp.presentation import services as schedules
from webapp.presentation.errors import NotPresent, StageNotRunning
from webapp.presentation.rules import Attendance, Hours
from webapp.programme import services as programmes
from webapp.programme.models import Aspect, Indicator, Instrument
from webapp.programme.rules import Method, Mode, StageKind
from webapp.scoring import queries, services
from webapp.scoring.rules import ClaimState
from webapp.territory.rules import Level

JABAR, BANDUNG, MARGAHAYU = "32", "32.04", "32.04.09"
VISIT = datetime(2018, 8, 6, 3, 0, tzinfo=UTC)  # Senin, 6 Agustus 2018
ASPECTS = (
    "Pelayanan", "Koordinasi", "Inovasi dan upaya", "Kompetensi SDM", "Anggaran", "Penguasaan materi camat",
)  # fmt: skip


def test_j3_mastery_is_scored_in_the_interview_by_who_was_there(session: Session) -> None:
    for code, name, level in (
        (JABAR, "Jawa Barat", Level.PROVINSI), (BANDUNG, "Kabupaten Bandung", Level.KABUPATEN),
        (MARGAHAYU, "Margahayu", Level.KECAMATAN),
    ):  # fmt: skip
        place_region(session, code, name, level)
    actor = factories.account(session, (Role.SECRETARIAT, JABAR))
    there, away = (factories.account(session, (Role.PROVINCIAL_TEAM, JABAR)) for _ in range(2))
    period = programmes.create_period(
        session,
        programmes.PeriodFields(
            name="Sinergitas 2018", region_code=JABAR, instrument_id=_instrument(session).id,
            starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31), quorum=1, pooled=True,
            stages=tuple(programmes.StagePlan(one) for one in (StageKind.SELF_FILLING, StageKind.PRESENTATION)),
        ),
        [MARGAHAYU], actor=actor, at=VISIT,
    )  # fmt: skip
    assert [one.pool for one in period.participants] == ["kabupaten"]
    programmes.open_period(session, period, actor=actor, at=VISIT)
    services.open_stage(session, period, StageKind.SELF_FILLING, actor=actor, at=VISIT)
    factories.declared(session, [there.id, away.id], [period.id])
    (slot,) = schedules.plan_slots(
        session, period, [VISIT.date()], Hours(time(10), 60), "Kantor Kecamatan Margahayu", actor=actor, at=VISIT
    )
    with pytest.raises(StageNotRunning):  # documents are still being filled in
        services.record_attendance(session, slot, Attendance.PRESENT, [there.id], actor=actor, at=VISIT)

    services.close_stage(session, period, StageKind.SELF_FILLING, actor=actor, at=VISIT)
    services.open_stage(session, period, StageKind.PRESENTATION, actor=actor, at=VISIT)
    services.record_attendance(session, slot, Attendance.PRESENT, [there.id], actor=actor, at=VISIT)
    mastery = queries.indicators_of(period, 1)
    assert [one.name for one in mastery] == ["Penguasaan materi camat"]
    claim = queries.claims_of(session, slot)[mastery[0].id]
    with pytest.raises(NotPresent):
        services.score(session, claim, Decimal(90), actor=away, at=VISIT)
    given = services.score(session, claim, Decimal("87.5"), actor=there, at=VISIT)
    standing = queries.standing_of(session, claim)
    assert (standing.state, standing.value) == (ClaimState.PROVEN, Decimal("87.5"))

    # The database says it again to whoever comes past the service.
    with pytest.raises(DBAPIError, match="only_the_present_score"), session.begin_nested():
        session.execute(
            text("UPDATE score SET assessor_id = :who, value = 99 WHERE id = :id"), {"who": away.id, "id": given.id}
        )
    services.close_stage(session, period, StageKind.PRESENTATION, actor=actor, at=VISIT)
    with pytest.raises(StageNotRunning):
        services.score(session, claim, Decimal(60), actor=there, at=VISIT)


def _instrument(session: Session) -> Instrument:
    """The six aspects, of equal weight as far as two decimals go; the article gives no weights."""
    made = Instrument(name="Sinergitas Jabar", region_code=JABAR, example=True)
    weights = [Decimal("16.67")] * 4 + [Decimal("16.66")] * 2
    for n, (name, weight) in enumerate(zip(ASPECTS, weights, strict=True), start=1):
        method = Method.PRESENTATION if name == ASPECTS[-1] else Method.RATED
        only = Indicator(position=1, name=name, weight=Decimal(100), mode=Mode.DESK, method=method, required=False)
        made.aspects.append(Aspect(position=n, name=name, weight=weight, indicators=[only]))
    session.add(made)
    session.flush()
    return made
