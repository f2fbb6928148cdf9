"""What a case was said to be adapted from, and when that was taken back, is history: append-only and under the trail."""

import sqlalchemy as sa
from alembic import op

revision = "0197"
down_revision = "0196"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
OF_CASE = "EXISTS (SELECT 1 FROM evidence AS upper WHERE upper.id = evidence_id)"


def upgrade() -> None:
    op.create_table(
        "replication_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_region_code", sa.Text(), nullable=True),
        sa.Column("source_text", sa.Text(), server_default="", nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source_id IS NULL OR source_text = ''", name="step_names_one_source"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_replication_step_evidence_id_evidence"),
        sa.ForeignKeyConstraint(["source_id"], ["evidence.id"], name="fk_replication_step_source_id_evidence"),
        sa.ForeignKeyConstraint(
            ["source_region_code"], ["region.code"], name="fk_replication_step_source_region_code_region"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name="fk_replication_step_actor_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_replication_step"),
    )
    op.create_index("ix_replication_step_evidence_id", "replication_step", ["evidence_id"])
    op.execute(
        "CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON replication_step FOR EACH ROW "
        "EXECUTE FUNCTION history_is_append_only()"
    )
    op.execute("ALTER TABLE replication_step ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY all_in_area ON replication_step FOR ALL TO {ROLE} USING ({OF_CASE}) WITH CHECK ({OF_CASE})"
    )
    op.execute("SELECT wall.cover('replication_step', '{id}')")
    # What is said now, as its first line.
    op.execute(
        "INSERT INTO replication_step (evidence_id, source_id, source_region_code, source_text, actor_id, at) "
        "SELECT evidence_id, source_id, source_region_code, source_text, said_by, said_at FROM replication "
        "ORDER BY evidence_id"
    )


def downgrade() -> None:
    op.execute("SELECT wall.uncover('replication_step')")
    op.drop_table("replication_step")
