"""Signing in as people do it, for tests of the door itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import PASSWORD
from tests.webapp.conftest import token_of
from webapp.accounts.models import Account

ByForm = Callable[..., TestResponse]


@pytest.fixture
def by_form(session: Session) -> ByForm:
    """`by_form(client, account)`: through the real form; what the test has made so far is committed first."""

    def enter(client: FlaskClient, account: Account, password: str = PASSWORD) -> TestResponse:
        session.commit()
        token = token_of(client.get("/masuk"))
        fields = {"username": account.username, "password": password, "csrf_token": token}
        return client.post("/masuk", data=fields)

    return enter
