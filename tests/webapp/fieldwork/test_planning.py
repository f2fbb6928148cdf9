"""Who plans, what chance chooses, who is sent, and that nothing can be skipped."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.columns import read_point
from tests import factories
from tests.factories import FAR, KABUPATEN, MINE, NOW, TODAY
from tests.webapp.fieldwork.conftest import Plan, verified, wait
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.audit import AuditEvent
from webapp.errors import NotAllowed, NotFound
from webapp.evidence.models import EvidenceMove
from webapp.evidence.rules import Move, State
from webapp.fieldwork import queries, services
from webapp.fieldwork.errors import (
    AlreadySettled,
    DayHasPassed,
    MayNotVisit,
    NobodyToSend,
    NotAnAssessingRegion,
    NothingToVisit,
    ReasonNeeded,
)
from webapp.fieldwork.models import PlannedVisit
from webapp.fieldwork.routing import path_metres
from webapp.fieldwork.rules import drawn, seed_of
from webapp.fieldwork.services import PlanFields, make_plan
from webapp.verification.services import site

TOMORROW = TODAY + timedelta(days=1)


def test_all_that_wait_are_planned_and_chance_adds_its_share(
    session: Session, people: factories.Team, plan: Plan
) -> None:
    waiting = {wait(session, people, n).id for n in range(3)}
    done = {verified(session, people, n).id: n for n in range(10, 30)}
    made = plan(share=Decimal(25))
    assert made.candidates == sorted(done)
    assert made.seed == seed_of(made.secret, done, TOMORROW)
    sample = set(drawn(made.seed, done, Decimal(25)))
    by_reason = {visit.evidence_id: visit.reason for visit in made.visits}
    assert len(sample) == 5
    assert by_reason == dict.fromkeys(waiting, "required") | dict.fromkeys(sample, "sample")
    moves = session.scalars(select(EvidenceMove).where(EvidenceMove.evidence_id.in_(sample))).all()
    assert {(line.move, line.actor_id, line.became) for line in moves} == {
        (Move.SEND_TO_FIELD, None, State.AWAITING_FIELD)
    }, "chance sends them, nobody else"
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "plan.draw")).one()
    assert told.detail["seed"] == made.seed


def test_a_second_plan_never_draws_again_and_asks_only_about_what_came_since(
    session: Session, people: factories.Team, plan: Plan
) -> None:
    early = [verified(session, people, n).id for n in range(10)]
    first = plan()
    with pytest.raises(NothingToVisit):
        plan()
    with pytest.raises(NothingToVisit):
        plan(day=TOMORROW + timedelta(days=1))
    late = [verified(session, people, n, verified_at=NOW + timedelta(minutes=1)).id for n in range(20, 25)]
    second = plan(at=NOW + timedelta(minutes=2))
    assert (first.number, second.number) == (1, 2)
    assert (first.candidates, second.candidates) == (early, late)


def test_what_the_desk_verified_anew_is_asked_about_anew(session: Session, people: factories.Team, plan: Plan) -> None:
    case = verified(session, people, 1)
    plan(share=Decimal(0))
    case.verified_at = NOW + timedelta(hours=1)
    session.flush()
    assert plan(share=Decimal(0), at=NOW + timedelta(hours=2)).candidates == [case.id]


def test_a_draw_cannot_be_changed_or_taken_back(session: Session, people: factories.Team, plan: Plan) -> None:
    wait(session, people, 1)
    made = plan()
    for statement in ("UPDATE field_plan SET seed = repeat('0', 64)", "DELETE FROM field_plan"):
        with pytest.raises(DBAPIError, match="history_is_append_only"), session.begin_nested():
            session.execute(text(statement))
    session.refresh(made)
    assert made.seed != "0" * 64


def test_what_nobody_visited_comes_back_on_the_next_plan_with_its_reason(
    session: Session, people: factories.Team, plan: Plan
) -> None:
    case = verified(session, people, 1)
    first = plan(share=Decimal(100))
    second = plan(day=TOMORROW + timedelta(days=5), at=NOW + timedelta(days=4))
    assert [(visit.evidence_id, visit.reason) for visit in second.visits] == [(case.id, "sample")]
    session.refresh(first)
    old = first.visits[0]
    assert (old.state, old.dropped_by, "lewat" in old.dropped_why) == ("dropped", None, True)


def test_a_sampled_case_is_put_off_by_the_planner_alone_with_a_reason_that_stays(
    session: Session, people: factories.Team, planner: Account, plan: Plan
) -> None:
    case = verified(session, people, 1)
    made = plan(share=Decimal(100))
    visit = made.visits[0]
    with pytest.raises(NotAllowed):
        services.drop(session, made.id, visit.id, "Malas.", actor=people.surveyor, at=NOW)
    with pytest.raises(ReasonNeeded):
        services.drop(session, made.id, visit.id, "  ", actor=planner, at=NOW)
    services.drop(session, made.id, visit.id, "Jalan putus.", actor=planner, at=NOW)
    with pytest.raises(AlreadySettled):
        services.drop(session, made.id, visit.id, "Lagi.", actor=planner, at=NOW)
    assert case.stands is State.AWAITING_FIELD, "put off, not skipped"
    with pytest.raises(DBAPIError, match="planned_visit_stays_settled"), session.begin_nested():
        session.execute(text("UPDATE planned_visit SET dropped_why = 'lain'"))
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "plan.drop")).one()
    assert (told.actor_id, told.detail["why"]) == (planner.id, "Jalan putus.")
    again = plan(at=NOW + timedelta(minutes=1))
    assert [(one.evidence_id, one.reason) for one in again.visits] == [(case.id, "sample")]


def test_nobody_is_sent_to_own_work_own_unit_or_own_desk_decision(
    session: Session, people: factories.Team, other: Account, plan: Plan
) -> None:
    own_desk = factories.case(session, people, State.VERIFIED_DESK)
    sent = session.scalars(
        select(EvidenceMove).where(EvidenceMove.evidence_id == own_desk.id, EvidenceMove.move == Move.ACCEPT_AT_DESK)
    ).one()
    double = factories.account(session, (Role.FIELD_VERIFIER, KABUPATEN), (Role.CAMAT, MINE))
    elsewhere = wait(session, people, 1)  # 99.01.02: not the unit of `double`
    at_home = wait(session, people, 4)  # 99.01.01
    made = plan(share=Decimal(100), people=(double.id, other.id))
    by_case = {visit.evidence_id: visit.assessor_id for visit in made.visits}
    assert by_case[at_home.id] == by_case[own_desk.id] == other.id
    assert by_case[elsewhere.id] == double.id
    assert sent.actor_id == people.desk.id


def test_a_case_that_nobody_may_visit_stays_without_a_person_and_is_seen(
    session: Session, people: factories.Team, other: Account, planner: Account, plan: Plan
) -> None:
    double = factories.account(session, (Role.FIELD_VERIFIER, KABUPATEN), (Role.CAMAT, MINE))
    wait(session, people, 4)
    made = plan(people=(double.id,))
    visit = made.visits[0]
    assert visit.assessor_id is None
    with pytest.raises(MayNotVisit):
        services.assign(session, made.id, visit.id, double.id, "Dicoba.", actor=planner, at=NOW)
    with pytest.raises(MayNotVisit):
        services.assign(session, made.id, visit.id, people.desk.id, "Dicoba.", actor=planner, at=NOW)
    services.assign(session, made.id, visit.id, other.id, "Tanpa benturan.", actor=planner, at=NOW)
    assert visit.assessor_id == other.id
    assert [one.id for one in queries.todays_plan(session, other, TOMORROW)] == [visit.id]


def test_a_person_reads_their_own_stops_in_an_order_no_longer_than_the_given_one(
    session: Session, people: factories.Team, other: Account, plan: Plan
) -> None:
    cases = [wait(session, people, n) for n in range(8)]
    nowhere = wait(session, people, 9, placed=False)
    made = plan()
    mine = queries.todays_plan(session, people.surveyor, TOMORROW)
    assert [visit.position for visit in mine] == list(range(1, 10))
    assert mine[-1].evidence_id == nowhere.id
    places = {case.id: read_point(case.place) for case in cases if case.place is not None}
    start = read_point(made.start) if made.start is not None else None
    assert start is not None
    walked = path_metres([start, *(places[visit.evidence_id] for visit in mine[:-1])])
    assert walked <= path_metres([start, *places.values()])
    assert queries.todays_plan(session, other, TOMORROW) == []
    assert queries.todays_plan(session, people.surveyor, TODAY) == []


def test_a_finished_visit_settles_its_plan(
    session: Session, people: factories.Team, planner: Account, plan: Plan
) -> None:
    case = factories.case(session, people, State.AWAITING_FIELD)
    made = plan()
    assert case.place is not None
    site.check_in(
        session, case.id, site.CheckIn(read_point(case.place), 5.0), actor=people.surveyor, at=NOW, radius_m=100
    )
    site.add_visit_photos(session, case.id, [factories.incoming()], actor=people.surveyor, at=NOW, intake=people.intake)
    visit = site.complete_visit(
        session, case.id, actor=people.surveyor, at=NOW, verdict=site.Verdict.MATCHES,
        checked={"object_seen", "same_angle", "in_use"},
    )  # fmt: skip
    session.expire_all()
    planned = session.scalars(select(PlannedVisit).where(PlannedVisit.plan_id == made.id)).one()
    assert (planned.state, planned.visit_id) == ("done", visit.id)
    with pytest.raises(AlreadySettled):
        services.drop(session, made.id, planned.id, "Terlambat.", actor=planner, at=NOW)


def test_planning_is_for_who_holds_the_area(
    session: Session, people: factories.Team, planner: Account, plan: Plan
) -> None:
    wait(session, people, 1)
    said = PlanFields(KABUPATEN, TOMORROW, Decimal(10), (people.surveyor.id,))
    far = factories.account(session, (Role.SECRETARIAT, FAR[:5]))
    for nobody in (people.surveyor, people.desk, people.chair, people.leader, people.camat, far):
        with pytest.raises(NotAllowed):
            make_plan(session, said, actor=nobody, at=NOW)
    made = plan()
    assert queries.plan(session, people.surveyor, made.id) is made, "who is on it sees it"
    for nobody in (people.desk, people.camat, far):
        with pytest.raises(NotFound):
            queries.plan(session, nobody, made.id)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"day": TODAY - timedelta(days=1)}, DayHasPassed),
        ({"people": ()}, NobodyToSend),
        ({"people": (987654,)}, NobodyToSend),
        ({"region_code": MINE}, NotAnAssessingRegion),
    ],
)
def test_a_plan_that_cannot_be(
    session: Session, people: factories.Team, plan: Plan, said: dict[str, object], refusal: type[Exception]
) -> None:
    wait(session, people, 1)
    with pytest.raises(refusal):
        plan(**said)
