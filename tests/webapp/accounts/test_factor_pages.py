"""The second factor as people meet it: after the password, on the own account, and when the phone is gone."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from config import Settings
from tests import factories
from tests.doors.test_routes import rules
from tests.factories import KABUPATEN, MINE
from tests.webapp.accounts.conftest import ByForm
from tests.webapp.browsing import let_in
from tests.webapp.conftest import Post, SignIn, token_of
from webapp.access import Role
from webapp.accounts import services, totp
from webapp.accounts.models import Account, OpenSession
from webapp.app import create_app
from webapp.audit import AuditEvent
from webapp.db import utcnow
from webapp.demo.codes import keep_secrets

CODE, SET_UP = "/masuk/kode", "/akun/faktor-kedua/pasang"
BEFORE_THE_CODE = {"accounts.code", "accounts.recovery", "accounts.sign_out", "home.language", "home.health", "static"}
BEFORE_A_FACTOR = {
    "accounts.set_up_factor", "accounts.prove", "accounts.sign_out", "home.language", "home.health", "static",
}  # fmt: skip


@pytest.fixture
def assessor(session: Session) -> Account:
    factories.territory(session)
    return factories.assessor(session)


@pytest.fixture
def secret(session: Session, assessor: Account) -> str:
    return factories.second_factor(session, assessor)


def now(secret: str, steps: int = 0) -> str:
    return totp.code_of(secret, totp.step_at(utcnow()) + steps)


def shown_secret(page: TestResponse) -> str:
    found = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page.text)
    assert found, page.text
    return found[1].replace(" ", "")


def codes_on(page: TestResponse) -> list[str]:
    return re.findall(r"<li><code>([0-9a-z-]{29})</code></li>", page.text)


# --- after the password -----------------------------------------------------------------------------------------------


def test_after_the_password_comes_the_code_and_then_the_page_that_was_asked_for(
    session: Session, client: FlaskClient, assessor: Account, secret: str, by_form: ByForm, post: Post
) -> None:
    session.commit()
    door = client.get("/penilaian/").location
    token = token_of(client.get(door))
    client.post(door, data={"username": assessor.username, "password": factories.PASSWORD, "csrf_token": token})
    asked = client.get("/penilaian/")
    assert asked.location == f"{CODE}?next=/penilaian/"
    page = client.get(asked.location)
    for wanted in ('autocomplete="one-time-code"', 'inputmode="numeric"', "Kata sandi benar."):
        assert wanted in page.text
    code = now(secret)
    done = post(client, asked.location, code=f" {code[:3]} {code[3:]} ")
    assert (done.status_code, done.location) == (303, "/penilaian/")
    assert client.get("/penilaian/").status_code == 200
    assert client.get(CODE).location == "/"
    session.commit()
    lines = session.scalars(select(AuditEvent.action).where(AuditEvent.actor_id == assessor.id)).all()
    assert lines == ["account.sign_in", "account.code"]


def test_the_code_gives_the_session_a_new_token(
    session: Session, app: Flask, assessor: Account, secret: str, by_form: ByForm, post: Post
) -> None:
    client, thief = app.test_client(), app.test_client()
    by_form(client, assessor)
    with client.session_transaction() as cookie:
        stolen = dict(cookie)
    with thief.session_transaction() as cookie:
        cookie.update(stolen)
    post(client, CODE, code=now(secret))
    assert client.get("/akun").status_code == 200
    assert thief.get("/akun").location.startswith("/masuk?")


def test_the_same_code_lets_nobody_else_in(
    app: Flask, assessor: Account, secret: str, by_form: ByForm, post: Post
) -> None:
    first, second = app.test_client(), app.test_client()
    code = now(secret)
    for client in (first, second):
        by_form(client, assessor)
    assert post(first, CODE, code=code).status_code == 303
    refused = post(second, CODE, code=code)
    assert (refused.status_code, refused.headers["X-Problem-Code"]) == (422, "code_used")
    assert "Tunggu kode berikutnya" in refused.text
    assert second.get("/akun").location.startswith(CODE)


def test_wrong_codes_are_told_counted_and_then_wait(
    session: Session, client: FlaskClient, assessor: Account, secret: str, by_form: ByForm, post: Post
) -> None:
    by_form(client, assessor)
    for _ in range(2):
        refused = post(client, CODE, code="12345")
        assert (refused.status_code, refused.headers["X-Problem-Code"]) == (422, "code_wrong")
    refused = post(client, CODE, code="")
    assert (refused.status_code, refused.headers["X-Problem-Code"]) == (422, "text_empty")
    assert post(client, CODE, code="12345").status_code == 422
    waiting = post(client, CODE, code=now(secret))
    assert (waiting.status_code, waiting.headers["X-Problem-Code"]) == (429, "too_many_attempts")
    assert 0 < int(waiting.headers["Retry-After"]) <= 2
    session.commit()
    lines = session.scalars(select(AuditEvent.action).where(AuditEvent.actor_id == assessor.id)).all()
    assert lines == ["account.sign_in"] + ["account.code_failed"] * 3


@pytest.mark.parametrize(("page", "allowed"), [(CODE, BEFORE_THE_CODE), (SET_UP, BEFORE_A_FACTOR)])
def test_a_session_that_is_half_open_reaches_nothing_else(
    session: Session, app: Flask, assessor: Account, page: str, allowed: set[str]
) -> None:
    """Every address of the site, by every verb that reads or writes, with a token of its own."""
    if page == CODE:
        factories.second_factor(session, assessor)
    session.commit()
    client = let_in(app.test_client(), assessor, second_factor=False)
    token = token_of(client.get(page))
    reached = {}
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for path, rule in rules(app, method):
            if rule.endpoint in allowed or rule.alias:  # an old address only leads to the new one
                continue
            with client.open(path, method=method, data={"csrf_token": token} if method != "GET" else None) as answer:
                if answer.status_code != 303 or answer.location.split("?")[0] != page:
                    reached[f"{method} {path}"] = (answer.status, answer.location)
    assert reached == {}
    assert 'aria-label="Menu utama"' not in client.get(page).text


def test_a_half_open_session_may_choose_a_language_and_leave(
    client: FlaskClient, assessor: Account, secret: str, by_form: ByForm, post: Post
) -> None:
    by_form(client, assessor)
    assert post(client, "/bahasa", page=CODE, locale="en", next=CODE).location == CODE
    assert '<html lang="en">' in client.get(CODE).text
    assert client.get("/sehat").status_code == 200
    assert post(client, "/keluar", page=CODE).location == "/masuk"
    assert client.get(CODE).location.startswith("/masuk?")


# --- who must have one ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_ten_roles_are_led_to_set_one_up_and_two_go_straight_to_work(
    session: Session, client: FlaskClient, by_form: ByForm, role: Role
) -> None:
    factories.territory(session)
    place = {Role.CAMAT: MINE, Role.CONTRIBUTOR: MINE, Role.PROVINCIAL_TEAM: "99"}.get(role, KABUPATEN)
    by_form(client, factories.account(session, (role, place)))
    expected = (200, None) if role in (Role.CAMAT, Role.CONTRIBUTOR) else (303, f"{SET_UP}?next=/")
    answer = client.get("/")
    assert (answer.status_code, answer.location) == expected


def test_a_new_post_that_needs_one_takes_effect_at_once(session: Session, client: FlaskClient, by_form: ByForm) -> None:
    factories.territory(session)
    camat = factories.camat(session)
    chief = factories.account(session, (Role.ADMINISTRATOR, None))
    by_form(client, camat)
    assert client.get("/").status_code == 200
    post = services.NewPost(Role.ASSESSOR, KABUPATEN, utcnow().date() - timedelta(days=1))
    services.appoint(session, camat, post, actor=chief, at=utcnow())
    session.commit()
    assert client.get("/").location.startswith("/masuk?")
    by_form(client, camat)
    assert client.get("/").location.startswith(SET_UP)


def test_a_post_that_begins_overnight_needs_one_in_the_morning(
    session: Session, client: FlaskClient, by_form: ByForm
) -> None:
    factories.territory(session)
    camat = factories.camat(session)
    by_form(client, camat)
    assert client.get("/").status_code == 200
    services.posts.give_post(
        session, camat, services.NewPost(Role.LEADER, KABUPATEN, utcnow().date() - timedelta(days=1)),
        actor_id=None, at=utcnow() - timedelta(days=3),
    )  # fmt: skip
    session.execute(update(OpenSession).values(ended_at=None, ended_because=None))  # given long before this session
    session.commit()
    assert client.get("/").location.startswith(SET_UP)


# --- setting up -------------------------------------------------------------------------------------------------------


def test_an_assessor_sets_up_a_phone_at_the_first_sign_in(
    session: Session, client: FlaskClient, assessor: Account, by_form: ByForm, post: Post,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    by_form(client, assessor)
    asked = client.get("/penilaian/")
    page = client.get(asked.location)
    secret = shown_secret(page)
    assert '<svg class="qr"' in page.text
    assert "style=" not in page.text
    assert shown_secret(client.get(asked.location)) == secret  # a phone may load the page again on coming back
    refused = post(client, asked.location, code="000")
    assert refused.status_code == 422
    assert shown_secret(refused) == secret
    answer = post(client, asked.location, code=now(secret))
    codes = codes_on(answer)
    assert len(codes) == 10
    assert 'href="/penilaian/"' in answer.text
    assert "data-print" in answer.text
    assert client.get("/penilaian/").status_code == 200
    later = [client.get(path).text for path in ("/akun/faktor-kedua", SET_UP, "/akun", "/")]
    session.commit()
    history = " ".join(str(line.detail) for line in session.scalars(select(AuditEvent)))
    for text in (*later, history, caplog.text):
        squeezed = text.replace(" ", "")
        assert secret not in squeezed
        assert not any(code in text for code in codes)


def test_a_secret_that_another_browser_was_offered_is_never_taken(
    app: Flask, assessor: Account, by_form: ByForm, post: Post
) -> None:
    thief, owner = app.test_client(), app.test_client()
    by_form(thief, assessor)
    seen = shown_secret(thief.get(SET_UP))
    by_form(owner, assessor)
    offered = shown_secret(owner.get(SET_UP))
    assert offered != seen
    assert post(owner, SET_UP, code=now(seen)).status_code == 422
    assert len(codes_on(post(owner, SET_UP, code=now(offered)))) == 10
    assert thief.get(SET_UP).location.startswith("/masuk?")


def test_with_a_one_time_password_the_own_password_comes_first_and_the_code_before_both(
    session: Session, client: FlaskClient, assessor: Account, by_form: ByForm, post: Post
) -> None:
    good = "lampu sepeda biru 7"
    once = services.people.give_one_time_password(session, assessor, at=utcnow())
    by_form(client, assessor, once)
    assert client.get("/").location.startswith("/akun/sandi")
    post(client, "/akun/sandi", present=once, new=good, again=good)
    assert client.get("/").location.startswith(SET_UP)
    session.refresh(assessor)
    secret = factories.second_factor(session, assessor)
    again = services.people.give_one_time_password(session, assessor, at=utcnow())
    by_form(client, assessor, again)
    assert client.get("/akun/sandi").location.startswith(CODE)
    post(client, CODE, code=now(secret))
    assert client.get("/").location.startswith("/akun/sandi")
    other = "lampu sepeda hijau 8"
    post(client, "/akun/sandi", present=again, new=other, again=other)
    assert client.get("/").status_code == 200  # the code given before still counts


def test_a_camat_sets_one_up_and_turns_it_off_as_they_please(
    session: Session, client: FlaskClient, sign_in: SignIn, by_form: ByForm, post: Post
) -> None:
    factories.territory(session)
    camat = factories.camat(session)
    sign_in(client, camat)
    assert "Belum terpasang" in client.get("/akun/faktor-kedua").text
    secret = shown_secret(client.get(SET_UP))
    post(client, SET_UP, code=now(secret))
    page = client.get("/akun/faktor-kedua").text
    assert "Matikan faktor kedua" in page
    post(client, "/keluar", page="/akun")
    by_form(client, camat)
    assert client.get("/").location.startswith(CODE)
    post(client, CODE, code=now(secret, 1))
    assert post(client, "/akun/faktor-kedua/matikan", page="/akun").status_code == 303
    assert "Belum terpasang" in client.get("/akun/faktor-kedua").text
    by_form(client.application.test_client(), camat)
    assert client.get("/").status_code == 200


def test_who_must_have_one_is_not_offered_to_turn_it_off(
    client: FlaskClient, assessor: Account, secret: str, sign_in: SignIn, post: Post
) -> None:
    sign_in(client, assessor)
    assert "Matikan faktor kedua" not in client.get("/akun/faktor-kedua").text
    refused = post(client, "/akun/faktor-kedua/matikan", page="/akun")
    assert (refused.status_code, refused.headers["X-Problem-Code"]) == (409, "second_factor_needed")


def test_a_new_phone_takes_the_place_of_the_old_one(
    app: Flask, assessor: Account, secret: str, sign_in: SignIn, post: Post
) -> None:
    here, elsewhere = app.test_client(), app.test_client()
    sign_in(here, assessor)
    sign_in(elsewhere, assessor)
    new = shown_secret(here.get(SET_UP))
    assert new != secret
    post(here, SET_UP, code=now(new))
    assert here.get("/akun").status_code == 200
    assert elsewhere.get("/akun").location.startswith("/masuk?")
    assert len(codes_on(post(here, "/akun/faktor-kedua/kode-pemulihan", page="/akun"))) == 10


# --- lost -------------------------------------------------------------------------------------------------------------


def test_a_recovery_code_lets_in_once_and_says_how_many_are_left(
    session: Session, app: Flask, assessor: Account, secret: str, by_form: ByForm, sign_in: SignIn, post: Post
) -> None:
    desk = app.test_client()
    sign_in(desk, assessor)
    codes = codes_on(post(desk, "/akun/faktor-kedua/kode-pemulihan", page="/akun"))
    lost, again = app.test_client(), app.test_client()
    by_form(lost, assessor)
    assert "/masuk/pemulihan" in lost.get(CODE).text
    assert post(lost, "/masuk/pemulihan", code=codes[0].upper()).location == "/akun/faktor-kedua"
    page = lost.get("/akun/faktor-kedua").text
    assert "Tersisa 9 kode" in page
    assert lost.get(SET_UP).status_code == 200  # the proof is fresh: another phone can be set up without the lost one
    by_form(again, assessor)
    refused = post(again, "/masuk/pemulihan", code=codes[0])
    assert (refused.status_code, refused.headers["X-Problem-Code"]) == (422, "code_wrong")


def test_an_administrator_resets_the_factor_of_somebody_who_lost_it(
    session: Session, app: Flask, assessor: Account, secret: str, sign_in: SignIn, by_form: ByForm, post: Post
) -> None:
    chief = factories.account(session, (Role.ADMINISTRATOR, KABUPATEN))
    admin, phone = app.test_client(), app.test_client()
    sign_in(admin, chief)
    sign_in(phone, assessor)
    page = f"/akun/orang/{assessor.id}"
    assert "Hapus faktor kedua" in admin.get(page).text
    assert post(admin, f"{page}/faktor-kedua", page=page).status_code == 303
    assert phone.get("/akun").location.startswith("/masuk?")
    assert "belum dipasang" in admin.get(page).text
    by_form(phone, assessor)
    assert phone.get("/").location.startswith(SET_UP)
    assert post(admin, f"/akun/orang/{chief.id}/faktor-kedua", page=page).status_code == 403


def test_a_server_with_another_key_says_so_and_does_not_crash(
    settings: Settings, session_factory: sessionmaker[Session], assessor: Account, secret: str, by_form: ByForm,
    post: Post,
) -> None:  # fmt: skip
    client = create_app(replace(settings, secret_key="kunci-lain"), session_factory).test_client()
    by_form(client, assessor)
    refused = post(client, CODE, code=now(secret))
    assert (refused.status_code, refused.headers["X-Problem-Code"]) == (503, "second_factor_unreadable")
    assert "PETABUKTI_SECRET_KEY" in refused.text


# --- the demo ---------------------------------------------------------------------------------------------------------


def test_the_code_page_knows_the_code_of_demo_accounts_only(
    session: Session, settings: Settings, app: Flask, assessor: Account, secret: str, by_form: ByForm, post: Post
) -> None:
    real = factories.assessor(session)
    factories.second_factor(session, real)
    keep_secrets(settings, {assessor.username: secret, real.username: totp.new_secret()})
    try:
        stranger, client = app.test_client(), app.test_client()
        by_form(stranger, real)
        assert "Akun contoh" not in stranger.get(CODE).text  # the name is of the demo, the phone is not
        by_form(client, assessor)
        shown = re.search(r"Akun contoh: kode saat ini (\d{3} \d{3})", client.get(CODE).text)
        assert shown
        assert post(client, CODE, code=shown[1]).status_code == 303
        client = app.test_client()
        by_form(client, assessor)
        assert re.search(r"kode ini sudah dipakai. Kode berikutnya dalam \d+ detik", client.get(CODE).text)
    finally:
        (settings.data_dir / "demo-codes.json").unlink()
    assert "Akun contoh" not in client.get(CODE).text


def test_the_list_of_demo_secrets_is_for_the_operator_alone(settings: Settings, session: Session) -> None:
    keep_secrets(settings, {"siapa": "RAHASIA"})
    kept = settings.data_dir / "demo-codes.json"
    assert kept.stat().st_mode & 0o077 == 0
    kept.unlink()
