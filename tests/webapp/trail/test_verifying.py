"""A superuser alters the history, with every trigger switched off. Each time it is found out and the record named."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.webapp.trail.conftest import SIGNED_AT, Archive, told
from webapp.trail import notes, queries, services
from webapp.trail.verifying import What

COVERED = {
    "audit_event", "evidence_move", "evidence_revision", "field_visit", "result_snapshot", "score", "trail_form",
    "shortlist", "shortlist_place", "award", "award_place", "nomination",
}  # fmt: skip
# Covered as well; this archive has no rows of them.
EMPTY = {
    "agreement", "agreement_set", "agreement_step", "announcement", "meeting", "meeting_amendment", "meeting_annex",
    "meeting_item", "meeting_item_step", "minutes", "minutes_signature", "moderation", "publication_step", "regulation",
    "replication_step", "reopening", "reopening_scope", "report_excuse", "report_line", "report_move",
    "report_revision", "result_objection",
}  # fmt: skip
# The smallest change of a value, by its type; {0} is the column.
CHANGES = {
    "smallint": "{0} + 1",
    "integer": "coalesce({0}, 0) + 1000000", "bigint": "coalesce({0}, 0) + 1", "numeric": "{0} + 0.01",
    "double precision": "coalesce({0}, 0) + 1e-9", "boolean": "NOT {0}", "date": "{0} + 1",
    "timestamp with time zone": "coalesce({0}, 'epoch') + interval '1 microsecond'",
    "text": "CASE WHEN {0} IS NULL THEN '' ELSE overlay({0} placing '~' from greatest(length({0}), 1)) END",
    "text[]": "array_append({0}, '')", "geometry": "ST_SetSRID(ST_MakePoint(ST_X({0}) + 1e-9, ST_Y({0})), 4326)",
    "uuid": "gen_random_uuid()",
    "jsonb": "CASE WHEN jsonb_typeof({0}) = 'object' THEN {0} || jsonb_build_object('~', null)"
    " ELSE jsonb_build_object('~', null) END",
}  # fmt: skip


def columns(archive: Archive) -> list[tuple[str, str, str]]:
    """Every column of every covered table with its type."""
    asked = """
        SELECT relname, attname, regexp_replace(format_type(atttypid, NULL), '^(public.)?geometry.*', 'geometry')
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relname = ANY (:tables) AND attnum > 0 AND NOT attisdropped
    """
    with archive.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(asked), {"tables": sorted(COVERED)})]


def without_constraints(archive: Archive) -> None:
    asked = """
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname) FROM pg_constraint
        WHERE conrelid::regclass::text = ANY (:tables) AND contype IN ('c', 'f')
    """
    with archive.engine.begin() as connection:
        for statement in connection.scalars(text(asked), {"tables": sorted(COVERED)}).all():
            connection.execute(text(statement))
        for table in COVERED:  # what the covered columns may not be
            for column in connection.scalars(
                text(
                    "SELECT attname FROM pg_attribute LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary "
                    "AND attnum = ANY (indkey) WHERE attrelid = CAST(:t AS regclass) AND attnum > 0 AND attnotnull "
                    "AND indrelid IS NULL"
                ),
                {"t": table},
            ).all():
                connection.execute(text(f'ALTER TABLE {table} ALTER "{column}" DROP NOT NULL'))


def test_the_honest_history_passes(archive: Archive) -> None:
    verdict = archive.check()
    assert verdict.findings == []
    assert verdict.rows.keys() == COVERED | EMPTY
    assert all(verdict.rows[table] for table in COVERED) and not any(verdict.rows[table] for table in EMPTY)
    assert (verdict.heads, verdict.waiting) == (3, 0)
    assert verdict.signed == verdict.size == sum(verdict.rows.values()) + superseded(archive)


def superseded(archive: Archive) -> int:
    """Versions of a score before the last."""
    return int(archive.ask("SELECT count(*) - count(DISTINCT key) FROM trail_leaf WHERE kind = 'score'"))


def test_the_smallest_change_of_any_column_of_any_covered_row_is_found_and_named(archive: Archive) -> None:
    without_constraints(archive)
    missed = []
    for table, column, kind in columns(archive):
        keys = archive.ask("SELECT keys FROM trail_form WHERE kind = :kind", kind=table)
        key = " || ':' || ".join(f"{one}::text" for one in keys)
        row = archive.ask(f"SELECT ctid::text FROM {table} ORDER BY {', '.join(keys)} LIMIT 1")
        name = archive.ask(f"SELECT {key} FROM {table} WHERE ctid = CAST(:row AS tid)", row=row)
        archive.alter(
            f"CREATE TABLE before AS SELECT * FROM {table} WHERE ctid = CAST(:row AS tid)",
            f'UPDATE {table} SET "{column}" = {CHANGES[kind].format(f"{chr(34)}{column}{chr(34)}")} '
            "WHERE ctid = CAST(:row AS tid)",
            row=row,
        )
        found = {(one.table, one.key) for one in archive.check().findings}
        if (table, name) not in found:
            missed.append((table, column))
        archive.alter(
            f"DELETE FROM {table} WHERE {key} = :name OR ({', '.join(keys)}) NOT IN "
            f"(SELECT {', '.join(keys)} FROM {table} WHERE {key} IN "
            f"(SELECT key FROM trail_leaf WHERE kind = '{table}'))",
            f"INSERT INTO {table} SELECT * FROM before", "DROP TABLE before", name=name,
        )  # fmt: skip
    assert missed == []
    assert archive.check().findings == []


@pytest.mark.parametrize(
    ("was", "forged"),
    [("1", '"1"'), ("1.0", "1.00"), ('["a", "b"]', '["b", "a"]'), ("null", '"null"'), ('{"a": 1}', '{"a": 2}'),
     ('"é"', '"e"'), ("[]", "{}"), ("true", "1")],
)  # fmt: skip
def test_a_change_within_a_document_is_found(archive: Archive, was: str, forged: str) -> None:
    with archive.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO audit_event (at, action, object_type, object_id, detail) "
                 "VALUES (now(), 'x.y', 'z', '', jsonb_build_object('in', CAST(:was AS jsonb)))"), {"was": was},
        )  # fmt: skip
    archive.sign(hours=3)
    assert archive.check().findings == []
    last = archive.ask("SELECT max(id) FROM audit_event")
    archive.alter(
        "UPDATE audit_event SET detail = jsonb_build_object('in', CAST(:forged AS jsonb)) WHERE id = :last",
        forged=forged, last=last,
    )  # fmt: skip
    assert told(archive.found()) == (What.CONTENT, "audit_event", str(last))


def test_of_several_changes_the_first_in_the_order_of_the_tree_is_named(archive: Archive) -> None:
    archive.alter("UPDATE audit_event SET action = 'evidence.withdraw' WHERE id IN (30, 9, 200)")
    assert told(archive.found()) == (What.CONTENT, "audit_event", "9")
    assert len(archive.check().findings) == 3


def test_a_removed_row_is_missing(archive: Archive) -> None:
    archive.alter("DELETE FROM audit_event WHERE id = 17")
    assert told(archive.found()) == (What.MISSING, "audit_event", "17")


def test_a_row_removed_with_its_leaf_leaves_a_gap(archive: Archive) -> None:
    place = archive.ask("SELECT position FROM trail_leaf WHERE kind = 'audit_event' AND key = '30'")
    archive.alter(
        "DELETE FROM audit_event WHERE id = 30", "DELETE FROM trail_leaf WHERE kind = 'audit_event' AND key = '30'"
    )
    found = archive.found()
    assert told(found) == (What.MISSING, "trail_leaf", str(place))
    assert "audit_event 31" in found.detail


def test_a_gap_closed_by_moving_all_later_leaves_up_does_not_fit_the_head(archive: Archive) -> None:
    place = archive.ask("SELECT position FROM trail_leaf WHERE kind = 'audit_event' AND key = '60'")
    archive.alter(
        "DELETE FROM audit_event WHERE id = 60", "DELETE FROM trail_leaf WHERE kind = 'audit_event' AND key = '60'",
        "UPDATE trail_leaf SET position = position + 1000000 WHERE position > :place",
        "UPDATE trail_leaf SET position = position - 1000001 WHERE position > 1000000", place=place,
    )  # fmt: skip
    verdict = archive.check()
    assert {one.what for one in verdict.findings} >= {What.REWRITTEN}
    first = verdict.first
    assert first is not None
    assert first.position is not None
    assert first.position <= place


def test_an_inserted_row_without_a_leaf_is_extra(archive: Archive) -> None:
    archive.alter(
        "INSERT INTO evidence_move (id, evidence_id, move, became, at) "
        "SELECT 900, id, 'lock', state, now() FROM evidence LIMIT 1"
    )
    assert told(archive.found()) == (What.EXTRA, "evidence_move", "900")


def test_a_second_leaf_for_a_row_that_may_not_change_is_extra(archive: Archive) -> None:
    archive.alter(
        "UPDATE audit_event SET action = 'evidence.edit' WHERE id = 5",
        "INSERT INTO trail_leaf (kind, key, form, salt, leaf_hash) SELECT kind, key, form, salt, leaf_hash "
        "FROM trail_leaf WHERE kind = 'audit_event' AND key = '5'",
    )
    archive.forge_leaf(5)
    assert (What.EXTRA, "audit_event", "5") in {told(one) for one in archive.check().findings}


def test_two_rows_that_changed_places_are_both_found(archive: Archive) -> None:
    archive.alter(
        "UPDATE audit_event SET id = 100000 WHERE id = 20", "UPDATE audit_event SET id = 20 WHERE id = 21",
        "UPDATE audit_event SET id = 21 WHERE id = 100000",
    )  # fmt: skip
    assert [told(one) for one in archive.check().findings] == [
        (What.CONTENT, "audit_event", "20"), (What.CONTENT, "audit_event", "21"),
    ]  # fmt: skip


def test_leaves_in_another_order_are_named_where_the_order_changes(archive: Archive) -> None:
    first, second = (
        archive.ask("SELECT position FROM trail_leaf WHERE kind = 'audit_event' AND key = :key", key=key)
        for key in ("70", "75")
    )
    archive.alter(
        "UPDATE trail_leaf SET position = 900000 WHERE position = :first",
        "UPDATE trail_leaf SET position = :first WHERE position = :second",
        "UPDATE trail_leaf SET position = :second WHERE position = 900000", first=first, second=second,
    )  # fmt: skip
    found = next(one for one in archive.check().findings if one.what is What.REORDERED)
    assert (found.table, found.key, found.position) == ("audit_event", "75", first)


def test_a_row_rewritten_with_its_leaf_is_caught_by_the_signed_head(archive: Archive) -> None:
    """Row and leaf agree, and the tile is made anew as well: only what was signed speaks against it."""
    event = archive.ask("SELECT key FROM trail_leaf WHERE kind = 'audit_event' ORDER BY position DESC LIMIT 1")
    archive.alter("UPDATE audit_event SET action = 'evidence.withdraw' WHERE id = CAST(:id AS int)", id=event)
    archive.forge_leaf(int(event))
    found = archive.found()
    assert found.what is What.REWRITTEN
    assert found.position == archive.ask("SELECT size FROM trail_head ORDER BY size OFFSET 1 LIMIT 1")
    assert "trail_head" in found.detail


def test_a_rewritten_tail_without_its_heads_is_caught_by_the_checkpoint_outside_alone(archive: Archive) -> None:
    """The forger takes the last head away, rewrites what it covered, and the sealer signs the new tail unawares."""
    outside = archive.sign()
    keep = archive.ask("SELECT size FROM trail_head ORDER BY size OFFSET 1 LIMIT 1")
    event = archive.ask("SELECT key FROM trail_leaf WHERE kind = 'audit_event' ORDER BY position DESC LIMIT 1")
    archive.alter(
        "UPDATE audit_event SET action = 'evidence.withdraw' WHERE id = CAST(:id AS int)",
        "DELETE FROM trail_head WHERE size > :keep", "DELETE FROM trail_tile WHERE (number + 1) << height > :keep",
        id=event, keep=keep,
    )  # fmt: skip
    archive.forge_leaf(int(event))
    retile(archive)
    archive.sign(hours=3)
    assert archive.check().findings == []  # nothing inside speaks against it
    found = archive.found(outside)
    assert (found.what, found.position) == (What.REWRITTEN, keep)
    assert "titik-0" in found.detail


def retile(archive: Archive) -> None:
    """The forger makes the tiles anew by the product's own sealer."""
    with Session(archive.engine) as session, session.begin():
        size = queries.sealed_count(session)
        have = session.scalars(text("SELECT number FROM trail_tile WHERE height = 8")).all()
        services._tile(session, len(have) << 8, size)


