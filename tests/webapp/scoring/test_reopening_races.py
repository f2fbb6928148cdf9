"""Two hands at a sealed result at the same moment, on real connections: one of them comes first."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE
from tests.webapp.scoring.test_races import LATER, Stage, rounds
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence import services as evidence
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.scoring import queries, services
from webapp.scoring.models import Claim, Reopening
from webapp.scoring.services import About

ROUNDS = 6


def sealed_and_asked(stage: Stage) -> int:
    """Finalised, and a reopening asked for. Answers its number."""
    with Session(stage.engine) as session:
        period, chair = session.get_one(Period, stage.period), session.get_one(Account, stage.people.chair.id)
        chair.as_of(LATER.date())
        services.finalise(session, period, actor=chair, at=LATER)
        asked = services.ask(
            session, period, [About(MINE)], reason="Keliru", legal_basis="Perbup", actor=chair, at=LATER
        )
        session.commit()
        return asked.id


def grant(session: Session, leader: Account, stage: Stage, number: int) -> object:
    period = session.get_one(Period, stage.period)
    asked = queries.reopening(session, period, number)
    return services.decide(session, period, asked, grants=True, answer="Ya", actor=leader, at=LATER)


def test_a_reopening_granted_twice_at_once_is_granted_once(fresh_database: Engine) -> None:
    for stage in rounds(fresh_database, number=ROUNDS):
        number = sealed_and_asked(stage)

        def again(session: Session, leader: Account, stage: Stage = stage, number: int = number) -> object:
            return grant(session, leader, stage, number)

        heard = stage.at_once(("leader", again), ("leader", again))
        assert sum(one is None for one in heard) == 1
        with Session(stage.engine) as session:
            period = session.get_one(Period, stage.period)
            assert (period.state, period.version) == (PeriodState.OPEN, 2)
            granted = select(func.count()).select_from(Reopening).where(Reopening.granted.is_(True))
            assert session.scalar(granted.where(Reopening.period_id == stage.period)) == 1


def test_a_result_is_announced_and_reopened_at_once_and_never_both_for_one_version(fresh_database: Engine) -> None:
    ends = set()
    for stage in rounds(fresh_database, number=ROUNDS):
        number = sealed_and_asked(stage)
        with Session(stage.engine) as session:
            stage.others["secretariat"] = factories.account(session, (Role.SECRETARIAT, KABUPATEN)).id
            session.commit()

        def announce(session: Session, secretariat: Account, stage: Stage = stage) -> object:
            period = session.get_one(Period, stage.period)
            return services.announce(session, period, actor=secretariat, at=LATER)

        def reopen(session: Session, leader: Account, stage: Stage = stage, number: int = number) -> object:
            return grant(session, leader, stage, number)

        told, opened = stage.at_once(("secretariat", announce), ("leader", reopen))
        assert opened is None, "an announced result can be reopened as well"
        with Session(stage.engine) as session:
            period = session.get_one(Period, stage.period)
            assert (period.version, period.announced_at) == (2, None)
            assert (queries.announcement(session, period) is not None) is (told is None)
        ends.add(told is None)
    assert ends


def test_a_late_score_and_a_second_finalisation_agree(fresh_database: Engine) -> None:
    for stage in rounds(fresh_database, number=ROUNDS):
        number = sealed_and_asked(stage)
        with Session(stage.engine) as session:
            leader = session.get_one(Account, stage.people.leader.id).as_of(LATER.date())
            grant(session, leader, stage, number)
            session.commit()
        with Session(stage.engine) as session:
            desk = session.get_one(Account, stage.people.desk.id).as_of(LATER.date())
            case = session.get_one(Evidence, stage.case)
            evidence.move(session, case, Move.TAKE, actor=desk, at=LATER, until=LATER)
            evidence.move(session, case, Move.ACCEPT_AT_DESK, actor=desk, at=LATER)
            session.commit()

        def score(session: Session, assessor: Account, claim: int = stage.claim) -> object:
            return services.score(session, session.get_one(Claim, claim), Decimal(90), actor=assessor, at=LATER)

        chair, assessor = stage.at_once(("chair", stage.finalise), ("assessor", score))
        assert chair is None
        with Session(stage.engine) as session:
            period = session.get_one(Period, stage.period)
            sealed = queries.latest_result(session, period)
            assert sealed is not None
            assert sealed.version == 2
            value = queries.sealed_claims(session, sealed)[0]["scores"][0]["value"]
            assert value == ("90.00" if assessor is None else "80.00")
