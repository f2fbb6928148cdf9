"""The door counts failed tries for all workers; names, roles and posts keep their rules; a post can be revoked."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0003"
branch_labels = None
depends_on = None

# The table of levels of that day; a later change of it is a later migration.
TEAM = (
    "desk_verifier", "field_verifier", "assessor", "chair", "secretariat", "leader", "information_officer", "auditor",
    "administrator",
)  # fmt: skip
LEVELS = ", ".join(
    [
        "('camat', 8)", "('contributor', 8)", "('contributor', 13)", "('provincial_team', 2)",
        *(f"('{role}', {length})" for role in TEAM for length in (0, 2, 5)),
    ]
)  # fmt: skip
CHECKS = (
    ("account", "account_username_is_plain", "username ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{2,59}$'"),
    ("account", "account_has_a_name", "btrim(name) <> ''"),
    ("account", "account_locale_is_known", "locale IN ('id', 'en')"),
    ("appointment", "appointment_fits_its_level", f"(role, COALESCE(length(region_code), 0)) IN ({LEVELS})"),
)


def upgrade() -> None:
    op.create_table(
        "failed_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_failed_sign_in"),
    )
    op.create_index("ix_failed_sign_in_at", "failed_sign_in", ["at"])
    op.create_index("ix_failed_sign_in_address", "failed_sign_in", ["address"])
    op.create_index("ix_failed_sign_in_name_key_at", "failed_sign_in", ["name_key", "at"])
    op.add_column("appointment", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "one_open_post_of_a_kind",
        "appointment",
        ["account_id", "role", sa.literal_column("COALESCE(region_code, '')")],
        unique=True,
        postgresql_where=sa.text("ends_on IS NULL AND revoked_at IS NULL"),
    )
    for table, name, rule in CHECKS:
        op.create_check_constraint(name, table, rule)


def downgrade() -> None:
    """Revoked posts must not come back to life: without the column they end the day before they are asked about."""
    for table, name, _ in reversed(CHECKS):
        op.drop_constraint(name, table, type_="check")
    op.drop_index("one_open_post_of_a_kind", table_name="appointment")
    op.execute(
        "UPDATE appointment SET starts_on = LEAST(starts_on, revoked_at::date - 1), ends_on = revoked_at::date - 1 "
        "WHERE revoked_at IS NOT NULL"
    )
    op.drop_column("appointment", "revoked_at")
    op.drop_table("failed_sign_in")
