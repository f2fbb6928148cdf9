"""Sessions are rows that the server can end; the key on the account that stood for all of them goes."""

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0080"
branch_labels = None
depends_on = None

ENDS = "'signed_out', 'by_owner', 'by_administrator', 'credentials', 'second_factor', 'posts', 'status'"


def upgrade() -> None:
    op.create_table(
        "open_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.CheckConstraint("token_hash ~ '^[0-9a-f]{64}$'", name="open_session_token_is_hashed"),
        sa.CheckConstraint("length(browser) <= 120", name="open_session_browser_is_short"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="open_session_end_has_a_reason"),
        sa.CheckConstraint(f"ended_because IN ({ENDS})", name="open_session_end_is_known"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_open_session_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_open_session"),
        sa.UniqueConstraint("token_hash", name="uq_open_session_token_hash"),
    )
    op.create_index(
        "ix_open_session_account_id_open", "open_session", ["account_id"], postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_column("account", "session_key")


def downgrade() -> None:
    """Everybody signs in again: the keys are new, and no cookie holds one of them."""
    key = sa.text("gen_random_uuid()::text")
    op.add_column("account", sa.Column("session_key", sa.Text(), nullable=False, server_default=key))
    op.alter_column("account", "session_key", server_default=None)
    op.drop_table("open_session")
