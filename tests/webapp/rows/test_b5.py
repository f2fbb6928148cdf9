"""B5: of 30 camat of Kota Bandung the ten best are named from a final ranking, and study in Seoul."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOW
from tests.webapp.selection import stage
from webapp.access import Role
from webapp.errors import NotAllowed
from webapp.scoring import services as scoring
from webapp.selection import queries, services
from webapp.selection.errors import AlreadyAwarded, NotAwarded, NotFinal, StudiesOpened
from webapp.selection.services.awarding import Decree, StudyPlan

BANDUNG = "32.73"
SK = Decree("821.2/Kep.512-BKPP/2018", date(2018, 6, 29))
SEOUL = StudyPlan(
    "KR", "Seoul", date(2018, 7, 7), date(2018, 7, 11),
    ("trotoar", "pohon", "sungai", "reklame", "taman_inovatif", "aksesoris_kota"),
)  # fmt: skip


def test_b5_ten_best_of_thirty_are_awarded_and_study_in_seoul(session: Session) -> None:
    units = stage.places(session, BANDUNG)
    assert len(units) == 30
    run = stage.period(session, BANDUNG, units, name="SIP 2018", award_size=10)
    people = stage.team(session, run, units[0])
    secretariat = factories.account(session, (Role.SECRETARIAT, BANDUNG))
    for place, code in enumerate(reversed(units)):  # Mandalajati first, Sukasari last
        stage.scored(session, people, code, 95 - place, 90 - place)

    with pytest.raises(NotFinal):
        services.make_award(session, run, SK, actor=people.chair, at=NOW)
    sealed = scoring.finalise(session, run, actor=people.chair, at=NOW)
    with pytest.raises(NotAwarded):
        services.open_studies(session, run, SEOUL, actor=secretariat, at=NOW)
    with pytest.raises(NotAllowed):
        services.make_award(session, run, SK, actor=secretariat, at=NOW)
    services.make_award(session, run, SK, actor=people.chair, at=NOW, reason="Sepuluh terbaik dari SIP.")

    award = queries.award(session, run)
    assert award is not None
    assert (award.result_id, award.size, award.number, award.decided_on) == (sealed.id, 10, SK.number, SK.day)
    winners = [one.region_code for one in award.places if one.inside]
    assert winners == [line["region"] for line in sealed.content["ranking"][:10]]
    assert winners == [f"32.73.{n}" for n in range(30, 20, -1)]
    assert {one.why for one in award.places} == {"total"}
    with pytest.raises(AlreadyAwarded):
        services.make_award(session, run, SK, actor=people.chair, at=NOW)
    with pytest.raises(IntegrityError, match="history_is_append_only"), session.begin_nested():
        session.execute(text("UPDATE award_place SET inside = true WHERE region_code = '32.73.01'"))

    made = services.open_studies(session, run, SEOUL, actor=secretariat, at=NOW)
    assert sorted(one.region_code for one in made) == sorted(winners)
    assert {(one.country_code, one.city, (one.ends_on - one.starts_on).days + 1) for one in made} == {
        ("KR", "Seoul", 5)
    }  # fmt: skip
    with pytest.raises(StudiesOpened):
        services.open_studies(session, run, SEOUL, actor=secretariat, at=NOW)
    assert [(line.filled, len(line.topics)) for line in queries.studies(session, secretariat, run)] == [(0, 6)] * 10
