"""The trail: every line of history leaves a hash, the hashes are the leaves of a Merkle tree, its heads are signed.

`wall.cover(table, keys, …)` brings a table under the trail: from then on each new row (or, for a table whose rows may
change, each version) leaves a leaf in the same transaction; rows that are there already are taken in at once. Said
again after columns were added, it makes the table's next form: older leaves keep the form they were made in. A later
migration says `op.execute("SELECT wall.cover('finding', '{id}')")`, and `wall.uncover('finding')` on its way back.

The content of a leaf is JSON without spaces, names in the order of their code points, UTF-8:
{"form":"1","kind":<table>,"row":{<column>:<value>…},"salt":<32 hex digits>}. A value is null; for jsonb the document
itself in the same form, numbers as PostgreSQL prints them; for timestamptz "2026-11-28T20:15:55.123456Z"; for all else
the text PostgreSQL prints, as a string. Its hash is sha256 over a zero byte and the content (RFC 6962). The salt keeps
a proof, which holds hashes of neighbours, from telling what a neighbour's score was.

Leaves get their place later: `webapp.trail.services.seal` numbers what has been committed, under one lock that no
request waits for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0140"
down_revision = "0135"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
DEFERRING = "SECURITY DEFINER SET search_path = pg_catalog, public, jobs, pg_temp"

CANONICAL = """
CREATE FUNCTION wall.canonical(document jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE jsonb_typeof(document)
        WHEN 'object' THEN (
            SELECT '{' || coalesce(string_agg(
                to_json(key)::text || ':' || wall.canonical(value), ',' ORDER BY key COLLATE "C"
            ), '') || '}' FROM jsonb_each(document)
        )
        WHEN 'array' THEN (
            SELECT '[' || coalesce(string_agg(wall.canonical(value), ',' ORDER BY place), '') || ']'
            FROM jsonb_array_elements(document) WITH ORDINALITY AS part (value, place)
        )
        ELSE document::text
    END;
END $$;

-- The settings are those on which PostgreSQL's text for dates and numbers depends.
CREATE FUNCTION wall.leaf_content(expression text, made anyelement, salt text, OUT content text, OUT key text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC'
    SET extra_float_digits = 1 SET intervalstyle = 'postgres' SET bytea_output = 'hex' AS $$
BEGIN
    EXECUTE expression INTO content, key USING made, salt;
END $$;

CREATE FUNCTION wall.add_leaf(told trail_form, made anyelement) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE salt text := replace(gen_random_uuid()::text, '-', ''); said record;
BEGIN
    SELECT * INTO said FROM wall.leaf_content(told.expression, made, salt);
    INSERT INTO trail_leaf (kind, key, form, salt, leaf_hash, content) VALUES (
        told.kind, said.key, told.form, salt, sha256('\\x00'::bytea || convert_to(said.content, 'UTF8')),
        CASE WHEN told.changes THEN said.content END
    );
END $$;
"""

LEAVING = f"""
CREATE FUNCTION wall.leave_leaf() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE told trail_form;
BEGIN
    SELECT * INTO told FROM trail_form WHERE kind = TG_TABLE_NAME ORDER BY form DESC LIMIT 1;
    PERFORM wall.add_leaf(told, NEW);
    RETURN NULL;
END $$;

CREATE FUNCTION wall.defer_seal(about integer) RETURNS boolean LANGUAGE plpgsql {DEFERRING} AS $$
BEGIN
    RETURN wall.defer('trail', 'trail.seal_now', 'seal:' || about, '{{}}'::jsonb);
END $$;

CREATE FUNCTION trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'trail_leaf' THEN
        IF OLD.position IS NULL AND NEW.position IS NOT NULL
            AND to_jsonb(OLD) - 'position' = to_jsonb(NEW) - 'position' THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'trail_head' THEN
        IF OLD.published_at IS NULL AND NEW.published_at IS NOT NULL
            AND to_jsonb(OLD) - 'published_at' = to_jsonb(NEW) - 'published_at' THEN
            RETURN NEW;
        END IF;
    END IF;
    PERFORM refuse('trail_is_append_only');
    RETURN NULL;
END $$;
"""

COVERING = """
CREATE FUNCTION wall.cover(told_kind text, told_keys text[], told_condition text DEFAULT NULL,
    told_changes boolean DEFAULT false) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE told trail_form;
BEGIN
    told.kind := told_kind;
    told.keys := told_keys;
    told.condition := told_condition;
    told.changes := told_changes;
    told.form := 1 + coalesce((SELECT max(form) FROM trail_form WHERE kind = told_kind), 0);
    SELECT jsonb_object_agg(attname, CASE format_type(atttypid, NULL)
            WHEN 'jsonb' THEN 'document' WHEN 'timestamp with time zone' THEN 'instant' ELSE 'text' END)
        INTO told.columns FROM pg_attribute
        WHERE attrelid = format('public.%I', told_kind)::regclass AND attnum > 0 AND NOT attisdropped;
    SELECT format('SELECT %L || ', format('{"form":"%s","kind":"%s","row":{', told.form, told_kind))
        || string_agg(format('%L || coalesce(', CASE WHEN place > 1 THEN ',' ELSE '' END || to_json(name)::text || ':')
            || CASE type
                WHEN 'document' THEN format('wall.canonical(($1).%I)', name)
                WHEN 'instant' THEN format(
                    'to_json(to_char(($1).%I AT TIME ZONE ''UTC'', ''YYYY-MM-DD"T"HH24:MI:SS.US"Z"''))::text', name)
                ELSE format('to_json(($1).%I::text)::text', name) END
            || ', ''null'')', ' || ' ORDER BY place)
        || ' || ''},"salt":"'' || $2 || ''"}'', '
        || (SELECT string_agg(format('($1).%I::text', one), ' || '':'' || ' ORDER BY nth)
            FROM unnest(told_keys) WITH ORDINALITY AS part (one, nth))
        INTO told.expression
        FROM (SELECT key AS name, value AS type, row_number() OVER (ORDER BY key COLLATE "C") AS place
            FROM jsonb_each_text(told.columns)) AS listed;
    INSERT INTO trail_form SELECT told.*;
    IF told.form > 1 THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TRIGGER leaves_leaf AFTER INSERT%s ON public.%I FOR EACH ROW %s EXECUTE FUNCTION wall.leave_leaf()',
        CASE WHEN told_changes THEN ' OR UPDATE' ELSE '' END, told_kind,
        CASE WHEN told_condition IS NULL THEN '' ELSE format('WHEN (NEW.%s)', told_condition) END
    );
    EXECUTE format('SELECT wall.add_leaf($1, made) FROM public.%I AS made WHERE %s ORDER BY %s', told_kind,
        coalesce(told_condition, 'true'), (SELECT string_agg(format('%I', one), ', ') FROM unnest(told_keys) AS one))
        USING told;
END $$;

CREATE FUNCTION wall.uncover(told_kind text) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format('DROP TRIGGER IF EXISTS leaves_leaf ON public.%I', told_kind);
END $$;
"""
OWNERS = (
    "canonical(jsonb)", "leaf_content(text, anyelement, text)", "add_leaf(trail_form, anyelement)", "leave_leaf()",
    "cover(text, text[], text, boolean)", "uncover(text)",
)  # fmt: skip

# What is append-only by the rules of the house, whole; and of what may change, each version that counts.
COVERED = (
    ("trail_form", "{kind,form}", None, False),
    ("audit_event", "{id}", None, False),
    ("evidence_move", "{id}", None, False),
    ("evidence_revision", "{evidence_id,number}", None, False),
    ("result_snapshot", "{id}", None, False),
    ("field_visit", "{id}", "completed_at IS NOT NULL", True),
    ("score", "{id}", None, True),
)
TABLES = ("trail_form", "trail_leaf", "trail_tile", "trail_head")


def upgrade() -> None:
    _make_tables()
    op.execute(CANONICAL)
    op.execute(LEAVING)
    op.execute(COVERING)
    for function in OWNERS:
        op.execute(f"REVOKE ALL ON FUNCTION wall.{function} FROM PUBLIC")
    op.execute("REVOKE ALL ON FUNCTION wall.defer_seal(integer) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION wall.defer_seal(integer) TO {ROLE}")
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER trail_is_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION trail_is_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_is_not_truncated BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION trail_is_append_only()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY select_in_area ON {table} FOR SELECT TO {ROLE} USING ((SELECT wall.areas()) <> '{{}}')"
        )
    for kind, keys, condition, changes in COVERED:
        op.get_bind().execute(
            sa.text("SELECT wall.cover(:kind, CAST(:keys AS text[]), :condition, :changes)"),
            {"kind": kind, "keys": keys, "condition": condition, "changes": changes},
        )


def _make_tables() -> None:
    op.create_table(
        "trail_form",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("keys", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("columns", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("changes", sa.Boolean(), nullable=False),
        sa.Column("expression", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "form", name=op.f("pk_trail_form")),
    )
    op.create_table(
        "trail_leaf",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("octet_length(leaf_hash) = 32", name="leaf_hash_is_sha256"),
        sa.CheckConstraint("position >= 0", name="position_counts_from_zero"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_leaf")),
        sa.UniqueConstraint("position", name=op.f("uq_trail_leaf_position")),
    )
    op.create_index("ix_trail_leaf_record", "trail_leaf", ["kind", "key"])
    op.create_index("ix_trail_leaf_waiting", "trail_leaf", ["id"], postgresql_where=sa.text("position IS NULL"))
    op.create_table(
        "trail_tile",
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("octet_length(hash) = 32", name="tile_hash_is_sha256"),
        sa.PrimaryKeyConstraint("height", "number", name=op.f("pk_trail_tile")),
    )
    op.create_table(
        "trail_head",
        sa.Column("size", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("octet_length(root) = 32", name="root_is_sha256"),
        sa.CheckConstraint("octet_length(signature) = 64", name="signature_is_ed25519"),
        sa.CheckConstraint("octet_length(public_key) = 32", name="public_key_is_ed25519"),
        sa.CheckConstraint("size > 0", name="head_covers_something"),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_trail_head")),
    )


def downgrade() -> None:
    for kind in op.get_bind().scalars(sa.text("SELECT DISTINCT kind FROM trail_form")).all():
        op.execute(f"SELECT wall.uncover('{kind}')")
    op.execute("DROP FUNCTION wall.leave_leaf()")
    op.execute("DROP FUNCTION wall.defer_seal(integer)")
    for function in reversed(OWNERS):
        if function != "leave_leaf()":
            op.execute(f"DROP FUNCTION wall.{function}")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION trail_is_append_only()")
