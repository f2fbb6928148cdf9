"""Who may not judge whom: posts, declarations, and that no further role makes an exception."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, MINE, NEXT_DOOR, NOW, TODAY
from webapp.access import Role
from webapp.accounts.models import Account, Appointment
from webapp.conflict import queries, services
from webapp.conflict.errors import (
    AlreadyWithdrawn,
    DeclarationMissing,
    DeclaredTie,
    OwnUnit,
    OwnWork,
    SuperiorOrSubordinate,
    UnknownParticipant,
    WithdrawalReasonMissing,
)
from webapp.conflict.rules import Tie
from webapp.conflict.services import NewTie
from webapp.errors import NotAllowed, NotFound
from webapp.evidence import services as evidence
from webapp.evidence.rules import Move, State
from webapp.verification.services import take

DAYS = st.dates(date(2008, 1, 1), date(2030, 12, 31))


def months_between_at_most(ended: date, today: date, months: int) -> bool:
    """The rule in words of the calendar: the same day so many months on still counts, or the month's last."""
    apart = (today.year - ended.year) * 12 + today.month - ended.month
    return apart < months or (apart == months and today.day <= ended.day)


def past(role: Role, code: str, ended: date | None = None, began: date = date(2005, 1, 1)) -> Appointment:
    return Appointment(role=role, region_code=code, starts_on=began, ends_on=ended)


@pytest.fixture
def judge(session: Session) -> Account:
    factories.territory(session)
    return factories.desk(session)


@pytest.mark.parametrize(
    ("ended", "today", "expected"),
    [
        (None, date(2018, 8, 6), True),
        (date(2018, 8, 5), date(2018, 8, 6), True),
        (date(2016, 8, 6), date(2018, 8, 6), True),
        (date(2016, 8, 5), date(2018, 8, 6), False),
        (date(2016, 2, 29), date(2018, 2, 28), True),
        (date(2016, 2, 29), date(2018, 3, 1), False),
        (date(2019, 1, 1), date(2018, 8, 6), True),
    ],
)
def test_a_post_makes_partial_for_24_months_to_the_day(
    session: Session, judge: Account, ended: date | None, today: date, expected: bool
) -> None:
    judge.appointments.append(past(Role.CAMAT, MINE, ended))
    session.flush()
    assert (queries.own_units(session, judge, today) == (MINE,)) is expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ended=DAYS, today=DAYS, months=st.integers(0, 120))
def test_whatever_the_months_the_window_is_that_of_the_calendar(
    session: Session, judge: Account, ended: date, today: date, months: int
) -> None:
    with session.begin_nested() as kept:
        session.execute(text("UPDATE house_rule SET conflict_months = :months"), {"months": months})
        post = past(Role.CONTRIBUTOR, MINE, ended)
        post.account_id = judge.id
        session.add(post)
        session.flush()
        found = queries.own_units(session, judge, today)
        kept.rollback()
    assert (found == (MINE,)) is months_between_at_most(ended, today, months)


def test_a_revoked_post_ends_that_day(session: Session, judge: Account) -> None:
    judge.appointments.append(past(Role.CAMAT, MINE))
    judge.appointments[-1].revoked_at = NOW - timedelta(days=800)
    session.flush()
    assert queries.own_units(session, judge, TODAY) == ()
    assert queries.own_units(session, judge, TODAY - timedelta(days=100)) == (MINE,)


def test_the_leader_of_the_regency_is_superior_and_the_secretariat_is_not(session: Session) -> None:
    factories.territory(session)
    leader = factories.account(session, (Role.LEADER, KABUPATEN), (Role.ASSESSOR, KABUPATEN))
    clerk = factories.account(session, (Role.SECRETARIAT, KABUPATEN), (Role.DESK_VERIFIER, KABUPATEN))
    governor = factories.account(session, (Role.LEADER, "99"), (Role.ASSESSOR, "99"))
    assert queries.own_units(session, leader, TODAY) == (KABUPATEN,)
    assert queries.own_units(session, clerk, TODAY) == queries.own_units(session, governor, TODAY) == ()


