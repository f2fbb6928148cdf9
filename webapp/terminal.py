"""What commands share: the way to settings and database, and progress of slow steps for the person who waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import click
from sqlalchemy.orm import Session, sessionmaker

from config import Settings


@dataclass(frozen=True)
class Shell:
    """What every command is given by `@click.pass_obj`: `with shell.transaction() as session: …`.

    The transaction is on a running, migrated database; it commits at the end and leaves nothing on an error.
    `sessions`: for a command that needs several.
    """

    settings: Settings
    transaction: Callable[[], AbstractContextManager[Session]]
    sessions: Callable[[], AbstractContextManager[sessionmaker[Session]]]


@contextmanager
def step(label: str) -> Iterator[None]:
    """Say what is being done, then how long it took."""
    click.echo(f"{label} … ", nl=False)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        click.echo("gagal")
        raise
    click.echo(f"selesai ({time.monotonic() - started:.1f} s)".replace(".", ","))


class Counter:
    """A step whose parts can be counted. On a terminal the line moves; in a log there is one line per tenth."""

    def __init__(self) -> None:
        self._shown = ""

    def __call__(self, label: str, done: int, total: int) -> None:
        line = f"{label}: {done}/{total}"
        if sys.stdout.isatty():
            click.echo(f"\r\033[K{line}", nl=done >= total)
        elif done >= total or self._tenth(label, done, total) != self._shown:
            click.echo(line)
        self._shown = self._tenth(label, done, total)

    def _tenth(self, label: str, done: int, total: int) -> str:
        return f"{label} {10 * done // max(total, 1)}"
