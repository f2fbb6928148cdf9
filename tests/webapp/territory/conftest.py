"""Boundaries to import: written by the tests themselves, and the real ones where they stand beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def real_boundaries() -> Path | None:
    """The folder of real boundaries, where there is one."""
    folder = CHECKOUT.parent / "shared" / "data" / "boundaries"
    return folder if folder.is_dir() else None
