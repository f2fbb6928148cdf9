"""Everybody sees the rows of their areas, nobody sees nothing."""

from __future__ import annotations

import psycopg
import pytest

from tests.doors.wall.conftest import Stage, ask, enter
from tests.doors.wall.tables import ABOVE, BELONGS, OPEN
from tests.factories import FAR, KABUPATEN, KOTA, MINE

# What no kecamatan has of its own: minutes and the way to the centre are a whole kabupaten's.
OF_A_GOVERNMENT = {"refused_file", "minutes", "minutes_signature", "transmission", "transmission_try"}


@pytest.mark.parametrize("table", BELONGS)
@pytest.mark.parametrize(
    ("who", "area"),
    [
        ("camat", f"region_code = '{MINE}'"),
        ("far camat", f"region_code = '{FAR}'"),
        ("desk", f"region_code LIKE '{KABUPATEN}%'"),
        ("twice", f"(region_code = '{MINE}' OR region_code LIKE '{KOTA}%')"),
        ("province", "region_code LIKE '99%'"),
        ("nation", "true"),
    ],
)
def test_everybody_sees_the_rows_of_their_areas_and_no_other(
    stage: Stage, role: psycopg.Connection[object], who: str, area: str, table: str
) -> None:
    own = "" if table != "audit_event" else " AND actor_id IS DISTINCT FROM (SELECT wall.person())"
    enter(role, stage.tokens[who])
    seen = ask(role, f"SELECT count(*) FROM {table} WHERE true{own}")
    assert seen == ask(role, f"SELECT count(*) FROM {table} WHERE {BELONGS[table].format(area=area)}{own}")
    mine = stage.owner(f"SELECT count(*) FROM {table} WHERE {BELONGS[table].format(area=area)}")
    assert seen == mine if table != "audit_event" else isinstance(seen, int) and 0 < seen <= int(str(mine))


def test_the_stage_has_something_to_hide_in_every_table(stage: Stage) -> None:
    for table, belongs in BELONGS.items():
        if table not in OF_A_GOVERNMENT:
            assert stage.owner(f"SELECT count(*) FROM {table} WHERE {belongs.format(area=_of(MINE))}"), table
            assert stage.owner(f"SELECT count(*) FROM {table} WHERE {belongs.format(area=_of(FAR))}"), table


def _of(code: str) -> str:
    return f"region_code = '{code}'"


@pytest.mark.parametrize("table", [*BELONGS, *ABOVE])
@pytest.mark.parametrize("token", [None, "", "a guess", "powerless"])
def test_nobody_sees_nothing(stage: Stage, role: psycopg.Connection[object], token: str | None, table: str) -> None:
    if token is not None:
        enter(role, stage.tokens.get(token, token))
    assert ask(role, f"SELECT count(*) FROM {table}") == 0


def test_the_period_of_the_kabupaten_is_read_from_below_and_another_citys_is_not(
    stage: Stage, role: psycopg.Connection[object]
) -> None:
    for who in ("camat", "desa"):
        enter(role, stage.tokens[who])
        assert role.execute("SELECT id FROM period").fetchall() == [stage.ids["period"]]
        assert ask(role, "SELECT count(*) FROM participant") == 4
        assert ask(role, "SELECT count(*) FROM indicator") == 3  # instruments may be read by all who serve
        assert ask(role, "SELECT count(*) FROM result_snapshot") == 0


def test_a_desa_sees_its_own_cases_and_not_its_kecamatans(stage: Stage, role: psycopg.Connection[object]) -> None:
    enter(role, stage.tokens["desa"])
    assert ask(role, "SELECT count(*) FROM evidence") == 0


def test_the_map_and_the_register_of_posts_are_everybodys(stage: Stage, role: psycopg.Connection[object]) -> None:
    for table in OPEN:
        assert ask(role, f"SELECT count(*) FROM {table}") == stage.owner(f"SELECT count(*) FROM {table}")


def test_a_download_is_its_persons_alone_and_the_web_server_makes_none_ready(
    stage: Stage, role: psycopg.Connection[object]
) -> None:
    for who in ("camat", "far camat", "desa", "desk", "nation", "administrator"):
        enter(role, stage.tokens[who])
        assert ask(role, "SELECT count(*) FROM download") == ("camat" in who), who
    foreign = stage.owner("SELECT id FROM download WHERE account_id = (SELECT max(account_id) FROM download)")
    enter(role, stage.tokens["camat"])
    assert role.execute("UPDATE download SET state = 'cancelled' WHERE id = %s", [foreign]).rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege), role.transaction():
        role.execute("UPDATE download SET sha256 = repeat('0', 64)")


def test_an_import_is_seen_by_its_person_alone_and_cannot_be_put_under_anothers_name(
    stage: Stage, role: psycopg.Connection[object]
) -> None:
    for who in ("camat", "far camat", "desa", "desk", "nation", "administrator"):
        enter(role, stage.tokens[who])
        expected = 1 if "camat" in who else 0
        assert ask(role, "SELECT count(*) FROM photo_import") == expected, who
        assert ask(role, "SELECT count(*) FROM import_group") == expected, who
    enter(role, stage.tokens["camat"])
    foreign = stage.owner("SELECT id FROM photo_import WHERE account_id = (SELECT max(account_id) FROM photo_import)")
    assert role.execute("UPDATE photo_import SET state = 'open' WHERE id = %s", [foreign]).rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege), role.transaction():
        role.execute(
            "INSERT INTO import_group (import_id, client_id, position, because) VALUES (%s, %s, 1, 'hand')",
            [foreign, foreign],
        )
    with pytest.raises(psycopg.errors.InsufficientPrivilege), role.transaction():
        role.execute("SELECT sha256 FROM wall.used_digest")
