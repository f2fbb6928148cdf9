"""Which passwords are taken, and how one's own is changed."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOW, PASSWORD
from tests.webapp.accounts.conftest import ByForm
from tests.webapp.conftest import Post, SignIn
from webapp.access import Role
from webapp.accounts import services
from webapp.accounts.errors import TooManyAttempts, WeakPassword, WrongPassword
from webapp.accounts.models import Account
from webapp.accounts.passwords import hash_password, matches, must_be_strong, one_time_password
from webapp.audit import AuditEvent

GOOD = "lampu sepeda biru 7"


@pytest.fixture
def camat(session: Session) -> Account:
    factories.territory(session)
    return factories.camat(session)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("pendek", "password_too_short"),
        ("sebelas hur", "password_too_short"),
        ("x" * 201, "password_too_long"),
        ("PetaBukti-jaya-1", "password_has_context"),
        ("kerja sama RATNA selalu", "password_has_context"),
        ("sulastri dan teman", "password_has_context"),
        ("camat.margahayu!!", "password_has_context"),
        ("password1234", "password_common"),
        ("Indonesia2018!", "password_common"),
        ("bismillahbismillah", "password_common"),
        ("Sayangku 12345", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("1212121212121", "password_common"),
        ("qwertyuiop123456", "password_common"),
        ("abcdefghijklm", "password_common"),
        ("098765432109", "password_common"),
    ],
)
def test_what_is_easy_to_guess_is_refused(password: str, code: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        must_be_strong(password, ("camat.margahayu", "Ratna Sulastri"))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        GOOD,
        "duabelasjeruk",
        "ꦲꦏ꧀ꦱꦫꦗꦮꦲꦏ꧀ꦱꦫ",
        "kopi susu tanpa gula",
        "n7!kQz2#pW9x",
        "passwordku hilang di laut",
    ],
)
def test_no_rule_asks_for_signs_or_capitals(password: str) -> None:
    must_be_strong(password, ("camat.margahayu", "Ratna Sulastri"))


def test_own_places_and_the_organisation_are_no_passwords(session: Session, camat: Account) -> None:
    camat.appointments[0].region.name = "Margahayu Selatan"
    for new in ("indahnya MARGAHAYU 1987", "ke selatan lewat gunung", "bagian tata pemerintahan 3"):
        with pytest.raises(WeakPassword) as refused:
            services.change_own_password(
                session, camat, PASSWORD, new, address="-", at=NOW, organisation="Bagian Tata Pemerintahan"
            )
        assert refused.value.code == "password_has_context", new


def test_what_every_place_is_called_says_nothing_about_anybody() -> None:
    must_be_strong("main ke kota waktu hujan", ("ratna", "Kota Bandung", "Kecamatan Coblong"))


def test_a_terminal_refuses_the_organisations_name_too(session: Session) -> None:
    with pytest.raises(WeakPassword) as refused:
        services.create_first_administrator(
            session, "kepala", "Kepala", "kabupaten bandung barat", NOW, organisation="Pemkab Bandung Barat"
        )
    assert refused.value.code == "password_has_context"


def test_one_time_passwords_are_strong_and_never_the_same() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", password)
        must_be_strong(password)


def test_the_same_letters_from_another_keyboard_fit() -> None:
    assert matches(hash_password("caf\u00e9 di tepi sungai"), "cafe\u0301 di tepi sungai")


def test_a_new_password_ends_all_other_sessions_but_not_this_one(
    app: Flask, session: Session, camat: Account, sign_in: SignIn, post: Post
) -> None:
    phone, desk = app.test_client(), app.test_client()
    sign_in(phone, camat)
    sign_in(desk, camat)
    answer = post(desk, "/akun/sandi", present=PASSWORD, new=GOOD, again=GOOD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert desk.get("/akun").status_code == 200
    assert phone.get("/akun").status_code == 303
    session.refresh(camat)
    assert matches(camat.password_hash, GOOD)
    assert not matches(camat.password_hash, PASSWORD)
    assert (
        session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first() == "account.change_password"
    )


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"present": "salah", "new": GOOD, "again": GOOD}, 422, "password_wrong"),
        ({"present": PASSWORD, "new": GOOD, "again": "lain sekali ya 9"}, 422, "passwords_differ"),
        ({"present": PASSWORD, "new": PASSWORD, "again": PASSWORD}, 422, "password_same"),
        ({"present": PASSWORD, "new": "pendek", "again": "pendek"}, 422, "password_too_short"),
        ({"present": PASSWORD, "new": "", "again": ""}, 422, "field_required"),
    ],
)
def test_a_refused_change_changes_nothing(
    session: Session, client: FlaskClient, camat: Account, sign_in: SignIn, post: Post,
    fields: dict[str, str], status: int, code: str,
) -> None:  # fmt: skip
    sign_in(client, camat)
    answer = post(client, "/akun/sandi", **fields)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (status, code)
    session.refresh(camat)
    assert matches(camat.password_hash, PASSWORD)
    assert client.get("/akun").status_code == 200
    assert not any(value in answer.text for value in fields.values() if value)  # typed passwords never come back


def test_an_open_session_is_no_place_to_guess_the_password(session: Session, camat: Account) -> None:
    for minute in range(5):
        with pytest.raises(WrongPassword):
            services.change_own_password(
                session, camat, "tebakan", GOOD, address="203.0.113.7", at=NOW.replace(minute=minute)
            )
        session.flush()
    with pytest.raises(TooManyAttempts):
        services.change_own_password(session, camat, PASSWORD, GOOD, address="203.0.113.7", at=NOW.replace(minute=5))


def test_a_one_time_password_opens_nothing_but_the_choice_of_an_own_one(
    session: Session, client: FlaskClient, camat: Account, by_form: ByForm, post: Post
) -> None:
    chief = factories.account(session, (Role.ADMINISTRATOR, factories.KABUPATEN))
    once = services.reset_password(session, camat, actor=chief, at=NOW, on=factories.TODAY)
    by_form(client, camat, once)
    assert {client.get(path).location.split("?")[0] for path in ("/", "/akun", "/bukti/")} == {"/akun/sandi"}
    assert "sekali masuk" in client.get("/akun/sandi").text
    with client.get("/static/css/petabukti.css") as style:
        assert style.status_code == 200
    post(client, "/akun/sandi", present=once, new=GOOD, again=GOOD)
    assert client.get("/akun").status_code == 200


def test_people_choose_their_language(
    session: Session, client: FlaskClient, camat: Account, sign_in: SignIn, post: Post
) -> None:
    sign_in(client, camat)
    assert post(client, "/akun", locale="en").status_code == 303
    session.refresh(camat)
    assert camat.locale == "en"
    assert post(client, "/akun", locale="xx").status_code == 422
    assert '<html lang="en">' in client.get("/akun").text
