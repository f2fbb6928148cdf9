"""Two people at once, on real connections: exactly one wins, and the other is told what happened."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from media.store import Store
from tests import factories
from tests.factories import KABUPATEN, MINE, NOW, TODAY
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.errors import Conflict, Problem
from webapp.evidence.models import Evidence, EvidenceMove
from webapp.evidence.rules import Move, State
from webapp.programme.models import Period
from webapp.verification import services
from webapp.verification.errors import AlreadyDecided, AlreadyTaken
from webapp.verification.models import FieldVisit
from webapp.verification.rules import Verdict
from webapp.verification.services import CheckIn

ROUNDS = 20
LATER = NOW + timedelta(minutes=5)
ALL = {"object_seen", "same_angle", "in_use"}
_TEAM = ("camat", "desk", "surveyor", "assessor", "chair", "leader", "second")
Deed = Callable[[Session, Account, int], object]


class Stage:
    """Committed cases in a database of its own, and people by name: every thread has its own connection."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.store = Store.open("memory:///")
        with Session(engine) as session:
            people = factories.team(session)
            self.ids = {name: getattr(people, name).id for name in _TEAM}
            self.ids["other"] = factories.account(session, (Role.FIELD_VERIFIER, KABUPATEN)).id
            self.period_id = people.period.id
            session.commit()

    def case(self, state: State, *then: Deed) -> int:
        """A fresh case in that state, committed; the desk's `then` go on from there."""
        with Session(self.engine) as session:
            loaded = {name: self.person(session, name) for name in _TEAM}
            people = factories.Team(**loaded, period=session.get_one(Period, self.period_id), store=self.store)
            kind = {} if state is not State.SUBMITTED else {"kind_code": "kegiatan", "activity_code": "subuh_keliling"}
            made = factories.case(session, people, state, **kind)
            for deed in then:
                deed(session, people.desk, made.id)
            session.commit()
            return made.id

    def person(self, session: Session, name: str) -> Account:
        return session.get_one(Account, self.ids[name]).as_of(TODAY)

    def at_once(self, case_id: int, *deeds: tuple[str, Deed]) -> list[Problem | None]:
        """Let each person do their deed at the same moment; None for who succeeded, else what they were told."""
        start = threading.Barrier(len(deeds))
        told: list[Problem | None] = [None] * len(deeds)

        def act(number: int, who: str, deed: Deed) -> None:
            with Session(self.engine) as session:
                person = self.person(session, who)
                start.wait(timeout=10)
                try:
                    deed(session, person, case_id)
                    session.commit()
                except Problem as why:
                    told[number] = why
                    session.rollback()

        threads = [threading.Thread(target=act, args=(n, *deed)) for n, deed in enumerate(deeds)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        assert not any(thread.is_alive() for thread in threads)
        return told

    def moves(self, case_id: int, *kinds: Move) -> int:
        with Session(self.engine) as session:
            counted = select(func.count()).where(EvidenceMove.evidence_id == case_id, EvidenceMove.move.in_(kinds))
            return session.scalar(counted) or 0

    def state(self, case_id: int) -> str:
        with Session(self.engine) as session:
            return session.get_one(Evidence, case_id).state


@pytest.fixture
def stage(fresh_database: Engine) -> Stage:
    return Stage(fresh_database)


def doing(verb: Callable[..., object], **words: Any) -> Deed:
    return lambda session, who, case_id: verb(session, case_id, actor=who, at=LATER, **words)


take = doing(services.take, minutes=30)


def one_of(told: list[Problem | None], expected: type[Problem]) -> Problem:
    """The loser's refusal, where exactly one of them won."""
    lost = [why for why in told if why is not None]
    assert len(lost) == len(told) - 1, told
    assert all(isinstance(why, expected) and why.status == 409 for why in lost), lost
    return lost[0]


def test_of_two_who_take_a_case_at_once_one_holds_it(stage: Stage) -> None:
    for _ in range(ROUNDS):
        case_id = stage.case(State.SUBMITTED)
        why = one_of(stage.at_once(case_id, ("desk", take), ("second", take)), AlreadyTaken)
        assert "sedang diperiksa Orang" in str(why.sentence)
        assert stage.moves(case_id, Move.TAKE) == 1


def test_a_lock_that_ran_out_is_taken_over_once(stage: Stage) -> None:
    stale = doing(services.take, minutes=-30)
    for _ in range(ROUNDS // 2):
        case_id = stage.case(State.SUBMITTED, stale)
        one_of(stage.at_once(case_id, ("desk", take), ("second", take)), AlreadyTaken)
        assert stage.moves(case_id, Move.TAKE) == 2
        assert stage.moves(case_id, Move.RELEASE) == 1


def test_the_cleaner_and_a_taker_do_not_trip_each_other(stage: Stage) -> None:
    stale = doing(services.take, minutes=-30)
    clean: Deed = lambda session, _who, _id: services.expire_locks(session, LATER)  # noqa: E731
    for _ in range(ROUNDS // 2):
        case_id = stage.case(State.SUBMITTED, stale)
        assert stage.at_once(case_id, ("desk", clean), ("second", take)) == [None, None]
        assert (stage.state(case_id), stage.moves(case_id, Move.RELEASE)) == (State.UNDER_REVIEW, 1)


def test_two_windows_of_one_verifier_decide_once(stage: Stage) -> None:
    for _ in range(ROUNDS):
        case_id = stage.case(State.SUBMITTED, take)
        told = stage.at_once(
            case_id,
            ("desk", doing(services.accept)),
            ("desk", doing(services.return_for_repair, note="Tanggal salah.")),
        )
        why = one_of(told, AlreadyDecided)
        assert "sudah berpindah keadaan" in str(why.sentence)
        assert stage.moves(case_id, Move.ACCEPT_AT_DESK, Move.RETURN) == 1


def test_a_proposed_rejection_is_settled_once(stage: Stage) -> None:
    propose = doing(services.propose_rejection, reason_code="altered", note="Disunting.")
    for _ in range(ROUNDS // 2):
        case_id = stage.case(State.SUBMITTED, take, propose)
        told = stage.at_once(
            case_id,
            ("second", doing(services.confirm_rejection, note="Ya.")),
            ("second", doing(services.decline_rejection, note="Tidak.")),
        )
        one_of(told, AlreadyDecided)
        assert stage.moves(case_id, Move.CONFIRM_REJECTION, Move.DECLINE_REJECTION) == 1


def test_two_assessors_on_site_settle_a_case_once(stage: Stage) -> None:
    for _ in range(ROUNDS // 2):
        case_id = stage.case(State.AWAITING_FIELD)
        for who in ("surveyor", "other"):
            _visited(stage, who, case_id)
        told = stage.at_once(
            case_id,
            ("surveyor", doing(services.complete_visit, checked=ALL, verdict=Verdict.MATCHES)),
            ("other", doing(services.complete_visit, checked=set(), verdict=Verdict.NOT_FOUND, note="Kosong.")),
        )
        one_of(told, AlreadyDecided)
        assert stage.moves(case_id, Move.CONFIRM_ON_SITE, Move.REFUTE_ON_SITE) == 1
        with Session(stage.engine) as session:
            done = select(func.count()).where(FieldVisit.evidence_id == case_id, FieldVisit.verdict.is_not(None))
            assert session.scalar(done) == 1


def test_a_double_tap_on_check_in_makes_one_visit(stage: Stage) -> None:
    fix = CheckIn(factories.middle(MINE), 8.0, LATER)
    enter: Deed = lambda session, who, key: services.check_in(session, key, fix, actor=who, at=LATER, radius_m=100)  # noqa: E731
    for _ in range(ROUNDS // 2):
        case_id = stage.case(State.AWAITING_FIELD)
        assert stage.at_once(case_id, ("surveyor", enter), ("surveyor", enter)) == [None, None]
        with Session(stage.engine) as session:
            assert session.scalar(select(func.count()).where(FieldVisit.evidence_id == case_id)) == 1


def _visited(stage: Stage, who: str, case_id: int) -> None:
    with Session(stage.engine) as session:
        person = stage.person(session, who)
        fix = CheckIn(factories.middle(MINE), 8.0, LATER)
        services.check_in(session, case_id, fix, actor=person, at=LATER, radius_m=100)
        services.add_visit_photos(
            session, case_id, [factories.incoming()], actor=person, at=LATER, intake=factories.intake(stage.store)
        )
        session.commit()


def test_conflicts_are_conflicts() -> None:
    assert issubclass(AlreadyTaken, Conflict)
    assert issubclass(AlreadyDecided, Conflict)
