"""Imports: many photos at once, grouped into cases. Each is its person's alone.

`wall.used_digest` says for which stored files there is a row: whoever removes files asks it and nothing else.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
OWN = "account_id = (SELECT wall.person())"
OF_IMPORT = "EXISTS (SELECT 1 FROM photo_import AS upper WHERE upper.id = import_id)"
POLICIES = {
    "photo_import": OWN, "import_file": OF_IMPORT, "import_group": OF_IMPORT, "import_item": OF_IMPORT,
    "import_note": OF_IMPORT,
}  # fmt: skip
USED = """
CREATE VIEW wall.used_digest AS
    SELECT sha256 FROM public.photo UNION ALL SELECT sha256 FROM public.import_item WHERE sha256 IS NOT NULL
"""


def upgrade() -> None:
    # When an import's file was opened, or is needed no longer: its bytes are then not kept.
    op.add_column("upload", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "photo_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arranged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('abandoned', 'done', 'open')", name="import_state_is_known"),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="import_ends_once"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_photo_import_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_photo_import"),
    )
    op.create_index("ix_photo_import_account_id", "photo_import", ["account_id"])
    op.create_table(
        "import_file",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problems", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.CheckConstraint("state IN ('opened', 'opening', 'refused')", name="import_file_state_is_known"),
        sa.CheckConstraint("(state = 'refused') = (code IS NOT NULL)", name="refused_import_file_says_why"),
        sa.CheckConstraint(
            "kind IS NULL OR kind IN ('archive', 'backup', 'notes', 'photo')", name="import_file_kind_is_known"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_import_file_upload_id_upload"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["photo_import.id"], name="fk_import_file_import_id_photo_import", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", name="pk_import_file"),
    )
    op.create_index("ix_import_file_import_id", "import_file", ["import_id"])
    op.create_table(
        "import_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("activity", sa.Text(), server_default="", nullable=False),
        sa.Column("occurred_from", sa.Date(), nullable=True),
        sa.Column("occurred_to", sa.Date(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("sent", postgresql.JSONB(), nullable=True),
        sa.Column("left_out", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "because IN ('backup', 'folder', 'hand', 'note', 'place', 'time', 'unknown')", name="group_reason_is_known"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["photo_import.id"], name="fk_import_group_import_id_photo_import", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_import_group_region_code_region"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_import_group_evidence_id_evidence"),
        sa.PrimaryKeyConstraint("id", name="pk_import_group"),
        sa.UniqueConstraint("import_id", "client_id", name="group_of_import"),
    )
    op.create_index("ix_import_group_evidence_id", "import_group", ["evidence_id"])
    op.create_table(
        "import_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("mime", sa.Text(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("dhash", sa.Text(), nullable=True),
        sa.Column("flags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("camera", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("device", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pictures_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("same_as", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("left_out", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("(code IS NULL) = (sha256 IS NOT NULL)", name="import_item_is_kept_or_says_why"),
        sa.CheckConstraint("sha256 IS NULL OR sha256 ~ '^[0-9a-f]{64}$'", name="import_item_sha256_is_digest"),
        sa.CheckConstraint("group_id IS NULL OR sha256 IS NOT NULL", name="only_kept_items_are_grouped"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["photo_import.id"], name="fk_import_item_import_id_photo_import", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["import_file.upload_id"], name="fk_import_item_upload_id_import_file", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["same_as"], ["import_item.id"], name="fk_import_item_same_as_import_item", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["import_group.id"], name="fk_import_item_group_id_import_group", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_import_item"),
        sa.UniqueConstraint("upload_id", "position", name="item_of_file"),
    )
    for column in ("import_id", "group_id", "same_as", "sha256"):
        op.create_index(f"ix_import_item_{column}", "import_item", [column])
    op.create_table(
        "import_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("activity", sa.Text(), server_default="", nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["photo_import.id"], name="fk_import_note_import_id_photo_import", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["import_file.upload_id"], name="fk_import_note_upload_id_import_file", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_import_note"),
        sa.UniqueConstraint("upload_id", "row", name="note_of_file"),
    )
    op.create_index("ix_import_note_import_id", "import_note", ["import_id"])
    for table, own in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY all_in_area ON {table} FOR ALL TO {ROLE} USING ({own}) WITH CHECK ({own})")
    op.execute(USED)


def downgrade() -> None:
    op.execute("DROP VIEW wall.used_digest")
    for table in ("import_note", "import_item", "import_group", "import_file", "photo_import"):
        op.drop_table(table)
    op.drop_column("upload", "read_at")
