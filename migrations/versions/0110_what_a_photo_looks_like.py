"""What a picture itself tells: its print, for finding copies, and what its file says of how it came about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0110"
down_revision = "0103"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
OF_PHOTO = "EXISTS (SELECT 1 FROM photo AS upper WHERE upper.id = photo_id)"
HASHES = ("whole", "centre_95", "centre_90", "centre_80", "upper", "lower")
PREVIEW = "preview IS NULL OR preview IN ('differs', 'none', 'same', 'unreadable')"
COLUMNS = {
    "preview": sa.Text(),
    "preview_distance": sa.Integer(),
    "digital_source": sa.Text(),
    "credentials": postgresql.JSONB(),
    "camera_serial": sa.Text(),
    "sub_second": sa.Text(),
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("photo", sa.Column(name, kind, nullable=True))
    op.create_check_constraint("preview_is_known", "photo", PREVIEW)
    op.create_index(
        "ix_photo_camera_serial", "photo", ["camera_serial"], postgresql_where=sa.text("camera_serial IS NOT NULL")
    )
    op.add_column("import_item", sa.Column("looks", postgresql.JSONB(), nullable=True))
    op.create_table(
        "photo_print",
        sa.Column("photo_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        *(sa.Column(name, postgresql.BIT(256), nullable=name != "whole") for name in HASHES),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("bands", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.CheckConstraint("quality BETWEEN 0 AND 100", name="quality_is_per_cent"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_photo_print_photo_id_photo", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("photo_id", name="pk_photo_print"),
    )
    # Without a list of what is still to be sorted in: it would be read through by every look-up.
    op.create_index(
        "ix_photo_print_bands",
        "photo_print",
        ["bands"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.execute("ALTER TABLE photo_print ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY all_in_area ON photo_print FOR ALL TO {ROLE} USING ({OF_PHOTO}) WITH CHECK ({OF_PHOTO})")


def downgrade() -> None:
    op.drop_table("photo_print")
    op.drop_column("import_item", "looks")
    op.drop_index("ix_photo_camera_serial", table_name="photo")
    op.drop_constraint("preview_is_known", "photo")
    for name in reversed(COLUMNS):
        op.drop_column("photo", name)
