"""The role cannot take the wall down, nor climb over it with a setting written by hand."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors
from psycopg.rows import scalar_row

from tests.doors.wall.conftest import Stage, ask, enter, url_of
from tests.factories import FAR, MINE
from webapp.cluster import WEB, libpq_url


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE evidence DISABLE ROW LEVEL SECURITY",
        "DROP POLICY all_in_area ON evidence",
        "CREATE POLICY wide ON evidence USING (true)",
        "ALTER TABLE evidence ADD COLUMN x int",
        "CREATE TABLE public.mine (x int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION wall.areas() RETURNS text[] LANGUAGE sql AS $$SELECT ARRAY['']$$",
        "CREATE ROLE mine",
        "DROP TABLE evidence",
        "TRUNCATE evidence",
        "TRUNCATE audit_event",
        "UPDATE audit_event SET action = 'x'",
        "DELETE FROM audit_event",
        "DELETE FROM evidence_move",
        "UPDATE evidence_revision SET number = 1",
        "UPDATE result_snapshot SET sha256 = ''",
        "DELETE FROM evidence",
        "UPDATE instrument SET name = 'x'",
        "UPDATE alembic_version SET version_num = 'x'",
        "SELECT * FROM alembic_version",
        "SELECT * FROM pg_authid",
        "SELECT * FROM wall.secret",
        "SELECT wall.seal('x')",
        "SELECT wall.moment()",
        "SELECT * FROM jobs.procrastinate_jobs",
        "SET ROLE petabukti",
        "SET SESSION AUTHORIZATION petabukti",
        "SET session_replication_role = replica",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY evidence TO PROGRAM 'cat'",
        "COPY evidence TO '/tmp/x'",
        "SELECT lo_import('/etc/passwd')",
    ],
)
def test_the_role_cannot_take_the_wall_down(stage: Stage, role: psycopg.Connection[object], statement: str) -> None:
    enter(role, stage.tokens["nation"])
    with pytest.raises(errors.InsufficientPrivilege):
        role.execute(statement.encode())


def test_security_cannot_be_switched_off_for_a_query(stage: Stage, role: psycopg.Connection[object]) -> None:
    enter(role, stage.tokens["camat"])
    role.execute("SET row_security = off")
    with pytest.raises(errors.InsufficientPrivilege):
        role.execute("SELECT count(*) FROM evidence")


def test_a_standing_written_by_hand_is_believed_by_nobody(stage: Stage, role: psycopg.Connection[object]) -> None:
    enter(role, stage.tokens["camat"])
    signed = str(ask(role, "SELECT current_setting('petabukti.standing')"))
    assert f"{{{MINE}}}" in signed
    for forged in ("0" * 64 + ' 1 {""} {""}', signed.replace(MINE, FAR), signed.replace(f"{{{MINE}}}", '{""}'), "x"):
        role.execute("SELECT set_config('petabukti.standing', %s, true)", [forged])
        assert ask(role, "SELECT count(*) FROM evidence") == 0
        assert ask(role, "SELECT wall.person()") is None
    role.execute("SELECT set_config('petabukti.standing', %s, true)", [signed])
    assert ask(role, "SELECT count(*) FROM evidence") == 2


def test_a_standing_holds_for_one_transaction_and_one_connection(
    stage: Stage, role: psycopg.Connection[object]
) -> None:
    enter(role, stage.tokens["nation"])
    signed = ask(role, "SELECT current_setting('petabukti.standing')")
    with stage.connect() as other:
        other.execute("SELECT set_config('petabukti.standing', %s, true)", [signed])
        assert ask(other, "SELECT count(*) FROM evidence") == 0
    role.commit()
    assert ask(role, "SELECT count(*) FROM evidence") == 0
    role.execute("SELECT set_config('petabukti.standing', %s, true)", [signed])
    assert ask(role, "SELECT count(*) FROM evidence") == 0


OWED = (
    "INSERT INTO second_factor (account_id, secret, confirmed_at, last_step) SELECT id, 'sealed', now(), 0 FROM account"
)


@pytest.mark.parametrize(
    ("ended", "left"),
    [
        ("UPDATE open_session SET seen_at = now()", 2),
        ("UPDATE open_session SET ended_at = now(), ended_because = 'signed_out'", 0),
        (OWED, 0),
        (f"{OWED}; UPDATE open_session SET second_factor_at = now()", 2),
        ("UPDATE account SET deactivated_at = now()", 0),
        ("UPDATE appointment SET revoked_at = now()", 0),
        ("UPDATE appointment SET ends_on = current_date", 2),
        ("UPDATE appointment SET ends_on = current_date - 2", 0),
        ("UPDATE appointment SET starts_on = current_date + 2", 0),
    ],
)
def test_a_session_opens_nothing_once_it_or_its_person_or_the_post_has_ended(
    stage: Stage, ended: str, left: int
) -> None:
    with psycopg.connect(libpq_url(url_of(stage.engine)), row_factory=scalar_row) as owner:
        owner.execute(ended.encode())
        owner.execute(f"SET LOCAL ROLE {WEB}".encode())
        enter(owner, stage.tokens["camat"])
        assert ask(owner, "SELECT count(*) FROM evidence") == left
        owner.rollback()


def test_rules_of_the_database_hold_for_the_role(stage: Stage, role: psycopg.Connection[object]) -> None:
    enter(role, stage.tokens["camat"])
    judged = (
        "INSERT INTO evidence_move (evidence_id, actor_id, move, became, at) "
        f"VALUES ({stage.ids['mine']}, wall.person(), 'accept_at_desk', 'verified_desk', now())"
    )
    with pytest.raises(errors.CheckViolation) as refused:
        role.execute(judged.encode())
    assert refused.value.diag.constraint_name == "nobody_reviews_own_work"