def test_who_served_under_a_camat_may_not_judge_them_in_their_next_unit(session: Session, judge: Account) -> None:
    camat = factories.camat(session, FAR)
    camat.appointments.append(past(Role.CAMAT, NEXT_DOOR, date(2017, 12, 31)))
    judge.appointments.append(past(Role.CONTRIBUTOR, NEXT_DOOR, date(2017, 6, 30)))
    session.flush()
    assert queries.own_units(session, judge, TODAY) == (NEXT_DOOR, FAR)
    assert queries.own_units(session, judge, date(2019, 7, 1)) == ()  # the own post is over too long then
    stranger = factories.desk(session)
    assert queries.own_units(session, stranger, TODAY) == ()


def test_posts_at_different_times_make_nobody_superior(session: Session, judge: Account) -> None:
    camat = factories.camat(session, FAR)
    camat.appointments.append(past(Role.CAMAT, NEXT_DOOR, date(2017, 12, 31), began=date(2017, 7, 1)))
    judge.appointments.append(past(Role.CONTRIBUTOR, NEXT_DOOR, date(2017, 6, 30)))
    session.flush()
    assert queries.own_units(session, judge, TODAY) == (NEXT_DOOR,)


def test_nobody_gives_a_verdict_before_the_declaration(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    silent = factories.account(session, (Role.DESK_VERIFIER, KABUPATEN), declares=False)
    with pytest.raises(DeclarationMissing) as refused:
        take(session, case.id, actor=silent, at=NOW, minutes=30)
    assert (refused.value.status, refused.value.code) == (409, "declaration_missing")
    services.declare(session, people.period, (), actor=silent, at=NOW)
    assert take(session, case.id, actor=silent, at=NOW, minutes=30).taken_by == silent.id


def test_declared_kin_bars_from_that_unit_alone(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    other = factories.case(session, people, State.SUBMITTED, unit=NEXT_DOOR)
    services.declare(session, people.period, [NewTie(MINE, Tie.KIN, "ipar")], actor=people.desk, at=NOW)
    with pytest.raises(DeclaredTie):
        take(session, case.id, actor=people.desk, at=NOW, minutes=30)
    assert take(session, other.id, actor=people.desk, at=NOW, minutes=30).taken_by == people.desk.id
    assert queries.barred_units(session, people.desk.id, people.period.id, TODAY) == (MINE,)
    among = queries.impartial_among(session, case, [people.desk.id, people.second.id, people.camat.id], NOW)
    assert among == {people.second.id}


@pytest.mark.parametrize("further", [Role.ADMINISTRATOR, Role.CHAIR, Role.SECRETARIAT, Role.AUDITOR])
def test_no_further_role_makes_an_exception(session: Session, further: Role) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    mighty = factories.account(session, (Role.DESK_VERIFIER, KABUPATEN), (further, None))
    services.declare(session, people.period, [NewTie(MINE, Tie.CHAIN)], actor=mighty, at=NOW)
    with pytest.raises(DeclaredTie):
        services.must_be_impartial(session, mighty, case, NOW)
    mighty.appointments.append(past(Role.CAMAT, MINE, date(2018, 1, 1)))
    session.flush()
    with pytest.raises(OwnUnit):
        services.must_be_impartial(session, mighty, case, NOW)


def test_owner_neighbour_leader_and_a_stranger_are_told_what_stands_in_the_way(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    boss = factories.account(session, (Role.LEADER, KABUPATEN), (Role.DESK_VERIFIER, KABUPATEN))
    neighbour = factories.account(session, (Role.CAMAT, NEXT_DOOR), (Role.DESK_VERIFIER, KABUPATEN))
    with pytest.raises(OwnWork):
        services.must_be_impartial(session, people.camat, case, NOW)
    with pytest.raises(SuperiorOrSubordinate):
        services.must_be_impartial(session, boss, case, NOW)
    for free in (neighbour, people.desk, people.assessor):
        services.must_be_impartial(session, free, case, NOW)


def test_ties_are_added_and_withdrawn_with_a_reason_and_never_lost(session: Session) -> None:
    people = factories.team(session)
    declare = services.declare
    for _ in range(2):  # the same form twice
        made = declare(session, people.period, [NewTie(MINE, Tie.KIN)], actor=people.assessor, at=NOW)
    declare(session, people.period, [NewTie(MINE, Tie.INTEREST)], actor=people.assessor, at=NOW)
    assert [(one.region_code, one.kind) for one in made.ties] == [(MINE, Tie.KIN), (MINE, Tie.INTEREST)]
    first = made.ties[0]
    assert queries.own_tie(session, people.assessor, people.period.id, first.id) is first
    with pytest.raises(NotFound):
        queries.own_tie(session, people.desk, people.period.id, first.id)
    with pytest.raises(WithdrawalReasonMissing):
        services.withdraw(session, first, "  ", actor=people.assessor, at=NOW)
    with pytest.raises(NotAllowed):
        services.withdraw(session, first, "bukan", actor=people.desk, at=NOW)
    services.withdraw(session, first, "salah unit", actor=people.assessor, at=NOW)
    with pytest.raises(AlreadyWithdrawn):
        services.withdraw(session, first, "lagi", actor=people.assessor, at=NOW)
    assert queries.has_declared_tie(session, people.assessor, people.period.id, MINE)  # the other one stands
    assert len(made.ties) == 2


def test_only_who_judges_declares_and_only_about_participants(session: Session) -> None:
    people = factories.team(session)
    with pytest.raises(NotAllowed):
        services.declare(session, people.period, (), actor=people.camat, at=NOW)
    with pytest.raises(UnknownParticipant):
        services.declare(session, people.period, [NewTie(FAR, Tie.KIN)], actor=people.desk, at=NOW)


def test_the_database_refuses_a_move_over_a_declared_tie_by_itself(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    services.declare(session, people.period, [NewTie(MINE, Tie.KIN)], actor=people.desk, at=NOW)
    assert _refused(session, _MOVE, case=case.id, who=people.desk.id, move="take", at=NOW) == (
        "nobody_reviews_over_a_declared_tie"
    )
    boss = factories.account(session, (Role.LEADER, KABUPATEN), (Role.DESK_VERIFIER, KABUPATEN))
    assert _refused(session, _MOVE, case=case.id, who=boss.id, move="take", at=NOW) == (
        "nobody_reviews_over_or_under_themselves"
    )


def test_the_database_refuses_a_score_over_a_declared_tie_by_itself(session: Session) -> None:
    people = factories.team(session)
    made = factories.claim(session, people, factories.case(session, people, State.VERIFIED_FIELD))
    services.declare(session, people.period, [NewTie(MINE, Tie.KIN)], actor=people.assessor, at=NOW)
    assert (
        _refused(
            session,
            "INSERT INTO score (period_id, claim_id, indicator_id, mode, assessor_id, value, note, scored_at, version) "
            "VALUES (:period, :claim, :indicator, 'field', :who, 90, '', :at, 1)",
            period=people.period.id, claim=made.id, indicator=made.indicator_id, who=people.assessor.id, at=NOW,
        )
        == "nobody_scores_over_a_tie"
    )  # fmt: skip


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM coi_tie",
        "UPDATE coi_tie SET region_code = '99.01.02'",
        "UPDATE coi_tie SET withdrawn_at = now(), withdrawn_because = 'x', kind = 'served'",
        "DELETE FROM coi_declaration",
        "UPDATE coi_declaration SET made_at = now()",
    ],
)
def test_what_was_declared_cannot_be_made_undone_by_raw_sql(session: Session, tampering: str) -> None:
    people = factories.team(session)
    services.declare(session, people.period, [NewTie(MINE, Tie.KIN)], actor=people.desk, at=NOW)
    assert _refused(session, tampering) in ("declared_ties_stay", "history_is_append_only")


def test_a_lock_that_runs_out_needs_no_declaration(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.UNDER_REVIEW)
    evidence.move(session, case, Move.RELEASE, actor=None, at=NOW)
    assert case.stands is State.SUBMITTED


_MOVE = (
    "INSERT INTO evidence_move (evidence_id, actor_id, move, was, became, at) "
    "VALUES (:case, :who, :move, 'submitted', 'under_review', :at)"
)


def _refused(session: Session, statement: str, **values: object) -> str | None:
    """The name of the rule by which the database refuses."""
    with pytest.raises(IntegrityError) as why, session.begin_nested():
        session.execute(text(statement), values)
    return why.value.orig.diag.constraint_name  # type: ignore[union-attr]
