"""Boundaries to import: written by the tests themselves, and the real ones where they stand beside the checkout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def real_boundaries() -> Path | None:
    """The folder of real boundaries, where there is one."""
    folder = CHECKOUT.parent / "shared" / "data" / "boundaries"
    return folder if folder.is_dir() else None


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """The SELECTs that reach the database inside the block."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)
