"""Sealing a period touches every score and every case once: the rules are asked of a statement, or of what changed.

No rule is given up. What compared old and new inside a function compares them in the trigger's own condition, which
costs nothing; that a sealed period keeps its scores is asked once a statement, for all rows it changed. Both tables keep
room in their pages: each row is written once more when it is sealed, and then stays in its page and out of the indexes.
"""

from alembic import op

revision = "0163"
down_revision = "0162"
branch_labels = None
depends_on = None

FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# As `period_parts_keep_its_seal` (0156), for all rows of a statement at once.
SCORES = f"""
CREATE FUNCTION scores_keep_their_seal() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF EXISTS (
        SELECT FROM period WHERE state = 'final' AND id IN (SELECT period_id FROM came UNION SELECT period_id FROM was)
    ) THEN
        PERFORM refuse('period_is_final');
    END IF;
    IF EXISTS (
        SELECT FROM (
            SELECT came.period_id, came.claim_id FROM came UNION
            SELECT came.period_id, was.claim_id FROM was JOIN came USING (id)
        ) AS touched
        JOIN period ON period.id = touched.period_id AND period.version > 1
        JOIN claim ON claim.id = touched.claim_id
        WHERE NOT wall.in_reopening(touched.period_id, claim.region_code, claim.indicator_id)
    ) THEN
        PERFORM refuse('outside_the_reopening');
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION scores_keep_their_seal() FROM PUBLIC;
"""

# As in 0156; but what is said of a row is made once, not for its hash and for its text anew: OFFSET keeps the planner
# from copying the expression to both.
LEAVES = f"""
CREATE OR REPLACE FUNCTION wall.leave_leaves() RETURNS trigger LANGUAGE plpgsql {FIXED} SET datestyle = 'ISO, YMD'
    SET timezone = 'UTC' SET extra_float_digits = 1 SET intervalstyle = 'postgres' SET bytea_output = 'hex' AS $$
DECLARE told trail_form;
BEGIN
    SELECT * INTO told FROM trail_form WHERE kind = TG_TABLE_NAME ORDER BY form DESC LIMIT 1;
    EXECUTE format(
        'INSERT INTO trail_leaf (kind, key, form, salt, leaf_hash, content) '
        'SELECT %L, leaf.key, %s, leaf.salt_of_leaf, '
        'sha256(''\\x00''::bytea || convert_to(leaf.content, ''UTF8'')), %s FROM ('
        'SELECT made.salt_of_leaf, said.content, said.key '
        'FROM (SELECT came.*, replace(gen_random_uuid()::text, ''-'', '''') AS salt_of_leaf FROM came) AS made, '
        'LATERAL (%s) AS said (content, key){{fence}}) AS leaf',
        told.kind, told.form, CASE WHEN told.changes THEN 'leaf.content' ELSE 'NULL' END,
        replace(replace(told.expression, '($1).', 'made.'), '$2', 'made.salt_of_leaf')
    );
    RETURN NULL;
END $$;
"""


def _differs(*columns: str) -> str:
    old, new = (", ".join(f"{row}.{one}" for one in columns) for row in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


# By table and function: the events without a condition, and the condition on which an update is asked about.
SPLIT = (
    ("score", "only_the_present_score", "INSERT", _differs("claim_id", "assessor_id", "value", "note")),
    (
        "score", "round_stays_closed", "INSERT OR DELETE",
        _differs("claim_id", "assessor_id", "value", "note", "indicator_id"),
    ),
    (
        "evidence", "evidence_keeps_its_rules", "DELETE",
        "OLD.locked_at IS NOT NULL OR NEW.state IS DISTINCT FROM OLD.state",
    ),
)  # fmt: skip
ROOMY = ("score", "evidence")


def upgrade() -> None:
    op.execute(SCORES)
    op.execute(LEAVES.format(fence=" OFFSET 0"))
    for table, function, events, condition in SPLIT:
        _ask(table, function, events)
        op.execute(
            f"CREATE TRIGGER {function}_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({condition}) "
            f"EXECUTE FUNCTION {function}()"
        )
    _ask("score", "period_parts_keep_its_seal", "INSERT OR DELETE")
    op.execute(
        "CREATE TRIGGER scores_keep_their_seal AFTER UPDATE ON score REFERENCING OLD TABLE AS was NEW TABLE AS came "
        "FOR EACH STATEMENT EXECUTE FUNCTION scores_keep_their_seal()"
    )
    for table in ROOMY:
        op.execute(f"ALTER TABLE {table} SET (fillfactor = 50)")


def downgrade() -> None:
    for table in ROOMY:
        op.execute(f"ALTER TABLE {table} RESET (fillfactor)")
    op.execute(LEAVES.format(fence=""))
    op.execute("DROP TRIGGER scores_keep_their_seal ON score")
    op.execute("DROP FUNCTION scores_keep_their_seal()")
    _ask("score", "period_parts_keep_its_seal", "INSERT OR UPDATE OR DELETE")
    for table, function, events, _ in SPLIT:
        op.execute(f"DROP TRIGGER {function}_update ON {table}")
        first, *others = events.split(" OR ")
        _ask(table, function, " OR ".join([first, "UPDATE", *others]))


def _ask(table: str, function: str, events: str) -> None:
    op.execute(f"DROP TRIGGER {function} ON {table}")
    op.execute(f"CREATE TRIGGER {function} BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
