"""The map in time: every step holds what the map holds for those months alone, for each who looks."""

from __future__ import annotations

import itertools
import json
import random
import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR, Team
from tests.webapp.browsing import let_in
from tests.webapp.insight.conftest import desa, evidence
from webapp.access import Role
from webapp.evidence.rules import State
from webapp.insight import queries
from webapp.insight.rules import Filters, Month, Step

SOME_FILTERS = (
    Filters(), Filters(kind="rapat"), Filters(since=Month(2025, 12), until=Month(2026, 2)),
    Filters(until=Month(2026, 1)), Filters(text="bukti"),
)  # fmt: skip


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def a_year_of_cases(session: Session, people: Team, number: int = 60) -> None:
    dice = random.Random(5)
    for _ in range(number):
        start = date(2025, 8, 1) + timedelta(days=dice.randrange(300))
        evidence(
            session, people, dice.choice(list(State)), dice.choice([MINE, NEXT_DOOR, FAR, desa(session)]),
            placed=dice.random() < 0.8, kind_code=dice.choice(["inovasi", "rapat"]), activity_code=None,
            occurred_from=start, occurred_to=start + timedelta(days=dice.choice([0, 0, 0, 2, 40, 100])),
        )  # fmt: skip


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("filters", SOME_FILTERS, ids=str)
def test_each_step_counts_what_the_map_counts_with_those_months_alone(
    session: Session, people: Team, step: Step, filters: Filters
) -> None:
    a_year_of_cases(session, people)
    for who in (people.leader, factories.leader(session, KOTA), factories.account(session, (Role.AUDITOR, None))):
        for upper in (None, "99", KABUPATEN, MINE):
            line = queries.timeline(session, who, upper, filters, step)
            for at in line.steps:
                alone = queries.figures(session, who, upper, queries.during(filters, step, at))
                known = {one.code: one.figures for one in alone if one.figures and not one.figures.silent}
                if queries.reach(who, upper) is not queries.Reach.INSIDE:
                    continue
                assert {code: line.of(code, at) for code in known} == known
                told = {code for code, month in line.figures if month == at}
                assert told == set(known)


@given(some.sampled_from(Step), some.integers(1990, 2050), some.integers(1, 12), some.integers(0, 60))
def test_steps_follow_each_other_without_a_gap(step: Step, year: int, number: int, further: int) -> None:
    first = Month(year, number)
    found = step.between(first, first.plus(further))
    assert found[0] <= first <= step.end(found[0]) and found[-1] <= first.plus(further) <= step.end(found[-1])
    assert all(step.end(one).plus(1) == following for one, following in itertools.pairwise(found))


def test_page_without_script_and_figures_for_the_script_say_the_same(
    session: Session, client: FlaskClient, people: Team
) -> None:
    a_year_of_cases(session, people)
    let_in(client, people.leader)
    session.commit()
    told = json.loads(client.get(f"/peta/{KABUPATEN}/waktu.json").text)
    assert [step["key"] for step in told["steps"]][:2] == ["2025-08", "2025-09"]
    nth = 2
    page = client.get(f"/peta/{KABUPATEN}/waktu?bulan={told['steps'][nth]['key']}").text
    assert f'aria-live="polite">{told["steps"][nth]["label"]}<' in page
    rows = re.findall(r'<th scope="row" data-kode="([\d.]+)".*?</tr>', page, re.DOTALL)
    assert set(rows) == set(told["regions"])
    for code in rows:
        cells = re.search(rf'data-kode="{re.escape(code)}"(.*?)</tr>', page, re.DOTALL)
        assert cells is not None
        written = [int(re.sub(r"<.*?>", "", cell)) for cell in re.findall(r"<td.*?>(.*?)</td>", cells[1], re.DOTALL)]
        assert written == told["regions"][code]["values"][nth]
    drawn = json.loads(
        client.get(re.search(r'"(/peta/[^"]*wilayah\.geojson[^"]*)"', page)[1].replace("\\u0026", "&")).text
    )  # type: ignore[index]
    shades = {area["id"]: area["properties"]["shade"] for area in drawn["features"]}
    assert shades == {code: told["regions"][code]["shades"][nth] for code in shades} and shades
    assert "Triwulan 3 2025" in client.get(f"/peta/{KABUPATEN}/waktu?langkah=triwulan").text


def test_a_time_that_is_none_is_refused_and_one_without_cases_says_so(
    session: Session, client: FlaskClient, people: Team
) -> None:
    let_in(client, people.leader)
    session.commit()
    for wrong in ("bulan=x", "langkah=minggu", "dari=2026-02&sampai=2026-01"):
        assert client.get(f"/peta/{KABUPATEN}/waktu?{wrong}").status_code in (200, 422), wrong
    assert client.get(f"/peta/{KABUPATEN}/waktu?langkah=minggu").status_code == 422
    assert "Belum ada bukti yang cocok." in client.get(f"/peta/{KABUPATEN}/waktu").text
    assert json.loads(client.get(f"/peta/{KABUPATEN}/waktu.json").text)["steps"] == []
    assert client.get(f"/peta/{KOTA}/waktu").status_code == client.get(f"/peta/{KOTA}/waktu.json").status_code == 404
    assert client.get("/peta/waktu").status_code == 404
