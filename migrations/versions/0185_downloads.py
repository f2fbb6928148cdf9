"""Downloads that are made in the background. Each is its person's alone; the worker, which owns the tables, makes it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0185"
down_revision = "0181"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
OWN = "account_id = (SELECT wall.person())"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, jobs, public, pg_temp"
STATES = "'cancelled', 'deleted', 'expired', 'failed', 'ready', 'running', 'waiting'"

DEFER = f"""
CREATE FUNCTION wall.defer_download(asked uuid) RETURNS boolean LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    RETURN EXISTS (SELECT FROM download WHERE id = asked AND state IN ('waiting', 'running'))
        AND wall.defer('downloads', 'exchange.make', 'download:' || asked, jsonb_build_object('download_id', asked));
END $$;
"""


def upgrade() -> None:
    op.create_table(
        "download",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("areas", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("query", postgresql.JSONB(), nullable=False),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("originals", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cases", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("byte_size", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('abroad', 'region', 'unit')", name="download_scope_is_known"),
        sa.CheckConstraint(
            "format IN ('csv', 'geojson', 'gpkg', 'kml', 'xlsx', 'zip')", name="download_format_is_known"
        ),
        sa.CheckConstraint(f"state IN ({STATES})", name="download_state_is_known"),
        sa.CheckConstraint("scope = 'region' OR region_code IS NULL", name="download_region_fits_its_scope"),
        sa.CheckConstraint("NOT originals OR format = 'zip'", name="originals_come_in_an_archive"),
        sa.CheckConstraint("done BETWEEN 0 AND total", name="download_progress_is_a_part"),
        sa.CheckConstraint("(state = 'failed') = (code IS NOT NULL)", name="failed_download_says_why"),
        sa.CheckConstraint(
            "state <> 'ready' OR (sha256 IS NOT NULL AND byte_size IS NOT NULL AND as_of IS NOT NULL "
            "AND ready_at IS NOT NULL AND expires_at IS NOT NULL)",
            name="ready_download_has_its_file",
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="download_sha256_is_digest"),
        sa.CheckConstraint("(ended_at IS NULL) = state IN ('ready', 'running', 'waiting')", name="download_ends_once"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_download_account_id_account"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_download_region_code_region"),
        sa.PrimaryKeyConstraint("id", name="pk_download"),
    )
    op.create_index("ix_download_account_id", "download", ["account_id"])
    op.create_index("ix_download_going_on", "download", ["state"], postgresql_where=sa.text("ended_at IS NULL"))
    op.execute("ALTER TABLE download ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY all_in_area ON download FOR ALL TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})")
    op.execute(DEFER)
    op.execute("REVOKE ALL ON FUNCTION wall.defer_download(uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION wall.defer_download(uuid) TO {ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION wall.defer_download(uuid)")
    op.drop_table("download")
