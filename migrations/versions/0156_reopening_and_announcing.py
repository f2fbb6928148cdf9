"""A sealed result has a part for each unit; it is reopened by two people within a scope, and announced.

Outside the scope of a reopening everything stays as locked as before, said by the database: a period of version 2 or
later is open for what its granted reopening names alone. A score whose giver has become partial can be left out.
Leaves of scores and of moves are left a statement at a time: finalising a country writes a million of each.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0156"
down_revision = "0155"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
PLAIN = "SECURITY INVOKER"

# A copy of the transition table of that day: of the open, and of what a reopening unlocks.
STEPS = (
    "draft>submitted", "returned>submitted", "draft>withdrawn", "submitted>withdrawn", "submitted>under_review",
    "under_review>submitted", "under_review>returned", "under_review>rejection_proposed",
    "rejection_proposed>rejected", "rejection_proposed>submitted", "under_review>verified_desk",
    "under_review>awaiting_field", "verified_desk>awaiting_field", "awaiting_field>verified_field",
    "awaiting_field>mismatch", "awaiting_field>returned", "returned>returned", "rejected>objected",
    "mismatch>objected", "objected>rejected", "objected>mismatch", "objected>submitted", "objected>awaiting_field",
)  # fmt: skip
REOPENED = (
    "verified_desk>submitted", "rejected>submitted", "submitted>submitted", "under_review>submitted",
    "rejection_proposed>submitted", "verified_field>awaiting_field", "mismatch>awaiting_field",
    "awaiting_field>awaiting_field", "returned>returned", "objected>objected",
)  # fmt: skip
MOVES = (
    "create", "submit", "withdraw", "take", "release", "return", "propose_rejection", "confirm_rejection",
    "decline_rejection", "accept_at_desk", "send_to_field", "confirm_on_site", "refute_on_site", "return_from_site",
    "lock", "extend_repair", "object", "uphold_rejection", "uphold_mismatch", "grant_to_desk", "grant_to_field",
)  # fmt: skip
MARKS = "{state,locked_at,taken_by,taken_until,verified_at,repair_until,objection_until,version}"

SCOPE = f"""
CREATE FUNCTION wall.in_reopening(period integer, unit text, indicator integer) RETURNS boolean LANGUAGE sql STABLE
{FIXED} AS $$
    SELECT EXISTS (
        SELECT FROM reopening AS asked JOIN reopening_scope AS said ON said.reopening_id = asked.id
            JOIN period AS held ON held.id = asked.period_id AND held.version = asked.version + 1
        WHERE asked.period_id = $1 AND asked.granted AND said.region_code = left($2, 8)
            AND ($3 IS NULL OR said.indicator_id = $3 OR (said.indicator_id IS NULL AND said.evidence_id IS NULL))
    )
$$;

CREATE FUNCTION wall.case_in_reopening(period integer, unit text, number integer) RETURNS boolean LANGUAGE sql STABLE
{FIXED} AS $$
    SELECT EXISTS (
        SELECT FROM reopening AS asked JOIN reopening_scope AS said ON said.reopening_id = asked.id
            JOIN period AS held ON held.id = asked.period_id AND held.version = asked.version + 1
        WHERE asked.period_id = $1 AND asked.granted AND held.state = 'open' AND said.region_code = left($2, 8)
            AND CASE WHEN said.evidence_id IS NOT NULL THEN said.evidence_id = $3
                ELSE said.indicator_id IS NULL OR EXISTS (
                    SELECT FROM claim_evidence AS link JOIN claim ON claim.id = link.claim_id
                    WHERE link.evidence_id = $3 AND claim.indicator_id = said.indicator_id
                        AND claim.region_code = said.region_code
                ) END
    )
