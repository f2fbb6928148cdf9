"""Every view of the map says what its figures are a part of, how many units are silent, and of when all that is."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import MINE, Team
from tests.webapp.conftest import Opener
from tests.webapp.insight.conftest import SEOUL, evidence
from webapp.evidence.rules import State


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


@pytest.mark.parametrize(
    "path",
    ["/peta/99.01", "/peta/99.01/daftar", "/peta/99.01/tiruan", "/peta/99.01/foto", "/peta/studi",
     "/peta/banding?kiri=99.01&kanan=99.01", "/peta/99.01.01/inovasi", "/peta/99.01/waktu"],
)  # fmt: skip
def test_every_view_says_what_its_figures_are_a_part_of_and_of_when(
    session: Session, people: Team, opened: Opener, path: str
) -> None:
    for state in (State.VERIFIED_DESK, State.REJECTED, State.SUBMITTED):
        evidence(session, people, state, MINE)
        evidence(session, people, state, MINE, region_result="luar_negeri", country_code="KR", place=SEOUL)
    page = opened(people.leader).client.get(path).text
    assert "Keadaan per " in page and "Versi data " in page
    known = re.search(r"Dari (\d+) yang diklaim: (\d+) terverifikasi(.*?), (\d+) menunggu, (\d+) ditolak", page)
    assert known is not None or path.endswith("/waktu")  # which tells them in its table, step by step
    if known is None:
        return
    assert int(known[1]) == sum(int(known[n]) for n in (2, 4, 5))
    few = int(known[1]) < 5  # which say nothing in percent
    assert (known[3] == "") is few and ("Angka kecil (kurang dari 5 yang diklaim)" in page) is few
    if not path.endswith("/inovasi"):
        assert re.search(r"Tanpa bukti: [34] dari 4 unit", page)
