"""Visits are planned by a draw nobody can steer, and the papers of a visit are frozen and found by their code."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0120"
down_revision = "0111"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
IN_AREA = "region_code ^@ ANY ((SELECT wall.areas())::text[])"
OF_CASE = "EXISTS (SELECT 1 FROM evidence AS upper WHERE upper.id = evidence_id)"
POLICIES = {"field_plan": IN_AREA, "planned_visit": OF_CASE, "field_paper": IN_AREA}

# `visit_settles_its_plan`: whichever way a verdict arrives, the plan knows. What is settled stays as it is, and so does
# why. `wall.paper`: what a stranger who holds the code of a paper may know: that it exists, what it hashes to, and
# whether it still stands. A letter of assignment falls when a newer one or another assignment replaces it, the minutes
# of a visit when they were made anew, a later visit was completed or the case was opened for the field again.
FUNCTIONS = f"""
CREATE FUNCTION visit_settles_its_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE planned_visit SET state = 'done', visit_id = NEW.id
    WHERE evidence_id = NEW.evidence_id AND state = 'planned';
    RETURN NULL;
END $$;

CREATE FUNCTION planned_visit_stays_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'planned' THEN
        PERFORM refuse('planned_visit_stays_settled');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION wall.paper(asked text) RETURNS TABLE (
    kind text, number text, edition integer, made_at timestamptz, sha256 text, stands boolean, fell_at timestamptz,
    zone text
) LANGUAGE sql STABLE {FIXED} AS $$
    SELECT paper.kind, paper.number, paper.edition, paper.made_at, paper.sha256, fell.at IS NULL, fell.at,
        region.time_zone
    FROM field_paper AS paper JOIN region ON region.code = paper.region_code
        LEFT JOIN field_visit AS visit ON visit.id = paper.visit_id
        CROSS JOIN LATERAL (
            SELECT min(at) AS at FROM (
                SELECT newer.made_at AS at FROM field_paper AS newer
                WHERE newer.kind = paper.kind AND newer.edition > paper.edition
                    AND (newer.plan_id = paper.plan_id OR newer.visit_id = paper.visit_id)
                UNION ALL SELECT changed_at FROM planned_visit
                WHERE plan_id = paper.plan_id AND changed_at > paper.made_at
                UNION ALL SELECT later.completed_at FROM field_visit AS later
                WHERE later.evidence_id = visit.evidence_id AND later.completed_at > visit.completed_at
                UNION ALL SELECT move.at FROM evidence_move AS move
                WHERE move.evidence_id = visit.evidence_id AND move.became = 'awaiting_field'
                    AND move.at > visit.completed_at
            ) AS reasons
        ) AS fell
    WHERE paper.code = asked
$$;
"""
TRIGGERS = """
CREATE TRIGGER visit_settles_its_plan AFTER INSERT OR UPDATE OF completed_at ON field_visit
    FOR EACH ROW WHEN (NEW.completed_at IS NOT NULL) EXECUTE FUNCTION visit_settles_its_plan();
CREATE TRIGGER planned_visit_stays_settled BEFORE UPDATE OR DELETE ON planned_visit
    FOR EACH ROW EXECUTE FUNCTION planned_visit_stays_settled();
CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON field_plan
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only();
CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON field_paper
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only();
"""


def upgrade() -> None:
    _plans()
    _visits()
    _papers()
    op.execute(FUNCTIONS)
    op.execute(TRIGGERS)
    op.execute("REVOKE ALL ON FUNCTION wall.paper(text) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION wall.paper(text) TO {ROLE}")
    for table, there in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY all_in_area ON {table} FOR ALL TO {ROLE} USING ({there}) WITH CHECK ({there})")


def _plans() -> None:
    op.create_table(
        "field_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("share", sa.Numeric(5, 2), nullable=False),
        sa.Column("candidates", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("start", Geometry(geometry_type="POINT", srid=4326, dimension=2, spatial_index=False), nullable=True),
        sa.Column("start_label", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_basis", sa.Text(), server_default="", nullable=False),
        sa.Column("signer_post", sa.Text(), server_default="", nullable=False),
        sa.Column("signer_name", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("share BETWEEN 0 AND 100", name="share_is_percent"),
        sa.CheckConstraint("seed ~ '^[0-9a-f]{64}$' AND secret ~ '^[0-9a-f]{64}$'", name="seed_is_digest"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_field_plan_region_code_region"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_field_plan_made_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_field_plan"),
        sa.UniqueConstraint("region_code", "day", "number", name="draws_of_a_day_are_numbered"),
    )
    op.create_index("ix_field_plan_made_by", "field_plan", ["made_by"])
    op.create_index("ix_field_plan_candidates", "field_plan", ["candidates"], postgresql_using="gin")


def _visits() -> None:
    op.create_table(
        "planned_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("assessor_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="planned", nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("dropped_why", sa.Text(), server_default="", nullable=False),
        sa.Column("dropped_by", sa.Integer(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason IN ('flagged', 'required', 'sample')", name="planned_for_a_known_reason"),
        sa.CheckConstraint("state IN ('done', 'dropped', 'planned')", name="planned_state_is_known"),
        sa.CheckConstraint("(state = 'done') = (visit_id IS NOT NULL)", name="done_names_its_visit"),
        sa.CheckConstraint(
            "(state = 'dropped') = (dropped_at IS NOT NULL) AND (state <> 'dropped' OR btrim(dropped_why) <> '')",
            name="dropped_says_why",
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["field_plan.id"], name="fk_planned_visit_plan_id_field_plan"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_planned_visit_evidence_id_evidence"),
        sa.ForeignKeyConstraint(["assessor_id"], ["account.id"], name="fk_planned_visit_assessor_id_account"),
        sa.ForeignKeyConstraint(["visit_id"], ["field_visit.id"], name="fk_planned_visit_visit_id_field_visit"),
        sa.ForeignKeyConstraint(["dropped_by"], ["account.id"], name="fk_planned_visit_dropped_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_planned_visit"),
        sa.UniqueConstraint("plan_id", "evidence_id", name="case_is_once_on_a_plan"),
    )
    for column in ("plan_id", "evidence_id", "visit_id"):
        op.create_index(f"ix_planned_visit_{column}", "planned_visit", [column])
    op.create_index("ix_planned_visit_assessor_id_plan_id", "planned_visit", ["assessor_id", "plan_id"])
    op.create_index(
        "one_open_plan_per_case", "planned_visit", ["evidence_id"], unique=True,
        postgresql_where=sa.text("state = 'planned'"),
    )  # fmt: skip


def _papers() -> None:
    op.create_table(
        "field_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('berita_acara', 'surat_tugas')", name="paper_kind_is_known"),
        sa.CheckConstraint(
            "(kind = 'surat_tugas') = (plan_id IS NOT NULL) AND (kind = 'berita_acara') = (visit_id IS NOT NULL)",
            name="paper_is_about_something",
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="paper_sha256_is_digest"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_field_paper_region_code_region"),
        sa.ForeignKeyConstraint(["plan_id"], ["field_plan.id"], name="fk_field_paper_plan_id_field_plan"),
        sa.ForeignKeyConstraint(["visit_id"], ["field_visit.id"], name="fk_field_paper_visit_id_field_visit"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_field_paper_made_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_field_paper"),
        sa.UniqueConstraint("code", name="uq_field_paper_code"),
        sa.UniqueConstraint("number", name="uq_field_paper_number"),
    )
    for column in ("plan_id", "visit_id"):
        op.create_index(f"ix_field_paper_{column}", "field_paper", [column])
    op.create_index(
        "editions_are_numbered", "field_paper", ["kind", sa.text("coalesce(plan_id, visit_id)"), "edition"], unique=True
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION wall.paper(text)")
    for table in ("field_paper", "planned_visit", "field_plan"):
        op.drop_table(table)
    op.execute("DROP FUNCTION visit_settles_its_plan() CASCADE")
    op.execute("DROP FUNCTION planned_visit_stays_settled()")