def test_a_tail_that_was_cut_off_is_shorter_than_what_was_signed(archive: Archive) -> None:
    size = archive.ask("SELECT max(size) FROM trail_head")
    archive.alter(
        "DELETE FROM audit_event WHERE id > (SELECT max(id) - 10 FROM audit_event)",
        "DELETE FROM trail_leaf WHERE position >= :size - 10", size=size,
    )  # fmt: skip
    found = archive.found()
    assert (found.what, found.position) == (What.SHORTER, size - 10)


def test_an_older_backup_is_shorter_than_a_checkpoint_kept_since(archive: Archive) -> None:
    size = archive.ask("SELECT max(size) FROM trail_head")
    origin = archive.ask("SELECT origin FROM trail_head LIMIT 1")
    later = notes.sign(archive.key, origin, size + 5, bytes(32), SIGNED_AT).text
    assert archive.check().findings == []
    assert archive.found(later).what is What.SHORTER


def test_heads_that_were_swapped_or_signed_by_another_key_are_named(archive: Archive) -> None:
    first, last = archive.ask("SELECT array_agg(size ORDER BY size) FROM trail_head")[::2]
    archive.alter(
        "UPDATE trail_head SET root = (SELECT root FROM trail_head WHERE size = :last) WHERE size = :first",
        first=first, last=last,
    )  # fmt: skip
    assert told(archive.found()) == (What.HEAD, "trail_head", str(first))


