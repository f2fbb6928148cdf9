"""The doors for scripts keep what their description promises, whatever is sent: no server error, no undescribed answer.

What is sent is made from the description by schemathesis (fixed seed), both what fits it and what does not.
"""

from __future__ import annotations

import re
from typing import Any
from wsgiref.types import WSGIApplication

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup, ServerError
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import Team
from tests.webapp.browsing import browser_of
from tests.webapp.conftest import token_of
from webapp.accounts.models import Account

DESCRIPTION = "/api/v1/openapi.json"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 8  # of each kind for each door
_PLACES = re.compile(r"{(\w+)}")


@pytest.fixture
def people(session: Session) -> Team:
    made = factories.team(session)
    factories.case(session, made)
    session.commit()
    return made


def carrying(app: Flask, person: Account) -> WSGIApplication:
    """The app as the script of somebody who has signed in meets it: the session and the token go with every request."""
    client = browser_of(app, person).client
    token, cookie = token_of(client.get("/")), client.get_cookie("petabukti")
    assert cookie is not None
    carried = {
        "HTTP_COOKIE": f"petabukti={cookie.value}", "HTTP_X_CSRFTOKEN": token, "HTTP_ACCEPT_ENCODING": "identity",
    }  # fmt: skip
    return lambda environ, start: app.wsgi_app(environ | carried, start)


def doors_of(app: WSGIApplication) -> list[APIOperation]:
    """Every door that the description names for this person."""
    return [found.ok() for found in schemathesis.openapi.from_wsgi(DESCRIPTION, app).get_all_operations()]


def tried(operation: APIOperation, mode: GenerationMode) -> None:
    """Send what schemathesis makes up for this door. Raises with the first answer that breaks a promise."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    def ask(case: Case) -> None:
        case.call_and_validate(checks=CHECKS)

    ask()


@pytest.mark.parametrize("who", ["camat", "leader"])
def test_every_answer_of_a_door_is_one_that_was_described(app: Flask, people: Team, who: str) -> None:
    doors = doors_of(carrying(app, getattr(people, who)))
    assert len(doors) > 12
    for door in doors:
        for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
            tried(door, mode)


def test_a_door_that_breaks_is_found(app: Flask, people: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: a view that stumbles over some input is seen."""

    def stumbling(**_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(app.view_functions, "api.list_cases", stumbling)
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    door = next(one for one in doors_of(carrying(app, people.camat)) if one.path == "/api/v1/bukti")
    with pytest.raises(FailureGroup) as found:
        tried(door, GenerationMode.POSITIVE)
    assert [type(one) for one in found.value.exceptions] == [ServerError]


def test_the_description_names_every_door_and_every_layer(app: Flask, people: Team) -> None:
    described = browser_of(app, people.camat).client.get(DESCRIPTION).json
    assert described is not None
    named = {_PLACES.sub("<>", path) for path in described["paths"]}
    routes = {re.sub(r"<[^>]*>", "<>", rule.rule) for rule in app.url_map.iter_rules()}
    assert named == {route for route in routes if route.startswith("/api/") or route.endswith(".geojson")}


def test_the_description_says_the_rules_of_the_form_itself(app: Flask, people: Team) -> None:
    described = browser_of(app, people.camat).client.get(DESCRIPTION).json
    assert described is not None
    put = described["paths"]["/api/v1/bukti/{client_id}"]["put"]
    body = put["requestBody"]["content"]["application/json"]["schema"]
    assert (body["additionalProperties"], "client_id" in body["properties"]) == (False, False)
    assert body["properties"]["title"]["maxLength"] == 200
    assert body["properties"]["region_code"]["enum"] == [factories.MINE]
    place = body["properties"]["place"]["properties"]
    assert (place["lat"]["minimum"], place["lon"]["maximum"], "at" in place) == (-90, 180, True)
