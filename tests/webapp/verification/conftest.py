"""People who are signed in, cases by the hundred, and what a page sends to the database."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from geo.columns import stored_point
from geo.values import LonLat
from tests import factories
from tests.webapp.browsing import let_in
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State

_numbers = itertools.count(1)
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


def utcnow() -> datetime:
    return datetime.now(UTC)


class Browser:
    """A browser without JavaScript, with one person's session."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def post(self, path: str, page: str, **sent: Any) -> TestResponse:
        """Send a form of `page`, with the token that page holds."""
        found = TOKEN.search(self.client.get(page).data)
        assert found, f"{page} has no form"
        data = {"csrf_token": found[1].decode(), **sent}
        return self.client.post(path, data=data, content_type="multipart/form-data")


@pytest.fixture
def browser(app: Flask, session: Session) -> Callable[[Account | None], Browser]:
    """A browser for a person; what the test has written so far is committed for the app to see."""

    def opened(person: Account | None) -> Browser:
        session.commit()
        client = app.test_client()
        return Browser(client if person is None else let_in(client, person))

    return opened


def line(session: Session, people: factories.Team, unit: str, place: LonLat | None, **changes: Any) -> Evidence:
    """A submitted case as the database keeps it, without photos: for queues of many."""
    number = next(_numbers)
    known: dict[str, Any] = {
        "client_id": uuid.uuid4(), "period_id": people.period.id, "region_code": unit, "owner_id": people.camat.id,
        "submitted_by": people.camat.id, "submitted_at": utcnow() - timedelta(days=1) + timedelta(seconds=number),
        "kind_code": "kegiatan", "activity_code": "subuh_keliling", "title": f"Subuh keliling {number}",
        "occurred_from": factories.TODAY, "occurred_to": factories.TODAY, "consent": "not_needed",
        "state": State.SUBMITTED, "region_result": "cocok" if place else "tanpa_gps",
        "place": stored_point(place) if place else None, "place_source": "device" if place else None,
        "grade": "A" if place else None, "accuracy_m": 8.0 if place else None,
        "place_reason": "" if place else "Ponsel mati.",
    }  # fmt: skip
    made = Evidence(**{**known, **changes})
    session.add(made)
    return made
