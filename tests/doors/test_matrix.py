"""Every cell of the access matrix, tried on the real thing: who gets which answer, and that none tells more."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask

from tests.doors.matrix import reading
from tests.doors.matrix.table import PEOPLE, Route, routes
from tests.doors.matrix.trying import House, try_route

TRIED: Counter[str] = Counter()


def addresses(app: Flask) -> set[str]:
    """Every route of the URL map, by method and endpoint."""
    return {
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_has_its_entry_and_every_entry_its_route(app: Flask) -> None:
    table = {one.name for one in routes()}
    assert (addresses(app) - table, table - addresses(app)) == (set(), set())


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.name)
def test_everybody_gets_the_answer_of_the_table(house: House, route: Route) -> None:
    tried, wrong = try_route(house, route)
    TRIED[route.name] += tried
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", [one for one in routes() if one.guards], ids=lambda route: route.name)
def test_the_first_wall_stands_without_the_second(house: House, route: Route) -> None:
    """What the table keeps from people stays kept when row-level security does not help."""
    tried, wrong = try_route(house, route, wall=False)
    TRIED["again without row-level security"] += tried
    assert not wrong, "\n".join(wrong)


def test_no_cell_was_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    cells = {route.name: sum(len(list(route.cells_of(one))) for one in PEOPLE) for route in routes()}
    with capsys.disabled():
        again = TRIED.pop("again without row-level security", 0)
        print(f"\naccess matrix: {TRIED.total()} cells of {len(TRIED)} routes tried, {again} of them a second time")
    assert set(TRIED.items()) <= set(cells.items())


def test_the_readable_table_is_current(app: Flask) -> None:
    """Made by `python -m tests.doors.matrix`."""
    assert reading.DOC.read_text(encoding="utf-8") == reading.page(app)
