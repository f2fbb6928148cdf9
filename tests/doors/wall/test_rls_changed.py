"""What is elsewhere is neither changed nor added to."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text

from tests.doors.wall.conftest import Stage, enter
from tests.factories import FAR, MINE


def filled(stage: Stage, statement: str) -> str:
    """With the numbers of this stage in their places."""
    for name, number in stage.ids.items():
        statement = statement.replace("{" + name + "}", str(number))
    return statement


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence SET title = 'x' WHERE id = {far}",
        "UPDATE claim SET statement = 'x' WHERE id = {far claim}",
        "UPDATE score SET value = 1 WHERE claim_id = {far claim}",
        "UPDATE field_visit SET note = 'x' WHERE evidence_id = {far seen}",
        "UPDATE reader SET reason = 'x' WHERE claim_id = {far claim} AND place = 3",
        "UPDATE period SET name = 'x' WHERE id = {far period}",
        "DELETE FROM photo WHERE evidence_id = {far}",
        "DELETE FROM claim_evidence WHERE claim_id = {far claim}",
        "UPDATE appointment SET revoked_at = now()",
        "UPDATE region SET name = 'x' WHERE code = '99.71.01'",
    ],
)
def test_what_is_elsewhere_is_not_there_to_be_changed(
    stage: Stage, role: psycopg.Connection[object], statement: str
) -> None:
    statement = filled(stage, statement)
    enter(role, stage.tokens["camat"])
    assert role.execute(statement.encode()).rowcount == 0
    with stage.engine.connect() as owner:  # rolled back at its end
        assert owner.execute(text(statement)).rowcount > 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence SET region_code = '99.01.02' WHERE id = {mine}",
        "UPDATE claim SET region_code = '99.01.02' WHERE id = {mine claim}",
        "UPDATE period SET name = 'x' WHERE id = {period}",
        "UPDATE participant SET round = 2 WHERE region_code = '99.01.01'",
        (
            "INSERT INTO evidence (client_id, period_id, region_code, owner_id, kind_code, title, occurred_from,"
            " occurred_to, version)"
            " SELECT gen_random_uuid(), {period}, '99.01.02', wall.person(), 'inovasi', 'x', now(), now(), 1"
        ),
        "INSERT INTO evidence_move (evidence_id, move, became, at) VALUES ({far}, 'create', 'draft', now())",
        (
            "INSERT INTO photo (evidence_id, upload_id, uploaded_by, received_at, file_name, sha256, mime, byte_size,"
            " width, height)"
            " VALUES ({far}, gen_random_uuid(), wall.person(), now(), 'x', repeat('a', 64), 'x', 1, 1, 1)"
        ),
        (
            "INSERT INTO claim (period_id, region_code, indicator_id, claimed_by)"
            " SELECT {period}, '99.01.02', min(id), wall.person() FROM indicator"
        ),
        (
            "INSERT INTO reader (claim_id, place, period_id, assessor_id, assigned_by, assigned_at, reason)"
            " SELECT {far claim}, 1, {far period}, wall.person(), wall.person(), now(), 'x'"
        ),
        (
            "INSERT INTO blind_draw (period_id, seed, facts, drawn_by, drawn_at)"
            " VALUES ({period}, 'x', '{}', wall.person(), now())"
        ),
        "INSERT INTO claim_evidence (claim_id, evidence_id, period_id) VALUES ({mine claim}, {far}, {period})",
        (
            "INSERT INTO period (name, region_code, instrument_id, starts_on, ends_on, time_zone)"
            " SELECT 'x', '99.01', min(id), now(), now(), 'UTC' FROM instrument"
        ),
        "INSERT INTO instrument (name, region_code) VALUES ('x', '99.01')",
        "INSERT INTO instrument (name) VALUES ('x')",
        (
            "INSERT INTO aspect (instrument_id, position, name, weight)"
            " SELECT id, 9, 'x', 1 FROM instrument WHERE frozen_at IS NULL"
        ),
        (
            "INSERT INTO result_snapshot (period_id, version, content, sha256, finalised_at, finalised_by)"
            " VALUES ({period}, 9, '{}', 'x', now(), wall.person())"
        ),
        (
            "INSERT INTO shortlist (period_id, version, size, tie_rule, closed_by, closed_at)"
            " VALUES ({period}, 8, 1, 'ask', wall.person(), now())"
        ),
        (
            "INSERT INTO shortlist_place (shortlist_id, region_code, rank, total, aspects, inside, why)"
            " SELECT id, '99.01.01', 1, '99.00', '[]', true, 'total' FROM shortlist"
        ),
        (
            "INSERT INTO award (period_id, result_id, size, tie_rule, number, decided_on, made_by, made_at)"
            " SELECT {period}, result_id, 1, 'ask', 'SK', now(), wall.person(), now() FROM award"
        ),
        (
            "INSERT INTO award_place (award_id, region_code, rank, total, aspects, inside, why)"
            " SELECT id, '99.01.01', 1, '99.00', '[]', true, 'total' FROM award"
        ),
        (
            "INSERT INTO study_assignment (period_id, region_code, country_code, city, starts_on, ends_on)"
            " VALUES ({period}, '99.01.01', 'KR', 'Seoul', now(), now())"
        ),
        (
            "INSERT INTO study_topic (study_assignment_id, position, activity_code)"
            " SELECT id, 9, 'sungai' FROM study_assignment"
        ),
        (
            "INSERT INTO nomination (period_id, result_id, region_code, target_id, pool, dossier, sha256, nominated_by,"
            " nominated_at) SELECT {period}, result_id, '99.01.01', {far period}, 'kabupaten', '{}', sha256,"
            " wall.person(), now() FROM nomination"
        ),
        (
            "INSERT INTO appointment (account_id, role, region_code, starts_on)"
            " VALUES (wall.person(), 'camat', '99.01.02', now())"
        ),
        (
            "INSERT INTO appointment (account_id, role, region_code, starts_on)"
            " VALUES (wall.person(), 'camat', '99.01.01', now())"
        ),
        "INSERT INTO appointment (account_id, role, starts_on) VALUES (wall.person(), 'auditor', now())",
        (
            "INSERT INTO audit_event (at, actor_id, action, object_type, object_id)"
            " VALUES (now(), wall.person() + 1, 'evidence.edit', 'evidence', '1')"
        ),
        (
            "INSERT INTO region (code, name, level, parent_code, time_zone)"
            " VALUES ('99.71.05', 'x', 'kecamatan', '99.71', 'UTC')"
        ),
    ],
)
def test_nothing_is_put_where_one_does_not_serve(
    stage: Stage, role: psycopg.Connection[object], statement: str
) -> None:
    enter(role, stage.tokens["camat"])
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security policy"):
        role.execute(filled(stage, statement).encode())


def test_administrators_give_posts_in_their_area_and_not_beyond(stage: Stage, role: psycopg.Connection[object]) -> None:
    enter(role, stage.tokens["administrator"])
    post = (
        "INSERT INTO appointment (account_id, role, region_code, starts_on) VALUES (wall.person(), 'camat', %s, now())"
    )
    role.execute(post, [MINE])
    with pytest.raises(errors.InsufficientPrivilege):
        role.execute(post, [FAR])
