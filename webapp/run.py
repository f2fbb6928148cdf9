"""`petabukti run`: everything a person needs, from an empty folder to an open page, and back to nothing running."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import click

from config import Settings
from webapp import db, logs, schema
from webapp.app import create_app
from webapp.background import Worker
from webapp.cluster import Lock, web_url
from webapp.database import configure, database, require_web, transaction
from webapp.demo.start import notes, prepare
from webapp.serving import address_of, reserve, serve, stop_on_signals
from webapp.terminal import Counter, step


def run(settings: Settings) -> None:
    """Set up what is missing, serve until asked to stop, stop all that was started. Raises `ClusterError`."""
    stop_on_signals()
    with ExitStack() as stack:
        try:
            _run(settings, stack)
        except KeyboardInterrupt:
            click.echo("\nMenghentikan …")
    click.echo("Berhenti.")


def _run(settings: Settings, stack: ExitStack) -> None:
    stack.enter_context(Lock(settings.data_dir / "lock"))
    door = stack.enter_context(reserve(settings))
    logs.configure(settings.data_dir / "log")
    with step("Menyiapkan basis data"):
        url = stack.enter_context(database(settings, join=False))
    with step("Memutakhirkan skema"):
        schema.upgrade(url)
        configure(settings, url)
    own = settings.web_database_url or (web_url(url) if settings.database_url is None else None)
    settings = replace(settings, database_url=url, web_database_url=own).with_secret()
    require_web(settings, url)
    app = create_app(settings)
    lines = prepare_first_start(settings)
    stack.enter_context(app.extensions["petabukti_decoder"])
    worker = Worker(settings, url)
    worker.start()
    stack.callback(worker.stop)
    serve(app, settings, door, opened=partial(_announce, address_of(door), lines))


def prepare_first_start(settings: Settings) -> list[str]:
    """Regions, and demo data when the database is new and the demo is wanted; answers lines about who can sign in."""
    with transaction(settings) as session:
        prepare(session, settings, at=db.utcnow(), progress=Counter())
        return notes(session, settings)


def _announce(address: str, notes: list[str]) -> None:
    click.echo(f"\nPetabukti siap: {address}")
    for note in notes:
        click.echo(note)
    click.echo("Tekan Ctrl-C untuk berhenti.")
