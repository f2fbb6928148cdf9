"""How often somebody may be wrong: per name, per address, with all workers, and never for good."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from tests import factories
from tests.conftest import web_sessions
from tests.factories import NOW, PASSWORD
from tests.webapp.accounts.conftest import ByForm
from webapp.access import Role
from webapp.accounts import services
from webapp.accounts.errors import SignInFailed, TooManyAttempts
from webapp.accounts.models import Account, FailedSignIn
from webapp.accounts.rules import ACCOUNT_LIMIT, ADDRESS_LIMIT, WINDOW, address_group, next_try_at
from webapp.app import create_app
from webapp.db import utcnow

OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def camat(session: Session) -> Account:
    factories.territory(session)
    return factories.camat(session)


def fail(session: Session, username: str, at: datetime, address: str = ELSEWHERE, times: int = 1) -> None:
    """So many failed tries, a minute apart, the last one minute before `at`."""
    for minutes in range(times, 0, -1):
        with pytest.raises(SignInFailed):
            services.sign_in(
                session, username, "salah-salah-salah", address=address, at=at - timedelta(minutes=minutes)
            )
    session.flush()


def test_after_five_failures_even_the_right_password_waits_for_the_window(session: Session, camat: Account) -> None:
    fail(session, camat.username, NOW, times=5)
    with pytest.raises(TooManyAttempts) as refused:
        services.sign_in(session, camat.username, PASSWORD, address=ELSEWHERE, at=NOW)
    assert refused.value.seconds == 10 * 60  # the first of the five was five minutes ago
    later = NOW + timedelta(seconds=refused.value.seconds)
    assert services.sign_in(session, camat.username, PASSWORD, address=ELSEWHERE, at=later) is camat


def test_the_wait_grows_before_the_limit() -> None:
    moments = [NOW + timedelta(seconds=n) for n in range(5)]
    waits = [next_try_at(moments[:n], ACCOUNT_LIMIT, [timedelta(seconds=s) for s in (0, 0, 2, 5)]) for n in range(6)]
    assert waits == [
        None, moments[0], moments[1], moments[2] + timedelta(seconds=2), moments[3] + timedelta(seconds=5),
        moments[0] + WINDOW,
    ]  # fmt: skip


def test_names_that_do_not_exist_are_throttled_alike(session: Session) -> None:
    fail(session, "tidakada", NOW, times=5)
    with pytest.raises(TooManyAttempts):
        services.sign_in(session, "TidakAda", PASSWORD, address=ELSEWHERE, at=NOW)


def test_one_address_cannot_try_many_names(session: Session, camat: Account) -> None:
    for number in range(ADDRESS_LIMIT):
        fail(session, f"tebakan{number}", NOW)
    with pytest.raises(TooManyAttempts):
        services.sign_in(session, camat.username, PASSWORD, address=ELSEWHERE, at=NOW)
    assert services.sign_in(session, camat.username, PASSWORD, address=OFFICE, at=NOW) is camat


def test_one_household_of_ipv6_is_one_address() -> None:
    assert address_group("2001:db8:1:2::1") == address_group("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert address_group("2001:db8:1:3::1") != address_group("2001:db8:1:2::1")
    assert address_group("bukan alamat") == "bukan alamat"


def test_ipv4_behind_a_socket_for_both_families_is_not_one_address() -> None:
    assert address_group("::ffff:203.0.113.7") == address_group("203.0.113.7") == "203.0.113.7"
    assert address_group("fe80::1%eth0") == "fe80::/64"


def test_strangers_cannot_lock_a_camat_out_of_the_usual_office(session: Session, camat: Account) -> None:
    services.sign_in(session, camat.username, PASSWORD, address=OFFICE, at=NOW - timedelta(days=3))
    fail(session, camat.username, NOW, times=5)
    with pytest.raises(TooManyAttempts):
        services.sign_in(session, camat.username, PASSWORD, address=ELSEWHERE, at=NOW)
    assert services.sign_in(session, camat.username, PASSWORD, address=OFFICE, at=NOW) is camat
    with pytest.raises(TooManyAttempts):  # and that success frees nobody else
        services.sign_in(session, camat.username, PASSWORD, address=ELSEWHERE, at=NOW)


def test_failures_that_no_longer_count_are_thrown_away(session: Session) -> None:
    fail(session, "tidakada", NOW - timedelta(hours=1), times=3)
    fail(session, "lain", NOW)
    assert session.scalar(select(func.count()).select_from(FailedSignIn)) == 1


def test_a_refused_try_says_when_to_come_back(
    session: Session, client: FlaskClient, camat: Account, by_form: ByForm
) -> None:
    fail(session, camat.username, utcnow(), times=5)
    answer = by_form(client, camat)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert "Coba lagi dalam 10 menit." in answer.text


def test_two_workers_count_together_and_a_restart_forgets_nothing(
    fresh_database: Engine, settings: Settings, by_form: ByForm
) -> None:
    """Real commits, each app with its own connections; the third stands for a server started anew."""
    factory = sessionmaker(fresh_database, expire_on_commit=False)
    with factory.begin() as session:
        factories.territory(session)
        camat = factories.account(session, (Role.CAMAT, factories.MINE))
        fail(session, camat.username, utcnow(), address="127.0.0.1", times=4)
    one, other, restarted = (create_app(settings, web_sessions(fresh_database)).test_client() for _ in range(3))
    assert by_form(one, camat, "salah-salah-salah").status_code == 422  # the fifth
    assert [by_form(client, camat).status_code for client in (one, other, restarted)] == [429, 429, 429]
    with factory.begin() as session:
        session.execute(text("UPDATE failed_sign_in SET at = at - interval '15 minutes'"))
    assert by_form(other, camat).status_code == 303


@pytest.fixture
def people(fresh_database: Engine) -> tuple[sessionmaker[Session], str]:
    """A database for real connections, with a camat; the name to sign in with."""
    factory = sessionmaker(fresh_database, expire_on_commit=False)
    with factory.begin() as session:
        factories.territory(session)
        return factory, factories.camat(session).username


def at_once(factory: sessionmaker[Session], tries: list[tuple[str, str]]) -> list[str]:
    """What wrong passwords for those names from those addresses are answered, all sent at the same moment."""
    ready, outcome = threading.Barrier(len(tries)), []

    def attempt(username: str, address: str) -> None:
        with factory() as session:
            ready.wait(20)
            try:
                services.sign_in(session, username, "salah-salah-salah", address=address, at=NOW)
            except (SignInFailed, TooManyAttempts) as why:
                outcome.append(why.code)
            session.commit()

    threads = [threading.Thread(target=attempt, args=one) for one in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcome)


def test_of_eight_guesses_at_once_one_takes_the_last_try_of_a_name(people: tuple[sessionmaker[Session], str]) -> None:
    factory, username = people
    with factory.begin() as session:
        fail(session, username, NOW, times=ACCOUNT_LIMIT - 1)
    sent = [(username, f"198.51.100.{n}") for n in range(8)]  # wherever they come from
    assert at_once(factory, sent) == ["sign_in_failed"] + ["too_many_attempts"] * 7


def test_of_eight_guesses_at_once_one_takes_the_last_try_of_an_address(
    people: tuple[sessionmaker[Session], str],
) -> None:
    factory, username = people
    with factory.begin() as session:
        for number in range(ADDRESS_LIMIT - 1):
            fail(session, f"tebakan{number}", NOW)
    sent = [(username, ELSEWHERE), *((f"lain{n}", ELSEWHERE) for n in range(7))]
    assert at_once(factory, sent) == ["sign_in_failed"] + ["too_many_attempts"] * 7


def test_guesses_that_clean_up_old_failures_never_wait_for_each_other(
    people: tuple[sessionmaker[Session], str],
) -> None:
    """Every one of them removes the same rows: in another order than the next they would lock each other out."""
    factory, _ = people
    with factory.begin() as session:
        session.execute(
            text(
                "INSERT INTO failed_sign_in (at, name_key, address) "
                "SELECT :at - random() * interval '9 days' - interval '16 minutes', n::text, '192.0.2.1' "
                "FROM generate_series(1, 2000) AS n"
            ),
            {"at": NOW},
        )
    assert at_once(factory, [(f"nama{n}", f"198.51.100.{n}") for n in range(8)]) == ["sign_in_failed"] * 8
    with factory() as session:
        assert session.scalar(select(func.count()).select_from(FailedSignIn)) == 8
