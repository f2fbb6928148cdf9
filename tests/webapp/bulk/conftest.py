"""Somebody with an import, files brought to it by a form or over the wire, and a worker that opens them on the spot."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests import factories
from tests.factories import Team
from tests.webapp.browsing import Browser, Page, browser_of
from tests.webapp.capture.sending import Sender
from tests.webapp.working import work_off
from webapp.accounts.models import Account
from webapp.bulk import queries
from webapp.bulk.models import ImportGroup, ImportItem, PhotoImport
from webapp.evidence.models import Evidence


@dataclass
class Office:
    """A person at a desk with an import open before them."""

    app: Flask
    session: Session
    settings: Settings
    people: Team
    person: Account
    browser: Browser
    number: uuid.UUID

    @property
    def path(self) -> str:
        return f"/impor/{self.number}"

    def page(self) -> Page:
        return self.browser.open(self.path)

    def bring(self, files: Mapping[str, bytes], field: str = "berkas") -> Page:
        """Files by the plain form, in their order."""
        form = self.page().form("/berkas")
        data = {**form.fields, field: [(io.BytesIO(data), name) for name, data in files.items()]}
        return Page(self.browser.client.post(form.action, data=data, follow_redirects=True))

    def wire(self, data: bytes, path: str, number: uuid.UUID | None = None) -> str:
        """A file over the wire, whole; its address."""
        sender = Sender(self.app, self.person)
        begun = sender.begin(
            len(data), id=number or uuid.uuid4(), purpose="import", filename=path, **{"import": self.number}
        )
        assert begun.status_code in (200, 201), begun.text
        sender.piece(begun.headers["Location"], data, 0)
        return begun.headers["Location"]

    def work(self) -> int:
        """Let the worker do what it was asked for."""
        return work_off(self.session, self.app.extensions["petabukti_intake"], self.settings)

    def opened(self, files: Mapping[str, bytes]) -> None:
        self.bring(files)
        self.work()

    def send(self, step: str = "perbarui", **filled: object) -> Page:
        """The one screen, as it stands, with some of it changed."""
        page = self.page()
        form = page.form(f"{self.path}/koreksi")
        unknown = set(filled) - set(form.fields)
        assert not unknown, f"no {unknown} in {set(form.fields)}"
        data = {**form.fields, "langkah": step, **filled}
        return Page(self.browser.client.post(form.action, data=data, follow_redirects=True))

    def groups(self) -> list[ImportGroup]:
        self.session.expire_all()
        return list(queries.groups(self.session, self.number))

    def items(self) -> list[ImportItem]:
        self.session.expire_all()
        return list(self.session.scalars(select(ImportItem).order_by(ImportItem.position, ImportItem.id)))

    def row(self) -> PhotoImport:
        self.session.expire_all()
        return self.session.get_one(PhotoImport, self.number)

    def cases(self) -> list[Evidence]:
        self.session.expire_all()
        return list(self.session.scalars(select(Evidence).order_by(Evidence.id)))

    def key(self, number: int, name: str) -> str:
        """The name of a field of the group at that position."""
        return f"k{self.groups()[number - 1].id}-{name}"


Offices = Callable[..., Office]


@pytest.fixture
def open_office(app: Flask, session: Session, settings: Settings) -> Offices:
    """`open_office(person)`: with a new import, begun by the button; without a person, the camat of a team."""

    def begin(person: Account | None = None, people: Team | None = None) -> Office:
        team = people or factories.team(session)
        someone = person or team.camat
        session.commit()
        browser = browser_of(app, someone)
        listing = browser.open("/impor/")
        shown = browser.send(listing, "/impor/")
        number = uuid.UUID(shown.path.rpartition("/")[2])
        return Office(app, session, settings, team, someone, browser, number)

    return begin


@pytest.fixture
def office(open_office: Offices) -> Office:
    return open_office()