$$;
"""

PARTS = f"""
CREATE OR REPLACE FUNCTION period_parts_keep_its_seal() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE touched record; held record; part jsonb; unit text; about integer;
BEGIN
    touched := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    SELECT state, version INTO held FROM period WHERE id = touched.period_id;
    IF held.state = 'final' THEN
        PERFORM refuse('period_is_final');
    END IF;
    -- How far a unit comes follows from values inside the reopening; the unit itself stays, see 0150.
    IF held.version > 1 AND NOT (TG_TABLE_NAME = 'participant' AND TG_OP = 'UPDATE') THEN
        -- What belongs to no unit is the period's own, and open with it.
        FOREACH part IN ARRAY CASE WHEN TG_OP = 'UPDATE' THEN ARRAY[to_jsonb(OLD), to_jsonb(NEW)]
            ELSE ARRAY[to_jsonb(touched)] END
        LOOP
            unit := part->>'region_code';
            about := (part->>'indicator_id')::integer;
            IF part ? 'claim_id' THEN
                SELECT region_code, indicator_id INTO unit, about FROM claim WHERE id = (part->>'claim_id')::integer;
            END IF;
            IF unit IS NOT NULL AND NOT wall.in_reopening(touched.period_id, unit, about) THEN
                PERFORM refuse('outside_the_reopening');
            END IF;
        END LOOP;
    END IF;
    RETURN touched;
END $$;
"""
PARTS_BEFORE = f"""
CREATE OR REPLACE FUNCTION period_parts_keep_its_seal() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE touched record;
BEGIN
    touched := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    IF EXISTS (SELECT 1 FROM period WHERE id = touched.period_id AND state = 'final') THEN
        PERFORM refuse('period_is_final');
    END IF;
    RETURN touched;
END $$;
"""

PERIOD = f"""
CREATE OR REPLACE FUNCTION final_period_stays() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE was jsonb; became jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'final' OR OLD.version > 1 THEN
            PERFORM refuse('period_is_final');
        END IF;
        RETURN OLD;
    END IF;
    was := to_jsonb(OLD) - '{{announced_at,announced_by}}'::text[];
    became := to_jsonb(NEW) - '{{announced_at,announced_by}}'::text[];
    IF OLD.state <> 'final' THEN
        IF NEW.version <> OLD.version THEN
            PERFORM refuse('version_moves_by_reopening');
        END IF;
        IF NEW.announced_at IS NOT NULL THEN
            PERFORM refuse('only_final_is_announced');
        END IF;
        IF OLD.version > 1 AND was - '{{state,finalised_at,finalised_by,closes_at}}'::text[]
            IS DISTINCT FROM became - '{{state,finalised_at,finalised_by,closes_at}}'::text[] THEN
            PERFORM refuse('reopened_period_keeps_its_rules');
        END IF;
        RETURN NEW;
    END IF;
    IF was = became AND OLD.announced_at IS NULL AND NEW.announced_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF NEW.state = 'open' AND NEW.version = OLD.version + 1 AND NEW.announced_at IS NULL
        AND was - '{{state,version,finalised_at,finalised_by}}'::text[]
            = became - '{{state,version,finalised_at,finalised_by}}'::text[]
        AND EXISTS (
            SELECT FROM reopening WHERE period_id = OLD.id AND version = OLD.version AND granted
        )
    THEN
        RETURN NEW;
    END IF;
    PERFORM refuse('period_is_final');
    RETURN NULL;
END $$;
"""
PERIOD_BEFORE = f"""
CREATE OR REPLACE FUNCTION final_period_stays() RETURNS trigger LANGUAGE plpgsql {PLAIN} AS $$
BEGIN
    IF OLD.state = 'final' THEN
        PERFORM refuse('period_is_final');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


def _steps(known: tuple[str, ...]) -> str:
    return "ARRAY[" + ", ".join(repr(step) for step in known) + "]"


