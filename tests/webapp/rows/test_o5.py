"""O5: the desa lifts the camat, the camat lifts the bupati: one case counts on three levels, and leaves all three."""

import json
from datetime import date

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOW
from tests.webapp.conftest import Opener
from tests.webapp.rows import ground
from tests.webapp.scoring import valuing
from webapp.access import Role
from webapp.evidence import services as evidence
from webapp.evidence.rules import Move, State
from webapp.insight import queries
from webapp.insight.rules import Filters
from webapp.insight.rules import total as added

DESA = "16.02.13.2001"
OKI = {**ground.OKI, DESA: ("Desa contoh di Lempuing", -3.9030, 104.9448)}


def test_o5_what_a_desa_files_counts_for_its_kecamatan_and_its_kabupaten(session: Session, opened: Opener) -> None:
    ground.lay(session, OKI)
    run = valuing.period(
        session, valuing.aspect("Koordinasi", valuing.indicator()), code="16.02", units=["16.02.13", "16.02.05"],
        starts_on=date(2017, 1, 1), ends_on=date(2017, 12, 31),
    )  # fmt: skip
    people = valuing.team(session, run)
    kades = factories.account(session, (Role.CONTRIBUTOR, DESA))

    def claimed(upper: str | None) -> int:
        lines = queries.figures(session, people.leader, upper, Filters())
        return added(line.figures for line in lines if line.figures).claimed

    def standing() -> tuple[int, int, int]:
        """Of the desa, its kecamatan and its kabupaten, as the map and the tables count them."""
        session.expire_all()
        return claimed(DESA), claimed("16.02.13"), claimed("16.02")

    ground.filed(  # OKI-01, of another kecamatan: it counts for the kabupaten alone
        session, people, factories.camat(session, "16.02.05"), State.VERIFIED_FIELD, lat=-3.3852, lon=104.8915,
        on=date(2017, 7, 3), title="Loket pelayanan umum kecamatan",
    )  # fmt: skip
    assert standing() == (0, 0, 1)
    case = ground.filed(  # OKI-02, written down by the desa
        session, people, kades, State.DRAFT, lat=-3.9030, lon=104.9448, on=date(2017, 7, 24),
        title="Rapat koordinasi camat dan kades", kind_code="rapat", activity_code="rapat_koordinasi",
    )  # fmt: skip
    assert standing() == (0, 0, 1)  # a draft is nobody's figure yet
    evidence.submit(session, case, actor=people.camat, at=NOW)  # the camat sends it, not the desa alone
    session.flush()
    assert standing() == (1, 1, 2)
    session.commit()

    leader = opened(people.leader)

    def drawn(code: str) -> set[str]:
        layer = json.loads(leader.open(f"/peta/{code}/kasus.geojson").html)
        return {one["properties"]["name"] for one in layer["features"]}

    title = "Rapat koordinasi camat dan kades"
    assert all(title in drawn(code) for code in (DESA, "16.02.13", "16.02"))
    for code, number in (("16.02.13", "1"), ("16.02", "2")):
        assert f"Diklaim {number}" in leader.open(f"/peta/{code}").text

    evidence.move(session, case, Move.WITHDRAW, actor=people.camat, at=NOW)
    session.commit()
    assert standing() == (0, 0, 1)
    assert not any(title in drawn(code) for code in (DESA, "16.02.13", "16.02"))
    assert "Diklaim 1" in leader.open("/peta/16.02").text
