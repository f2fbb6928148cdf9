"""J2: the fifteen innovations of Margahayu on one page, each with its stage, form, photo with a place, and state."""

import json
from datetime import date

from sqlalchemy.orm import Session

from tests import factories
from tests.webapp.conftest import Opener
from tests.webapp.rows import ground
from tests.webapp.scoring import valuing
from webapp.evidence.rules import STATE_LABELS, State
from webapp.insight import queries

IDEA, TRIAL, IN_USE = "inisiatif", "uji_coba", "penerapan"
RULE, SERVICE, OTHER = "tata_kelola", "pelayanan_publik", "lainnya"
SEEN, DESK, FIELD = State.VERIFIED_FIELD, State.VERIFIED_DESK, State.AWAITING_FIELD
# Titles, points and states of domain.md 7.2; stage and form are examples, the article names none.
MARGAHAYU = (
    ("Smart Innovation Collaborative Governance (SICG)", -6.9662, 107.5708, SEEN, IN_USE, RULE),
    ("Smart Public Service: layanan daring", -6.9661, 107.5710, FIELD, IN_USE, SERVICE),
    ("Smart Public Service: loket ramah difabel", -6.9663, 107.5709, SEEN, IN_USE, SERVICE),
    ("Smart Public Service: kualitas PATEN", -6.9660, 107.5707, SEEN, IN_USE, SERVICE),
    ("Smart Public Service: produk unggulan terintegrasi", -6.9705, 107.5748, State.UNDER_REVIEW, TRIAL, SERVICE),
    ("MAPS (Margahayu Ayo Pilah Sampah)", -6.9712, 107.5840, SEEN, IN_USE, OTHER),
    ("Laboratorium Pemerintahan Desa dan Kecamatan", -6.9610, 107.5715, FIELD, TRIAL, RULE),
    ("Margahayu Fair ke-1", -6.9722, 107.5765, DESK, IN_USE, OTHER),
    ("Margahayu Fair ke-2", -6.9724, 107.5762, State.SUBMITTED, IN_USE, OTHER),
    ("Kampung Tematik", -6.9706, 107.5668, FIELD, TRIAL, OTHER),
    ("Rapat Minggon", -6.9716, 107.5752, DESK, IN_USE, RULE),
    ("Literasi Media Boneka", -6.9698, 107.5770, State.RETURNED, IDEA, OTHER),
    ("Advokasi Jajanan Sehat", -6.9720, 107.5655, State.UNDER_REVIEW, TRIAL, OTHER),
    ("Sekolah Sehat", -6.9695, 107.5832, State.SUBMITTED, IN_USE, OTHER),
    ("Pasar Sehat", -6.9735, 107.5759, SEEN, IN_USE, OTHER),
)


def test_j2_the_portfolio_of_margahayu_lists_its_fifteen_innovations(session: Session, opened: Opener) -> None:
    ground.lay(session, ground.MARGAHAYU | ground.OKI | {"32.04.10": ("Kecamatan lain", -6.9850, 107.6200)})
    run = valuing.period(session, valuing.aspect("Inovasi", valuing.indicator()), code="32.04", units=["32.04.09"])
    people = valuing.team(session, run)
    cases = [
        ground.filed(
            session, people, people.camat, state, lat=lat, lon=lon, on=date(2018, 8, 6), title=title,
            kind_code="inovasi", activity_code="inovasi_lain", innovation_stage=stage, innovation_form=form,
        )
        for title, lat, lon, state, stage, form in MARGAHAYU
    ]  # fmt: skip
    known = queries.portfolio(session, people.leader, "32.04.09").innovations
    assert [(one.title, one.state, one.stage, one.form) for one in known] == [
        (title, state, stage, form) for title, _, _, state, stage, form in MARGAHAYU
    ]
    assert len(known) == 15
    assert all(one.shown and one.photos >= 1 for one in known)
    outsider = factories.account(session, (factories.Role.LEADER, "16.02"))
    rival = factories.account(session, (factories.Role.CAMAT, "32.04.10"))
    session.commit()

    for who in (people.camat, people.leader):
        page = opened(who).open("/peta/32.04.09/inovasi")
        assert page.status == 200
        for title, _, _, state, _, _ in MARGAHAYU:
            assert title in page.text
            assert str(STATE_LABELS[state]) in page.text
        assert "15 dari 15" in page.text
    for who in (outsider, rival):
        assert opened(who).open("/peta/32.04.09/inovasi").status == 404

    leader = opened(people.leader)
    assert "/peta/32.04.09/inovasi" in leader.open("/peta/32.04.09").links
    layer = json.loads(leader.open("/peta/32.04.09/kasus.geojson").html)
    drawn = {tuple(round(n, 4) for n in one["geometry"]["coordinates"]) for one in layer["features"]}
    assert drawn == {(lon, lat) for _, lat, lon, *_ in MARGAHAYU}
    assert len(cases) == len(layer["features"])
