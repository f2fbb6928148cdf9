"""An open period in which two kecamatan are heard."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR, NOW
from webapp.access import Role
from webapp.programme import services
from webapp.programme.models import Aspect, Indicator, Instrument, Period
from webapp.programme.rules import Method, Mode, StageKind
from webapp.scoring import services as scoring


@pytest.fixture
def period(session: Session) -> Period:
    factories.territory(session)
    actor = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    tool = Instrument(name="Wawancara", region_code=KABUPATEN, example=True)
    tool.aspects = [
        Aspect(
            position=1, name="Penguasaan materi", weight=Decimal(100),
            indicators=[
                Indicator(
                    position=n, name=name, weight=Decimal(50), mode=Mode.DESK, method=Method.PRESENTATION, max_value=100
                )
                for n, name in enumerate(("Isi paparan", "Tanya jawab"), start=1)
            ],
        )
    ]  # fmt: skip
    session.add(tool)
    session.flush()
    fields = services.PeriodFields(
        name="Wawancara 2018", region_code=KABUPATEN, instrument_id=tool.id, starts_on=date(2018, 1, 1),
        ends_on=date(2018, 12, 31), quorum=1, stages=(services.StagePlan(StageKind.PRESENTATION),),
    )  # fmt: skip
    made = services.create_period(session, fields, [MINE, NEXT_DOOR], actor=actor, at=NOW)
    services.open_period(session, made, actor=actor, at=NOW)
    scoring.open_stage(session, made, StageKind.PRESENTATION, actor=actor, at=NOW)
    return made
