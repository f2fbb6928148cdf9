"""A kabupaten with cases that wait, cases the desk has verified, and people who plan and go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from geo.values import LonLat
from tests import factories
from tests.factories import KABUPATEN, NOW, TODAY
from tests.webapp.browsing import let_in
from tests.webapp.verification.conftest import Browser, line
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.fieldwork.models import FieldPlan
from webapp.fieldwork.services import PlanFields, make_plan

UNITS = [f"{KABUPATEN}.{n:02d}" for n in range(1, 5)]


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


@pytest.fixture
def planner(session: Session, people: factories.Team) -> Account:
    return factories.account(session, (Role.SECRETARIAT, KABUPATEN), name="Sekretariat Uji")


@pytest.fixture
def other(session: Session, people: factories.Team) -> Account:
    return factories.surveyor(session)


def spot(number: int) -> LonLat:
    """Places strewn over the kabupaten of the grid."""
    return LonLat(round(100.02 + (number * 37 % 36) / 100, 5), round(-1.98 + (number * 53 % 70) / 1000, 5))


def wait(session: Session, people: factories.Team, number: int, *, placed: bool = True, **changes: Any) -> Evidence:
    """A case that waits for the field, as the database keeps it."""
    place = spot(number) if placed else None
    made = line(session, people, UNITS[number % 4], place, state=State.AWAITING_FIELD, **changes)
    session.flush()
    return made


def verified(session: Session, people: factories.Team, number: int, **changes: Any) -> Evidence:
    """A case the desk verified yesterday, as the database keeps it."""
    known = {"state": State.VERIFIED_DESK, "verified_at": NOW - timedelta(days=1), **changes}
    made = line(session, people, UNITS[number % 4], spot(number), **known)
    session.flush()
    return made


Opener = Callable[[Account | None], Browser]
Plan = Callable[..., FieldPlan]


@pytest.fixture
def plan(session: Session, people: factories.Team, planner: Account) -> Plan:
    """`plan(…)`: the planner's plan for tomorrow with the team's surveyor; fields of `PlanFields` as keywords."""

    def made(**said: Any) -> FieldPlan:
        at = said.pop("at", NOW)
        usual: dict[str, Any] = {
            "region_code": KABUPATEN, "day": TODAY + timedelta(days=1), "share": Decimal(10),
            "people": (people.surveyor.id,), "start": LonLat(100.2, -1.95), "start_label": "Kantor bupati",
        }  # fmt: skip
        return make_plan(session, PlanFields(**{**usual, **said}), actor=planner, at=at)

    return made


@pytest.fixture
def opened(app: Flask, session: Session) -> Opener:
    """A browser for a person; what the test has written so far is committed for the app to see."""

    def enter(person: Account | None) -> Browser:
        session.commit()
        client = app.test_client()
        return Browser(client if person is None else let_in(client, person))

    return enter
