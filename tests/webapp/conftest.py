"""Help for tests that go through pages: people who are signed in, and forms sent with the token the page gave."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.webapp.browsing import Browser, browser_of, let_in
from webapp.accounts.models import Account

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

SignIn = Callable[..., FlaskClient]
Post = Callable[..., TestResponse]
Opener = Callable[[Account | None], Browser]


def token_of(page: TestResponse) -> str:
    """The CSRF token that a page carries."""
    found = _TOKEN.search(page.text)
    assert found, f"no CSRF token in {page.request.path} ({page.status})"
    return found[1]


@pytest.fixture
def sign_in(session: Session) -> SignIn:
    """`sign_in(client, account)`: with a session of just now; what the test has made so far is committed first.

    Whoever tries the form itself asks for `by_form` (tests/webapp/accounts).
    """

    def enter(client: FlaskClient, account: Account) -> FlaskClient:
        session.commit()
        return let_in(client, account)

    return enter


@pytest.fixture
def post() -> Post:
    """`post(client, path, page=…, **fields)`: a form sent with the token of `page` (else of the path itself)."""

    def send(client: FlaskClient, path: str, page: str | None = None, **fields: Any) -> TestResponse:
        return client.post(path, data={**fields, "csrf_token": token_of(client.get(page or path))})

    return send


@pytest.fixture
def opened(app: Flask, session: Session) -> Opener:
    """`opened(person)`: their browser without JavaScript; what the test has made so far is committed first."""

    def enter(person: Account | None) -> Browser:
        session.commit()
        return browser_of(app, person)

    return enter
