"""Levels are granted as claimed or lower, events are counted and not rated, the chair moderates; support of a case.

The database repeats: a value of an indicator of levels is the points of one of its levels, never above the claimed one;
what is counted has no values of assessors; a claim that has been valued keeps its level.
"""

import sqlalchemy as sa
from alembic import op

revision = "0153"
down_revision = "0152"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
OF_CLAIM = "EXISTS (SELECT 1 FROM claim AS upper WHERE upper.id = claim_id)"

FUNCTIONS = f"""
CREATE FUNCTION value_is_one_allowed() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE asked record;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.claim_id, NEW.value) IS NOT DISTINCT FROM (OLD.claim_id, OLD.value) THEN
        RETURN NEW;  -- sealed, or its visit noted
    END IF;
    SELECT indicator.id, indicator.method, indicator.max_value, indicator_level.points AS claimed INTO asked
    FROM claim JOIN indicator ON indicator.id = claim.indicator_id
        LEFT JOIN indicator_level ON indicator_level.id = claim.level_id
    WHERE claim.id = NEW.claim_id;
    IF NEW.value > asked.max_value THEN
        PERFORM refuse('value_is_on_the_scale');
    ELSIF asked.method = 'count' THEN
        PERFORM refuse('counted_claims_are_not_rated');
    ELSIF asked.method = 'levels' AND NOT EXISTS (
        SELECT 1 FROM indicator_level
        WHERE indicator_id = asked.id AND points = NEW.value AND points <= asked.claimed
    ) THEN
        PERFORM refuse('value_is_one_allowed');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION claim_keeps_its_level() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF NEW.level_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM indicator_level WHERE id = NEW.level_id AND indicator_id = NEW.indicator_id
    ) THEN
        PERFORM refuse('level_is_of_the_indicator');
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.level_id, NEW.quantity) IS DISTINCT FROM (OLD.level_id, OLD.quantity)
        AND EXISTS (SELECT 1 FROM score WHERE score.claim_id = NEW.id) THEN
        PERFORM refuse('claim_keeps_its_level');
    END IF;
    RETURN NEW;
END $$;
"""
TRIGGERS = (
    ("score", "INSERT OR UPDATE", "value_is_one_allowed"),
    ("adjudication", "INSERT", "value_is_one_allowed"),
    ("claim", "INSERT OR UPDATE", "claim_keeps_its_level"),
    ("moderation", "INSERT OR UPDATE OR DELETE", "period_parts_keep_its_seal"),
    ("moderation", "UPDATE OR DELETE", "history_is_append_only"),
)


def upgrade() -> None:
    op.create_table(
        "moderation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("step IN ('open', 'stands')", name="moderation_step_is_known"),
        sa.CheckConstraint("btrim(reason) <> ''", name="moderation_has_reason"),
        sa.ForeignKeyConstraint(["claim_id", "period_id"], ["claim.id", "claim.period_id"], name="moderation_of_claim"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_moderation_made_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_moderation"),
    )
    op.create_index("ix_moderation_claim_id", "moderation", ["claim_id"])
    op.create_index("ix_moderation_period_id", "moderation", ["period_id"])
    op.add_column("evidence", sa.Column("support", sa.Text(), nullable=True))
    op.create_check_constraint(
        "support_is_known", "evidence",
        "support IS NULL OR support IN ('anggaran', 'regulasi', 'sarana', 'sdm')",
    )  # fmt: skip
    op.execute(FUNCTIONS)
    for table, verbs, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {function} BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
    op.execute(
        "CREATE TRIGGER moderation_is_not_truncated BEFORE TRUNCATE ON moderation "
        "FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()"
    )
    op.execute("ALTER TABLE moderation ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY all_in_area ON moderation FOR ALL TO {ROLE} USING ({OF_CLAIM}) WITH CHECK ({OF_CLAIM})")
    op.execute("SELECT wall.cover('moderation', '{id}')")


def downgrade() -> None:
    op.execute("SELECT wall.uncover('moderation')")
    op.drop_table("moderation")
    op.drop_constraint("support_is_known", "evidence")
    op.drop_column("evidence", "support")
    op.execute("DROP FUNCTION value_is_one_allowed() CASCADE")
    op.execute("DROP FUNCTION claim_keeps_its_level() CASCADE")
