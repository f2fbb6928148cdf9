"""O1: the yearly camat assessment of Ogan Komering Ilir, 18 kecamatan, from 25 July 2017 on."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.webapp.rows import oki
from webapp.programme import services
from webapp.programme.errors import ForeignParticipant
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState


def test_o1_exactly_the_eighteen_kecamatan_take_part(session: Session) -> None:
    actor = oki.secretariat_of_oki(session)
    said = oki.fields(oki.instrument(session))
    for too_many in ([*oki.KECAMATAN, oki.NEIGHBOUR], [*oki.KECAMATAN, "16.02.99"]):
        with pytest.raises(ForeignParticipant):
            services.create_period(session, said, too_many, actor=actor, at=oki.OPENING_DAY)
    period = services.create_period(session, said, oki.KECAMATAN, actor=actor, at=oki.OPENING_DAY)
    assert [one.region_code for one in period.participants] == sorted(oki.KECAMATAN)
    assert len(period.participants) == 18
    assert {one.region.name for one in period.participants} == set(oki.KECAMATAN.values())


def test_o1_the_copy_of_2018_is_a_new_period_with_a_new_version(session: Session) -> None:
    actor = oki.secretariat_of_oki(session)
    tool = oki.instrument(session)
    period = services.create_period(session, oki.fields(tool), oki.KECAMATAN, actor=actor, at=oki.OPENING_DAY)
    services.open_period(session, period, actor=actor, at=oki.OPENING_DAY)
    copy = services.copy_period(session, period, actor=actor, at=oki.OPENING_DAY)
    session.expire_all()
    assert copy.id != period.id
    assert (copy.name, copy.state, copy.copied_from) == ("OKI 2018", PeriodState.PREPARED, period.id)
    assert (copy.starts_on, copy.ends_on) == (date(2018, 1, 1), date(2018, 12, 31))
    assert copy.programme_id == period.programme_id is not None
    assert [one.region_code for one in copy.participants] == sorted(oki.KECAMATAN)
    assert [one.kind for one in copy.stages] == [one.kind for one in period.stages]
    assert (copy.instrument.name, copy.instrument.version) == (tool.name, tool.version + 1)
    assert copy.instrument.frozen_at is None  # and so may be changed before 2018 opens
    again = services.copy_period(session, period, actor=actor, at=oki.OPENING_DAY)
    assert again is copy
    assert session.query(Period).count() == 2
