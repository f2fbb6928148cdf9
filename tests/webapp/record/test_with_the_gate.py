"""Minutes and the gate: a plenary's hold while nothing counts differently, and a reopening has its own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.factories import KABUPATEN, NOW
from tests.webapp.record.conftest import Panel
from webapp.errors import NotFound
from webapp.minutes import queries as minutes
from webapp.minutes import services as keeping
from webapp.minutes.rules import Kind, Standing
from webapp.programme.models import PeriodStage
from webapp.scoring import queries
from webapp.scoring import services as scoring
from webapp.scoring.errors import GateClosed


def with_a_plenary(panel: Panel) -> Panel:
    panel.session.add(PeriodStage(period_id=panel.period.id, position=1, kind="plenary"))
    panel.session.flush()
    panel.session.expire(panel.period)
    panel.valued("80", "70", "60", "50")
    return panel


def closed(panel: Panel) -> set[str]:
    """Why the gate stays shut."""
    with pytest.raises(GateClosed) as shut:
        scoring.finalise(panel.session, panel.period, actor=panel.chair, at=NOW)
    return {str(one.reason) for one in shut.value.blockers}


def signed(panel: Panel) -> None:
    made = panel.minutes()
    for one in (panel.chair, panel.first):
        keeping.sign(panel.session, made, actor=one, at=NOW)


def test_the_gate_asks_for_signed_minutes_of_what_stands_now(panel: Panel) -> None:
    with_a_plenary(panel)
    assert closed(panel) == {"minutes_open"}
    made = panel.minutes()
    assert closed(panel) == {"minutes_open"}, "drawn up is not signed"
    for one in (panel.chair, panel.first):
        keeping.sign(panel.session, made, actor=one, at=NOW)
    scoring.score(
        panel.session, queries.standings(panel.session, panel.period)[1].claim, Decimal(75), actor=panel.first, at=NOW,
        version=1, reason="Salah hitung.",
    )  # fmt: skip
    assert closed(panel) == {"minutes_outdated"}
    signed(panel)
    sealed = scoring.finalise(panel.session, panel.period, actor=panel.chair, at=NOW)
    assert sealed.version == 1
    assert minutes.standing_of(panel.session, minutes.signed(panel.session, panel.period, Kind.PLENARY)[0]) is (
        Standing.SIGNED
    ), "sealing changes nothing of what was decided"


def test_a_reopening_has_minutes_and_what_was_signed_before_settles_nothing_after(panel: Panel) -> None:
    with_a_plenary(panel)
    signed(panel)
    old = minutes.signed(panel.session, panel.period, Kind.PLENARY)[0]
    sealed = scoring.finalise(panel.session, panel.period, actor=panel.chair, at=NOW)
    asked = scoring.ask(
        panel.session, panel.period, [scoring.About(f"{KABUPATEN}.01")], reason="Bukti tertukar.",
        legal_basis="Pasal 5 Perbup 3/2018", actor=panel.chair, at=NOW,
    )  # fmt: skip
    with pytest.raises(NotFound):
        panel.minutes(Kind.REOPENING, str(asked.id))
    scoring.decide(panel.session, panel.period, asked, grants=True, answer="Setuju.", actor=panel.people.leader, at=NOW)
    panel.session.expire_all()
    made = panel.minutes(Kind.REOPENING, str(asked.id))
    facts = made.content["facts"]
    assert facts["outcome"] == [
        "Hasil versi 1 dibuka kembali; hasil berikutnya menjadi versi 2.", "Alasan: Bukti tertukar.",
    ]  # fmt: skip
    assert ["Dasar permintaan", "Pasal 5 Perbup 3/2018"] in facts["scope"]
    assert facts["tables"][0]["rows"] == [[f"Kecamatan {KABUPATEN}.01", "semua indikator"]]
    assert ["Hasil versi 1", sealed.sha256] in facts["annexes"]
    assert minutes.standing_of(panel.session, old) is Standing.FALLEN
    assert minutes.signed(panel.session, panel.period, Kind.PLENARY) == []
    assert "minutes_open" in closed(panel)
