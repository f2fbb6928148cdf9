"""J5: the kabupaten strengthens its kecamatan in regulation, budget, facilities and people; all four are counted."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.webapp.conftest import Opener
from tests.webapp.rows import ground
from tests.webapp.scoring import valuing
from webapp.evidence.rules import State, Support
from webapp.insight import queries
from webapp.insight.rules import Filters, Group

TOLD = (
    ("Perbup pelimpahan kewenangan kepada camat", Support.REGULATION, State.VERIFIED_FIELD),
    ("Pagu kecamatan dalam DPA 2018", Support.BUDGET, State.SUBMITTED),
    ("Renovasi ruang pelayanan", Support.FACILITIES, State.AWAITING_FIELD),
    ("Perangkat loket daring", Support.FACILITIES, State.VERIFIED_FIELD),
    ("Bimbingan teknis aparatur", Support.PEOPLE, State.UNDER_REVIEW),
    ("Kampung Tematik", None, State.VERIFIED_FIELD),
    ("Rencana belum dikirim", Support.BUDGET, State.DRAFT),
)


def test_j5_the_dashboard_counts_what_strengthens_a_kecamatan_by_its_four_forms(
    session: Session, opened: Opener
) -> None:
    ground.lay(session, ground.MARGAHAYU)
    run = valuing.period(session, valuing.aspect("Inovasi", valuing.indicator()), code="32.04", units=["32.04.09"])
    people = valuing.team(session, run)
    cases = [
        ground.filed(
            session, people, people.camat, state, lat=-6.9705, lon=107.5748, on=date(2018, 8, 6), title=title,
            support=support,
        )
        for title, support, state in TOLD
    ]  # fmt: skip
    counts = queries.supports(session, people.leader, "32.04", Filters())
    assert counts == {Support.REGULATION: 1, Support.BUDGET: 1, Support.FACILITIES: 2, Support.PEOPLE: 1}
    found = queries.behind(people.leader, "32.04", Filters(support=Support.FACILITIES), Group.CLAIMED)
    assert {one.title for one in queries.cases(session, found)} == {
        "Renovasi ruang pelayanan",
        "Perangkat loket daring",
    }
    session.commit()

    leader = opened(people.leader)
    page = leader.open("/peta/32.04")
    assert "Sarana prasarana 2" in page.text
    listed = leader.open("/peta/32.04/daftar?dukungan=sarana")
    assert "Perangkat loket daring" in listed.text
    assert "Kampung Tematik" not in listed.text
    assert leader.open("/peta/32.04?dukungan=lain").status == 422
    camat = opened(people.camat)
    form = camat.open(f"/bukti/{cases[-1].id}/ubah")
    camat.send(form, "", support="sdm")
    session.expire_all()
    assert cases[-1].support == "sdm"
    with pytest.raises(IntegrityError, match="support_is_known"), session.begin_nested():
        session.execute(text("UPDATE evidence SET support = 'lain' WHERE id = :id"), {"id": cases[-1].id})