def test_nothing_signed_by_another_key_counts(archive: Archive) -> None:
    verdict = archive.check(key=Ed25519PrivateKey.generate())
    assert [one.what for one in verdict.findings] == [What.HEAD] * 3
    assert verdict.signed == 0


def test_a_head_signed_anew_with_the_forgers_own_key_is_named(archive: Archive) -> None:
    forger = Ed25519PrivateKey.generate()
    size, root, origin = (
        archive.ask(f"SELECT {one} FROM trail_head ORDER BY size LIMIT 1") for one in ("size", "root", "origin")
    )
    note = notes.sign(forger, origin, size, bytes(root), SIGNED_AT)
    archive.alter(
        "UPDATE trail_head SET signature = :signature, public_key = :public, at = :at WHERE size = :size",
        signature=note.signature, public=forger.public_key().public_bytes_raw(), at=SIGNED_AT, size=size,
    )  # fmt: skip
    assert told(archive.found()) == (What.HEAD, "trail_head", str(size))


@pytest.mark.parametrize("forged", ["bukan titik periksa", None])
def test_a_checkpoint_that_was_altered_is_named(archive: Archive, forged: str | None) -> None:
    note = archive.sign()
    found = archive.found(forged or note.replace("2018-08-07", "2018-08-08"))
    assert told(found) == (What.HEAD, "checkpoint", "titik-0")


