"""What a case was adapted from: another case, or something told that may stand in another region or nowhere here."""

import sqlalchemy as sa
from alembic import op

revision = "0176"
down_revision = "0175"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
OF_CASE = "EXISTS (SELECT 1 FROM evidence AS upper WHERE upper.id = evidence_id)"
OF_SOURCE = "(source_id IS NULL OR EXISTS (SELECT 1 FROM evidence AS upper WHERE upper.id = source_id))"
POLICIES = (
    ("SELECT", OF_CASE, None), ("INSERT", None, f"{OF_CASE} AND {OF_SOURCE}"), ("DELETE", OF_CASE, None),
)  # fmt: skip

# It looks at rows of every area: that a circle is closed elsewhere does not make it a way. One at a time, so that of two
# people who would close it together the second sees the first.
FUNCTION = f"""
CREATE FUNCTION copies_go_one_way() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF NEW.source_id IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('replication', 0));
    IF EXISTS (
        WITH RECURSIVE upwards (id) AS (
            SELECT NEW.source_id
            UNION
            SELECT replication.source_id FROM replication JOIN upwards ON upwards.id = replication.evidence_id
            WHERE replication.source_id IS NOT NULL
        )
        SELECT FROM upwards WHERE id = NEW.evidence_id
    ) THEN
        PERFORM refuse('copies_go_one_way');
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION copies_go_one_way() FROM PUBLIC;
"""


def upgrade() -> None:
    op.create_table(
        "replication",
        sa.Column("evidence_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_region_code", sa.Text(), nullable=True),
        sa.Column("source_text", sa.Text(), server_default="", nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("evidence_id <> source_id", name="nothing_copies_itself"),
        sa.CheckConstraint("(source_id IS NULL) = (btrim(source_text) <> '')", name="source_is_a_case_or_told"),
        sa.CheckConstraint("source_id IS NULL OR source_region_code IS NOT NULL", name="source_case_has_its_region"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_replication_evidence_id_evidence"),
        sa.ForeignKeyConstraint(["source_id"], ["evidence.id"], name="fk_replication_source_id_evidence"),
        sa.ForeignKeyConstraint(
            ["source_region_code"], ["region.code"], name="fk_replication_source_region_code_region"
        ),
        sa.ForeignKeyConstraint(["said_by"], ["account.id"], name="fk_replication_said_by_account"),
        sa.PrimaryKeyConstraint("evidence_id", name="pk_replication"),
    )
    op.create_index("ix_replication_source_id", "replication", ["source_id"])
    op.execute(FUNCTION)
    guards = {"copies_go_one_way": "INSERT OR UPDATE", "evidence_parts_keep_its_lock": "INSERT OR UPDATE OR DELETE"}
    for name, verbs in guards.items():
        op.execute(f"CREATE TRIGGER {name} BEFORE {verbs} ON replication FOR EACH ROW EXECUTE FUNCTION {name}()")
    op.execute("ALTER TABLE replication ENABLE ROW LEVEL SECURITY")
    for command, there, becomes in POLICIES:
        using = f" USING ({there})" if there else ""
        check = f" WITH CHECK ({becomes})" if becomes else ""
        op.execute(f"CREATE POLICY {command.lower()}_in_area ON replication FOR {command} TO {ROLE}{using}{check}")


def downgrade() -> None:
    op.drop_table("replication")
    op.execute("DROP FUNCTION copies_go_one_way()")
