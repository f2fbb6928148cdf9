"""Races on real connections: `.venv/bin/python -m bench.races [rounds [desk|gate]]`, unless told 1,000 and both.

Two people (or two windows of one) do their deeds on one case at the same moment, each on a connection of their own with
random pauses before, between and behind. Of each round is asked who won and whether what is written agrees: one winner,
one line of history for one change of state, one line of audit for each line of history, no lock left on a decided case.
Finalisation is raced against a verdict that would have shut the gate, and against the rejection that opens it.
A private PostgreSQL of its own is made and thrown away. Prints Markdown.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import MINE, NOW, TODAY
from tests.webapp.verification.conftest import line
from webapp import audit, db, schema
from webapp.accounts.models import Account
from webapp.cluster import DATABASE, Cluster
from webapp.errors import Problem
from webapp.evidence.models import Evidence, EvidenceMove
from webapp.evidence.rules import Move, State
from webapp.programme.models import Period
from webapp.programme.rules import Mode, PeriodState
from webapp.scoring import queries, services
from webapp.scoring.models import ResultSnapshot
from webapp.scoring.rules import ClaimState
from webapp.verification import services as desk

ROUNDS, LONGEST_PAUSE_S = 1_000, 0.012
LATER = NOW + timedelta(minutes=40)  # behind the lock that has run out
Deed = Callable[[Session, Account, int], object]


@dataclass
class Tally:
    """What came of the rounds of one race. `rounds` by how many won; `losers` by what they were told."""

    name: str
    rounds: Counter[int] = field(default_factory=Counter)
    winners: Counter[str] = field(default_factory=Counter)
    losers: Counter[str] = field(default_factory=Counter)
    inconsistent: int = 0

    def note(self, told: dict[str, Problem | None], consistent: bool) -> None:
        self.rounds[sum(why is None for why in told.values())] += 1
        for who, why in told.items():
            (self.winners if why is None else self.losers)[who if why is None else f"{who}: {why.code}"] += 1
        self.inconsistent += not consistent


class Ring:
    """A committed team, and races between its people."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.engine, self.random = engine, random.Random(seed)
        with Session(engine, expire_on_commit=False) as session:
            self.people = factories.team(session)
            session.commit()

    def race(self, case_id: int, deeds: dict[str, tuple[str, Deed]]) -> dict[str, Problem | None]:
        """Every deed at once; by its name, None for who succeeded, else what they were told."""
        start, broken = threading.Barrier(len(deeds)), list[BaseException]()
        told: dict[str, Problem | None] = {}

        def act(name: str, who: str, deed: Deed, pause: float) -> None:
            try:
                with Session(self.engine) as session:
                    person = session.get_one(Account, getattr(self.people, who).id).as_of(TODAY)
                    start.wait(timeout=30)
                    time.sleep(pause)
                    try:
                        deed(session, person, case_id)
                        time.sleep(pause / 3)
                        session.commit()
                        told[name] = None
                    except Problem as why:
                        session.rollback()
                        told[name] = why
            except BaseException as why:  # a thread's failure is the race's
                broken.append(why)

        threads = [
            threading.Thread(target=act, args=(name, who, deed, self.random.uniform(0, LONGEST_PAUSE_S)))
            for name, (who, deed) in deeds.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        if broken or len(told) != len(deeds):
            raise broken[0] if broken else TimeoutError("a hand of the race never came back")
        return told

    def submitted(self) -> int:
        """A fresh case at the desk, committed."""
        with Session(self.engine) as session:
            plain = {"kind_code": "kegiatan", "activity_code": "subuh_keliling"}
            made = line(session, self.people, MINE, factories.middle(MINE), **plain)
            session.commit()
            return made.id

    def taken(self, minutes: int) -> int:
        case_id = self.submitted()
        with Session(self.engine) as session:
            person = session.get_one(Account, self.people.desk.id).as_of(TODAY)
            desk.take(session, case_id, actor=person, at=NOW, minutes=minutes)
            session.commit()
        return case_id


def doing(verb: Callable[..., object], **words: Any) -> Deed:
    """A verb of the desk, at the time of the race."""
    return lambda session, who, case_id: verb(session, case_id, actor=who, at=LATER, **words)


def _take_and_return(session: Session, who: Account, case_id: int) -> None:
    desk.take(session, case_id, actor=who, at=LATER, minutes=30)
    desk.return_for_repair(session, case_id, actor=who, at=LATER, note="Tanggal salah.")


_TAKE = doing(desk.take, minutes=30)
_ACCEPT = doing(desk.accept)
_RETURN = doing(desk.return_for_repair, note="Tanggal salah.")
_PROPOSE = doing(desk.propose_rejection, reason_code="altered", note="Disunting.")
LONG, RUN_OUT = 60, 30  # minutes of a lock taken at NOW
# name, how the case stands before, the deeds, and how many lines of history a round adds
DESK_RACES: tuple[tuple[str, Callable[[Ring], int], dict[str, tuple[str, Deed]]], ...] = (
    ("two assessors take one case", Ring.submitted, {"first": ("desk", _TAKE), "second": ("second", _TAKE)}),
    (
        "accept against return, two windows of the holder",
        lambda ring: ring.taken(LONG), {"accept": ("desk", _ACCEPT), "return": ("desk", _RETURN)},
    ),
    (
        "accept against proposed rejection, two windows of the holder",
        lambda ring: ring.taken(LONG), {"accept": ("desk", _ACCEPT), "propose": ("desk", _PROPOSE)},
    ),
    (
        "the holder whose lock ran out accepts, another takes and returns",
        lambda ring: ring.taken(RUN_OUT), {"late accept": ("desk", _ACCEPT), "return": ("second", _take_and_return)},
    ),
)  # fmt: skip


def desk_races(engine: Engine, rounds: int) -> Iterator[Tally]:
    """Every race of the desk, so many rounds each."""
    ring = Ring(engine, 20180806)
    for name, prepare, deeds in DESK_RACES:
        tally = Tally(name)
        for _ in range(rounds):
            case_id = prepare(ring)
            tally.note(ring.race(case_id, deeds), is_sound(engine, case_id))
        yield tally


def is_sound(engine: Engine, case_id: int) -> bool:
    """Whether state, lock, history and audit of a case tell one story."""
    with Session(engine) as session:
        case = session.get_one(Evidence, case_id)
        moves = session.scalars(
            select(EvidenceMove).where(EvidenceMove.evidence_id == case_id).order_by(EvidenceMove.id)
        ).all()
        noted = session.scalar(
            select(func.count())
            .select_from(audit.AuditEvent)
            .where(audit.AuditEvent.object_type == "evidence", audit.AuditEvent.object_id == str(case_id))
        )
        chained = all(before.became == after.was for before, after in pairwise(moves))
        decided = [one for one in moves if one.move in (Move.ACCEPT_AT_DESK, Move.RETURN, Move.PROPOSE_REJECTION)]
        return (
            chained
            and case.state == moves[-1].became
            and len(decided) == (case.state != State.UNDER_REVIEW)
            and (case.taken_by is not None) == (case.state == State.UNDER_REVIEW)
            and noted == len(moves)
        )


# --- finalisation


class Gate(Ring):
    """Periods of a day: a scored claim on a verified case, and if wanted a second case with a rejection proposed."""

    def __init__(self, engine: Engine, seed: int) -> None:
        super().__init__(engine, seed)
        with Session(engine, expire_on_commit=False) as session:
            session.get_one(Period, self.people.period.id).state = PeriodState.PREPARED
            session.commit()
        self.claims: dict[int, int] = {}  # by case: its period

    def period(self, day: date, *, proposed: bool) -> int:
        """A fresh period; answers the case that the other hand will reach for."""
        with Session(self.engine, expire_on_commit=False) as session:
            people = self.people
            people.period = factories.period(session, Mode.DESK, units=1)
            people.period.starts_on = people.period.ends_on = day
            judges = [people.desk.id, people.second.id, people.assessor.id, people.chair.id]
            factories.declared(session, judges, [people.period.id])
            wanted = {"occurred_from": day, "occurred_to": day}
            verified = {"state": State.VERIFIED_DESK, "verified_at": NOW}
            case = line(session, people, MINE, factories.middle(MINE), **verified, **wanted)
            session.flush()
            claim = factories.claim(session, people, case)
            services.score(session, claim, Decimal(80), actor=people.assessor, at=NOW)
            if proposed:
                case = line(session, people, MINE, factories.middle(MINE), **wanted)
                session.flush()
                person = session.get_one(Account, people.desk.id).as_of(TODAY)
                desk.take(session, case.id, actor=person, at=NOW, minutes=LONG)
                desk.propose_rejection(session, case.id, actor=person, at=NOW, reason_code="altered", note="Disunting.")
            self.claims[case.id] = people.period.id
            session.commit()
            return case.id

    def finalise(self, session: Session, chair: Account, case_id: int) -> object:
        period = session.get_one(Period, self.claims[case_id])
        return services.finalise(session, period, actor=chair, at=LATER)

    def is_sound(self, case_id: int) -> bool:
        """A final period has one result, only proven claims behind final scores, only settled and locked cases."""
        with Session(self.engine) as session:
            period = session.get_one(Period, self.claims[case_id])
            final = period.state == PeriodState.FINAL
            results = session.scalar(
                select(func.count()).select_from(ResultSnapshot).where(ResultSnapshot.period_id == period.id)
            )
            standings = queries.standings(session, period)
            sealed = [one for one in standings if any(score.finalised_at for score in one.scores)]
            locked = session.scalars(select(Evidence.locked_at).where(Evidence.period_id == period.id)).all()
            return (
                results == final
                and all((one is not None) is final for one in locked)
                and all(one.state is ClaimState.PROVEN for one in sealed)
                and (final or not sealed)
                and (not final or not queries.blockers(session, period, standings))
            )


def gate_races(engine: Engine, rounds: int) -> Iterator[Tally]:
    """Finalisation against a desk that takes its yes back, and against the second hand of a rejection."""
    gate, day = Gate(engine, 20180807), date(2018, 1, 1)
    take_back: Deed = doing(desk.send_to_field, note="Ragu.")
    reject: Deed = doing(desk.confirm_rejection, note="Ya.")
    for number, (name, other, proposed) in enumerate(
        (
            ("finalise against a yes taken back (its case goes to the field)", ("desk", take_back), False),
            ("finalise against reject (the second hand of a proposal)", ("second", reject), True),
        )
    ):
        tally = Tally(name)
        for n in range(rounds):
            case_id = gate.period(day + timedelta(days=number * rounds + n), proposed=proposed)
            told = gate.race(case_id, {"finalise": ("chair", gate.finalise), "verdict": other})
            tally.note(told, gate.is_sound(case_id))
        yield tally


HEAD = """| race | rounds | one winner | both | none | inconsistent | who won | what losers were told |
|---|--:|--:|--:|--:|--:|---|---|"""


def row(one: Tally) -> str:
    """A tally as a line of Markdown."""
    told = ["; ".join(f"{key} {n}" for key, n in sorted(found.items())) for found in (one.winners, one.losers)]
    counts = (one.rounds.total(), one.rounds[1], one.rounds[2], one.rounds[0], one.inconsistent)
    return " | ".join([f"| {one.name}", *map(str, counts), told[0], f"{told[1] or '–'} |"])


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    asked = sys.argv[2:] or list(WHERE)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o711)  # the server's own user passes through
        _run(home, rounds, [WHERE[one] for one in asked])


WHERE: dict[str, Callable[[Engine, int], Iterator[Tally]]] = {"desk": desk_races, "gate": gate_races}


def _run(home: Path, rounds: int, wanted: Iterable[Callable[[Engine, int], Iterator[Tally]]]) -> None:
    with Cluster(home / "pg", durable=False) as cluster:
        url = cluster.url(DATABASE)
        schema.upgrade(url)
        engine = db.engine_for(url)
        print(HEAD, flush=True)
        for races in wanted:
            for tally in races(engine, rounds):
                print(row(tally), flush=True)
        engine.dispose()


if __name__ == "__main__":
    main()
