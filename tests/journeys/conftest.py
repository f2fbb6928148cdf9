"""A real browser before the real app, served as `run` serves it, on a database that truly commits."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page, Playwright, sync_playwright
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config import Settings
from tests import factories
from tests.conftest import web_sessions
from tests.factories import PASSWORD, SECRET_KEY
from tests.webapp.working import worker_for
from webapp.access import Role
from webapp.accounts import totp
from webapp.accounts.models import Account
from webapp.accounts.rules import needs_second_factor
from webapp.app import create_app
from webapp.connections import Patience
from webapp.db import utcnow
from webapp.serving import listener, reserve

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass
class Site:
    """The served app: its address, and the database behind it."""

    address: str
    engine: Engine
    phones: dict[int, str] = field(default_factory=dict)  # secrets of the second factors, by account

    def session(self) -> Session:
        return Session(self.engine, expire_on_commit=False)

    def code_for(self, account: Account) -> str | None:
        """What the phone of that person shows, set up if need be; a code used before counts as long ago."""
        with self.session() as session, session.begin():
            person = session.get_one(Account, account.id)
            if not needs_second_factor(Role(post.role) for post in person.appointments):
                return None
            if account.id not in self.phones:
                self.phones[account.id] = factories.second_factor(session, person)
            assert person.second_factor is not None
            person.second_factor.last_step = 0
        return totp.code_of(self.phones[account.id], totp.step_at(utcnow()))


@contextmanager
def served(engine: Engine, settings: Settings) -> Iterator[Site]:
    """The app on that database, answering, with a worker beside it, until the block ends; nothing it started stays."""
    app = create_app(settings, web_sessions(engine))
    server = listener(app, settings, reserve(settings), Patience())
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    with worker_for(engine, settings, app.extensions["petabukti_intake"]):
        yield Site(f"http://127.0.0.1:{server.effective_port}", engine)
    server.task_dispatcher.shutdown()
    server.close()
    thread.join(10)
    app.extensions["petabukti_decoder"].close()


@pytest.fixture
def site(fresh_database: Engine, tmp_path: Path) -> Iterator[Site]:
    settings = Settings(data_dir=tmp_path, secret_key=SECRET_KEY, demo=False, port=0, threads=4, public=True)
    with served(fresh_database, settings) as site:
        yield site


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
    yield chromium
    chromium.close()


@dataclass(eq=False)
class Person:
    """Somebody at a phone: a page, what the browser complained about, and which hosts it was asked to visit."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


Enter = Callable[..., Person]


@pytest.fixture
def enter(browser: Browser, site: Site) -> Iterator[Enter]:
    """`enter(account, at=LonLat)`: a phone of 360 px, signed in by the real form, standing at a place."""
    people: list[Person] = []

    def sign_in(account: Account, at: Geolocation | None = None, locale: str = "id-ID") -> Person:
        context = browser.new_context(
            base_url=site.address, viewport={"width": 360, "height": 780}, locale=locale, geolocation=at,
            permissions=["geolocation"] if at else [],
        )  # fmt: skip
        person = Person(context.new_page(), context)
        people.append(person)
        person.page.set_default_timeout(20_000)
        person.page.on("pageerror", lambda error: person.complaints.append(str(error)))
        person.page.on("console", lambda said: person.complaints.append(said.text) if said.type == "error" else None)
        person.page.on("request", lambda request: person.hosts.add(request.url.split("/")[2]))
        person.page.goto("/masuk")
        person.page.fill("[name=username]", account.username)
        person.page.fill("[name=password]", PASSWORD)
        code = site.code_for(account)
        person.page.click("main button[type=submit]")
        if code is not None:
            person.page.wait_for_url(re.compile("/masuk/kode"))
            person.page.fill("[name=code]", code)
            person.page.click("main button[type=submit]")
        person.page.wait_for_url("**/")
        return person

    yield sign_in
    for person in people:
        person.context.close()
