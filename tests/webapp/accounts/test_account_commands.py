"""From the terminal: the first administrator, and a way back in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from config import Settings
from tests import factories
from tests.factories import NOW, TODAY
from webapp import schema
from webapp.access import NATION, Role
from webapp.accounts import queries, services
from webapp.accounts.commands import admin
from webapp.accounts.errors import AdministratorExists, NobodyOfThatName, WeakPassword
from webapp.accounts.models import Account
from webapp.accounts.passwords import matches
from webapp.audit import AuditEvent
from webapp.terminal import Shell

GOOD = "lampu sepeda biru 7"


@pytest.fixture
def run(session: Session, settings: Settings) -> object:
    @contextmanager
    def transaction() -> Iterator[Session]:
        with session.begin_nested():
            yield session

    def call(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(
            admin, arguments, input=typed, obj=Shell(settings, transaction, factories.several(session))
        )

    return call


def test_the_first_administrator_is_made_once(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    made = run("create", "--username", "kepala", "--name", "Kepala Bagian", typed=f"{GOOD}\n{GOOD}\n")
    assert made.exit_code == 0, made.output
    assert GOOD not in made.output
    chief = queries.by_username(session, "kepala")
    assert chief is not None
    assert [(grant.role, grant.region_code) for grant in chief.as_of(chief.appointments[0].starts_on).grants] == [
        (Role.ADMINISTRATOR, NATION)
    ]
    assert matches(chief.password_hash, GOOD)
    again = run("create", "--username", "lain", "--name", "Lain", typed=f"{GOOD}\n{GOOD}\n")
    assert isinstance(again.exception, AdministratorExists)
    lines = session.scalars(
        select(AuditEvent.action).where(AuditEvent.object_id == str(chief.id)).order_by(AuditEvent.id)
    )
    assert lines.all() == ["account.appoint", "account.create_first"]


def test_the_password_may_come_by_standard_input(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    made = run("create", "--username", "kepala", "--name", "Kepala", "--password-stdin", typed=f"{GOOD}\nsisa\n")
    assert made.exit_code == 0, made.output
    chief = queries.by_username(session, "kepala")
    assert chief is not None
    assert matches(chief.password_hash, GOOD)


def test_a_password_typed_differently_the_second_time_is_asked_again(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    made = run("create", "--username", "kepala", "--name", "Kepala", typed=f"{GOOD}\nlain\n{GOOD}\n{GOOD}\n")
    assert made.exit_code == 0, made.output


def test_the_operator_too_needs_a_strong_password(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    made = run("create", "--username", "kepala", "--name", "Kepala", "--password-stdin", typed="password1234\n")
    assert isinstance(made.exception, WeakPassword)
    assert queries.by_username(session, "kepala") is None


def test_a_new_first_administrator_is_possible_when_all_have_gone(session: Session) -> None:
    gone = factories.account(session, (Role.ADMINISTRATOR, None))
    with pytest.raises(AdministratorExists):
        services.create_first_administrator(session, "kepala", "Kepala", GOOD, NOW)
    gone.deactivated_at = NOW
    assert services.create_first_administrator(session, "kepala", "Kepala", GOOD, NOW).username == "kepala"


def test_a_lost_password_is_reset_from_the_terminal(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    factories.territory(session)
    camat = factories.camat(session)
    answer = run("reset", camat.username.upper())
    once = re.search(r": ([a-z2-9-]{19})$", answer.output.strip())
    assert once, answer.output
    assert matches(camat.password_hash, once[1])
    assert camat.must_change_password
    assert isinstance(run("reset", "tidakada").exception, NobodyOfThatName)


def test_a_lost_phone_is_reset_from_the_terminal(session: Session, run) -> None:  # type: ignore[no-untyped-def]
    chief = factories.account(session, (Role.ADMINISTRATOR, None))
    factories.second_factor(session, chief)
    answer = run("reset-second-factor", chief.username.upper())
    assert answer.exit_code == 0, answer.output
    assert queries.second_factor(session, chief) is None
    assert isinstance(run("reset-second-factor", "tidakada").exception, NobodyOfThatName)


def test_going_back_revives_no_revoked_post(fresh_database: Engine) -> None:
    url = fresh_database.url.render_as_string(hide_password=False)
    with Session(fresh_database) as session, session.begin():
        factories.territory(session)
        chief = factories.account(session, (Role.ADMINISTRATOR, None))
        camat = factories.camat(session)
        camat_id = camat.id
        services.revoke_appointment(session, camat.appointments[0], actor=chief, at=NOW, on=TODAY)
    fresh_database.dispose()
    schema.downgrade(url, "0003")
    with fresh_database.connect() as connection:
        ends = connection.scalar(text("SELECT ends_on FROM appointment WHERE account_id = :id"), {"id": camat_id})
    assert ends < TODAY
    fresh_database.dispose()
    schema.upgrade(url)
    with Session(fresh_database) as session:
        assert session.get_one(Account, camat_id).as_of(TODAY).grants == ()
