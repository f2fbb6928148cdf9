"""At the door: who gets in, for how long, and how often somebody may be wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from tests import factories
from tests.factories import NOW, PASSWORD
from tests.webapp.accounts.conftest import ByForm
from tests.webapp.conftest import Post, token_of
from webapp.accounts import passwords, services
from webapp.accounts.errors import SignInFailed
from webapp.accounts.models import Account, FailedSignIn
from webapp.app import create_app
from webapp.audit import AuditEvent

OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
HOSTILE = '"><script>alert(1)</script>${7*7}{{ 7*7 }}'


@pytest.fixture
def camat(session: Session) -> Account:
    factories.territory(session)
    return factories.camat(session)


def actions(session: Session, account: Account | None = None) -> list[str]:
    query = select(AuditEvent.action).where(AuditEvent.object_type == "account").order_by(AuditEvent.id)
    return list(session.scalars(query.where(AuditEvent.object_id == str(account.id if account else "?"))))


def test_a_camat_gets_in_with_name_and_password(
    session: Session, client: FlaskClient, camat: Account, by_form: ByForm
) -> None:
    answer = by_form(client, camat)
    assert (answer.status_code, answer.location) == (303, "/")
    assert camat.name in client.get("/").text
    assert actions(session, camat) == ["account.sign_in"]


def test_the_case_of_letters_in_the_name_does_not_matter(session: Session, camat: Account) -> None:
    assert services.sign_in(session, f" {camat.username.upper()} ", PASSWORD, address=OFFICE, at=NOW) is camat


@pytest.mark.parametrize("reason", ["wrong password", "unknown name", "closed account"])
def test_every_failure_is_answered_by_the_same_page_and_leaves_a_line(
    session: Session, client: FlaskClient, camat: Account, by_form: ByForm, reason: str
) -> None:
    if reason == "closed account":
        camat.deactivated_at = NOW
    asked = Account(username="tidakada") if reason == "unknown name" else camat
    answer = by_form(client, asked, PASSWORD if reason == "closed account" else "salah-salah-salah")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (422, "sign_in_failed")
    assert answer.text.count("Nama pengguna atau kata sandi tidak cocok.") == 1
    session.commit()
    assert actions(session, None if reason == "unknown name" else camat) == ["account.sign_in_failed"]
    assert session.scalar(select(func.count()).select_from(FailedSignIn)) == 1
    assert client.get("/").status_code == 303


def test_a_name_that_may_be_a_password_is_written_nowhere(
    session: Session, client: FlaskClient, by_form: ByForm
) -> None:
    by_form(client, Account(username="rahasia-sekali-42"), "salah-salah-salah")
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


def test_the_cookie_is_for_this_site_and_no_script(client: FlaskClient, camat: Account, by_form: ByForm) -> None:
    cookie = by_form(client, camat).headers["Set-Cookie"]
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
    client: FlaskClient, camat: Account, by_form: ByForm
) -> None:
    with client.session_transaction() as before:
        before.update(locale="en", planted="by somebody else")
    client.get("/masuk")
    with client.session_transaction() as before:
        token = before["csrf_token"]
    by_form(client, camat)
    with client.session_transaction() as after:
        assert after["locale"] == "en"
        assert "planted" not in after
        assert after.get("csrf_token") != token
        assert after.permanent


def test_signing_out_ends_the_session_and_leaves_a_line(
    session: Session, client: FlaskClient, camat: Account, by_form: ByForm, post: Post
) -> None:
    by_form(client, camat)
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


def test_a_hostile_name_is_shown_as_typed(client: FlaskClient, by_form: ByForm) -> None:
    page = by_form(client, Account(username=HOSTILE), "salah-salah-salah")
    assert "<script>alert" not in page.text
    assert "&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;${7*7}{{ 7*7 }}" in page.text
