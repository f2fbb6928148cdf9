"""The founding articles' systems load with one click; their example numbers are settled before anybody is judged."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, NOW
from tests.webapp.browsing import Browser
from tests.webapp.conftest import Opener
from webapp.access import Role
from webapp.audit import AuditEvent
from webapp.programme import queries, services
from webapp.programme.errors import InstrumentFrozen, NothingToSettle, NumbersUnsettled
from webapp.programme.models import Instrument, Period
from webapp.programme.presets import PRESETS
from webapp.programme.rules import GradePlan, InstrumentPlan, Method, PeriodState, TieRule, Wrong, faults_of

BANDS = (GradePlan("A", Decimal(80)), GradePlan("B", Decimal(10)))


@pytest.fixture
def secretariat(session: Session, opened: Opener) -> Browser:
    factories.territory(session)
    return opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))


def loaded(browser: Browser, session: Session, key: str) -> Instrument:
    page = browser.send(browser.open("/program/instrumen/baru"), "/contoh", **{"sistem-preset": key})
    assert page.status == 200, page.text
    return session.scalars(select(Instrument).order_by(Instrument.id.desc())).first()  # type: ignore[return-value]


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_is_whole_but_for_its_ground(key: str) -> None:
    plan = PRESETS[key]
    assert [one.wrong for one in faults_of(plan, settled=False)] == ([Wrong.UNSETTLED] if plan.settle_first else [])
    assert plan.example is plan.settle_first
    assert ("contoh" in plan.legal_basis) is plan.example


@pytest.mark.parametrize("key", PRESETS)
def test_what_is_loaded_is_what_the_preset_says(session: Session, secretariat: Browser, key: str) -> None:
    assert queries.plan_of(loaded(secretariat, session, key)) == PRESETS[key]


def test_the_agreement_clock_has_no_scores_beyond_the_achievement() -> None:
    plan = PRESETS["dharmasraya"]
    assert [len(one.indicators) for one in plan.aspects] == [1]
    assert not plan.settle_first  # its only weight is the whole


def test_belitung_passes_at_75_and_fails_a_hundredth_below() -> None:
    for aspect in PRESETS["belitung"].aspects[1:]:
        below, reached = aspect.indicators[0].levels
        assert (below.upper, below.points) == (Decimal("74.99"), 0)
        assert (reached.lower, reached.points) == (Decimal("75.00"), 100)


def test_an_innovation_is_judged_on_indicators_of_three_levels() -> None:
    indicators = [one for aspect in PRESETS["inovasi"].aspects for one in aspect.indicators]
    assert {(one.method, len(one.levels)) for one in indicators} == {(Method.LEVELS, 3)}


def test_every_example_number_says_so_on_the_page_until_it_is_settled(session: Session, secretariat: Browser) -> None:
    tool = loaded(secretariat, session, "bandung")
    page = secretariat.open(f"/program/instrumen/{tool.id}")
    assert "angka contoh, bukan ketentuan resmi" in page.text
    assert "2 poin per kegiatan, paling banyak 10 contoh" in page.text
    assert "Bobot aspek 40,00 % contoh" in page.text
    settled = secretariat.send(page, "/tetapkan", **{"tetapkan-source": "Keputusan Wali Kota 100/2018, lampiran I"})
    assert "contoh" not in settled.text.replace("adalah contoh", "")
    assert "Keputusan Wali Kota 100/2018, lampiran I" in settled.text
    assert not settled.offers("/tetapkan")
    assert session.scalars(select(AuditEvent).where(AuditEvent.action == "instrument.settle")).one().detail == {
        "source": "Keputusan Wali Kota 100/2018, lampiran I"
    }


def test_any_change_of_a_number_takes_back_what_was_settled(session: Session, secretariat: Browser) -> None:
    tool = loaded(secretariat, session, "bandung")
    page = secretariat.open(f"/program/instrumen/{tool.id}")
    page = secretariat.send(page, "/tetapkan", **{"tetapkan-source": "Keputusan Wali Kota 100/2018"})
    one = tool.aspects[0].indicators[0]
    assert not page.offers("/tetapkan")
    page = secretariat.send(page, f"/indikator/{one.id}", **{f"indikator{one.id}-indicator_name": "Tugas umum"})
    assert page.offers("/tetapkan")
    assert "angka contoh, bukan ketentuan resmi" in page.text


def test_faulty_weights_are_nothing_to_stand_for(session: Session, secretariat: Browser) -> None:
    tool = loaded(secretariat, session, "oki")
    actor = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    services.change_aspect(tool.aspects[0], "Pelayanan umum", Decimal("19.99"), part=1)
    with pytest.raises(NothingToSettle):
        services.settle(session, tool, "Keputusan Bupati", actor=actor, at=NOW)


def test_nobody_stands_for_numbers_without_a_ground(session: Session, secretariat: Browser) -> None:
    tool = loaded(secretariat, session, "oki")
    page = secretariat.open(f"/program/instrumen/{tool.id}")
    refused = secretariat.send(page, "/tetapkan", **{"tetapkan-source": "  "})
    assert refused.status == 422
    session.expire_all()
    assert tool.settled_at is None


def test_a_copy_of_a_settled_instrument_is_settled_anew(session: Session, secretariat: Browser) -> None:
    tool = loaded(secretariat, session, "jabar")
    actor = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    services.settle(session, tool, "Keputusan Gubernur", actor=actor, at=NOW)
    copy = services.copy_instrument(session, tool, actor=actor, at=NOW)
    assert (copy.version, copy.settled_at, copy.example) == (2, None, True)
    with pytest.raises(NumbersUnsettled):
        services.demand_ready(copy)
    assert queries.plan_of(copy) == queries.plan_of(tool)


def test_the_database_itself_freezes_no_example_and_changes_nothing_frozen(
    session: Session, secretariat: Browser
) -> None:
    tool = loaded(secretariat, session, "oki")
    actor = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    with pytest.raises(Exception, match="example_numbers_are_settled_first"), session.begin_nested():
        tool.frozen_at = NOW
        session.flush()
    session.expire_all()
    services.settle(session, tool, "Keputusan Bupati", actor=actor, at=NOW)
    tool.frozen_at = NOW
    session.flush()
    with pytest.raises(InstrumentFrozen):
        services.settle(session, tool, "Lain", actor=actor, at=NOW)
    with pytest.raises(Exception, match="instrument_is_frozen"), session.begin_nested():
        tool.tie_rule = "lots"
        session.flush()


def test_a_period_lists_everything_that_keeps_it_shut(session: Session, secretariat: Browser) -> None:
    tool = loaded(secretariat, session, "oki")
    page = secretariat.open("/program/baru")
    shown = secretariat.send(
        page, "", name="OKI 2017", instrument_id=str(tool.id), starts_on="2017-01-01", ends_on="2017-12-31"
    )
    one = tool.aspects[5]
    services.change_aspect(one, one.name, Decimal("49.5"), part=2)
    services.change_terms(session, tool, services.Terms("", TieRule.ASK, BANDS))
    session.commit()
    refused = secretariat.send(shown, "/buka")
    assert (refused.status, refused.code) == (422, "weights_not_100")
    for sentence in (
        "Angka instrumen ini masih contoh.",
        "Bobot aspek babak 2 berjumlah 99,5, harus 100.",
        "Nilai di bawah predikat terendah (10) tidak berpredikat. Mulailah dari 0.",
    ):
        assert sentence in refused.text
    assert session.scalars(select(Period.state)).one() == PeriodState.PREPARED


def test_the_whole_list_of_presets_is_offered_with_its_sources(app: Flask, secretariat: Browser) -> None:
    page = secretariat.open("/program/instrumen/baru")
    plans: list[InstrumentPlan] = list(PRESETS.values())
    assert all(one.name in page.text and " ".join(one.legal_basis.split()) in page.text for one in plans)
