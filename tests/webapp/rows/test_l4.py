"""L4 [S4], Belitung 2019: "per triwulan harus 75 persen, baik kegiatan fisik maupun keuangan"."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests.webapp.conftest import Opener
from tests.webapp.reporting.world import government, line
from webapp.reporting.rules import Basis, Side, Terms, Verdict

D = Decimal


@pytest.mark.parametrize(
    ("physical", "spent", "failing", "words"),
    [
        ("20", "17500000", (Side.FINANCIAL,), "Di bawah target: keuangan"),  # 80 and 70 percent
        ("18.75", "18750000", (), "Tercapai"),  # 75 and 75
        ("18.75", "18749999.99", (Side.FINANCIAL,), "Di bawah target: keuangan"),  # 74,99…
        ("18.7499", "18750000", (Side.PHYSICAL,), "Di bawah target: fisik"),
        ("16", "17750000", (Side.PHYSICAL, Side.FINANCIAL), "Di bawah target: fisik, keuangan"),  # 64 and 71
    ],
)
def test_l4_seventy_five_percent_of_both_sides_of_the_quarter(
    session: Session, opened: Opener, physical: str, spent: str, failing: tuple[Side, ...], words: str
) -> None:
    belitung = government(session, "19.02", 2019)
    office = belitung.kecamatan("19.02.05", line("Embung Badau"))
    belitung.done(office, date(2019, 8, 20), physical, spent)
    belitung.send(office, 3, belitung.at(10, 9))
    seen = belitung.stands(office, 3, belitung.at(10, 11))
    assert seen.judgement.failing == failing
    assert seen.judgement.verdict is (Verdict.BELOW if failing else Verdict.REACHED)
    page = opened(belitung.leader).open(f"/laporan/tahun/{belitung.year.id}?tw=3")
    assert page.status == 200 and words in page.text


def test_l4_the_other_reading_is_a_setting_and_not_the_default(session: Session) -> None:
    """75 percent of the year by the end of TW III: 60 percent of TW III alone can be enough."""
    verdicts = {}
    for number, basis in ((2019, Basis.QUARTER), (2020, Basis.CUMULATIVE)):
        belitung = government(session, "19.02", number, Terms(basis=basis))
        office = belitung.kecamatan("19.02.05", line("Embung Badau"))
        for quarter, month, physical in ((1, 2, "30"), (2, 5, "30"), (3, 8, "15")):
            belitung.done(office, date(number, month, 20), physical, f"{physical}000000")
            belitung.send(office, quarter, belitung.at(month + 2, 1))
        verdicts[basis] = belitung.stands(office, 3, belitung.at(10, 11)).judgement.verdict
    assert verdicts == {Basis.QUARTER: Verdict.BELOW, Basis.CUMULATIVE: Verdict.REACHED}
    assert belitung.year.threshold == D(75) and Terms().basis is Basis.QUARTER
