"""At the door: who gets in, for how long, and how often somebody may be wrong."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from tests import factories
from tests.factories import NOW, PASSWORD
from tests.webapp.conftest import Post, SignIn, token_of
from webapp.access import Role
from webapp.accounts import door, passwords, services
from webapp.accounts.errors import SignInFailed, TooManyAttempts
from webapp.accounts.models import Account, FailedSignIn
from webapp.accounts.rules import ACCOUNT_LIMIT, ADDRESS_LIMIT, WINDOW, address_group, next_try_at
from webapp.app import create_app
from webapp.audit import AuditEvent
from webapp.db import utcnow

OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
HOSTILE = '"><script>alert(1)</script>${7*7}{{ 7*7 }}'


@pytest.fixture
def camat(session: Session) -> Account:
    factories.territory(session)
    return factories.camat(session)


def actions(session: Session, account: Account | None = None) -> list[str]:
    query = select(AuditEvent.action).where(AuditEvent.object_type == "account").order_by(AuditEvent.id)
    return list(session.scalars(query.where(AuditEvent.object_id == str(account.id if account else "?"))))


def fail(session: Session, username: str, at: datetime, address: str = ELSEWHERE, times: int = 1) -> None:
    """So many failed tries, a minute apart, the last one minute before `at`."""
    for minutes in range(times, 0, -1):
        with pytest.raises(SignInFailed):
            services.sign_in(
                session, username, "salah-salah-salah", address=address, at=at - timedelta(minutes=minutes)
            )
    session.flush()


def test_a_camat_gets_in_with_name_and_password(
    session: Session, client: FlaskClient, camat: Account, sign_in: SignIn
) -> None:
    answer = sign_in(client, camat)
    assert (answer.status_code, answer.location) == (303, "/")
    assert camat.name in client.get("/").text
    assert actions(session, camat) == ["account.sign_in"]


def test_the_case_of_letters_in_the_name_does_not_matter(session: Session, camat: Account) -> None:
    assert services.sign_in(session, f" {camat.username.upper()} ", PASSWORD, address=OFFICE, at=NOW) is camat


@pytest.mark.parametrize("reason", ["wrong password", "unknown name", "closed account"])
def test_every_failure_is_answered_by_the_same_page_and_leaves_a_line(
    session: Session, client: FlaskClient, camat: Account, sign_in: SignIn, reason: str
) -> None:
    if reason == "closed account":
        camat.deactivated_at = NOW
    asked = Account(username="tidakada") if reason == "unknown name" else camat
    answer = sign_in(client, asked, PASSWORD if reason == "closed account" else "salah-salah-salah")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (422, "sign_in_failed")
    assert answer.text.count("Nama pengguna atau kata sandi tidak cocok.") == 1
    session.commit()
    assert actions(session, None if reason == "unknown name" else camat) == ["account.sign_in_failed"]
    assert session.scalar(select(func.count()).select_from(FailedSignIn)) == 1
    assert client.get("/").status_code == 303


def test_a_name_that_may_be_a_password_is_written_nowhere(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, Account(username="rahasia-sekali-42"), "salah-salah-salah")
    session.commit()
    kept = [
        str(row)
        for table in ("audit_event", "failed_sign_in")
        for row in session.execute(text(f"SELECT * FROM {table}"))
    ]
    assert len(kept) == 2
    assert not any("rahasia-sekali-42" in row for row in kept)


def test_an_unknown_name_costs_the_same_work(session: Session, camat: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    real, hashes = passwords._hasher, []

    class Listening:
        def verify(self, kept: str, password: str) -> bool:
            hashes.append(kept)
            return real.verify(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Listening())
    for username in (camat.username, "tidakada"):
        with pytest.raises(SignInFailed):
            services.sign_in(session, username, "salah-salah-salah", address=OFFICE, at=NOW)
    assert hashes == [camat.password_hash, passwords._DUMMY]
    parameters = [kept.rsplit("$", 2)[0] for kept in hashes]
    assert parameters[0] == parameters[1]


def test_an_outdated_hash_is_made_anew_at_sign_in(session: Session, camat: Account) -> None:
    camat.password_hash = passwords.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    services.sign_in(session, camat.username, PASSWORD, address=OFFICE, at=NOW)
    assert not passwords.is_outdated(camat.password_hash)
    assert passwords.matches(camat.password_hash, PASSWORD)


# --- the cookie -------------------------------------------------------------------------------------------------------


def test_the_cookie_is_for_this_site_and_no_script(client: FlaskClient, camat: Account, sign_in: SignIn) -> None:
    cookie = sign_in(client, camat).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires=" in cookie


def test_behind_https_the_cookie_travels_by_https_only(
    settings: Settings, session_factory: sessionmaker[Session]
) -> None:
    client = create_app(replace(settings, https=True), session_factory).test_client()
    page = client.get("/masuk", base_url="https://localhost")
    assert "Secure" in page.headers["Set-Cookie"]
    assert page.headers["Strict-Transport-Security"]


def test_nothing_of_the_visitors_session_survives_signing_in(
    client: FlaskClient, camat: Account, sign_in: SignIn
) -> None:
    with client.session_transaction() as before:
        before.update(locale="en", planted="by somebody else")
    client.get("/masuk")
    with client.session_transaction() as before:
        token = before["csrf_token"]
    sign_in(client, camat)
    with client.session_transaction() as after:
        assert after["locale"] == "en"
        assert "planted" not in after
        assert after.get("csrf_token") != token
        assert after.permanent


def test_a_day_of_work_ends_even_for_the_busy(client: FlaskClient, camat: Account, sign_in: SignIn) -> None:
    sign_in(client, camat)
    with client.session_transaction() as kept:
        kept["signed_in_at"] -= 11.9 * 3600
    assert client.get("/akun").status_code == 200
    with client.session_transaction() as kept:
        kept["signed_in_at"] -= 0.2 * 3600
    assert client.get("/akun").location.startswith("/masuk")


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 303)])
def test_who_stays_away_half_an_hour_signs_in_again(
    client: FlaskClient, camat: Account, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, minutes: int, status: int
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(TimestampSigner, "get_timestamp", lambda _: int(time.time()) - 60 * minutes)
        sign_in(client, camat)
    assert client.get("/akun").status_code == status


def test_each_request_moves_the_idle_limit_on(client: FlaskClient, camat: Account, sign_in: SignIn) -> None:
    sign_in(client, camat)
    assert client.get("/akun").headers["Set-Cookie"].startswith("petabukti=")


def test_signing_out_ends_the_session_and_leaves_a_line(
    session: Session, client: FlaskClient, camat: Account, sign_in: SignIn, post: Post
) -> None:
    sign_in(client, camat)
    answer = post(client, "/keluar", page="/akun")
    assert (answer.status_code, answer.location) == (303, "/masuk")
    assert client.get("/akun").location.startswith("/masuk")
    session.commit()
    assert actions(session, camat) == ["account.sign_in", "account.sign_out"]


# --- where it leads ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "away",
    [
        "https://jahat.example/", "//jahat.example", "/\\jahat.example", "\\\\jahat.example", "/\t/jahat.example",
        "/\n/jahat.example", "javascript:alert(1)", "jahat.example", "http:/jahat.example", " //jahat.example", "",
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(client: FlaskClient, session: Session, camat: Account, away: str) -> None:
    session.commit()
    token = token_of(client.get("/masuk"))
    fields = {"username": camat.username, "password": PASSWORD, "csrf_token": token}
    assert client.post("/masuk", query_string={"next": away}, data=fields).location == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(
    client: FlaskClient, session: Session, camat: Account
) -> None:
    asked = client.get("/akun?dari=peta")
    assert asked.location == "/masuk?next=/akun?dari%3Dpeta"
    session.commit()
    page = client.get(asked.location)
    fields = {"username": camat.username, "password": PASSWORD, "csrf_token": token_of(page)}
    assert client.post(asked.location, data=fields).location == "/akun?dari=peta"
    assert client.get("/masuk").location == "/"


def test_a_hostile_name_is_shown_as_typed(client: FlaskClient, sign_in: SignIn) -> None:
    page = sign_in(client, Account(username=HOSTILE), "salah-salah-salah")
    assert "<script>alert" not in page.text
    assert "&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;${7*7}{{ 7*7 }}" in page.text


# --- how often --------------------------------------------------------------------------------------------------------


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
    session: Session, client: FlaskClient, camat: Account, sign_in: SignIn
) -> None:
    fail(session, camat.username, utcnow(), times=5)
    answer = sign_in(client, camat)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert "Coba lagi dalam 10 menit." in answer.text


def test_two_workers_count_together_and_a_restart_forgets_nothing(
    fresh_database: Engine, settings: Settings, sign_in: SignIn
) -> None:
    """Real commits, each app with its own connections; the third stands for a server started anew."""
    factory = sessionmaker(fresh_database, expire_on_commit=False)
    with factory.begin() as session:
        factories.territory(session)
        camat = factories.account(session, (Role.CAMAT, factories.MINE))
        fail(session, camat.username, utcnow(), address="127.0.0.1", times=4)
    one, other, restarted = (create_app(settings, factory).test_client() for _ in range(3))
    assert sign_in(one, camat, "salah-salah-salah").status_code == 422  # the fifth
    assert [sign_in(client, camat).status_code for client in (one, other, restarted)] == [429, 429, 429]
    with factory.begin() as session:
        session.execute(text("UPDATE failed_sign_in SET at = at - interval '15 minutes'"))
    assert sign_in(other, camat).status_code == 303


def test_tries_at_the_same_moment_take_turns(fresh_database: Engine) -> None:
    """Eight workers at once, four failures already counted: one more is tried, seven wait."""
    factory = sessionmaker(fresh_database, expire_on_commit=False)
    with factory.begin() as session:
        factories.territory(session)
        camat = factories.account(session, (Role.CAMAT, factories.MINE))
        fail(session, camat.username, NOW, times=4)
    ready, outcome = threading.Barrier(8), []

    def attempt() -> None:
        with factory() as session:
            ready.wait(20)
            try:
                services.sign_in(session, camat.username, "salah-salah-salah", address=ELSEWHERE, at=NOW)
            except (SignInFailed, TooManyAttempts) as why:
                outcome.append(why.code)
            session.commit()

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcome) == ["sign_in_failed"] + ["too_many_attempts"] * 7


# --- what ends a session ----------------------------------------------------------------------------------------------


def test_a_change_of_role_status_or_password_ends_every_session_at_once(
    app: Flask, session: Session, camat: Account, sign_in: SignIn
) -> None:
    chief = factories.account(session, (Role.ADMINISTRATOR, factories.KABUPATEN))
    today = door_day(app)

    def appointed() -> None:
        post = services.NewPost(Role.CONTRIBUTOR, factories.MINE, today)
        services.appoint(session, camat, post, actor=chief, at=NOW)

    def ended() -> None:
        services.end_appointment(session, camat.appointments[-1], today, actor=chief, at=NOW, on=today)

    def revoked() -> None:
        services.revoke_appointment(session, camat.appointments[-1], actor=chief, at=NOW, on=today)

    def reset() -> None:
        services.reset_password(session, camat, actor=chief, at=NOW, on=today)
        camat.password_hash = passwords.hash_password(PASSWORD)
        camat.must_change_password = False

    def closed_and_opened() -> None:
        services.deactivate(session, camat, actor=chief, at=NOW, on=today)
        services.reactivate(session, camat, actor=chief, at=NOW, on=today)

    for change in (appointed, ended, revoked, reset, closed_and_opened):
        phone, desk = app.test_client(), app.test_client()
        sign_in(phone, camat)
        sign_in(desk, camat)
        assert phone.get("/akun").status_code == desk.get("/akun").status_code == 200
        session.refresh(camat)
        change()
        session.commit()
        assert {phone.get("/akun").status_code, desk.get("/akun").status_code} == {303}, change.__name__


def door_day(app: Flask) -> date:
    with app.test_request_context():
        return door.today()


def test_a_post_that_has_run_out_gives_no_power(app: Flask, session: Session, sign_in: SignIn) -> None:
    factories.territory(session)
    chief = factories.account(session, (Role.ADMINISTRATOR, factories.KABUPATEN))
    client = app.test_client()
    sign_in(client, chief)
    assert client.get("/akun/orang").status_code == 200
    session.refresh(chief)
    chief.appointments[0].ends_on = door_day(app) - timedelta(days=1)
    session.commit()
    assert client.get("/akun/orang").status_code == 403
    assert "belum memegang jabatan" in client.get("/").text