CASES = f"""
CREATE OR REPLACE FUNCTION evidence_keeps_its_rules() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF OLD.locked_at IS NOT NULL THEN
        IF TG_OP = 'UPDATE' AND NEW.locked_at IS NULL
            AND to_jsonb(NEW) - '{MARKS}'::text[] = to_jsonb(OLD) - '{MARKS}'::text[]
            AND (OLD.state || '>' || NEW.state) = ANY ({_steps(REOPENED)})
            AND wall.case_in_reopening(OLD.period_id, OLD.region_code, OLD.id)
        THEN
            RETURN NEW;
        END IF;
        PERFORM refuse('evidence_is_locked');
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            PERFORM refuse('only_drafts_are_deleted');
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY ({_steps(STEPS)}) THEN
        PERFORM refuse('state_follows_table');
    END IF;
    IF OLD.state = 'draft' AND NEW.state = 'submitted'
        AND (SELECT version FROM period WHERE id = NEW.period_id) > 1
        AND NOT wall.in_reopening(NEW.period_id, NEW.region_code, NULL)
    THEN
        PERFORM refuse('outside_the_reopening');
    END IF;
    RETURN NEW;
END $$;
"""
CASES_BEFORE = f"""
CREATE OR REPLACE FUNCTION evidence_keeps_its_rules() RETURNS trigger LANGUAGE plpgsql {PLAIN} AS $$
BEGIN
    IF OLD.locked_at IS NOT NULL THEN
        PERFORM refuse('evidence_is_locked');
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            PERFORM refuse('only_drafts_are_deleted');
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY ({_steps(STEPS)}) THEN
        PERFORM refuse('state_follows_table');
    END IF;
    RETURN NEW;
END $$;
"""


def scores(left_out: str) -> str:
    """As 0135 wrote them; a score that was left out is no value of the pair."""
    return f"""
CREATE OR REPLACE FUNCTION only_the_drawn_score() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.claim_id, NEW.assessor_id, NEW.value, NEW.note)
        IS NOT DISTINCT FROM (OLD.claim_id, OLD.assessor_id, OLD.value, OLD.note)
    THEN
        RETURN NEW;  -- sealed, or its visit noted
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM claim JOIN indicator ON indicator.id = claim.indicator_id
        WHERE claim.id = NEW.claim_id AND indicator.reading = 'blind_pair'
    ) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM reader
        WHERE reader.claim_id = NEW.claim_id AND reader.assessor_id = NEW.assessor_id AND reader.place IN (1, 2)
    ) THEN
        PERFORM refuse('only_the_drawn_score');
    END IF;
    IF (SELECT count(*) FROM score WHERE score.claim_id = NEW.claim_id{left_out}) >= 2 THEN
        PERFORM refuse('complete_pair_stays');
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION readers_stay_once_they_scored() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM score
        WHERE score.claim_id = OLD.claim_id AND score.assessor_id = OLD.assessor_id{left_out}
    ) THEN
        PERFORM refuse('readers_stay_once_they_scored');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


# What finalising writes on a score is nobody's judgement: the questions about who judges are asked of judgements.
JUDGEMENT = "INSERT OR UPDATE OF claim_id, assessor_id, value, note, scored_at"
OF_SCORES = ("scorer_is_impartial", "only_the_drawn_score", "value_is_one_allowed")
ONCE = """
CREATE FUNCTION left_out_score_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('left_out_score_stays');
    RETURN NULL;
END $$;

CREATE FUNCTION answer_is_given_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE answers text[] := '{decided_by,decided_at,granted,answered_by,answered_at,accepted,answer}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF coalesce(to_jsonb(NEW)->>'decided_at', to_jsonb(NEW)->>'answered_at') IS NOT NULL THEN
            PERFORM refuse('answer_comes_after_question');
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND coalesce(to_jsonb(OLD)->>'decided_at', to_jsonb(OLD)->>'answered_at') IS NULL
        AND to_jsonb(OLD) - answers = to_jsonb(NEW) - answers
    THEN
        RETURN NEW;
    END IF;
    PERFORM refuse('history_is_append_only');
    RETURN NULL;
END $$;
"""
SETTLED = f"""
CREATE FUNCTION scope_is_settled_when_asked() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF (SELECT decided_at FROM reopening WHERE id = NEW.reopening_id) IS NOT NULL THEN
        PERFORM refuse('scope_is_settled_when_asked');
    END IF;
    RETURN NEW;
END $$;
"""

# As `wall.leave_leaf` (0140), for all rows of a statement at once.
LEAVES = f"""
CREATE FUNCTION wall.leave_leaves() RETURNS trigger LANGUAGE plpgsql {FIXED} SET datestyle = 'ISO, YMD'
    SET timezone = 'UTC' SET extra_float_digits = 1 SET intervalstyle = 'postgres' SET bytea_output = 'hex' AS $$
