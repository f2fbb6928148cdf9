"""What a case was adapted from: who may say it, what the database refuses, and what others may know of the source."""

from __future__ import annotations

import threading

import pytest
from markupsafe import escape
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KOTA, MINE, NEXT_DOOR, NOW, Team
from tests.webapp.conftest import Opener, Post
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.audit import AuditEvent
from webapp.custody.queries import history, scope
from webapp.errors import NotAllowed, NotFound
from webapp.evidence.errors import Locked
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.replication import queries
from webapp.replication.errors import GoesRound, NoSource, UnknownRegion, UnknownSource
from webapp.replication.models import Replication, ReplicationStep
from webapp.replication.services import Source, name_source


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def hats(session: Session, *units: str) -> Account:
    """Somebody who writes for several kecamatan."""
    return factories.account(session, *((Role.CAMAT, unit) for unit in units))


def adapt(session: Session, case: Evidence, source: Evidence | Source, who: Account) -> Replication | None:
    wanted = source if isinstance(source, Source) else Source(source.id)
    return name_source(session, case.id, wanted, actor=who, at=NOW)


def test_an_owner_names_a_case_they_see_and_later_words_instead_and_then_nothing(
    session: Session, people: Team
) -> None:
    case, older = factories.case(session, people), factories.case(session, people, State.VERIFIED_FIELD)
    made = adapt(session, case, older, people.camat)
    assert made and (made.source_id, made.source_region_code, made.said_by, made.said_at) == (
        older.id, MINE, people.camat.id, NOW,
    )  # fmt: skip
    assert [one.id for one in queries.copies(session, people.camat, older)] == [case.id]
    adapt(session, case, Source(text="Kampung Warna, Malang", region_code=KOTA), people.camat)
    told = queries.origin(session, people.camat, case)
    assert told and told.case is None and not told.hidden and told.region and told.region.code == KOTA
    assert queries.copies(session, people.camat, older) == []
    adapt(session, case, Source(), people.camat)
    assert queries.origin(session, people.camat, case) is None
    events = session.query(AuditEvent).filter_by(action="evidence.adapt", object_id=str(case.id)).count()
    assert events == 3
    lines = session.scalars(select(ReplicationStep).where(ReplicationStep.evidence_id == case.id)).all()
    assert [(line.source_id, line.source_region_code, line.source_text) for line in lines] == [
        (older.id, MINE, ""), (None, KOTA, "Kampung Warna, Malang"), (None, None, ""),
    ]  # fmt: skip
    assert {(line.actor_id, line.at) for line in lines} == {(people.camat.id, NOW)}
    for change in ("DELETE FROM replication_step", "UPDATE replication_step SET source_text = 'x'"):
        with pytest.raises(IntegrityError, match="history_is_append_only"), session.begin_nested():
            session.execute(text(change))


def test_what_is_said_leaves_a_leaf_in_the_trail_and_comes_along_with_the_case(session: Session, people: Team) -> None:
    case = factories.case(session, people, State.SUBMITTED)
    adapt(session, case, Source(text="Kampung Warna, Malang"), people.camat)
    session.flush()
    leaves = text("SELECT count(*) FROM trail_leaf WHERE kind = 'replication_step'")
    assert session.scalar(leaves) == 1
    kept = history(session, scope(session, case_id=case.id, period_id=None))
    assert [one.kind for one in kept].count("replication_step") == 1


def test_others_may_not_say_it(session: Session, people: Team) -> None:
    case = factories.case(session, people, State.SUBMITTED)
    with pytest.raises(NotAllowed):
        adapt(session, case, Source(text="Malang"), people.desk)
    with pytest.raises(NotFound):
        adapt(session, case, Source(text="Malang"), factories.camat(session, NEXT_DOOR))


def test_a_source_is_one_thing_that_the_owner_sees(session: Session, people: Team) -> None:
    case = factories.case(session, people)
    foreign = factories.case(session, people, State.VERIFIED_DESK, unit=NEXT_DOOR)
    withdrawn = factories.case(session, people, State.WITHDRAWN)
    for source, why in (
        (Source(foreign.id), UnknownSource), (Source(10**6), UnknownSource), (Source(withdrawn.id), UnknownSource),
        (Source(case.id), GoesRound), (Source(foreign.id, "dua"), NoSource), (Source(region_code=KOTA), NoSource),
        (Source(text="Di sana", region_code="12.34"), UnknownRegion),
    ):  # fmt: skip
        with pytest.raises(why):
            adapt(session, case, source, people.camat)
    assert queries.origin(session, people.camat, case) is None


def test_copies_never_go_round_also_where_nobody_sees_all_of_the_way(session: Session, people: Team) -> None:
    first, second, third = (factories.case(session, people) for _ in range(3))
    adapt(session, second, first, people.camat)
    adapt(session, third, second, people.camat)
    with pytest.raises(GoesRound):
        adapt(session, first, third, people.camat)
    assert queries.origin(session, people.camat, first) is None
    adapt(session, third, Source(text="Lain"), people.camat)
    assert adapt(session, first, third, people.camat) is not None


