"""Reports on their way to a centre: an outbox of sent revisions, each under a key of its own, and every try.

Written by the background worker, which owns the tables; the web reads, and may only ask for a try to come sooner.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0159"
down_revision = "0157"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
AREA = "region_code ^@ ANY ((SELECT wall.areas())::text[])"
OF_TRANSMISSION = "EXISTS (SELECT 1 FROM transmission AS upper WHERE upper.revision_id = transmission_try.revision_id)"
STATES = "'queued', 'failed', 'received'"
OUTCOMES = "'started', 'received', 'unreachable', 'too_slow', 'refused', 'nonsense'"


def upgrade() -> None:
    op.create_table(
        "transmission",
        sa.Column("revision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name="transmission_state_is_known"),
        sa.CheckConstraint(
            "(state = 'received') = (received_at IS NOT NULL) AND (state = 'received') = (receipt IS NOT NULL)",
            name="received_has_its_receipt",
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="transmission_sha256_is_digest"),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["report_revision.id"], name="fk_transmission_revision_id_report_revision"
        ),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_transmission_region_code_region"),
        sa.PrimaryKeyConstraint("revision_id", name="pk_transmission"),
        sa.UniqueConstraint("key", name="uq_transmission_key"),
    )
    op.create_index("ix_transmission_region_code", "transmission", ["region_code"])
    op.create_index("ix_transmission_due", "transmission", ["due_at"], postgresql_where=sa.text("state <> 'received'"))
    op.create_table(
        "transmission_try",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="started", nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(f"outcome IN ({OUTCOMES})", name="try_outcome_is_known"),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["transmission.revision_id"], name="fk_transmission_try_revision_id_transmission"
        ),
        sa.PrimaryKeyConstraint("revision_id", "number", name="pk_transmission_try"),
    )
    for table, there in (("transmission", AREA), ("transmission_try", OF_TRANSMISSION)):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY select_in_area ON {table} FOR SELECT TO {ROLE} USING ({there})")
    op.execute(f"CREATE POLICY update_in_area ON transmission FOR UPDATE TO {ROLE} USING ({AREA}) WITH CHECK ({AREA})")


def downgrade() -> None:
    op.drop_table("transmission_try")
    op.drop_table("transmission")
