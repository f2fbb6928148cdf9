"""Nothing can be forgotten: every table is declared, every table with an area has a policy."""

from __future__ import annotations

from sqlalchemy import Engine, text

from tests.doors.wall.conftest import Stage, url_of
from tests.doors.wall.tables import ABOVE, BELONGS, OPEN, TRUSTED
from webapp import schema
from webapp.db import Base


def test_every_table_is_granted_as_declared_or_named_as_not_for_the_web(stage: Stage) -> None:
    declared = schema.FOR_THE_WEB.keys() | schema.NOT_FOR_THE_WEB
    assert set(Base.metadata.tables) | {"alembic_version"} == declared
    rows = """
        SELECT relname, string_agg(DISTINCT privilege_type, ', ') FROM pg_class, aclexplode(relacl)
        WHERE grantee = 'petabukti_app'::regrole AND relkind IN ('r', 'v', 'm', 'p', 'f') GROUP BY 1
    """
    with stage.engine.connect() as connection:
        granted = {table: set(verbs.split(", ")) for table, verbs in connection.execute(text(rows))}
    whole = {
        table: {verb for verb in verbs.split(", ") if "(" not in verb} for table, verbs in schema.FOR_THE_WEB.items()
    }
    public = {view: {"SELECT"} for view in schema.VIEWS_FOR_EVERYBODY}
    assert granted == {table: verbs for table, verbs in whole.items() if verbs} | public


def test_every_table_with_an_area_or_hanging_on_one_has_a_policy(stage: Stage) -> None:
    """Direct or by a foreign key to a table that has one: a new table cannot be forgotten."""
    tables = Base.metadata.tables
    bound = {name for name, table in tables.items() if "region_code" in table.columns} | {"region"}
    hanging = bound - OPEN
    while True:
        more = {
            name
            for name, table in tables.items()
            for key in table.foreign_keys
            if key.column.table.name in hanging and name not in {"account", "boundary_dataset"}
        }
        if more <= hanging:
            break
        hanging |= more
    rows = "SELECT relname FROM pg_class WHERE relrowsecurity AND oid IN (SELECT polrelid FROM pg_policy)"
    with stage.engine.connect() as connection:
        guarded = set(connection.scalars(text(rows)))
    assert (bound | hanging) - guarded == set()
    assert {*BELONGS, *ABOVE} <= guarded


def test_what_runs_with_the_owners_power_is_listed_and_finds_only_what_it_means(stage: Stage) -> None:
    rows = """
        SELECT CASE pronamespace::regnamespace::text WHEN 'public' THEN '' ELSE pronamespace::regnamespace || '.' END
            || proname, coalesce(array_to_string(proconfig, ';'), '')
        FROM pg_proc WHERE prosecdef AND pronamespace::regnamespace::text IN ('public', 'wall', 'jobs')
            AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    """
    with stage.engine.connect() as connection:
        found = {name: config for name, config in connection.execute(text(rows))}  # noqa: C416 - for the types
    assert set(found) == TRUSTED
    paths = {
        name: config.replace(", jobs", "") if name.startswith("wall.defer") else config
        for name, config in found.items()
    }
    # How dates and numbers are printed must not depend on who writes: leaves are hashed. Words need memory.
    for further in ("wall.leave_leaves", "wall.cases_saying"):
        paths[further] = paths[further].partition(";")[0]
    assert set(paths.values()) == {"search_path=pg_catalog, public, pg_temp"}


def test_the_role_owns_nothing_and_has_no_powers(stage: Stage) -> None:
    rows = """
        SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
            OR EXISTS (SELECT 1 FROM pg_auth_members WHERE member = pg_roles.oid)
            OR EXISTS (SELECT 1 FROM pg_shdepend WHERE refobjid = pg_roles.oid AND deptype = 'o')
        FROM pg_roles WHERE rolname = 'petabukti_app'
    """
    assert stage.owner(rows) is False


def test_a_table_that_comes_later_is_closed_until_it_is_declared(fresh_database: Engine) -> None:
    with fresh_database.begin() as owner:
        owner.execute(text("CREATE TABLE later (x int)"))
        owner.execute(text("GRANT DELETE ON evidence TO petabukti_app"))
        owner.execute(text("REVOKE SELECT ON photo FROM petabukti_app"))
    schema.upgrade(url_of(fresh_database))
    asked = "SELECT has_table_privilege('petabukti_app', :table, :verb)"
    with fresh_database.connect() as owner:
        held = [
            owner.scalar(text(asked), {"table": table, "verb": verb})
            for table, verb in (("later", "SELECT"), ("evidence", "DELETE"), ("photo", "SELECT"))
        ]
    assert held == [False, False, True]
