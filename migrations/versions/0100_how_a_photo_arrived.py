"""How a photo arrived: uploads that may take days, their receipts, and pictures that are made after the answer."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0100"
down_revision = "0093"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
OWN = "account_id = (SELECT wall.person())"


def upgrade() -> None:
    for column in (
        sa.Column("pictures_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("capture_source", sa.Text(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device_fix_count", sa.Integer(), nullable=True),
        sa.Column("original_sha256", sa.Text(), nullable=True),
        sa.Column("original_byte_size", sa.BigInteger(), nullable=True),
    ):
        op.add_column("photo", column)
    op.execute("ALTER TABLE photo DISABLE TRIGGER USER")  # photos of sealed cases have their pictures too
    op.execute("UPDATE photo SET pictures_at = received_at")
    op.execute("ALTER TABLE photo ENABLE TRIGGER USER")
    op.create_index("ix_photo_without_pictures", "photo", ["id"], postgresql_where=sa.text("pictures_at IS NULL"))
    op.create_check_constraint(
        "capture_source_is_known", "photo", "capture_source IS NULL OR capture_source IN ('camera', 'gallery')"
    )
    op.create_check_constraint(
        "reduced_photo_names_its_original", "photo", "(original_sha256 IS NULL) = (original_byte_size IS NULL)"
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("sent_digest", sa.Text(), nullable=False),
        sa.Column("sent_metadata", sa.Text(), server_default="", nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("claimed_type", sa.Text(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("capture_source", sa.Text(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "device_place", Geometry(geometry_type="POINT", srid=4326, dimension=2, spatial_index=False), nullable=True
        ),
        sa.Column("device_accuracy_m", sa.Float(), nullable=True),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device_fix_count", sa.Integer(), nullable=True),
        sa.Column("original_sha256", sa.Text(), nullable=True),
        sa.Column("original_byte_size", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("refused_code", sa.Text(), nullable=True),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("receipt_code", sa.Text(), nullable=True),
        sa.CheckConstraint("purpose IN ('import', 'photo')", name="upload_purpose_is_known"),
        sa.CheckConstraint("(purpose = 'photo') = (evidence_id IS NOT NULL)", name="photo_is_of_a_case"),
        sa.CheckConstraint("(purpose = 'import') = (import_id IS NOT NULL)", name="import_is_of_an_import"),
        sa.CheckConstraint("byte_size > 0", name="upload_has_size"),
        sa.CheckConstraint("verdict IS NULL OR verdict IN ('received', 'refused', 'same')", name="verdict_is_known"),
        sa.CheckConstraint("(arrived_at IS NULL) = (verdict IS NULL)", name="arrived_is_judged"),
        sa.CheckConstraint(
            "(arrived_at IS NULL) = (receipt_code IS NULL) AND (arrived_at IS NULL) = (sha256 IS NULL)",
            name="arrived_has_receipt",
        ),
        sa.CheckConstraint("(verdict = 'refused') = (refused_code IS NOT NULL)", name="refused_says_why"),
        sa.CheckConstraint("sha256 IS NULL OR sha256 ~ '^[0-9a-f]{64}$'", name="upload_sha256_is_digest"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_upload_account_id_account"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_upload_evidence_id_evidence"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_upload_photo_id_photo", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.UniqueConstraint("receipt_code", name="uq_upload_receipt_code"),
    )
    for column in ("account_id", "evidence_id", "import_id", "photo_id"):
        op.create_index(f"ix_upload_{column}", "upload", [column])
    op.create_index("ix_upload_unfinished", "upload", ["expires_at"], postgresql_where=sa.text("arrived_at IS NULL"))
    op.execute("ALTER TABLE upload ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY all_in_area ON upload FOR ALL TO {ROLE} USING ({OWN}) WITH CHECK ({OWN})")


def downgrade() -> None:
    op.drop_table("upload")
    op.drop_constraint("reduced_photo_names_its_original", "photo")
    op.drop_constraint("capture_source_is_known", "photo")
    op.drop_index("ix_photo_without_pictures", table_name="photo")
    for column in (
        "original_byte_size", "original_sha256", "device_fix_count", "captured_at", "capture_source", "pictures_at",
    ):  # fmt: skip
        op.drop_column("photo", column)
