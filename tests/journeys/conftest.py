"""A real browser before the real app, served as `run` serves it, on a database that truly commits."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page, sync_playwright
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from waitress.server import create_server

from config import Settings
from tests.factories import PASSWORD
from webapp.accounts.models import Account
from webapp.app import create_app

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

    def session(self) -> Session:
        return Session(self.engine, expire_on_commit=False)


@pytest.fixture
def site(fresh_database: Engine, tmp_path: Path) -> Iterator[Site]:
    settings = Settings(data_dir=tmp_path, secret_key="kunci-untuk-uji", demo=False)
    app = create_app(settings, sessionmaker(fresh_database, expire_on_commit=False))
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.effective_port}", fresh_database)
    server.task_dispatcher.shutdown()
    server.close()
    thread.join(10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
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
        person.page.click("main button[type=submit]")
        person.page.wait_for_url("**/")
        return person

    yield sign_in
    for person in people:
        person.context.close()
