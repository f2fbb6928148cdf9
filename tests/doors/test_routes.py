"""Facts about every address of the site, read from the map of addresses itself: a new page cannot be forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, BaseConverter, Rule

from tests import factories
from tests.webapp.conftest import SignIn, sign_in, token_of
from webapp.access import Permission, Role
from webapp.accounts.models import Account

__all__ = ["sign_in"]  # the fixture, borrowed from the tests of the pages

# What everybody may open without an account. Whoever adds to it has thought about it.
PUBLIC = {
    "accounts.sign_in", "capture.away", "capture.check_receipt", "capture.manifest", "capture.receipt",
    "capture.receipt_qr", "capture.record", "capture.scripts", "capture.wire_options", "capture.worker",
    "home.health", "home.language", "lapangan.today", "minutes.check_form", "minutes.check_paper", "publik.basemap",
    "publik.feed", "publik.front", "publik.item", "publik.photo", "publik.points", "static",
}  # fmt: skip
SAMPLES = {
    "IntegerConverter": "1",
    "UUIDConverter": "00000000-0000-0000-0000-000000000001",
    "PathConverter": "css/petabukti.css",
}
STATED = {"public", "signed in", *Permission}


def sample(converter: BaseConverter) -> str:
    """A value that the place in the address takes."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return SAMPLES.get(type(converter).__name__, "99")


def rules(app: Flask, method: str) -> Iterator[tuple[str, Rule]]:
    """Every address that answers to the method, with harmless values in its places."""
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()):
            continue
        places = {name: sample(converter) for name, converter in rule._converters.items()}
        built = rule.build({**places, **(rule.defaults or {})}, append_unknown=False)
        assert built is not None, rule
        yield built[1], rule


@pytest.fixture
def almighty(session: Session) -> Account:
    """Somebody with every role at once: what is refused to them is refused for another reason than permission."""
    factories.territory(session)
    places = {Role.CAMAT: factories.MINE, Role.CONTRIBUTOR: factories.MINE, Role.PROVINCIAL_TEAM: "99"}
    return factories.account(session, *((role, places.get(role, factories.KABUPATEN)) for role in Role))


@pytest.fixture
def inside(client: FlaskClient, almighty: Account, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, almighty)


def test_every_view_states_its_permission(app: Flask) -> None:
    silent = {
        name
        for name, view in app.view_functions.items()
        if name != "static" and getattr(view, "required_permission", None) not in STATED
    }
    assert silent == set(), "put @requires(Permission.…), @signed_in or @public under the route"


def test_only_the_known_few_are_public(app: Flask) -> None:
    public = {
        name for name, view in app.view_functions.items() if getattr(view, "required_permission", None) == "public"
    }
    assert public | {"static"} == PUBLIC


def test_visitors_are_sent_to_the_door_or_find_nothing(app: Flask) -> None:
    open_doors = {}
    for path, rule in rules(app, "GET"):
        if rule.endpoint in PUBLIC:
            continue
        with app.test_client() as visitor, visitor.get(path) as answer:
            at_the_door = answer.status_code == 303 and answer.location.split("?")[0] == "/masuk"
            if not at_the_door and answer.status_code not in (401, 404):  # scripts are told, people are led
                open_doors[path] = answer.status
    assert open_doors == {}


def test_visitors_with_a_token_of_their_own_change_nothing(app: Flask) -> None:
    """The token is no key: anybody gets one with the sign-in page."""
    open_doors = {}
    for path, rule in rules(app, "POST"):
        if rule.endpoint in PUBLIC:
            continue
        with app.test_client() as visitor:
            token = token_of(visitor.get("/masuk"))
            answer = visitor.post(path, data={"csrf_token": token})
            at_the_door = answer.status_code == 303 and answer.location.split("?")[0] == "/masuk"
            if not at_the_door and answer.status_code not in (401, 404):  # scripts are told, people are led
                open_doors[path] = answer.status
    assert open_doors == {}


@pytest.mark.parametrize("sent", [{}, {"csrf_token": ""}, {"csrf_token": "tebakan"}], ids=["none", "empty", "guessed"])
def test_nothing_is_changed_without_the_forms_own_token(app: Flask, inside: FlaskClient, sent: dict[str, str]) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        taken = {
            path: answer.status
            for path, _ in rules(app, method)
            for answer in [inside.open(path, method=method, data=sent)]
            if (answer.status_code, answer.headers.get("X-Problem-Code")) != (400, "csrf_failed")
        }
        assert taken == {}


def test_a_token_of_another_session_is_no_token(app: Flask, inside: FlaskClient) -> None:
    foreign = token_of(app.test_client().get("/masuk"))
    answer = inside.post("/keluar", data={"csrf_token": foreign})
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "csrf_failed")


def test_nothing_that_changes_answers_to_a_link(app: Flask) -> None:
    """A POST address may share its page with a form, but no GET-only address is named like a verb."""
    posted = {rule.rule for rule in app.url_map.iter_rules() if rule.methods and "POST" in rule.methods}
    verbs = ("/hapus", "/kirim", "/tarik", "/buka", "/final", "/nonaktif", "/cabut", "/keluar", "/terima", "/ambil")
    assert [
        str(rule) for rule in app.url_map.iter_rules() if rule.rule.endswith(verbs) and rule.rule not in posted
    ] == []
