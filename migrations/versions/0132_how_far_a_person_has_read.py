"""How far a person has read their notices; everything else about notices is derived from the history of cases."""

import sqlalchemy as sa
from alembic import op

revision = "0132"
down_revision = "0131"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
OWN = "account_id = (SELECT wall.person())"


def upgrade() -> None:
    op.create_table(
        "notice_mark",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("read_up_to", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_notice_mark_account_id_account"),
        sa.PrimaryKeyConstraint("account_id", name="pk_notice_mark"),
    )
    op.create_index("ix_evidence_move_actor_id", "evidence_move", ["actor_id"])
    op.execute("ALTER TABLE notice_mark ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY all_in_area ON notice_mark FOR ALL TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})")


def downgrade() -> None:
    op.drop_index("ix_evidence_move_actor_id", table_name="evidence_move")
    op.drop_table("notice_mark")