def test_a_wrong_inner_hash_is_named(archive: Archive) -> None:
    archive.alter("UPDATE trail_tile SET hash = sha256(hash) WHERE height = 8 AND number = 0")
    assert told(archive.found()) == (What.TILE, "trail_tile", "8:0")


def test_a_state_that_no_move_led_to_is_named(archive: Archive) -> None:
    case = archive.ask("SELECT min(id) FROM evidence")
    archive.alter("UPDATE evidence SET state = 'rejected', dismissed_at = now() WHERE id = :case", case=case)
    assert told(archive.found()) == (What.STATE, "evidence", str(case))


def test_a_version_of_a_score_that_was_kept_cannot_be_changed_either(archive: Archive) -> None:
    archive.alter("UPDATE trail_leaf SET content = replace(content, '81.50', '91.50') WHERE kind = 'score'")
    assert {told(one) for one in archive.check().findings} == {
        (What.CONTENT, "score", archive.ask("SELECT max(id)::text FROM score"))
    }


def test_new_columns_of_a_covered_table_are_asked_for(archive: Archive) -> None:
    """And once the table has its next form, old rows keep the leaves they have."""
    archive.alter("ALTER TABLE evidence_move ADD COLUMN remark text")
    assert told(archive.found()) == (What.FORM, "evidence_move", "remark")
    archive.alter("SELECT wall.cover('evidence_move', '{id}')")
    with archive.engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO evidence_move (evidence_id, move, became, at, remark) "
            "SELECT id, 'lock', state, now(), 'baru' FROM evidence LIMIT 1"
        ))  # fmt: skip
    archive.sign(hours=3)
    assert [told(one) for one in archive.check().findings] == [(What.EXTRA, "trail_form", "evidence_move:2")]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE trail_leaf SET leaf_hash = sha256(leaf_hash)", "DELETE FROM trail_leaf", "TRUNCATE trail_leaf",
     "UPDATE trail_leaf SET position = position + 1000", "UPDATE trail_head SET root = sha256(root)",
     "DELETE FROM trail_head", "UPDATE trail_tile SET hash = sha256(hash)", "UPDATE trail_form SET columns = '{}'",
     "UPDATE audit_event SET action = ''"],
)  # fmt: skip
def test_the_owner_of_the_tables_is_refused(archive: Archive, statement: str) -> None:
    with archive.engine.connect() as connection, pytest.raises(DBAPIError, match=r"refused by rule|append_only"):
        connection.execute(text(statement))