def test_raw_sql_is_refused_the_same(session: Session, people: Team) -> None:
    first, second = factories.case(session, people), factories.case(session, people)
    row = "INSERT INTO replication (evidence_id, source_id, source_region_code, source_text, said_by, said_at) VALUES "
    said = f"'{MINE}', '', {people.camat.id}, now())"
    session.execute(text(f"{row} ({first.id}, {second.id}, {said}"))
    for values in (
        f"({second.id}, {first.id}, {said}", f"({second.id}, {second.id}, {said}",
        f"({second.id}, NULL, NULL, ' ', {people.camat.id}, now())",
        f"({second.id}, {first.id}, NULL, '', {people.camat.id}, now())",
    ):  # fmt: skip
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(row + values))


def test_a_locked_case_keeps_its_source(session: Session, people: Team) -> None:
    case, older = factories.case(session, people, State.VERIFIED_DESK), factories.case(session, people)
    adapt(session, case, older, people.camat)
    with factories.beyond_the_rules(session):
        session.execute(text("UPDATE evidence SET locked_at = now() WHERE id = :id"), {"id": case.id})
    session.expire_all()
    with pytest.raises(Locked):
        adapt(session, case, Source(), people.camat)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("DELETE FROM replication"))


def test_who_does_not_see_the_source_is_told_its_kecamatan_alone(
    session: Session, people: Team, opened: Opener
) -> None:
    both = hats(session, MINE, NEXT_DOOR)
    source = factories.case(session, people, State.SUBMITTED, unit=NEXT_DOOR, title="Judul yang tertutup")
    case = factories.case(session, people, State.VERIFIED_DESK)
    adapt(session, case, source, both)
    camat = opened(people.camat).client.get(f"/bukti/{case.id}").text
    assert "Judul yang tertutup" not in camat and f"/bukti/{source.id}" not in camat
    assert f"Kecamatan {NEXT_DOOR}" in camat and "bukti di luar kewenangan Anda" in camat
    leader = opened(people.leader).client.get(f"/bukti/{case.id}").text
    assert "Judul yang tertutup" in leader and both.name in leader
    followed = opened(people.leader).client.get(f"/bukti/{source.id}").text
    assert "Ditiru oleh:" in followed and case.title in followed
    neighbour = opened(factories.camat(session, NEXT_DOOR)).client.get(f"/bukti/{source.id}").text
    assert case.title not in neighbour


def test_the_form_of_the_page_saves_and_refuses_with_words(
    session: Session, people: Team, opened: Opener, post: Post
) -> None:
    case, older = factories.case(session, people), factories.case(session, people, title="Yang lebih dulu")
    camat = opened(people.camat).client
    page = f"/bukti/{case.id}"
    saved = post(camat, f"{page}/asal", page, source_id=str(older.id), source_text="", source_region_code="")
    assert saved.status_code == 303 and "Yang lebih dulu" in camat.get(page).text
    for fields, code in (
        ({"source_id": "999999"}, "unknown_source"), ({"source_id": "x"}, "no_source"),
        ({"source_id": str(case.id)}, "copies_go_round"), ({"source_text": "a" * 301}, "no_source"),
        ({"source_text": "Ada", "source_region_code": "1'; --"}, "unknown_region"),
    ):  # fmt: skip
        again = post(camat, f"{page}/asal", page, **fields)
        assert again.headers["X-Problem-Code"] == code
        assert all(str(escape(typed)) in again.text for typed in fields.values())
    hostile = "<script>window.jahat=1</script>{{ 7*7 }} 0812-3456-7890"
    assert post(camat, f"{page}/asal", page, source_text=hostile).status_code == 303
    shown = camat.get(page).text
    assert "<script>window" not in shown and "{{ 7*7 }}" in shown
    assert "0812" not in shown.split('id="asal"')[1].split("<details")[0]
    assert FAR not in shown


def test_of_two_who_would_close_a_circle_together_one_is_refused(fresh_database: Engine) -> None:
    with Session(fresh_database) as session, session.begin():
        people = factories.team(session)
        first, second = factories.case(session, people).id, factories.case(session, people).id
        camat = people.camat.id
    start, told = threading.Barrier(2), []

    def close(copy: int, source: int) -> None:
        with Session(fresh_database) as session:
            who = session.get_one(Account, camat).as_of(factories.TODAY)
            start.wait(10)
            try:
                name_source(session, copy, Source(source), actor=who, at=NOW)
                session.commit()
                told.append("named")
            except GoesRound:
                told.append("refused")

    for _ in range(5):
        hands = [threading.Thread(target=close, args=pair) for pair in ((first, second), (second, first))]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join(20)
        assert sorted(told) == ["named", "refused"]
        told.clear()
        with Session(fresh_database) as session, session.begin():
            session.execute(text("DELETE FROM replication"))
