"""What is taken along for a day: the route of the plan where there is one, and never what another must judge."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, NOW
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.evidence.services import move
from webapp.fieldwork.models import FieldPlan, PlannedVisit
from webapp.fieldwork.queries import outlines, pack_of
from webapp.fieldwork.rules import Why

DAY = date(2018, 8, 7)


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


@pytest.fixture
def cases(session: Session, people: factories.Team) -> list[Evidence]:
    return [factories.case(session, people, State.AWAITING_FIELD) for _ in range(3)]


def plan(session: Session, people: factories.Team, *stops: Evidence) -> None:
    made = FieldPlan(
        region_code=KABUPATEN, day=DAY, number=1, secret="0" * 64, seed="0" * 64, share=10, candidates=[],
        made_by=people.desk.id, made_at=NOW,
    )  # fmt: skip
    made.visits = [
        PlannedVisit(evidence_id=case.id, assessor_id=people.surveyor.id, position=place, reason=next(iter(Why)))
        for place, case in enumerate(stops, 1)
    ]
    session.add(made)
    session.flush()


def test_a_plan_gives_the_cases_in_the_order_of_the_route(
    session: Session, people: factories.Team, cases: list[Evidence]
) -> None:
    plan(session, people, cases[2], cases[0])
    pack = pack_of(session, people.surveyor, DAY, NOW)
    assert (pack.planned, pack.cases) == (True, [cases[2], cases[0]])


def test_without_a_plan_the_longest_waiting_come_first(
    session: Session, people: factories.Team, cases: list[Evidence]
) -> None:
    pack = pack_of(session, people.surveyor, DAY, NOW)
    assert (pack.planned, pack.cases) == (False, cases)
    assert [one.code for one in outlines(session, pack.cases)] == [cases[0].region_code]


def test_what_was_decided_or_is_another_persons_to_judge_stays_behind(
    session: Session, people: factories.Team, cases: list[Evidence]
) -> None:
    plan(session, people, *cases)
    move(session, cases[0], Move.REFUTE_ON_SITE, actor=people.surveyor, at=NOW, note="Tidak ada.")
    cases[1].owner_id = people.surveyor.id
    session.flush()
    assert pack_of(session, people.surveyor, DAY, NOW).cases == [cases[2]]
