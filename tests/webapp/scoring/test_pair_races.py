"""Two hands at one blind claim at once, on real connections: one draw, no value lost, none slipped in afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from tests.webapp.scoring.pairing import Blind
from tests.webapp.scoring.test_races import LATER, Deed, Stage
from webapp.accounts.models import Account
from webapp.programme.models import Period
from webapp.scoring import queries, services
from webapp.scoring.errors import NotDrawn, PairComplete, PairSettled, ReaderHasScored
from webapp.scoring.models import Adjudication, BlindDraw, Claim, Reader, Score, ScoreRevision
from webapp.scoring.rules import ADJUDICATOR, PairState

ROUNDS = 15


class Pair(Stage):
    """A committed blind claim; whoever acts does so on a connection of their own."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.others = engine, {}
        with Session(engine, expire_on_commit=False) as session:
            blind = Blind(session)
            self.people, self.claim, self.period = blind.people, blind.claim.id, blind.people.period.id
            session.commit()

    def rounds(self, *, drawn: bool = True) -> Iterator[int]:
        """The claim as it was before anybody had a part in it, so many times; with its pair as `first`, `second`."""
        for number in range(ROUNDS):
            with Session(self.engine, expire_on_commit=False) as session:
                for table in ("score", "reader"):
                    session.execute(text(f"DELETE FROM {table}"))
                if drawn:
                    self.draw(session, session.get_one(Account, self.people.chair.id).as_of(LATER.date()))
                    readers = session.scalars(select(Reader).order_by(Reader.place)).all()
                    self.others = {"first": readers[0].assessor_id, "second": readers[1].assessor_id}
                session.commit()
            yield number

    def draw(self, session: Session, chair: Account) -> object:
        return services.draw(session, session.get_one(Period, self.period), actor=chair, at=LATER)

    def scores(self, value: int, *, reason: str = "") -> Deed:
        def give(session: Session, reader: Account) -> object:
            made = session.get_one(Claim, self.claim)
            return services.score(session, made, Decimal(value), actor=reader, at=LATER, reason=reason)

        return give

    def standing(self) -> tuple[PairState, list[Decimal]]:
        with Session(self.engine) as session:
            found = queries.standing_of(session, session.get_one(Claim, self.claim))
            return found.pair, sorted(found.values)

    def count(self, table: type[BlindDraw | Reader | Score | ScoreRevision | Adjudication]) -> int:
        with Session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


def test_of_two_draws_at_once_one_is_made(fresh_database: Engine) -> None:
    stage = Pair(fresh_database)
    for number in stage.rounds(drawn=False):
        assert stage.at_once(("chair", stage.draw), ("chair", stage.draw)) == [None, None]
        assert stage.count(Reader) == 2
        assert stage.count(BlindDraw) == number + 1


def test_two_readers_who_submit_at_once_both_stand(fresh_database: Engine) -> None:
    stage = Pair(fresh_database)
    for _ in stage.rounds():
        assert stage.at_once(("first", stage.scores(40)), ("second", stage.scores(90))) == [None, None]
        assert stage.standing() == (PairState.DISPUTED, [40, 90])


def test_the_same_form_sent_twice_at_once_is_one_value(fresh_database: Engine) -> None:
    stage = Pair(fresh_database)
    for _ in stage.rounds():
        assert stage.at_once(("first", stage.scores(40)), ("first", stage.scores(40))) == [None, None]
        assert stage.standing() == (PairState.READING, [40])
    assert stage.count(ScoreRevision) == 0


def test_who_revises_while_the_other_submits_is_in_time_or_told_so(fresh_database: Engine) -> None:
    stage = Pair(fresh_database)
    for _ in stage.rounds():
        stage.at_once(("first", stage.scores(40)))
        revising, other = stage.at_once(("first", stage.scores(50, reason="Keliru.")), ("second", stage.scores(60)))
        assert other is None
        assert revising is None or isinstance(revising, PairComplete)
        assert stage.standing() == (PairState.AGREED, [50 if revising is None else 40, 60])
        with Session(stage.engine) as session:
            session.execute(text("ALTER TABLE score_revision DISABLE TRIGGER USER"))
            session.execute(text("DELETE FROM score_revision"))
            session.execute(text("ALTER TABLE score_revision ENABLE TRIGGER USER"))
            session.commit()


def test_who_is_replaced_while_submitting_keeps_the_place_or_never_had_it(fresh_database: Engine) -> None:
    stage = Pair(fresh_database)
    for _ in stage.rounds():

        def replace(session: Session, chair: Account) -> object:
            return services.replace(session, session.get_one(Claim, stage.claim), 1, "Sakit.", actor=chair, at=LATER)

        replacing, scoring = stage.at_once(("chair", replace), ("first", stage.scores(40)))
        assert (replacing is None) is (scoring is not None)
        assert replacing is None or isinstance(replacing, ReaderHasScored)
        assert scoring is None or isinstance(scoring, NotDrawn)
        assert stage.count(Score) == (scoring is None)


def test_of_two_adjudicators_named_at_once_one_has_the_place_and_of_two_decisions_one_stands(
    fresh_database: Engine,
) -> None:
    stage = Pair(fresh_database)
    for _ in zip(range(1), stage.rounds(), strict=False):
        stage.at_once(("first", stage.scores(40)), ("second", stage.scores(90)))

        def assign(session: Session, chair: Account) -> object:
            return services.assign_adjudicator(session, session.get_one(Claim, stage.claim), actor=chair, at=LATER)

        heard = stage.at_once(("chair", assign), ("chair", assign))
        assert sorted(type(one).__name__ for one in heard) == ["NoneType", "PairSettled"]
        with Session(stage.engine) as session:
            third = session.scalars(select(Reader.assessor_id).where(Reader.place == ADJUDICATOR)).one()
        stage.others["third"] = third

        def decide(value: int) -> Deed:
            def give(session: Session, reader: Account) -> object:
                made = session.get_one(Claim, stage.claim)
                return services.adjudicate(session, made, Decimal(value), "Foto.", actor=reader, at=LATER)

            return give

        one, other = stage.at_once(("third", decide(70)), ("third", decide(80)))
        assert [one, other].count(None) == 1
        assert isinstance(one or other, PairSettled)
        assert stage.count(Adjudication) == 1
