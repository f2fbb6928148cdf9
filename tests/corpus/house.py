"""The house the bad input comes to: a real app with people in it, and a way to see whether anything was left behind."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from media.store import Store
from tests import factories
from tests.corpus import Answer
from tests.webapp.browsing import browser_of
from tests.webapp.conftest import token_of
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence, Photo

REMEMBERING = frozenset(
    {"alembic_version", "spatial_ref_sys", "refused_file", "audit_event", "failed_sign_in", "open_session"}
)
"""Tables that may change although something was refused: they remember that it was, or who asked."""

BOUNDARY = "----batas-uji-7d1b"
JSON = {"Accept": "application/json"}


@dataclass
class Person:
    """Somebody signed in, who reads one language; forms carry the token of the session."""

    client: FlaskClient
    account: Account
    locale: str
    token: str
    case: Evidence
    """The draft of the camat that things are sent to."""

    def post(self, path: str, *, as_json: bool = True, **fields: Any) -> Answer:
        """An ordinary form."""
        sent = {"csrf_token": self.token, **fields}
        return answer_of(self.client.post(path, data=sent, headers=JSON if as_json else None))

    def raw(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        """Any request at all; the token goes in a header."""
        said = {**JSON, "X-CSRFToken": self.token, **(headers or {})}
        return answer_of(self.client.open(path, method=method, data=body, headers=said))

    def upload(self, path: str, *parts: tuple[str, bytes], as_json: bool = True, **fields: str) -> Answer:
        """A multipart form: files of the field `berkas` as (name, bytes), and other fields."""
        return self.multipart(path, [part("berkas", data, name) for name, data in parts], as_json=as_json, **fields)

    def multipart(self, path: str, parts: list[bytes], *, as_json: bool = True, **fields: str) -> Answer:
        """Parts made with `part`, after the fields and the token."""
        first = [part(name, value.encode()) for name, value in {"csrf_token": self.token, **fields}.items()]
        body = b"".join([*first, *parts, b"--%s--\r\n" % BOUNDARY.encode()])
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return answer_of(self.client.post(path, data=body, content_type=kind, headers=JSON if as_json else None))

    def photo(self, data: bytes, name: str = "foto.jpg", **fields: str) -> Answer:
        """One photo into the draft, as a script sends it."""
        return self.upload(f"/bukti/{self.case.id}/foto", (name, data), **fields)


def part(field_name: str, data: bytes, file_name: str | bytes | None = None, kind: str = "") -> bytes:
    """One part of a multipart form; a file name goes out as browsers write it, bytes as they are."""
    if isinstance(file_name, str):
        file_name = file_name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22").encode("utf-8", "replace")
    head = b'Content-Disposition: form-data; name="%s"' % field_name.encode()
    head += b"" if file_name is None else b'; filename="%s"' % file_name
    head += f"\r\nContent-Type: {kind}".encode() if kind else b""
    return b"--%s\r\n%s\r\n\r\n%s\r\n" % (BOUNDARY.encode(), head, data)


def answer_of(response: TestResponse) -> Answer:
    return Answer(response.status_code, dict(response.headers), response.data)


@dataclass
class House:
    """The app, its people, and everything in which something could be left behind."""

    app: Flask
    connection: Connection
    session: Session
    people: factories.Team
    temporary: Path
    tables: list[str]
    _open: dict[tuple[int, str], Person] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        store: Store = self.app.extensions["petabukti_store"]
        return store

    @property
    def indonesian(self) -> Person:
        """The camat, reading Indonesian."""
        return self.person(self.people.camat, "id")

    @property
    def english(self) -> Person:
        """The same camat at another browser, reading English."""
        return self.person(self.people.camat, "en")

    def person(self, account: Account, locale: str = "id") -> Person:
        """Somebody of `people` (or any account) signed in by the real form, once per language."""
        known = self._open.get((account.id, locale))
        if known is None:
            client = browser_of(self.app, account).client
            with client.session_transaction() as cookie:
                cookie["locale"] = locale
            case = self._case()
            page = client.get("/")
            known = self._open[account.id, locale] = Person(client, account, locale, token_of(page), case)
        return known

    def _case(self) -> Evidence:
        if self._open:
            return next(iter(self._open.values())).case
        made = factories.services.create(
            self.session, actor=self.people.camat, region_code=factories.MINE, client_id=uuid.uuid4(),
            fields=factories.fields(), at=factories.NOW,
        )  # fmt: skip
        self.session.commit()
        return made

    def traces(self) -> dict[str, Any]:
        """Rows and content of every table that does not remember refusals, files of the store, temporary files."""
        content = " UNION ALL ".join(
            f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{name}\" t"
            for name in self.tables
        )
        rows = {name: (count, int(total)) for name, count, total in self.connection.execute(text(content))}
        return {
            **rows,
            "store": sorted(self.store.keys()),
            "temporary": sorted(path.as_posix() for path in self.temporary.rglob("*")),
        }

    def stored(self, answer: Answer) -> Photo:
        """The photo that this answer says was taken."""
        self.session.expire_all()
        photo = self.session.get(Photo, answer.json["results"][0]["photo_id"])
        assert photo is not None
        return photo

    def flags_of(self, answer: Answer) -> frozenset[str]:
        """The findings on the photo that was taken."""
        return frozenset(self.stored(answer).flags)

    @contextmanager
    def trial(self) -> Iterator[House]:
        """For one case: whatever it stores in the database is gone afterwards."""
        undo = self.connection.begin_nested()
        try:
            yield self
        finally:
            self.session.rollback()
            self.session.expire_all()
            undo.rollback()


def tables_of(connection: Connection) -> list[str]:
    """The tables whose content a refusal must leave alone."""
    return sorted(set(inspect(connection).get_table_names()) - REMEMBERING)
