"""A sealed result is made known: before that nobody below knows more than before, after it no single score is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import MINE, NEXT_DOOR, NOW
from tests.webapp.conftest import Opener
from tests.webapp.scoring.sealed import LATER, Sealed
from tests.webapp.scoring.sealed import sealed as made_sealed
from webapp.errors import NotAllowed
from webapp.scoring import queries, services
from webapp.scoring.errors import (
    AnnouncedAlready,
    NotFinal,
    ObjectedAlready,
    ObjectionAnswered,
    ObjectionsClosed,
    ReopeningFirst,
)
from webapp.scoring.models import AnnouncedUnit, ResultObjection
from webapp.scoring.services import About


@pytest.fixture
def sealed(session: Session) -> Sealed:
    return made_sealed(session)


def announce(sealed: Sealed) -> None:
    services.announce(sealed.session, sealed.period, actor=sealed.secretariat, at=NOW)


def test_invariant_11_before_the_announcement_a_camat_knows_nothing_of_ranks(sealed: Sealed, opened: Opener) -> None:
    sealed.session.commit()
    at, camat = f"/penilaian/{sealed.period.id}", opened(sealed.people.camat)
    assert camat.open(f"{at}/pengumuman").status == 404
    assert camat.open(f"{at}/hasil").status == 403
    assert f"{at}/pengumuman" not in camat.open("/penilaian/").links
    assert "80,00" not in camat.open(f"{at}/klaim").html


def test_after_it_a_camat_sees_ranks_and_totals_and_the_own_aspects_but_no_score(
    sealed: Sealed, opened: Opener
) -> None:
    at, secretariat = f"/penilaian/{sealed.period.id}", opened(sealed.secretariat)
    page = secretariat.send(secretariat.open(f"{at}/gerbang"), "/umumkan")
    assert page.status == 200
    camat = opened(sealed.people.camat)
    assert f"{at}/pengumuman" in camat.open("/penilaian/").links
    page = camat.open(f"{at}/pengumuman")
    for shown in ("80,00", "70,00", "Nilai aspek", "Inovasi"):
        assert shown in page.text
    assert sealed.people.assessor.name not in page.html
    neighbour = opened(factories.camat(sealed.session, NEXT_DOOR))
    units = queries.units_of_announcement(
        sealed.session, factories.camat(sealed.session, NEXT_DOOR), queries.announcement(sealed.session, sealed.period)
    )
    assert [one.region_code for one in units] == [NEXT_DOOR]
    assert neighbour.open(f"{at}/pengumuman").status == 200


def test_only_the_secretariat_announces_once_and_only_what_is_final(sealed: Sealed) -> None:
    session, people = sealed.session, sealed.people
    for other in (people.chair, people.leader, people.camat):
        with pytest.raises(NotAllowed):
            services.announce(session, sealed.period, actor=other, at=NOW)
    announce(sealed)
    assert sealed.period.announced_by == sealed.secretariat.id
    with pytest.raises(AnnouncedAlready):
        announce(sealed)
    for statement in (
        "UPDATE period SET announced_at = now()",
        "UPDATE period SET announced_at = NULL, announced_by = NULL",
        "UPDATE period SET name = 'lain'",
    ):
        with pytest.raises(IntegrityError, match="period_is_final"), session.begin_nested():
            session.execute(text(statement))


def test_a_reopened_result_is_no_longer_announced_and_the_old_announcement_stays(sealed: Sealed) -> None:
    announce(sealed)
    sealed.grant(sealed.ask(About(MINE)))
    assert sealed.period.announced_at is None
    told = queries.announcement(sealed.session, sealed.period)
    assert told is not None
    assert told.version == 1
    with pytest.raises(NotFinal):
        announce(sealed)


def test_what_is_told_holds_no_assessor_and_no_single_value(sealed: Sealed) -> None:
    announce(sealed)
    told = queries.announcement(sealed.session, sealed.period)
    assert told is not None
    assert {key for line in told.ranking for key in line} == set(services.announcing.PUBLIC)
    unit = sealed.session.get_one(AnnouncedUnit, (sealed.period.id, 1, MINE))
    assert unit.aspects == [{"name": "Inovasi", "weight": "100.00", "points": "80.00"}]


def objected(sealed: Sealed) -> ResultObjection:
    return services.object_to_result(
        sealed.session, sealed.period, MINE, "Nilai kami keliru", actor=sealed.people.camat, at=NOW
    )


def test_a_unit_objects_once_within_the_days_and_another_person_answers(sealed: Sealed) -> None:
    session, people = sealed.session, sealed.people
    with pytest.raises(NotFinal):
        objected(sealed)
    announce(sealed)
    with pytest.raises(NotAllowed):
        services.object_to_result(session, sealed.period, NEXT_DOOR, "x", actor=people.camat, at=NOW)
    with pytest.raises(ObjectionsClosed):
        services.object_to_result(session, sealed.period, MINE, "x", actor=people.camat, at=NOW + timedelta(days=8))
    made = objected(sealed)
    with pytest.raises(ObjectedAlready):
        objected(sealed)
    with pytest.raises(NotAllowed):
        services.answer(session, sealed.period, made, accepts=False, reason="x", actor=people.camat, at=LATER)
    services.answer(session, sealed.period, made, accepts=False, reason="Sudah tepat", actor=people.chair, at=LATER)
    with pytest.raises(ObjectionAnswered):
        services.answer(session, sealed.period, made, accepts=False, reason="y", actor=people.chair, at=LATER)
    with pytest.raises(IntegrityError, match="history_is_append_only"), session.begin_nested():
        session.execute(text("UPDATE result_objection SET answer = 'lain'"))


def test_an_objection_is_accepted_by_asking_for_a_reopening_of_that_unit(sealed: Sealed) -> None:
    session, people = sealed.session, sealed.people
    announce(sealed)
    made = objected(sealed)
    sealed.ask(About(NEXT_DOOR))
    with pytest.raises(ReopeningFirst):
        services.answer(session, sealed.period, made, accepts=True, reason="Benar", actor=people.chair, at=LATER)
    asked = queries.waiting_reopening(session, sealed.period)
    assert asked is not None
    services.decide(session, sealed.period, asked, grants=False, answer="Bukan unit ini", actor=people.leader, at=LATER)
    sealed.ask(About(MINE))
    services.answer(session, sealed.period, made, accepts=True, reason="Benar", actor=people.chair, at=LATER)
    assert made.accepted


def test_the_camat_objects_on_the_page_and_the_chair_answers_there(sealed: Sealed, opened: Opener) -> None:
    announce(sealed)
    told = queries.announcement(sealed.session, sealed.period)
    assert told is not None
    sealed.session.execute(text("ALTER TABLE announcement DISABLE TRIGGER history_is_append_only"))
    sealed.session.execute(text("UPDATE announcement SET objections_until = now() + interval '1 day'"))
    sealed.session.execute(text("ALTER TABLE announcement ENABLE TRIGGER history_is_append_only"))
    sealed.session.commit()
    at = f"/penilaian/{sealed.period.id}"
    camat, chair = opened(sealed.people.camat), opened(sealed.people.chair)
    page = camat.send(camat.open(f"{at}/pengumuman"), f"/sanggahan/{MINE}", reason="Nilai <b>kami</b> keliru")
    assert "Nilai <b>kami</b> keliru" in page.text
    assert "<b>kami" not in page.html
    neighbour = opened(factories.camat(sealed.session, NEXT_DOOR))
    assert "keliru" not in neighbour.open(f"{at}/pengumuman").text
    made = sealed.session.query(ResultObjection).one()
    page = chair.send(
        chair.open(f"{at}/pengumuman"), f"/sanggahan/{made.id}/jawab", verdict="tidak", reason="Sudah tepat"
    )
    assert "Tidak diterima : Sudah tepat" in page.text
