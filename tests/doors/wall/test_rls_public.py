"""What the role reads without anybody standing there: published rows, in exactly the columns that are public."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from tests.doors.wall.conftest import Stage, ask, url_of
from webapp import schema
from webapp.cluster import libpq_url

COLUMNS = {
    "public_item": {
        "public_id", "title", "note", "kind_code", "activity_code", "region_code", "occurred_from", "occurred_to",
        "precision", "place", "published_at",
    },
    "public_photo": {"public_id", "position", "digest", "width", "height", "alt"},
    "public_change": {"at"},
}  # fmt: skip


def test_the_views_hand_out_these_columns_and_no_other(stage: Stage, role: psycopg.Connection[object]) -> None:
    assert COLUMNS.keys() == set(schema.VIEWS_FOR_EVERYBODY)
    for view, columns in COLUMNS.items():
        told = role.execute(f"SELECT * FROM wall.{view}".encode()).description
        assert {column.name for column in told or ()} == columns


def test_visitors_see_what_is_published_and_nothing_behind_it(stage: Stage, role: psycopg.Connection[object]) -> None:
    assert ask(role, "SELECT count(*) FROM wall.public_item") == 2
    assert ask(role, "SELECT count(*) FROM wall.public_photo") == 2
    for table in ("publication", "publication_photo", "evidence", "photo"):
        assert ask(role, f"SELECT count(*) FROM {table}") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wall.public_item SET title = 'x'",
        "DELETE FROM wall.public_item",
        "SELECT * FROM wall.used_digest",
        "ALTER VIEW wall.public_item SET (security_invoker = true)",
    ],
)
def test_the_views_are_for_reading(stage: Stage, role: psycopg.Connection[object], statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState)):
        role.execute(statement.encode())


def test_what_is_withdrawn_or_no_longer_verified_is_in_no_view(stage: Stage) -> None:
    for done in (
        "UPDATE publication SET state = 'withdrawn', withdrawn_at = now()",
        """ALTER TABLE evidence DISABLE TRIGGER USER;
        UPDATE evidence SET state = 'mismatch', dismissed_at = now() WHERE id = 1 OR id = 3""",
    ):
        with psycopg.connect(libpq_url(url_of(stage.engine))) as owner:
            owner.execute(done.encode())
            for view in ("public_item", "public_photo"):
                found = owner.execute(f"SELECT count(*) FROM wall.{view}".encode()).fetchone()
                assert found == (0,)
            owner.rollback()
