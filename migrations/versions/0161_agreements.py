"""Performance agreements: two clocks that move nothing by themselves, and the steps of named people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0161"
down_revision = "0160"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
INSIDE = "{0}region_code ^@ ANY ((SELECT wall.areas())::text[])"
OWN = "holder_id = (SELECT wall.person())"  # whoever holds the post reads what was agreed, wherever they serve
OF_AGREEMENT = "EXISTS (SELECT 1 FROM agreement AS upper WHERE upper.id = agreement_id{0})"
POLICIES: dict[str, tuple[tuple[str, str | None, str | None], ...]] = {
    "agreement_set": (("SELECT", INSIDE.format(""), None), ("INSERT", None, INSIDE.format(""))),
    "agreement": (("SELECT", f"{INSIDE.format('')} OR {OWN}", None), ("INSERT", None, INSIDE.format(""))),
    "agreement_step": (
        ("SELECT", OF_AGREEMENT.format(""), None),
        ("INSERT", None, OF_AGREEMENT.format(" AND " + INSIDE.format("upper."))),
    ),
}
TABLES = ("agreement_set", "agreement", "agreement_step")

# A step is by a person who is not the holder, follows the one before it, and comes neither before the day its clock
# runs out nor after the clock was closed. Read a day more loosely than the application: its day is the region's.
STEPS = f"""
CREATE FUNCTION agreement_step_follows() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE about record; last record;
BEGIN
    SELECT due_on, window_until, holder_id INTO about FROM agreement WHERE id = NEW.agreement_id;
    SELECT number, kind INTO last FROM agreement_step WHERE agreement_id = NEW.agreement_id
    ORDER BY number DESC LIMIT 1;
    IF NEW.actor_id = about.holder_id THEN
        PERFORM refuse('nobody_decides_about_themselves');
    END IF;
    IF NEW.number <> coalesce(last.number, 0) + 1 OR coalesce(last.kind, '') IN ('met', 'improved', 'decided')
        OR (NEW.kind = 'missed' AND (last.kind IS NOT NULL OR NEW.decided_on <= about.due_on))
        OR (NEW.kind = 'improved' AND last.kind IS DISTINCT FROM 'missed')
        OR (NEW.kind = 'proposed' AND (last.kind IS DISTINCT FROM 'missed' OR NEW.decided_on <= about.window_until))
        OR (NEW.kind = 'decided' AND last.kind IS DISTINCT FROM 'proposed')
        OR abs(NEW.decided_on - NEW.at::date) > 1
    THEN
        PERFORM refuse('agreement_step_follows');
    END IF;
    RETURN NEW;
END $$;
"""


def upgrade() -> None:
    _tables()
    op.execute(STEPS)
    op.execute(
        "CREATE TRIGGER agreement_step_follows BEFORE INSERT ON agreement_step "
        "FOR EACH ROW EXECUTE FUNCTION agreement_step_follows()"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
        )
    _policies()
    for table in TABLES:
        op.execute(f"SELECT wall.cover('{table}', '{{id}}')")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"SELECT wall.uncover('{table}')")
        op.drop_table(table)
    op.execute("DROP FUNCTION agreement_step_follows()")


def _policies() -> None:
    for table, rules in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, there, becomes in rules:
            using = f" USING ({there})" if there else ""
            check = f" WITH CHECK ({becomes})" if becomes else ""
            op.execute(f"CREATE POLICY {command.lower()}_in_area ON {table} FOR {command} TO {ROLE}{using}{check}")


def _tables() -> None:
    op.create_table(
        "agreement_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("term_months", sa.SmallInteger(), nullable=False),
        sa.Column("window_months", sa.SmallInteger(), nullable=False),
        sa.Column("covers_camat", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(name) <> ''", name="agreement_set_has_a_name"),
        sa.CheckConstraint("term_months BETWEEN 1 AND 60 AND window_months BETWEEN 1 AND 60", name="clocks_run_months"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_agreement_set_made_by_account"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_agreement_set_region_code_region"),
        sa.PrimaryKeyConstraint("id", name="pk_agreement_set"),
        sa.UniqueConstraint("region_code", "name", name="agreement_set_is_named_once"),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("set_name", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("targets", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("window_until", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(unit_name) <> '' AND btrim(post) <> ''", name="agreement_says_whose"),
        sa.CheckConstraint("agreed_on < due_on AND due_on < window_until", name="clocks_run_forward"),
        sa.CheckConstraint("cardinality(targets) BETWEEN 1 AND 100", name="agreement_has_targets"),
        sa.ForeignKeyConstraint(["holder_id"], ["account.id"], name="fk_agreement_holder_id_account"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_agreement_made_by_account"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_agreement_region_code_region"),
        sa.ForeignKeyConstraint(["set_id"], ["agreement_set.id"], name="fk_agreement_set_id_agreement_set"),
        sa.ForeignKeyConstraint(["unit_code"], ["region.code"], name="fk_agreement_unit_code_region"),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
    )
    op.create_index("ix_agreement_holder_id", "agreement", ["holder_id"])
    op.create_index("ix_agreement_region_code", "agreement", ["region_code"])
    op.create_index("ix_agreement_set_id", "agreement", ["set_id"])
    op.create_table(
        "agreement_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name="agreement_step_says_why"),
        sa.CheckConstraint(
            "kind IN ('decided', 'improved', 'met', 'missed', 'proposed')", name="agreement_step_is_known"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name="fk_agreement_step_actor_id_account"),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name="fk_agreement_step_agreement_id_agreement"),
        sa.PrimaryKeyConstraint("id", name="pk_agreement_step"),
        sa.UniqueConstraint("agreement_id", "number", name="steps_are_numbered"),
    )
