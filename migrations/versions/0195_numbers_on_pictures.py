"""What the machine finds written on a picture is told by its kind: NIK, telephone, e-mail, number plate."""

from alembic import op

revision = "0195"
down_revision = "0190"
branch_labels = None
depends_on = None

BEFORE, SINCE = ("text",), ("email", "nik", "phone", "plate")


def upgrade() -> None:
    _known(SINCE)


def downgrade() -> None:
    _known(BEFORE)


def _known(kinds: tuple[str, ...]) -> None:
    """A box of a kind that is no more was drawn all the same: it stays, as drawn by hand."""
    said = ", ".join(repr(kind) for kind in sorted(("face", *kinds)))
    for table, rule, more in (
        ("redaction_box", "box_source_is_known", ", 'hand'"),
        ("redaction_suggestion", "suggestion_source_is_known", ""),
    ):
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {rule}")
        if more:
            op.execute("ALTER TABLE redaction_box DISABLE TRIGGER publication_parts_stay")
            op.execute(f"UPDATE {table} SET found = 'hand' WHERE found NOT IN ({said}, 'hand')")
            op.execute("ALTER TABLE redaction_box ENABLE TRIGGER publication_parts_stay")
        else:
            op.execute(f"DELETE FROM {table} WHERE found NOT IN ({said})")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {rule} CHECK (found IN ({said}{more}))")
