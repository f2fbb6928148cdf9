"""People at their browsers, and what their pages ask of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories
from tests.webapp.browsing import let_in
from webapp.accounts.models import Account

JSON = {"Accept": "application/json"}
BOUNDARY = b"----batas-uji-7d1b"


class Browser:
    """One person's browser without JavaScript; its forms carry the token of its session."""

    def __init__(self, app: Flask, person: Account | None) -> None:
        self.client: FlaskClient = app.test_client()
        self.token = str(URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps("isi"))
        if person is not None:
            let_in(self.client, person)
        with self.client.session_transaction() as cookie:
            cookie["csrf_token"] = "isi"

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def post(self, path: str, headers: dict[str, str] | None = None, **sent: Any) -> TestResponse:
        return self.send(path, [], headers, sent)

    def upload(self, path: str, *files: tuple[str, bytes], json: bool = False, **sent: Any) -> TestResponse:
        """Files by the form's own field, as (name, bytes)."""
        parts = [(f'name="berkas"; filename="{_quoted(name)}"', data) for name, data in files]
        return self.send(path, parts, JSON if json else None, sent)

    def send(
        self, path: str, parts: list[tuple[str, bytes]], headers: dict[str, str] | None, sent: dict[str, Any]
    ) -> TestResponse:
        """One multipart form as a browser writes it; a list is a field that is sent more than once."""
        fields = [
            (f'name="{name}"', str(value).encode())
            for name, values in {"csrf_token": self.token, **sent}.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        body = b"".join(
            b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (BOUNDARY, head.encode(), data)
            for head, data in [*fields, *parts]
        )
        kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"
        return self.client.post(path, data=body + b"--%s--\r\n" % BOUNDARY, headers=headers, content_type=kind)


def _quoted(name: str) -> str:
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


Opened = Callable[[Account | None], Browser]


@pytest.fixture
def browser(app: Flask, session: Session) -> Opened:
    """A browser for a person; what the test has written so far is committed for the app to see."""

    def opened(person: Account | None) -> Browser:
        session.commit()
        return Browser(app, person)

    return opened


@pytest.fixture
def people(session: Session, app: Flask) -> factories.Team:
    """A team whose photos lie in the app's own store."""
    made = factories.team(session)
    made.store = app.extensions["petabukti_store"]
    return made
