"""The page anybody opens by the code on a paper: in force, waiting, replaced, fallen, unknown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.factories import NOW
from tests.webapp.conftest import Opener
from tests.webapp.record.conftest import Panel
from webapp.minutes import services
from webapp.scoring import services as scoring


def test_minutes_wait_then_hold_then_fall_then_are_replaced(panel: Panel, opened: Opener) -> None:
    claims = panel.valued("80", "70")
    made = panel.minutes()
    page = opened(None).open(f"/periksa/{made.code}")
    assert page.status == 200
    assert "Menunggu tanda tangan" in page.text
    assert made.number in page.text
    assert made.sha256 in page.text
    assert "0, diperlukan 2 dengan ketua tim" in page.text
    for secret in ("80,00", "Kecamatan 99", panel.first.name):
        assert secret not in page.text, "a stranger learns that it exists and how it stands, nothing of what it says"

    for one in (panel.chair, panel.first):
        services.sign(panel.session, made, actor=one, at=NOW)
    page = opened(None).open(f"/periksa/{made.code.lower().replace('-', ' ')}")
    assert "Ditandatangani" in page.text
    assert "berlaku" in page.text

    scoring.score(panel.session, claims[1], Decimal(90), actor=panel.first, at=NOW, version=1, reason="Salah hitung.")
    page = opened(None).open(f"/periksa/{made.code}")
    assert "Gugur" in page.text

    panel.minutes()
    page = opened(None).open(f"/periksa/{made.code}")
    assert "Diganti" in page.text


def test_an_unknown_code_is_not_ours(opened: Opener) -> None:
    stranger = opened(None)
    assert stranger.open("/periksa/0000-0000-0000-0000").status == 404
    assert stranger.open("/periksa/bukan").status == 404
    assert "Ini bukan kode dokumen" in stranger.open("/periksa?kode=bukan").text


@pytest.mark.parametrize("query", ["", "?kode=x"])
def test_addresses_on_older_papers_lead_to_the_page(panel: Panel, opened: Opener, query: str) -> None:
    panel.valued("80")
    made = panel.minutes()
    stranger = opened(None).client
    moved = stranger.get(f"/lapangan/periksa/{made.code}")
    assert (moved.status_code, moved.headers["Location"]) == (308, f"http://localhost/periksa/{made.code}")
    form = stranger.get(f"/lapangan/periksa{query}")
    assert (form.status_code, form.headers["Location"]) == (308, f"http://localhost/periksa{query}")
