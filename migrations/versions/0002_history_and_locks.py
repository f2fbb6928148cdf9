"""History cannot be edited, states follow the table, and what finalisation seals stays sealed: said by the database.

Each refusal is a check violation that carries a constraint's name, so that the application need not read sentences.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# A copy of the transition table of that day; a later change of the table is a later migration.
STEPS = [
    "draft>submitted",
    "returned>submitted",
    "draft>withdrawn",
    "submitted>withdrawn",
    "submitted>under_review",
    "under_review>submitted",
    "under_review>returned",
    "under_review>rejection_proposed",
    "rejection_proposed>rejected",
    "rejection_proposed>submitted",
    "under_review>verified_desk",
    "under_review>awaiting_field",
    "verified_desk>awaiting_field",
    "awaiting_field>verified_field",
    "awaiting_field>mismatch",
    "awaiting_field>returned",
]

APPEND_ONLY = ("audit_event", "evidence_move", "evidence_revision", "result_snapshot")
OF_EVIDENCE = ("photo", "field_visit")
OF_PERIOD = ("claim", "claim_evidence", "score", "participant")
OF_INSTRUMENT = ("aspect", "indicator")

FUNCTIONS = f"""
CREATE FUNCTION refuse(rule text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'refused by rule %', rule USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('history_is_append_only');
    RETURN NULL;
END $$;

CREATE FUNCTION evidence_keeps_its_rules() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NEW.state <> OLD.state
        AND NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY[{", ".join(repr(step) for step in STEPS)}])
    THEN
        PERFORM refuse('state_follows_table');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION evidence_parts_keep_its_lock() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched record;
BEGIN
    touched := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    IF EXISTS (SELECT 1 FROM evidence WHERE id = touched.evidence_id AND locked_at IS NOT NULL) THEN
        PERFORM refuse('evidence_is_locked');
    END IF;
    RETURN touched;
END $$;

CREATE FUNCTION period_parts_keep_its_seal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched record;
BEGIN
    touched := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    IF EXISTS (SELECT 1 FROM period WHERE id = touched.period_id AND state = 'final') THEN
        PERFORM refuse('period_is_final');
    END IF;
    RETURN touched;
END $$;

CREATE FUNCTION final_period_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'final' THEN
        PERFORM refuse('period_is_final');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION instrument_stays_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE owner integer;
BEGIN
    IF TG_TABLE_NAME = 'aspect' THEN
        owner := CASE WHEN TG_OP = 'DELETE' THEN OLD.instrument_id ELSE NEW.instrument_id END;
    ELSE
        SELECT instrument_id INTO owner FROM aspect
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.aspect_id ELSE NEW.aspect_id END;
    END IF;
    IF EXISTS (SELECT 1 FROM instrument WHERE id = owner AND frozen_at IS NOT NULL) THEN
        PERFORM refuse('instrument_is_frozen');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

ROW_TRIGGERS = (
    ("evidence", "UPDATE OR DELETE", "evidence_keeps_its_rules"),
    ("period", "UPDATE OR DELETE", "final_period_stays"),
    *((table, "UPDATE OR DELETE", "history_is_append_only") for table in APPEND_ONLY),
    *((table, "INSERT OR UPDATE OR DELETE", "evidence_parts_keep_its_lock") for table in OF_EVIDENCE),
    *((table, "INSERT OR UPDATE OR DELETE", "period_parts_keep_its_seal") for table in OF_PERIOD),
    *((table, "INSERT OR UPDATE OR DELETE", "instrument_stays_frozen") for table in OF_INSTRUMENT),
)
FUNCTION_NAMES = tuple(dict.fromkeys(function for *_, function in ROW_TRIGGERS))


def upgrade() -> None:
    op.execute(FUNCTIONS)
    for table, verbs, function in ROW_TRIGGERS:
        op.execute(f"CREATE TRIGGER {function} BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_is_not_truncated BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()"
        )


def downgrade() -> None:
    for name in FUNCTION_NAMES:
        op.execute(f"DROP FUNCTION {name}() CASCADE")
    op.execute("DROP FUNCTION refuse(text)")