DECLARE told trail_form;
BEGIN
    SELECT * INTO told FROM trail_form WHERE kind = TG_TABLE_NAME ORDER BY form DESC LIMIT 1;
    EXECUTE format(
        'INSERT INTO trail_leaf (kind, key, form, salt, leaf_hash, content) '
        'SELECT %L, said.key, %s, made.salt_of_leaf, sha256(''\\x00''::bytea || convert_to(said.content, ''UTF8'')), '
        '%s FROM (SELECT came.*, replace(gen_random_uuid()::text, ''-'', '''') AS salt_of_leaf FROM came) AS made, '
        'LATERAL (%s) AS said (content, key)',
        told.kind, told.form, CASE WHEN told.changes THEN 'said.content' ELSE 'NULL' END,
        replace(replace(told.expression, '($1).', 'made.'), '$2', 'made.salt_of_leaf')
    );
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION wall.leave_leaves() FROM PUBLIC;
"""
AT_ONCE = {"score": ("INSERT", "UPDATE"), "evidence_move": ("INSERT",)}

INSIDE = "{0} ^@ ANY ((SELECT wall.areas())::text[])"
OF_OWN_PERIOD = (
    f"EXISTS (SELECT 1 FROM period AS upper WHERE upper.id = period_id AND {INSIDE.format('upper.region_code')})"
)
OF_PERIOD = "EXISTS (SELECT 1 FROM period AS upper WHERE upper.id = period_id)"
OF_RESULT = "EXISTS (SELECT 1 FROM result_snapshot AS upper WHERE upper.id = snapshot_id)"
OF_REOPENING = "EXISTS (SELECT 1 FROM reopening AS upper WHERE upper.id = reopening_id)"
OWN_UNIT = INSIDE.format("region_code")
POLICIES = {
    "result_part": (("ALL", OF_RESULT, OF_RESULT),),
    "unclaimed_zero": (("ALL", OF_OWN_PERIOD, OF_OWN_PERIOD),),
    "reopening": (("ALL", OF_OWN_PERIOD, OF_OWN_PERIOD),),
    "reopening_scope": (("ALL", OF_REOPENING, OF_REOPENING),),
    # Those who take part read it too, from below; of the rest of the sealed result they see nothing.
    "announcement": (("SELECT", OF_PERIOD, None), ("INSERT", None, OF_OWN_PERIOD)),
    "announced_unit": (("SELECT", OWN_UNIT, None), ("INSERT", None, OF_OWN_PERIOD)),
    "result_objection": (("ALL", OWN_UNIT, OWN_UNIT),),
}
APPEND_ONLY = ("result_part", "unclaimed_zero", "reopening_scope", "announcement", "announced_unit")
COVERED = (
    ("reopening", "{id}", True),
    ("reopening_scope", "{id}", False),
    ("announcement", "{period_id,version}", False),
    ("result_objection", "{id}", True),
)


def upgrade() -> None:
    for column in (
        sa.Column("left_out_by", sa.Integer(), nullable=True),
        sa.Column("left_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_out_reason", sa.Text(), server_default="", nullable=False),
    ):
        op.add_column("score", column)
    op.create_foreign_key("fk_score_left_out_by_account", "score", "account", ["left_out_by"], ["id"])
    op.create_check_constraint(
        "left_out_has_reason", "score",
        "(left_out_by IS NULL) = (left_out_at IS NULL) AND (left_out_by IS NULL OR btrim(left_out_reason) <> '')",
    )  # fmt: skip
    _know((*MOVES, "reopen"))
    _tables()
    op.execute(SCOPE)
    op.execute("REVOKE ALL ON FUNCTION wall.in_reopening(integer, text, integer) FROM PUBLIC")
    op.execute("REVOKE ALL ON FUNCTION wall.case_in_reopening(integer, text, integer) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION wall.in_reopening(integer, text, integer) TO {ROLE}")
    op.execute(f"GRANT EXECUTE ON FUNCTION wall.case_in_reopening(integer, text, integer) TO {ROLE}")
    for function in (PARTS, PERIOD, CASES, scores(" AND score.left_out_at IS NULL"), ONCE, SETTLED, LEAVES):
        op.execute(function)
    _score_triggers(JUDGEMENT)
    op.execute(
        "CREATE TRIGGER left_out_score_stays BEFORE DELETE OR UPDATE OF claim_id, assessor_id, value, note, "
        "left_out_by, left_out_at, left_out_reason ON score FOR EACH ROW WHEN (OLD.left_out_at IS NOT NULL) "
        "EXECUTE FUNCTION left_out_score_stays()"
    )
    _guard_history()
    for table, rules in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, there, becomes in rules:
            using = f" USING ({there})" if there else ""
            check = f" WITH CHECK ({becomes})" if becomes else ""
            op.execute(f"CREATE POLICY {command.lower()}_in_area ON {table} FOR {command} TO {ROLE}{using}{check}")
    for table, keys, changes in COVERED:
        op.get_bind().execute(
            sa.text("SELECT wall.cover(:kind, CAST(:keys AS text[]), NULL, :changes)"),
            {"kind": table, "keys": keys, "changes": changes},
        )
    _leave_at_once()


def _guard_history() -> None:
    for table in ("reopening", "result_objection"):
        op.execute(
            f"CREATE TRIGGER answer_is_given_once BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION answer_is_given_once()"
        )
    op.execute(
        "CREATE TRIGGER scope_is_settled_when_asked BEFORE INSERT ON reopening_scope "
        "FOR EACH ROW EXECUTE FUNCTION scope_is_settled_when_asked()"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
        )
    for table in POLICIES:
        op.execute(
            f"CREATE TRIGGER {table}_is_not_truncated BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()"
        )


def _leave_at_once() -> None:
    op.execute("SELECT wall.cover('score', '{id}', NULL, true)")  # its next form, with the new columns
    for table, events in AT_ONCE.items():
        op.execute(f"DROP TRIGGER leaves_leaf ON {table}")
        for event in events:
            op.execute(
                f"CREATE TRIGGER leaves_leaves_{event.lower()} AFTER {event} ON {table} "
                "REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION wall.leave_leaves()"
            )


def _know(moves: tuple[str, ...]) -> None:
    op.drop_constraint("move_is_known", "evidence_move")
    values = ", ".join(repr(value) for value in sorted(moves))
    op.create_check_constraint("move_is_known", "evidence_move", f"move IN ({values})")


def _score_triggers(events: str) -> None:
    for function in OF_SCORES:
        op.execute(f"DROP TRIGGER {function} ON score")
        op.execute(f"CREATE TRIGGER {function} BEFORE {events} ON score FOR EACH ROW EXECUTE FUNCTION {function}()")


def _tables() -> None:
    op.create_table(
        "result_part",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["result_snapshot.id"], name="fk_result_part_snapshot_id_result_snapshot"
        ),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_result_part_region_code_region"),
        sa.PrimaryKeyConstraint("snapshot_id", "region_code", name="pk_result_part"),
    )
    op.create_table(
        "unclaimed_zero",
        sa.Column("period_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name="fk_unclaimed_zero_period_id_period"),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name="fk_unclaimed_zero_decided_by_account"),
        sa.PrimaryKeyConstraint("period_id", name="pk_unclaimed_zero"),
        sa.CheckConstraint("btrim(reason) <> ''", name="zero_has_reason"),
    )
    _reopenings()
    _announcements()


def _reopenings() -> None:
    op.create_table(
        "reopening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name="fk_reopening_period_id_period"),
        sa.ForeignKeyConstraint(
            ["period_id", "version"], ["result_snapshot.period_id", "result_snapshot.version"],
            name="reopening_of_result",
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name="fk_reopening_asked_by_account"),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name="fk_reopening_decided_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_reopening"),
        sa.CheckConstraint("btrim(reason) <> '' AND btrim(legal_basis) <> ''", name="reopening_has_reason_and_basis"),
        sa.CheckConstraint("decided_by <> asked_by", name="nobody_grants_their_own"),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (granted IS NULL)",
            name="reopening_is_decided_whole",
        ),
    )  # fmt: skip
    op.create_index(
        "one_reopening_waits", "reopening", ["period_id"], unique=True, postgresql_where=sa.text("decided_at IS NULL")
    )
    op.create_index(
        "result_is_reopened_once", "reopening", ["period_id", "version"], unique=True,
        postgresql_where=sa.text("granted"),
    )  # fmt: skip
    op.create_table(
        "reopening_scope",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reopening_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["reopening_id"], ["reopening.id"], name="fk_reopening_scope_reopening_id_reopening"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_reopening_scope_region_code_region"),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name="fk_reopening_scope_indicator_id_indicator"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_reopening_scope_evidence_id_evidence"),
        sa.PrimaryKeyConstraint("id", name="pk_reopening_scope"),
        sa.UniqueConstraint(
            "reopening_id", "region_code", "indicator_id", "evidence_id", name="scope_is_said_once",
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip


def _announcements() -> None:
    op.create_table(
        "announcement",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_by", sa.Integer(), nullable=False),
        sa.Column("objections_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ranking", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id", "version"], ["result_snapshot.period_id", "result_snapshot.version"],
            name="announcement_of_result",
        ),
        sa.ForeignKeyConstraint(["announced_by"], ["account.id"], name="fk_announcement_announced_by_account"),
        sa.PrimaryKeyConstraint("period_id", "version", name="pk_announcement"),
    )  # fmt: skip
    op.create_table(
        "announced_unit",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("aspects", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id", "version"], ["announcement.period_id", "announcement.version"], name="unit_of_announcement"
        ),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_announced_unit_region_code_region"),
        sa.PrimaryKeyConstraint("period_id", "version", "region_code", name="pk_announced_unit"),
    )
    op.create_table(
        "result_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("objected_by", sa.Integer(), nullable=False),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id", "version"], ["announcement.period_id", "announcement.version"], name="objection_to_result"
        ),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_result_objection_region_code_region"),
        sa.ForeignKeyConstraint(["objected_by"], ["account.id"], name="fk_result_objection_objected_by_account"),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name="fk_result_objection_answered_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_result_objection"),
        sa.UniqueConstraint("period_id", "version", "region_code", name="unit_objects_once"),
        sa.CheckConstraint("btrim(reason) <> ''", name="objection_has_reason"),
        sa.CheckConstraint("answered_by <> objected_by", name="nobody_answers_their_own"),
        sa.CheckConstraint(
            "(answered_by IS NULL) = (answered_at IS NULL) AND (answered_by IS NULL) = (accepted IS NULL)"
            " AND (answered_by IS NULL OR btrim(answer) <> '')",
            name="objection_is_answered_whole",
        ),
    )


def downgrade() -> None:
    """Sealed results lose their parts, and periods their reopenings; what was reopened must be sealed first."""
    for table, events in AT_ONCE.items():
        for event in events:
            op.execute(f"DROP TRIGGER leaves_leaves_{event.lower()} ON {table}")
        also = " OR UPDATE" if "UPDATE" in events else ""
        op.execute(
            f"CREATE TRIGGER leaves_leaf AFTER INSERT{also} ON {table} FOR EACH ROW EXECUTE FUNCTION wall.leave_leaf()"
        )
    op.execute("DROP FUNCTION wall.leave_leaves()")
    for table, *_ in COVERED:
        op.execute(f"SELECT wall.uncover('{table}')")
    for table in (
        "result_objection", "announced_unit", "announcement", "reopening_scope", "reopening", "unclaimed_zero",
        "result_part",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute("DROP TRIGGER left_out_score_stays ON score")
    for function in ("left_out_score_stays", "answer_is_given_once", "scope_is_settled_when_asked"):
        op.execute(f"DROP FUNCTION {function}()")
    _score_triggers("INSERT OR UPDATE")
    for function in (PARTS_BEFORE, PERIOD_BEFORE, CASES_BEFORE, scores("")):
        op.execute(function)
    op.execute("ALTER FUNCTION final_period_stays() RESET search_path")
    op.execute("ALTER FUNCTION evidence_keeps_its_rules() RESET search_path")
    op.execute("DROP FUNCTION wall.in_reopening(integer, text, integer)")
    op.execute("DROP FUNCTION wall.case_in_reopening(integer, text, integer)")
    _know(MOVES)
    op.drop_constraint("left_out_has_reason", "score")
    for column in ("left_out_reason", "left_out_at", "left_out_by"):
        op.drop_column("score", column)
