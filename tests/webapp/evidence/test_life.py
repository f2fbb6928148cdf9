"""The life of a case, from draft to verified, and what the database says when somebody goes around the services."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from webapp.evidence.errors import IllegalMove
from webapp.evidence.rules import REOPENED, TRANSITIONS, Move, State


@pytest.mark.parametrize("state", [state for state in State if state is not State.DRAFT])
def test_a_case_reaches_every_state_by_its_own_moves(session: Session, state: State) -> None:
    people = factories.team(session)
    made = factories.case(session, people, state)
    assert made.state == state
    assert made.moves[-1].became == state


@pytest.mark.parametrize("state", list(State))
def test_every_step_the_table_does_not_know_is_refused(session: Session, state: State) -> None:
    people = factories.team(session)
    made = factories.case(session, people, state)
    for step in set(Move) - {move for was, move in TRANSITIONS if was is state}:
        with pytest.raises(IllegalMove):
            factories.services.move(session, made, step, actor=people.desk, at=factories.NOW, note="x")
    assert made.state == state


def test_raw_sql_cannot_jump_over_the_desk(session: Session) -> None:
    made = factories.case(session, factories.team(session), State.SUBMITTED)
    with pytest.raises(IntegrityError, match="state_follows_table"):
        session.execute(
            text("UPDATE evidence SET state = 'verified_field', verified_at = now() WHERE id = :id"), {"id": made.id}
        )


def test_the_trigger_and_the_table_know_the_same_steps(session: Session) -> None:
    source = session.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'evidence_keeps_its_rules'"))
    known = set(re.findall(r"'([a-z_]+>[a-z_]+)'", source or ""))
    of_the_locked = {f"{was}>{became}" for was, became in REOPENED.items()}
    assert known == {f"{was}>{became}" for (was, _), became in TRANSITIONS.items()} | of_the_locked
