"""What was found about photos and cases, and what people said of it; which stage of a work a photo shows.

The web server's role reads findings of its areas and notes explanations; findings themselves are the worker's.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0111"
down_revision = "0103"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
OF_CASE = "EXISTS (SELECT 1 FROM evidence AS upper WHERE upper.id = evidence_id)"
OF_FINDING = "EXISTS (SELECT 1 FROM finding AS upper WHERE upper.id = finding_id)"
POLICIES = {"finding": OF_CASE, "case_look": OF_CASE, "finding_explanation": OF_FINDING}
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, jobs, public, pg_temp"

# Another look may be asked for while one is under way, which began before it could know: only a waiting one is enough.
DEFER = f"""
CREATE FUNCTION wall.defer_look(asked integer) RETURNS boolean LANGUAGE plpgsql {FIXED} AS $$
DECLARE about text := 'look:' || asked;
BEGIN
    IF NOT EXISTS (SELECT FROM evidence WHERE id = asked)
        OR EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = about AND status = 'todo') THEN
        RETURN false;
    END IF;
    PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW(
        'signals', 'signals.look', 0, about, about, jsonb_build_object('evidence_id', asked), NULL
    )::procrastinate_job_to_defer_v1]);
    RETURN true;
EXCEPTION WHEN unique_violation THEN
    RETURN false;
END $$;
"""


def upgrade() -> None:
    op.add_column("photo", sa.Column("progress", sa.SmallInteger(), nullable=True))
    op.create_check_constraint("progress_is_a_stage", "photo", "progress IS NULL OR progress IN (0, 50, 100)")
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("weight", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("other_photo_id", sa.Integer(), nullable=True),
        sa.Column("other_evidence_id", sa.Integer(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explained_by", sa.Integer(), nullable=True),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explained_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("weight IN ('note', 'strong', 'weak')", name="finding_weight_is_known"),
        sa.CheckConstraint(
            "(explained_at IS NULL) = (explained_by IS NULL) AND (explained_at IS NULL) = (explained_reason IS NULL)",
            name="finding_is_explained_by_somebody",
        ),
        sa.CheckConstraint("explained_reason IS NULL OR btrim(explained_reason) <> ''", name="explanation_has_words"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_finding_evidence_id_evidence"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_finding_photo_id_photo", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["other_photo_id"], ["photo.id"], name="fk_finding_other_photo_id_photo", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["other_evidence_id"], ["evidence.id"], name="fk_finding_other_evidence_id_evidence"),
        sa.ForeignKeyConstraint(["explained_by"], ["account.id"], name="fk_finding_explained_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
    )
    op.create_index(
        "same_fact_is_one_finding", "finding",
        ["evidence_id", "code", sa.text("coalesce(photo_id, 0)"), sa.text("coalesce(other_photo_id, 0)"),
         sa.text("coalesce(other_evidence_id, 0)")],
        unique=True,
    )  # fmt: skip
    op.create_index(
        "ix_finding_open", "finding", ["evidence_id"],
        postgresql_where=sa.text("gone_at IS NULL AND explained_at IS NULL AND weight <> 'note'"),
    )  # fmt: skip
    for column in ("photo_id", "other_photo_id", "other_evidence_id"):
        op.create_index(f"ix_finding_{column}", "finding", [column])
    op.create_table(
        "finding_explanation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lifted", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name="explanation_line_has_words"),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name="fk_finding_explanation_finding_id_finding", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name="fk_finding_explanation_actor_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_finding_explanation"),
    )
    op.create_index("ix_finding_explanation_finding_id", "finding_explanation", ["finding_id"])
    op.create_table(
        "case_look",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name="fk_case_look_evidence_id_evidence", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("evidence_id", name="pk_case_look"),
    )
    for table, visible in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY all_in_area ON {table} FOR ALL TO {ROLE} USING ({visible}) WITH CHECK ({visible})")
    op.execute(DEFER)
    op.execute("REVOKE ALL ON FUNCTION wall.defer_look(integer) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION wall.defer_look(integer) TO {ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION wall.defer_look(integer)")
    for table in ("case_look", "finding_explanation", "finding"):
        op.drop_table(table)
    op.drop_constraint("progress_is_a_stage", "photo")
    op.drop_column("photo", "progress")
