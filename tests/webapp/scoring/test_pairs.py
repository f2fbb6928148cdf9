"""Two blind readers and a third: who may read what, when it is closed, what counts, what the database insists on."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR, NOW
from tests.webapp.scoring.pairing import Blind
from webapp.access import Role
from webapp.audit import AuditEvent
from webapp.errors import NotAllowed, NotFound
from webapp.evidence.errors import NoteMissing
from webapp.programme import services as programmes
from webapp.programme.rules import Mode
from webapp.programme.rules import Reading as Read
from webapp.scoring import queries, services
from webapp.scoring.errors import (
    GateClosed,
    NobodyEligible,
    NotDrawn,
    NotEligible,
    PairComplete,
    PairSettled,
    Partial,
    PeriodNotOpen,
    PeriodSealed,
    ReaderHasScored,
    ScoreChanged,
    SeesValues,
)
from webapp.scoring.models import Adjudication, BlindDraw, Reader, Score, ScoreRevision
from webapp.scoring.rules import PairState, Reason, draw_pairs


@pytest.fixture
def blind(session: Session) -> Blind:
    return Blind(session)


def reasons(session: Session, blind: Blind) -> list[Reason]:
    period = blind.people.period
    return [one.reason for one in queries.blockers(session, period, queries.standings(session, period))]


# --- the draw ---


def test_every_blind_claim_gets_two_readers_and_what_was_drawn_can_be_drawn_again(
    session: Session, blind: Blind
) -> None:
    other = blind.prove(NEXT_DOOR)
    drawn = blind.draw()
    assert {one.id for one in drawn} == {blind.claim.id, other.id}
    made = session.scalars(select(BlindDraw)).one()
    eligible = {int(claim): people for claim, people in made.facts["eligible"].items()}
    again = draw_pairs(made.seed, eligible, {int(who): load for who, load in made.facts["loads"].items()})
    rows = session.execute(select(Reader.claim_id, Reader.assessor_id).order_by(Reader.claim_id, Reader.place)).all()
    assert [(claim, who) for claim, pair in sorted(again.items()) for who in pair] == [tuple(row) for row in rows]


def test_a_second_draw_leaves_the_first_as_it_is_and_reaches_what_came_later(session: Session, blind: Blind) -> None:
    blind.draw()
    before = blind.pair()
    assert blind.draw() == []
    assert session.scalar(select(func.count()).select_from(BlindDraw)) == 1
    later = blind.prove(NEXT_DOOR)
    assert [one.id for one in blind.draw()] == [later.id]
    assert blind.pair() == before


def test_nobody_is_drawn_who_served_in_the_unit_sees_values_or_is_no_assessor_here(
    session: Session, blind: Blind
) -> None:
    insider = factories.account(session, (Role.ASSESSOR, KABUPATEN), (Role.CONTRIBUTOR, MINE))
    chair_too = factories.account(session, (Role.ASSESSOR, KABUPATEN), (Role.CHAIR, KABUPATEN))
    auditor_too = factories.account(session, (Role.ASSESSOR, KABUPATEN), (Role.AUDITOR, None))
    factories.assessor(session, factories.KOTA)
    factories.account(session, (Role.PROVINCIAL_TEAM, "99"))
    gone = factories.assessor(session)
    gone.deactivated_at = NOW
    blind.draw()
    eligible = session.scalars(select(BlindDraw)).one().facts["eligible"][str(blind.claim.id)]
    assert set(eligible) == {one.id for one in blind.readers}
    elsewhere = blind.prove(NEXT_DOOR)
    blind.draw()
    later = session.scalars(select(BlindDraw).order_by(BlindDraw.id.desc())).first()
    assert later is not None
    assert insider.id in later.facts["eligible"][str(elsewhere.id)]
    assert not {chair_too.id, auditor_too.id, gone.id} & set(later.facts["eligible"][str(elsewhere.id)])


def test_a_claim_for_which_one_person_is_free_stays_undrawn_and_holds_the_gate(session: Session) -> None:
    blind = Blind(session, readers=1)
    assert blind.draw() == []
    assert session.scalar(select(func.count()).select_from(BlindDraw)) == 0
    assert reasons(session, blind) == [Reason.PAIR_UNDRAWN]


def test_chair_and_secretariat_draw_and_nobody_else(session: Session, blind: Blind) -> None:
    people = blind.people
    for other in (people.assessor, people.camat, people.leader, people.desk, factories.chair(session, factories.KOTA)):
        with pytest.raises(NotAllowed):
            services.draw(session, people.period, actor=other, at=NOW)
    secretariat = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    assert services.draw(session, people.period, actor=secretariat, at=NOW)


def test_before_a_period_opens_nothing_is_drawn(session: Session, blind: Blind) -> None:
    blind.people.period.state = "prepared"
    with pytest.raises(PeriodNotOpen):
        blind.draw()


# --- the two readers ---


def test_only_the_two_drawn_give_a_value(session: Session, blind: Blind) -> None:
    blind.draw()
    third = blind.third()
    province = factories.account(session, (Role.PROVINCIAL_TEAM, "99"))
    for other, why in ((third, NotDrawn), (province, NotAllowed)):
        with pytest.raises(why):
            services.score(session, blind.claim, Decimal(80), actor=other, at=NOW)
    for reader in blind.pair():
        services.score(session, blind.claim, Decimal(80), actor=reader, at=NOW)
    assert reasons(session, blind) == []


def test_a_reader_who_meanwhile_serves_in_the_unit_or_sees_values_gives_none(session: Session, blind: Blind) -> None:
    blind.draw()
    first, second = blind.pair()
    for person, role, where, why in (
        (first, Role.CONTRIBUTOR, MINE, Partial),
        (second, Role.CHAIR, KABUPATEN, SeesValues),
    ):
        blind.appoint(person, role, where)
        with pytest.raises(why):
            services.score(session, blind.claim, Decimal(80), actor=person, at=NOW)


def test_an_own_value_is_revised_for_a_reason_and_the_earlier_one_is_kept(session: Session, blind: Blind) -> None:
    blind.draw()
    first, second = blind.pair()
    services.score(session, blind.claim, Decimal(80), actor=first, at=NOW, remark="Rapi.")
    with pytest.raises(NoteMissing):
        services.score(session, blind.claim, Decimal(70), actor=first, at=NOW)
    services.score(session, blind.claim, Decimal(70), actor=first, at=NOW, reason="Salah baca satuan.")
    kept = session.scalars(select(ScoreRevision)).one()
    assert (kept.value, kept.note, kept.reason) == (80, "Rapi.", "Salah baca satuan.")
    services.score(session, blind.claim, Decimal(75), actor=second, at=NOW)
    with pytest.raises(PairComplete):
        services.score(session, blind.claim, Decimal(71), actor=first, at=NOW, reason="Setelah melihat.")
    assert services.score(session, blind.claim, Decimal(75), actor=second, at=NOW, version=0).value == 75


def test_a_value_changed_in_another_window_is_not_overwritten(session: Session, blind: Blind) -> None:
    blind.draw()
    first, _ = blind.pair()
    services.score(session, blind.claim, Decimal(80), actor=first, at=NOW)
    with pytest.raises(ScoreChanged):
        services.score(session, blind.claim, Decimal(70), actor=first, at=NOW, version=0, reason="x")


def test_a_reader_is_replaced_for_a_reason_until_they_have_scored(session: Session, blind: Blind) -> None:
    blind.draw()
    first, second = blind.pair()
    with pytest.raises(NoteMissing):
        services.replace(session, blind.claim, 1, " ", actor=blind.people.chair, at=NOW)
    with pytest.raises(NotAllowed):
        services.replace(session, blind.claim, 1, "x", actor=second, at=NOW)
    with pytest.raises(NotEligible):
        services.replace(session, blind.claim, 1, "x", actor=blind.people.chair, at=NOW, who=second.id)
    with pytest.raises(NotFound):
        services.replace(session, blind.claim, 3, "x", actor=blind.people.chair, at=NOW)
    held = services.replace(session, blind.claim, 1, "Sakit.", actor=blind.people.chair, at=NOW, who=blind.third().id)
    assert held.assessor_id != first.id
    line = session.scalars(select(AuditEvent).where(AuditEvent.action == "reader.replace")).one()
    assert (line.detail["was"], line.detail["became"], line.detail["reason"]) == (first.id, held.assessor_id, "Sakit.")
    services.score(session, blind.claim, Decimal(80), actor=second, at=NOW)
    with pytest.raises(ReaderHasScored):
        services.replace(session, blind.claim, 2, "Nilainya janggal.", actor=blind.people.chair, at=NOW)


# --- the third ---


def test_within_the_limit_the_mean_counts(session: Session, blind: Blind) -> None:
    blind.value(60, 80)
    assert blind.standing().pair is PairState.AGREED
    assert blind.standing().value == 70
    with pytest.raises(PairSettled):
        services.assign_adjudicator(session, blind.claim, actor=blind.people.chair, at=NOW)


def test_beyond_the_limit_a_third_person_decides_and_both_values_stay(session: Session, blind: Blind) -> None:
    blind.value(40, 90)
    assert reasons(session, blind) == [Reason.ADJUDICATION_OPEN]
    with pytest.raises(GateClosed):
        services.finalise(session, blind.people.period, actor=blind.people.chair, at=NOW)
    secretariat = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    with pytest.raises(NotAllowed):
        services.assign_adjudicator(session, blind.claim, actor=secretariat, at=NOW)
    first, _ = blind.pair()
    with pytest.raises(NotEligible):
        services.assign_adjudicator(session, blind.claim, actor=blind.people.chair, at=NOW, who=first.id, reason="x")
    with pytest.raises(NoteMissing):
        services.assign_adjudicator(session, blind.claim, actor=blind.people.chair, at=NOW, who=blind.third().id)
    third = services.assign_adjudicator(session, blind.claim, actor=blind.people.chair, at=NOW)
    assert third.assessor_id not in {one.id for one in blind.pair()}
    with pytest.raises(PairSettled):
        services.assign_adjudicator(session, blind.claim, actor=blind.people.chair, at=NOW)
    with pytest.raises(NotFound):
        services.adjudicate(session, blind.claim, Decimal(90), "Karena saya.", actor=first, at=NOW)
    judge = blind.third()
    assert judge.id == third.assessor_id
    with pytest.raises(NoteMissing):
        services.adjudicate(session, blind.claim, Decimal(85), " ", actor=judge, at=NOW)
    services.adjudicate(session, blind.claim, Decimal(85), "Foto membuktikan.", actor=judge, at=NOW)
    services.adjudicate(session, blind.claim, Decimal(85), "Foto membuktikan.", actor=judge, at=NOW)
    with pytest.raises(PairSettled):
        services.adjudicate(session, blind.claim, Decimal(95), "Saya berubah pikiran.", actor=judge, at=NOW)
    assert blind.standing().value == 85
    sealed = services.finalise(session, blind.people.period, actor=blind.people.chair, at=NOW)
    facts = queries.sealed_claims(session, sealed)[0]
    assert sorted(Decimal(one["value"]) for one in facts["scores"]) == [40, 90]
    assert facts["pair"]["adjudication"]["value"] == "85.00"
    assert facts["pair"]["rule"] == {"within": "mean", "beyond": "adjudicator_replaces", "limit": "20.00"}
    assert [one["place"] for one in facts["pair"]["readers"]] == [1, 2, 3]
    assert sealed.content["ranking"][0]["total"] == "85.00"
    assert services.digest(sealed.content) == sealed.sha256
    with pytest.raises(PeriodSealed):
        blind.draw()


def test_an_adjudicator_who_came_to_see_all_values_decides_nothing(session: Session, blind: Blind) -> None:
    blind.value(40, 90)
    services.assign_adjudicator(session, blind.claim, actor=blind.people.chair, at=NOW)
    judge = blind.third()
    blind.appoint(judge, Role.AUDITOR, KABUPATEN)
    with pytest.raises(SeesValues):
        services.adjudicate(session, blind.claim, Decimal(85), "Foto.", actor=judge, at=NOW)


def test_without_a_third_person_nobody_can_be_drawn_to_decide(session: Session) -> None:
    blind = Blind(session, readers=2)
    blind.value(0, 100)
    with pytest.raises(NobodyEligible):
        services.assign_adjudicator(session, blind.claim, actor=blind.people.chair, at=NOW)


def test_half_a_pair_holds_the_gate(session: Session, blind: Blind) -> None:
    blind.draw()
    services.score(session, blind.claim, Decimal(80), actor=blind.pair()[0], at=NOW)
    assert reasons(session, blind) == [Reason.PAIR_INCOMPLETE]


# --- the instrument ---


def test_the_next_version_of_an_instrument_reads_as_the_one_before(session: Session) -> None:
    tool = factories.instrument(session, Mode.DESK)
    secretariat = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    programmes.add_indicator(
        tool.aspects[0], "Buta", Decimal(1), Mode.DESK, reading=Read.BLIND_PAIR, spread_limit=Decimal("12.5")
    )
    session.flush()
    twin = programmes.copy_instrument(session, tool, actor=secretariat, at=NOW).aspects[0].indicators
    assert [(one.reading, one.spread_limit) for one in twin] == [("quorum", 20), ("blind_pair", Decimal("12.5"))]


# --- the database ---


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (
            (
                "INSERT INTO score (period_id, claim_id, indicator_id, mode, assessor_id, value, scored_at, version)"
                " SELECT period_id, id, indicator_id, 'desk', {third}, 50, now(), 1 FROM claim"
            ),
            "only_the_drawn_score",
        ),
        ("UPDATE score SET assessor_id = {third} WHERE assessor_id = {first}", "only_the_drawn_score"),
        ("UPDATE score SET value = 50", "complete_pair_stays"),
        ("UPDATE reader SET assessor_id = {third} WHERE place = 1", "readers_stay_once_they_scored"),
        ("DELETE FROM reader WHERE place = 2", "readers_stay_once_they_scored"),
        (
            (
                "INSERT INTO reader (claim_id, place, period_id, assessor_id, assigned_by, assigned_at, reason)"
                " SELECT id, 3, period_id, {first}, {first}, now(), 'x' FROM claim"
            ),
            "nobody_reads_twice",
        ),
        (
            (
                "INSERT INTO reader (claim_id, place, period_id, assessor_id, assigned_by, assigned_at, reason)"
                " SELECT id, 1, period_id, {third}, {first}, now(), 'x' FROM claim"
            ),
            "pk_reader",
        ),
        (
            (
                "INSERT INTO reader (claim_id, place, period_id, assessor_id, assigned_by, assigned_at)"
                " SELECT id, 3, period_id, {third}, {first}, now() FROM claim"
            ),
            "reader_is_drawn_or_has_reason",
        ),
        (
            (
                "INSERT INTO adjudication (claim_id, period_id, adjudicator_id, value, reasoning, decided_at)"
                " SELECT id, period_id, {third}, 50, 'x', now() FROM claim"
            ),
            "adjudication_by_its_reader",
        ),
        (
            (
                "INSERT INTO adjudication (claim_id, period_id, place, adjudicator_id, value, reasoning, decided_at)"
                " SELECT id, period_id, 1, {first}, 50, 'x', now() FROM claim"
            ),
            "adjudicator_is_third",
        ),
        ("UPDATE blind_draw SET seed = 'x'", "history_is_append_only"),
        ("UPDATE indicator SET spread_limit = 50", "instrument_is_frozen"),
    ],
)
def test_the_database_itself_insists(session: Session, blind: Blind, statement: str, rule: str) -> None:
    blind.value(40, 90)
    people = {"first": blind.pair()[0].id, "third": blind.third().id}
    with pytest.raises(IntegrityError, match=rule), session.begin_nested():
        session.execute(text(statement.format(**people)))


def test_a_decision_and_an_earlier_value_stay_as_they_were_written(session: Session, blind: Blind) -> None:
    blind.draw()
    first, second = blind.pair()
    services.score(session, blind.claim, Decimal(10), actor=first, at=NOW)
    services.score(session, blind.claim, Decimal(20), actor=first, at=NOW, reason="Keliru.")
    services.score(session, blind.claim, Decimal(90), actor=second, at=NOW)
    services.assign_adjudicator(session, blind.claim, actor=blind.people.chair, at=NOW)
    services.adjudicate(session, blind.claim, Decimal(55), "Di tengah.", actor=blind.third(), at=NOW)
    assert session.scalars(select(Adjudication)).one().value == 55
    for statement in ("UPDATE adjudication SET value = 1", "DELETE FROM score_revision", "TRUNCATE score_revision"):
        with pytest.raises(IntegrityError, match="history_is_append_only"), session.begin_nested():
            session.execute(text(statement))
    with pytest.raises(IntegrityError, match="adjudication_by_its_reader"), session.begin_nested():
        session.execute(text("DELETE FROM reader WHERE place = 3"))
    assert session.scalars(select(Score.value).order_by(Score.value)).all() == [20, 90]
