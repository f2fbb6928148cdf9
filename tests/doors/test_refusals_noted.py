"""Who is refused something stands in the log: which person, which view, why; and nothing of what was sent."""

import logging

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.webapp.conftest import SignIn, sign_in

__all__ = ["sign_in"]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "webapp.errors")
    return caplog


def test_somebody_without_the_permission_is_named_by_number(
    session: Session, client: FlaskClient, sign_in: SignIn, lines: pytest.LogCaptureFixture
) -> None:
    factories.territory(session)
    camat = factories.camat(session)
    sign_in(client, camat)
    client.get("/akun/orang")
    assert f"403 not_allowed, view accounts.people, account {camat.id}, 127.0.0.1" in lines.text


def test_a_forged_form_and_a_missing_page_are_noted_without_their_words(
    client: FlaskClient, lines: pytest.LogCaptureFixture
) -> None:
    client.post("/masuk", data={"username": "rahasia-satu", "csrf_token": "rahasia-dua"})
    client.get("/rahasia-tiga?rahasia=empat")
    assert "400 csrf_failed, view accounts.sign_in, account -" in lines.text
    assert "404 not_found, view -, account -" in lines.text
    assert "rahasia" not in lines.text
