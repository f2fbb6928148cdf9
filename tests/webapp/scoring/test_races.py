"""Finalisation against a late hand, on real connections: one of the two comes first, and the other sees it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NOW, TODAY
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.errors import Problem
from webapp.evidence import queries as evidence_queries
from webapp.evidence import services as evidence
from webapp.evidence.errors import Locked, NoOpenPeriod
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.programme import queries as programme_queries
from webapp.programme import services as programmes
from webapp.programme.errors import InstrumentFrozen, WeightsIncomplete
from webapp.programme.models import Instrument, Participant, Period
from webapp.programme.rules import Mode, PeriodState
from webapp.scoring import queries, services
from webapp.scoring.errors import GateClosed, PeriodSealed
from webapp.scoring.models import Claim, ResultSnapshot, Score
from webapp.scoring.rules import ClaimState
from webapp.verification import services as verification

ROUNDS = 30
LATER = NOW + timedelta(hours=1)
Deed = Callable[[Session, Account], object]
_random = random.Random(20180806)


class Stage:
    """A committed period with one claim; every person acts on a connection of their own. Its period is one day long."""

    def __init__(self, engine: Engine, people: factories.Team, day: date, mode: Mode) -> None:
        self.engine, self.people = engine, people
        self.others: dict[str, int] = {}
        with Session(engine, expire_on_commit=False) as session:
            people.period = factories.period(session, mode, units=1)
            judges = (people.desk, people.surveyor, people.assessor, people.chair)
            factories.declared(session, [one.id for one in judges], [people.period.id])
            people.period.starts_on = people.period.ends_on = day
            state = State.VERIFIED_DESK if mode is Mode.DESK else State.AWAITING_FIELD
            case = factories.case(session, people, state, occurred_from=day, occurred_to=day)
            made = factories.claim(session, people, case)
            if mode is Mode.DESK:
                services.score(session, made, Decimal(80), actor=people.assessor, at=NOW)
            self.case, self.claim, self.period = case.id, made.id, people.period.id
            session.commit()

    def finalise(self, session: Session, chair: Account) -> object:
        return services.finalise(session, session.get_one(Period, self.period), actor=chair, at=LATER)

    def at_once(self, *deeds: tuple[str, Deed]) -> list[Problem | None]:
        """Each person does their deed within the same few moments; None for who succeeded, else what they heard."""
        start = threading.Barrier(len(deeds))
        heard: list[Problem | None] = [None] * len(deeds)
        broken: list[BaseException] = []

        def act(number: int, who: str, deed: Deed, pause: float) -> None:
            try:
                with Session(self.engine) as session:
                    person = session.get_one(Account, self.others.get(who) or getattr(self.people, who).id).as_of(TODAY)
                    start.wait(timeout=10)
                    time.sleep(pause)
                    try:
                        deed(session, person)
                        time.sleep(pause / 4)
                        session.commit()
                    except Problem as why:
                        session.rollback()
                        heard[number] = why
            except BaseException as why:  # a thread's failure is the test's
                broken.append(why)

        pauses = [_random.uniform(0, 0.03) for _ in deeds]
        threads = [
            threading.Thread(target=act, args=(n, *deed, pause))
            for n, (deed, pause) in enumerate(zip(deeds, pauses, strict=True))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        if broken:
            raise broken[0]
        return heard

    def is_consistent(self) -> bool:
        """A final period has only proven claims behind its final scores, and only locked cases; an open one none."""
        with Session(self.engine) as session:
            period = session.get_one(Period, self.period)
            final = period.state == PeriodState.FINAL
            standings = queries.standings(session, period)
            case = session.get_one(Evidence, self.case)
            sealed = [one for one in standings if any(score.finalised_at for score in one.scores)]
            return (
                all(one.state is ClaimState.PROVEN for one in sealed)
                and bool(case.locked_at) is final
                and (final or not sealed)
                and (not final or not queries.blockers(session, period, standings))
            )

    def results(self) -> int:
        with Session(self.engine) as session:
            sealed = select(func.count()).select_from(ResultSnapshot).where(ResultSnapshot.period_id == self.period)
            return session.scalar(sealed) or 0

    def is_final(self) -> bool:
        with Session(self.engine) as session:
            return session.get_one(Period, self.period).state == PeriodState.FINAL


def rounds(engine: Engine, mode: Mode = Mode.DESK, number: int = ROUNDS) -> Iterator[Stage]:
    """So many periods of the same people, each on a day of its own."""
    with Session(engine, expire_on_commit=False) as session:
        people = factories.team(session, mode)
        people.period.state = PeriodState.PREPARED
        session.commit()
    for n in range(number):
        yield Stage(engine, people, date(2018, 1, 1) + timedelta(days=n), mode)


def test_a_desk_that_sends_a_claimed_case_to_the_field_and_a_chair_who_finalises(fresh_database: Engine) -> None:
    ends = set()
    for stage in rounds(fresh_database):

        def send(session: Session, desk: Account, number: int = stage.case) -> object:
            return verification.send_to_field(session, number, actor=desk, at=LATER)

        chair, desk = stage.at_once(("chair", stage.finalise), ("desk", send))
        assert stage.is_consistent()
        if stage.is_final():
            assert chair is None
            assert isinstance(desk, Locked)
        else:
            assert isinstance(chair, GateClosed)
            assert desk is None
        ends.add(stage.is_final())
    assert ends == {True, False}, "one of the two orders never came up"


def test_a_visit_that_refutes_a_claimed_case_and_a_chair_who_finalises(fresh_database: Engine) -> None:
    for stage in rounds(fresh_database, Mode.FIELD):

        def refute(session: Session, surveyor: Account, number: int = stage.case) -> None:
            case = evidence_queries.locked_for_change(session, surveyor, number)
            evidence.move(session, case, Move.REFUTE_ON_SITE, actor=surveyor, at=LATER, note="tidak ada di tempat")
            session.flush()

        chair, surveyor = stage.at_once(("chair", stage.finalise), ("surveyor", refute))
        assert stage.is_consistent()
        assert surveyor is None, "an undecided case keeps the gate shut, so its verdict is never too late"
        assert stage.is_final() is (chair is None)
        assert chair is None or isinstance(chair, GateClosed)


def test_a_camat_who_ties_an_undecided_case_and_a_chair_who_finalises(fresh_database: Engine) -> None:
    for stage in rounds(fresh_database):
        with Session(stage.engine) as session:
            period = session.get_one(Period, stage.period)
            draft = factories.case(session, stage.people, occurred_from=period.starts_on, occurred_to=period.starts_on)
            number = draft.id
            session.commit()

        def send_and_tie(session: Session, camat: Account, number: int = number, claim: int = stage.claim) -> None:
            case = evidence_queries.locked_for_change(session, camat, number)
            evidence.submit(session, case, actor=camat, at=LATER)
            services.tie(session, session.get_one(Claim, claim), number, actor=camat, at=LATER)

        chair, camat = stage.at_once(("chair", stage.finalise), ("camat", send_and_tie))
        assert stage.is_consistent()
        if stage.is_final():
            assert chair is None
            assert isinstance(camat, Locked | PeriodSealed | NoOpenPeriod)
        else:
            assert isinstance(chair, GateClosed)
            assert camat is None


def test_of_two_finalisations_one_wins_and_the_other_hears_that_it_is_final(fresh_database: Engine) -> None:
    for stage in rounds(fresh_database):
        heard = stage.at_once(("chair", stage.finalise), ("chair", stage.finalise))
        assert sorted(type(one).__name__ for one in heard) == ["NoneType", "PeriodSealed"]
        assert stage.results() == 1
        assert stage.is_consistent()


def test_an_assessor_who_scores_and_a_chair_who_finalises(fresh_database: Engine) -> None:
    for stage in rounds(fresh_database):

        def score(session: Session, assessor: Account, claim: int = stage.claim) -> object:
            return services.score(session, session.get_one(Claim, claim), Decimal(90), actor=assessor, at=LATER)

        chair, assessor = stage.at_once(("chair", stage.finalise), ("assessor", score))
        assert chair is None
        assert stage.is_consistent()
        with Session(stage.engine) as session:
            given = session.scalars(select(Score.value).where(Score.claim_id == stage.claim)).one()
            sealed = session.scalars(select(ResultSnapshot).where(ResultSnapshot.period_id == stage.period)).one()
            claims = queries.sealed_claims(session, sealed)
        assert given == (Decimal(90) if assessor is None else Decimal(80))
        assert claims[0]["scores"][0]["value"] == str(given)


def test_the_same_form_sent_twice_at_once_is_one_deed(fresh_database: Engine) -> None:
    for stage in rounds(fresh_database, number=10):
        with Session(stage.engine) as session:
            period = session.get_one(Period, stage.period)
            indicator = period.instrument.aspects[0].indicators[0].id
            session.execute(text("DELETE FROM score"))
            session.execute(text("DELETE FROM claim_evidence"))
            session.commit()

        def claim(session: Session, camat: Account, period: int = stage.period, indicator: int = indicator) -> object:
            return services.claim(
                session, session.get_one(Period, period), MINE, indicator, "Sama.", actor=camat, at=LATER
            )

        def tie(session: Session, camat: Account, claim: int = stage.claim, case: int = stage.case) -> None:
            services.tie(session, session.get_one(Claim, claim), case, actor=camat, at=LATER)

        def score(session: Session, assessor: Account, claim: int = stage.claim) -> object:
            made = session.get_one(Claim, claim)
            return services.score(session, made, Decimal(70), actor=assessor, at=LATER, version=0)

        for who, deed in (("camat", claim), ("camat", tie), ("assessor", score)):
            assert stage.at_once((who, deed), (who, deed)) == [None, None]


def test_nobody_slips_an_aspect_into_an_instrument_that_is_being_opened(fresh_database: Engine) -> None:
    for stage in rounds(fresh_database, number=15):
        with Session(stage.engine) as session:
            tool = factories.instrument(session)
            made = Period(
                name="Disiapkan", region_code=KABUPATEN, instrument=tool, starts_on=date(2019, 1, 1),
                ends_on=date(2019, 1, 1), time_zone="Asia/Jakarta", participants=[Participant(region_code=MINE)],
            )  # fmt: skip
            session.add(made)
            others = {"secretariat": factories.account(session, (Role.SECRETARIAT, KABUPATEN)).id}
            session.commit()
            tool_id, period_id = tool.id, made.id
        stage.others = others

        def add(session: Session, _: Account, number: int = tool_id) -> None:
            held = programme_queries.instrument_held(session, number)
            programmes.add_aspect(held, "Sisipan", Decimal(10))
            session.flush()

        def open_it(session: Session, secretariat: Account, number: int = period_id) -> None:
            programmes.open_period(session, session.get_one(Period, number), actor=secretariat, at=LATER)

        adding, opening = stage.at_once(("secretariat", add), ("secretariat", open_it))
        with Session(stage.engine) as session:
            tool = session.get_one(Instrument, tool_id)
            opened = tool.frozen_at is not None
            assert opened is (not programme_queries.faults(tool))
        assert isinstance(adding, InstrumentFrozen) if opened else adding is None
        assert opening is None if opened else isinstance(opening, WeightsIncomplete)
