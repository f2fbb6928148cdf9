"""The matrix finds an opened door: three of them, opened on purpose and in memory only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.doors.matrix.table import routes
from tests.doors.matrix.trying import House, try_route
from webapp import access
from webapp.access import Permission, Role
from webapp.evidence import queries
from webapp.evidence.models import Evidence


def faults(house: House, name: str, *, wall: bool = True) -> list[str]:
    return try_route(house, next(one for one in routes() if one.name == name), wall=wall)[1]


def test_a_filter_that_is_missing_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without row-level security every foreign case stands open; with it, the drafts of the own area still do."""
    monkeypatch.setattr(queries, "visible_to", lambda actor: select(Evidence))
    bare = faults(house, "GET evidence.show", wall=False)
    for relation in ("neighbour_draft", "elsewhere", "away", "withdrawn"):
        assert any(f"[{relation}] by D: 404, but came ok" in one for one in bare), relation
    walled = faults(house, "GET evidence.show")
    assert any("[draft] by D: 404, but came ok" in one for one in walled)
    assert not any("[elsewhere] by D: 404, but came ok" in one for one in walled), "the second wall does not stand"


def test_a_decorator_that_is_missing_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    guarded: Callable[..., Any] = house.app.view_functions["scoring.gate"]
    monkeypatch.setitem(house.app.view_functions, "scoring.gate", guarded.__wrapped__)  # type: ignore[attr-defined]
    found = faults(house, "GET scoring.gate")
    assert any("by V: sign in, but came" in one for one in found)
    assert any("by N: 403, but came 404" in one for one in found)


def test_a_grant_too_many_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    wider = access.GRANTS[Role.SECRETARIAT] | {Permission.ORIGINAL_READ}
    monkeypatch.setitem(access.GRANTS, Role.SECRETARIAT, wider)
    found = faults(house, "GET evidence.original")
    assert any("[sent] by S: 403, but came ok" in one for one in found)
    assert not any("by L: " in one for one in found)
