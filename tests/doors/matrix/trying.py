"""Real requests of real people, each inside a transaction that is rolled back: what was answered, read and written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import Headers

from tests.doors.matrix.asks import PAGE, SCRIPT, Ask, ask
from tests.doors.matrix.table import DENIED, MISSING, NONE, OK, PEOPLE, SAME, SIGN_IN, VISITOR, Cell, Route
from tests.doors.matrix.telling import Index
from tests.doors.matrix.world import World
from tests.webapp.browsing import browser_of

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
_MASKS = (
    (re.compile(rb'name="csrf_token"([^>]*)value="[^"]*"'), rb'name="csrf_token"\1'),
    (re.compile(rb'nonce="[^"]*"'), b"nonce"),
    (re.compile(rb"\b[0-9a-f]{12}\b"), b"request-id"),
    (re.compile(rb'name="next" value="[^"]*"'), b"next"),
    (re.compile(rb'/masuk\?next=[^"<]*'), b"next"),
)
# Rows every request may write whatever it is answered: the session's own life, and the count of failed tries.
FURNITURE = frozenset({"open_session", "failed_sign_in"})
# Refusals that are themselves remembered.
_REMEMBERS, _REMEMBERED = {"sign_in", "own_password", "prove", "set_up_factor"}, {"audit_event"}
# What a boundary file would do is found out by doing it, in a transaction that a refusal rolls back.
_TRIES_FIRST = {"territory.rehearsal", "territory.confirm_import"}
# Doings that change nothing but the own session.
_OF_THE_SESSION = {"home.language", "accounts.sign_in", "accounts.sign_out", "accounts.profile", "accounts.prove"}


@dataclass
class Answer:
    """What came back, and what it cost the database."""

    status: int
    headers: Headers
    body: bytes
    path: str
    sent: str = ""
    statements: list[str] = field(default_factory=list)

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def writes(self) -> set[str]:
        """The tables written to, but for the furniture."""
        return {found[1] for one in self.statements if (found := _WRITE.match(one))} - FURNITURE

    @property
    def bare(self) -> bytes:
        """The body without what differs from request to request: token, nonce, id, and the address to come back to."""
        body = self.body
        for pattern, stand_in in _MASKS:
            body = pattern.sub(stand_in, body)
        return body

    @property
    def shape(self) -> tuple[object, ...]:
        """All that tells one answer from another of the same status."""
        plain = {name: value for name, value in self.headers if name not in _VARYING}
        return self.status, tuple(sorted(plain.items())), self.location.split("?")[0], self.bare


_VARYING = {"Content-Security-Policy", "Set-Cookie", "Location", "Content-Length", "Date"}


class House:
    """The app over the world, and everybody's browser.

    Requests run as the application's own role, behind the second wall (row-level security); or, to see that the first
    wall stands by itself, as the owner of the tables, whom no policy binds.
    """

    def __init__(self, app: Flask, walled: Engine, bare: Engine, world: World) -> None:
        self.app, self.world = app, world
        self.site = app.url_map.bind("localhost")
        self.connections: dict[bool, Connection] = {True: walled.connect(), False: bare.connect()}
        self.index = Index(world)
        self.cookies: dict[str, dict[Any, Any]] = {}
        self.tokens: dict[str, str] = {}
        for letter in PEOPLE:
            self.sign_in(letter)
        with bare.connect() as looking:
            open_now = dict(map(tuple, looking.execute(text("SELECT account_id, id FROM open_session ORDER BY id"))))
        world.sessions = {letter: open_now[world.people[letter].id] for letter in PEOPLE if letter != VISITOR}

    def sign_in(self, letter: str) -> None:
        """Open a browser for that person, for good: the session is one of the world's rows."""
        client = browser_of(self.app, self.world.people.get(letter)).client
        found = _TOKEN.search(client.get("/akun" if letter != VISITOR else "/masuk").text)
        assert found, letter
        self.cookies[letter], self.tokens[letter] = dict(client._cookies or {}), found[1]

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()

    def ask(self, person: str, wanted: Ask, *, wall: bool = True) -> Answer:
        """Send it as that person; nothing of it stays."""
        with self.alone(wall=wall) as seen:
            return self.send(person, wanted, seen)

    @contextmanager
    def alone(self, *, wall: bool = True) -> Iterator[list[str]]:
        """A transaction for requests that see each other and leave nothing; the list fills with their SQL."""
        before, connection = self.app.extensions["petabukti_sessions"], self.connections[wall]
        seen: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        outer = connection.begin()
        event.listen(connection, "before_cursor_execute", note)
        self.app.extensions["petabukti_sessions"] = sessionmaker(
            connection, class_=Session, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        try:
            yield seen
        finally:
            self.app.extensions["petabukti_sessions"] = before
            event.remove(connection, "before_cursor_execute", note)
            outer.rollback()

    def browser(self, person: str) -> FlaskClient:
        """A browser of that person that forgets afterwards what answers set."""
        client = self.app.test_client()
        client._cookies = dict(self.cookies[person])
        return client

    def told(self, person: str, answer: Answer) -> set[str]:
        """What the answer tells this person that it should not; ids that were sent along tell nothing new."""
        textual = answer.headers.get("Content-Type", "").split("/")[0] != "image"
        said = answer.body.decode(errors="replace") if textual else ""
        return self.index.told(person, f"{answer.headers}\n{said}", asked=f"{answer.path} {answer.sent}")

    def send(self, person: str, wanted: Ask, seen: list[str]) -> Answer:
        """One request inside `alone()`."""
        seen.clear()
        headers = {"Accept": wanted.accept, "X-CSRFToken": self.tokens[person], **wanted.headers}
        sent: dict[str, Any] = {"json": wanted.form} if wanted.json else {"data": wanted.form}
        came = self.browser(person).open(
            wanted.path, method=wanted.method, headers=headers, **(sent if wanted.method != "GET" else {})
        )
        with came:
            return Answer(came.status_code, came.headers, came.data, wanted.path, str(wanted.form), list(seen))

    def try_cell(self, cell: Cell, *, wall: bool = True, accept: str = PAGE) -> Answer:
        wanted = replace(ask(self.world, self.site, cell), accept=accept)
        return self.ask(cell.person, wanted, wall=wall)


def fault(cell: Cell, answer: Answer) -> str | None:
    """What is wrong with the answer to a cell; None when it is as the table says."""
    came = _read(cell, answer)
    if came != cell.answer:
        return f"{cell}, but came {came} ({answer.status} {answer.headers.get('X-Problem-Code', '')}{answer.location})"
    if cell.answer == OK:
        return _ok_fault(cell, answer)
    if cell.endpoint in _TRIES_FIRST:
        return None
    written = answer.writes - (_REMEMBERED if cell.endpoint.partition(".")[2] in _REMEMBERS else set())
    return f"{cell}, but wrote {sorted(written)}" if written else None


def _ok_fault(cell: Cell, answer: Answer) -> str | None:
    written = answer.writes
    if cell.method == "GET" and written - {"audit_event"} and cell.endpoint not in _TRIES_FIRST:
        return f"{cell}, but a look wrote {sorted(written)}"
    if cell.method != "GET" and not written and cell.endpoint not in _OF_THE_SESSION:
        return f"{cell}, but changed nothing"
    if cell.endpoint == "evidence.original" and written != {"audit_event"}:
        return f"{cell}, but nobody wrote down that the original was opened"
    return None


def _read(cell: Cell, answer: Answer) -> str:
    """The answer in the words of the table."""
    to_the_door = answer.status == 303 and answer.location.split("?")[0] == "/masuk"
    if to_the_door and (cell.person == VISITOR or cell.endpoint != "accounts.sign_out"):
        return SIGN_IN
    if answer.status == 401 and cell.endpoint.startswith(("api.", "capture.")):
        return SIGN_IN
    if answer.status in (200, 201, 303):
        return SAME if cell.answer == SAME else OK
    if answer.status == 404 and cell.answer == NONE:
        return NONE
    return str(answer.status)


def try_route(house: House, route: Route, *, wall: bool = True) -> tuple[int, list[str]]:
    """Every cell of a route: how many were tried, and what is wrong. Without the wall: those behind the door only."""
    wrong: list[str] = []
    tried = 0
    for person in PEOPLE if wall else route.door:
        # Who is turned away at the door asks as a script: the same refusal, without the page around it, twice as fast.
        accept = SCRIPT if route.at_the_door(person) else PAGE
        cells = [cell for cell in route.cells_of(person) if wall or cell.guarded]
        answers = [(cell, house.try_cell(cell, wall=wall, accept=accept)) for cell in cells]
        tried += len(answers)
        wrong += [found for cell, answer in answers if (found := fault(cell, answer))]
        wrong += [f"{cell} tells {sorted(told)}" for cell, answer in answers if (told := house.told(person, answer))]
        wrong += unlike([(cell, answer) for cell, answer in answers if _alike(route, cell)])
    return tried, wrong


def _alike(route: Route, cell: Cell) -> bool:
    """Whether the answer must not depend on what was asked for."""
    return cell.answer in (MISSING, NONE, SIGN_IN) or (cell.answer == DENIED and route.at_the_door(cell.person))


def unlike(refusals: list[tuple[Cell, Answer]]) -> list[str]:
    """By what refusals of one person can be told from each other, though all must look like what is not there.

    They cost the database what some unknown id costs, give or take one statement; `none` may cost more, for there the
    person sees that there is none.
    """
    found = []
    costs = [len(answer.statements) for cell, answer in refusals if "unknown" in cell.relation]
    for cell, answer in refusals:
        other, first = refusals[0]
        if answer.status == first.status and answer.shape != first.shape:
            found.append(f"{cell} does not look like [{other.relation}]")
        cost = len(answer.statements)
        if costs and cell.answer != NONE and min(abs(cost - one) for one in costs) > 1:
            found.append(f"{cell} asked {cost} times, an unknown one {costs}")
    return found
