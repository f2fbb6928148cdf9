"""A script's submission is known again by a digest of its content; a boundary file waits for its confirmation."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("sent_digest", sa.Text(), nullable=True))
    op.create_check_constraint(
        "sent_digest_is_digest", "evidence", "sent_digest IS NULL OR sent_digest ~ '^[0-9a-f]{64}$'"
    )
    op.create_table(
        "boundary_draft",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="boundary_draft_is_named_by_content"),
        sa.CheckConstraint("octet_length(packed) BETWEEN 1 AND 33554432", name="boundary_draft_is_bounded"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_boundary_draft_account_id_account"),
        sa.PrimaryKeyConstraint("account_id", name="pk_boundary_draft"),
    )


def downgrade() -> None:
    op.drop_table("boundary_draft")
    op.drop_constraint("sent_digest_is_digest", "evidence")
    op.drop_column("evidence", "sent_digest")
