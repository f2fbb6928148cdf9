"""The register of regulations, and claims that name one as their legal basis."""

import sqlalchemy as sa
from alembic import op

revision = "0162"
down_revision = "0161"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
INSIDE = "region_code ^@ ANY ((SELECT wall.areas())::text[])"
ABOVE = "region_code = ANY ((SELECT wall.way_up())::text[])"
OF_CLAIM = "EXISTS (SELECT 1 FROM claim AS upper WHERE upper.id = claim_id)"
OF_REGULATION = "EXISTS (SELECT 1 FROM regulation AS other WHERE other.id = regulation_id)"
# What is in force above a kecamatan is in force there: a camat reads the register of the kabupaten and the province.
POLICIES: dict[str, tuple[tuple[str, str | None, str | None], ...]] = {
    "regulation": (
        ("SELECT", f"{INSIDE} OR {ABOVE}", None),
        ("INSERT", None, INSIDE),
        ("UPDATE", INSIDE, INSIDE),
    ),
    "claim_regulation": (
        ("SELECT", OF_CLAIM, None),
        ("INSERT", None, f"{OF_CLAIM} AND {OF_REGULATION}"),
        ("DELETE", OF_CLAIM, None),
    ),
}


def upgrade() -> None:
    _tables()
    op.execute(
        "CREATE TRIGGER period_parts_keep_its_seal BEFORE INSERT OR UPDATE OR DELETE ON claim_regulation "
        "FOR EACH ROW EXECUTE FUNCTION period_parts_keep_its_seal()"
    )
    _policies()
    op.execute("SELECT wall.cover('regulation', '{id}', NULL, true)")


def downgrade() -> None:
    op.execute("SELECT wall.uncover('regulation')")
    op.drop_table("claim_regulation")
    op.drop_table("regulation")


def _policies() -> None:
    for table, rules in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, there, becomes in rules:
            using = f" USING ({there})" if there else ""
            check = f" WITH CHECK ({becomes})" if becomes else ""
            op.execute(f"CREATE POLICY {command.lower()}_in_area ON {table} FOR {command} TO {ROLE}{using}{check}")


def _tables() -> None:
    op.create_table(
        "regulation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("delegates", sa.Text(), server_default="", nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_because", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(revoked_on IS NULL) = (revoked_because = '' AND revoked_by_id IS NULL) AND revoked_by_id <> id",
            name="revocation_has_its_ground",
        ),
        sa.CheckConstraint("btrim(number) <> '' AND btrim(title) <> ''", name="regulation_is_named"),
        sa.CheckConstraint("file_sha256 ~ '^[0-9a-f]{64}$'", name="regulation_sha256_is_digest"),
        sa.CheckConstraint(
            "kind IN ('perbup', 'perda', 'pergub', 'sk', 'surat_edaran')", name="regulation_kind_is_known"
        ),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= in_force_from", name="regulation_runs_on"),
        sa.CheckConstraint("year BETWEEN 1945 AND 2200", name="regulation_year_is_sane"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_regulation_evidence_id_evidence"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_regulation_made_by_account"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_regulation_region_code_region"),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["regulation.id"], name="fk_regulation_revoked_by_id_regulation"),
        sa.PrimaryKeyConstraint("id", name="pk_regulation"),
        sa.UniqueConstraint("region_code", "kind", "number", "year", name="regulation_is_registered_once"),
    )
    op.create_index("ix_regulation_evidence_id", "regulation", ["evidence_id"])
    op.create_index("ix_regulation_revoked_by_id", "regulation", ["revoked_by_id"])
    op.create_table(
        "claim_regulation",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("regulation_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("cited_by", sa.Integer(), nullable=False),
        sa.Column("cited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cited_by"], ["account.id"], name="fk_claim_regulation_cited_by_account"),
        sa.ForeignKeyConstraint(["claim_id", "period_id"], ["claim.id", "claim.period_id"], name="citation_of_claim"),
        sa.ForeignKeyConstraint(
            ["regulation_id"], ["regulation.id"], name="fk_claim_regulation_regulation_id_regulation"
        ),
        sa.PrimaryKeyConstraint("claim_id", "regulation_id", name="pk_claim_regulation"),
    )
    op.create_index("ix_claim_regulation_regulation_id", "claim_regulation", ["regulation_id"])
