"""O4 (OKI, 25 Jul 2017): a real picture of general and public service, of ability and capacity."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, NOW
from tests.webapp.conftest import Opener
from webapp.access import Role
from webapp.programme import services
from webapp.programme.errors import NumbersUnsettled, WeightsIncomplete
from webapp.programme.models import Instrument, Period
from webapp.programme.rules import Method, PeriodState, StageKind

AIMS = [
    "Pelayanan umum", "Pelayanan kepada masyarakat", "Keberhasilan pelaksanaan tugas", "Kemampuan dan kapasitas camat",
    "Koordinasi dengan desa dan instansi",
]  # fmt: skip

STAGES = (StageKind.PRESENTATION, StageKind.SHORTLIST, StageKind.ADVANCED)


def test_o4_the_aims_are_criteria_and_their_weights_are_entered_before_opening(
    session: Session, opened: Opener
) -> None:
    """The stage-1 instrument holds the aims as criteria; no period opens before their weights are entered and right."""
    factories.territory(session)
    secretary = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    browser = opened(secretary)
    page = browser.send(browser.open("/program/instrumen/baru"), "/contoh", **{"sistem-preset": "oki"})
    tool = session.scalars(select(Instrument)).one()
    first_round = [one for one in tool.aspects if one.round == 1]
    assert [one.name for one in first_round] == AIMS
    assert {one.method for aspect in first_round for one in aspect.indicators} == {Method.PRESENTATION}

    fields = services.PeriodFields(
        "Penilaian camat OKI 2017", KABUPATEN, tool.id, date(2017, 7, 25), date(2017, 12, 31), shortlist_size=2,
        stages=tuple(services.StagePlan(one) for one in STAGES),
    )  # fmt: skip
    units = [f"{KABUPATEN}.{n:02d}" for n in range(1, 5)]
    period = services.create_period(session, fields, units, actor=secretary, at=NOW)
    with pytest.raises(NumbersUnsettled):  # the source gives no weights: those of the preset are examples
        services.open_period(session, period, actor=secretary, at=NOW)

    weights = ["30", "25", "20", "15", "9,99"]
    for aspect, weight in zip(first_round, weights, strict=True):
        page = browser.send(page, f"/aspek/{aspect.id}", **{f"ubah{aspect.id}-aspect_weight": weight})
    assert "Bobot aspek babak 1 berjumlah 99,99, harus 100." in page.text
    with pytest.raises(WeightsIncomplete):
        services.open_period(session, period, actor=secretary, at=NOW)
    shown = browser.send(browser.open(f"/program/{period.id}"), "/buka")
    assert (shown.status, shown.code) == (422, "weights_not_100")
    assert "Bobot aspek babak 1 berjumlah 99,99, harus 100." in shown.text

    last = first_round[-1].id
    page = browser.send(page, f"/aspek/{last}", **{f"ubah{last}-aspect_weight": "10"})
    browser.send(
        page, "/tetapkan", **{"tetapkan-source": "Keputusan Bupati Ogan Komering Ilir tentang Tim Penilai 2017"}
    )
    browser.send(browser.open(f"/program/{period.id}"), "/buka")
    session.expire_all()
    assert session.scalars(select(Period.state)).one() == PeriodState.OPEN
    assert [one.weight for one in tool.aspects if one.round == 1] == [Decimal(n) for n in (30, 25, 20, 15, 10)]
    assert tool.frozen_at is not None
