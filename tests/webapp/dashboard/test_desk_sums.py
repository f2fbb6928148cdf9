"""The desk says the same from sums that are kept as from counting: whatever happened, folded or not, for any region."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as some
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NOW, Team
from tests.webapp.insight.changing import CASES, STEPS, Made, happened
from tests.webapp.insight.changing import Step as Happening
from tests.webapp.insight.conftest import DESA, evidence, placing
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.dashboard import queries
from webapp.dashboard.rules import Cut, Flow
from webapp.evidence import services
from webapp.evidence.rules import State
from webapp.insight import queries as insight
from webapp.insight.queries import timing
from webapp.insight.rules import Filters, Month, Step
from webapp.signals.models import Finding

ASKED = [
    Filters(), Filters(kind="rapat"), Filters(period=1), Filters(since=Month(2018, 7), until=Month(2018, 8)),
    Filters(state=State.REJECTED),
]  # fmt: skip
AT = NOW + timedelta(hours=1)


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


@run(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=CASES, steps=STEPS, asked=some.sampled_from(ASKED))
def test_after_whatever_changes_sums_and_counting_say_the_same(
    session: Session,
    people: Team,
    cases: list[Made],
    steps: list[Happening],
    asked: Filters,
) -> None:
    savepoint = session.begin_nested()
    readers = (factories.account(session, (Role.LEADER, None)), factories.leader(session, "99"), people.leader)
    happened(session, people, cases, steps)
    filters = Filters(period=people.period.id) if asked.period else asked
    for reader in readers:
        for upper in (None, "99", KABUPATEN, KOTA, MINE, DESA):
            if insight.reach(reader, upper) is insight.Reach.INSIDE:
                _time_agrees(session, reader, upper, filters)
                if queries.known(reader, upper, filters):
                    _desk_agrees(session, reader, upper, filters)
    savepoint.rollback()
    session.expire_all()


def _time_agrees(session: Session, reader: Account, upper: str | None, filters: Filters) -> None:
    for step in Step:
        line = timing.timeline(session, reader, upper, filters, step)
        assert line == timing._counted(session, reader, upper, filters, step)


def _desk_agrees(session: Session, reader: Account, upper: str | None, filters: Filters) -> None:
    known, wanted = queries.known(reader, upper, filters), queries.base(reader, upper, filters)
    assert _plain(queries.tally(session, wanted, AT, known)) == _plain(queries.tally(session, wanted, AT))
    pace, counted = (queries.pace(session, wanted, upper, sums) for sums in (known, None))
    assert pace.known == counted.known
    assert {flow: +months for flow, months in pace.months.items()} == counted.months
    assert {unit: +months for unit, months in pace.sent.items() if +months} == counted.sent
    for flow in Flow:
        for month, number in pace.months[flow].items():
            listed = queries.cut(wanted, Cut(flow=flow, month=month), at=AT)
            assert insight.count(session, listed) == number
    assert queries.signals(session, wanted, known) == queries.signals(session, wanted)
    told = queries.oldest(session, reader, upper, filters)
    assert (told and told.id) == _by_hand(session, "id", upper, filters)
    last = queries.last_sent(session, reader, upper)
    for line in insight.figures(session, reader, upper, Filters()):
        if not line.itself:
            assert last.get(line.code) == _newest(session, line.code)


def _plain(tally: queries.Tally) -> Any:
    return +tally.steps, +tally.backlog, tally.returned, +tally.grades


_COUNTED = """region_code LIKE :upper || '%' AND state NOT IN ('draft', 'withdrawn') AND study_assignment_id IS NULL
    AND region_result <> 'luar_negeri' AND (:kind = '' OR kind_code = :kind) AND (:period = 0 OR period_id = :period)"""


def _by_hand(session: Session, what: str, upper: str | None, filters: Filters) -> Any:
    asked = f"""SELECT {what} FROM evidence WHERE {_COUNTED} AND state IN ('submitted', 'under_review',
        'rejection_proposed', 'awaiting_field', 'objected') ORDER BY submitted_at, id LIMIT 1"""
    values = {"upper": upper or "", "kind": filters.kind or "", "period": filters.period or 0}
    return session.scalar(text(asked), values)


def _newest(session: Session, unit: str) -> Any:
    asked = f"SELECT max(submitted_at) FROM evidence WHERE {_COUNTED}"
    return session.scalar(text(asked), {"upper": unit, "kind": "", "period": 0})


def test_months_are_those_of_each_units_own_clock_so_that_parts_add_up(session: Session, people: Team) -> None:
    """When it is half past three in Greenwich the month has changed in Jayapura, and not yet in Jakarta."""
    session.execute(text("UPDATE region SET time_zone = 'Asia/Jayapura' WHERE code ^@ :kota"), {"kota": KOTA})
    evening = NOW.replace(month=6, day=30, hour=15, minute=30)
    for unit in (MINE, FAR):
        evidence(session, people, State.SUBMITTED, unit, submitted_at=evening)
    nation = factories.account(session, (Role.LEADER, None))
    for folded in (False, True):
        of = {
            upper: queries.pace(
                session, queries.base(nation, upper, Filters()), upper, queries.known(nation, upper, Filters())
            ).months[Flow.SENT]
            for upper in (None, KABUPATEN, KOTA)
        }
        assert of[None] == of[KABUPATEN] + of[KOTA], folded
        assert sorted(f"{month:%m}" for month in +of[None]) == ["06", "07"]
        for month in +of[None]:
            listed = queries.cut(queries.base(nation, None, Filters()), Cut(flow=Flow.SENT, month=month), at=AT)
            assert insight.count(session, listed) == 1
        services.fold(session)


def test_one_signal_of_many_photos_counts_a_case_once_and_by_its_heaviest(session: Session, people: Team) -> None:
    one, other = (evidence(session, people, State.SUBMITTED, MINE) for _ in range(2))
    rows = [(one, "weak", None), (one, "strong", other), (other, "weak", None)]
    for case, weight, told in rows:
        session.add(
            Finding(
                evidence_id=case.id, code="same_photo", weight=weight, detail={}, found_at=NOW,
                other_evidence_id=told.id if told else None,
            )
        )  # fmt: skip
        session.flush()
        services.fold(session)
    known, wanted = queries.known(people.leader, MINE, Filters()), queries.base(people.leader, MINE, Filters())
    assert [(s.code, s.weight, s.cases) for s in queries.signals(session, wanted, known)] == [
        ("same_photo", "strong", 2)
    ]
    with placing(session):
        one.state = State.DRAFT
        session.flush()
    assert [(s.weight, s.cases) for s in queries.signals(session, wanted, known)] == [("weak", 1)]
