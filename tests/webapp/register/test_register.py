"""What is in force when, and what the register refuses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, KOTA, MINE, NOW
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.errors import NotAllowed, NotFound
from webapp.evidence.rules import State
from webapp.programme.rules import PeriodState
from webapp.register import queries, services
from webapp.register.errors import (
    AlreadyRevoked,
    DatesReversed,
    FileUnknown,
    ReasonMissing,
    RegisteredTwice,
    RevokerUnknown,
)
from webapp.register.rules import SOON, STANDS, Force, RegulationKind, force
from webapp.register.services import RegulationFields
from webapp.scoring.errors import PeriodSealed
from webapp.scoring.services.citing import cite

DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))


def said(**changes: Any) -> RegulationFields:
    usual: dict[str, Any] = {
        "region_code": KABUPATEN, "kind": RegulationKind.PERBUP, "number": "16", "year": 2016,
        "title": "Pelimpahan kewenangan", "in_force_from": date(2016, 5, 1),
    }  # fmt: skip
    return RegulationFields(**{**usual, **changes})


@pytest.fixture
def setda(session: Session) -> Account:
    factories.territory(session)
    return factories.account(session, (Role.SECRETARIAT, KABUPATEN))


@settings(max_examples=100, deadline=None)
@given(DAYS, st.none() | DAYS, st.none() | DAYS, DAYS)
def test_in_force_is_from_its_day_to_its_last_day_and_not_from_the_day_it_was_revoked(
    start: date, end: date | None, revoked: date | None, day: date
) -> None:
    stands = start <= day and (end is None or day <= end) and (revoked is None or day < revoked)
    assert (force(start, end, revoked, day) in STANDS) is stands


def test_what_ends_soon_is_flagged() -> None:
    start, end = date(2016, 1, 1), date(2018, 12, 31)
    told = [force(start, end, None, end + shift) for shift in (-SOON - timedelta(days=1), -SOON, timedelta(days=1))]
    assert told == [Force.IN_FORCE, Force.ENDING, Force.EXPIRED]
    assert force(start, None, date(2018, 6, 1), date(2018, 5, 1)) is Force.ENDING
    assert force(start, None, None, date(2015, 12, 31)) is Force.COMING


def test_the_register_refuses_what_is_none(session: Session, setda: Account) -> None:
    one = services.register(session, said(), actor=setda, at=NOW)
    for changes, why in (
        ({}, RegisteredTwice), ({"number": "17", "ends_on": date(2016, 4, 30)}, DatesReversed),
        ({"number": "17", "evidence_id": 2_000_000_000}, FileUnknown), ({"region_code": KOTA}, NotAllowed),
    ):  # fmt: skip
        with pytest.raises(why):
            services.register(session, said(**changes), actor=setda, at=NOW)
    with pytest.raises(DatesReversed):
        services.revoke(session, one, date(2016, 4, 30), "Keliru", actor=setda, at=NOW)
    with pytest.raises(RevokerUnknown):
        services.revoke(session, one, date(2018, 1, 1), "", actor=setda, at=NOW, revoked_by=one.id)
    with pytest.raises(ReasonMissing):
        services.revoke(session, one, date(2018, 1, 1), " ", actor=setda, at=NOW)
    services.revoke(session, one, date(2018, 1, 1), "Putusan MA", actor=setda, at=NOW)
    with pytest.raises(AlreadyRevoked):
        services.revoke(session, one, date(2018, 1, 1), "Lagi", actor=setda, at=NOW)
    with pytest.raises(AlreadyRevoked):
        services.correct(session, one, said(), actor=setda, at=NOW)


def test_a_correction_keeps_what_was_in_the_trail(session: Session, setda: Account) -> None:
    one = services.register(session, said(), actor=setda, at=NOW)
    services.correct(session, one, said(title="Pelimpahan sebagian kewenangan"), actor=setda, at=NOW)
    assert session.scalar(text("SELECT count(*) FROM trail_leaf WHERE kind = 'regulation'")) == 2
    was = session.scalar(text("SELECT detail->'was' FROM audit_event WHERE action = 'regulation.correct'"))
    assert was == {"title": "Pelimpahan kewenangan"}


def test_a_regulation_is_read_from_below_and_in_no_other_city(session: Session, setda: Account) -> None:
    one = services.register(session, said(), actor=setda, at=NOW)
    camat = factories.camat(session)
    assert [entry.id for entry in queries.listing(session, camat)] == [one.id]
    with pytest.raises(NotFound):
        queries.get(session, factories.camat(session, factories.FAR), one.id)
    assert queries.in_force(session, factories.FAR, date(2018, 1, 1)) == []
    assert queries.line_of(MINE) == ["99", KABUPATEN, MINE]


def test_a_sealed_period_takes_no_citation(session: Session, setda: Account) -> None:
    people = factories.team(session)
    claim = factories.claim(session, people, factories.case(session, people, State.SUBMITTED))
    one = services.register(session, said(), actor=setda, at=NOW)
    people.period.state = PeriodState.FINAL
    people.period.finalised_at = NOW
    session.flush()
    with pytest.raises(PeriodSealed):
        cite(session, claim, one.id, actor=people.camat, at=NOW)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text("INSERT INTO claim_regulation VALUES (:claim, :regulation, :period, :who, now())"),
            {"claim": claim.id, "regulation": one.id, "period": people.period.id, "who": people.camat.id},
        )
