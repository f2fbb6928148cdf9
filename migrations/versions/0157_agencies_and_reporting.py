"""Agencies and their heads; the reporting year with its units, targets, daily entries and quarterly reports.

A report is there from the day its unit must report: silence is a state of it. What was sent is append-only, with the
lines as they were then; and so are the steps of its life and the excuses.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0157"
down_revision = "0156"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
INSIDE = "{0} ^@ ANY ((SELECT wall.areas())::text[])"
IN_AREA = INSIDE.format("region_code")
OF_YEAR = (
    f"EXISTS (SELECT 1 FROM reporting_year AS upper WHERE upper.id = year_id AND {INSIDE.format('upper.region_code')})"
)
OF_UNIT = "EXISTS (SELECT 1 FROM reporting_unit AS upper WHERE upper.id = unit_id)"
# Targets and the reports that must be made are set where the year is, not in the unit.
OF_UNIT_AND_YEAR = (
    "EXISTS (SELECT 1 FROM reporting_unit AS upper JOIN reporting_year AS top ON top.id = upper.year_id "
    f"WHERE upper.id = unit_id AND {INSIDE.format('top.region_code')})"
)
OF_LINE = "EXISTS (SELECT 1 FROM programme_line AS upper WHERE upper.id = line_id)"
OF_REPORT = "EXISTS (SELECT 1 FROM quarterly_report AS upper WHERE upper.id = report_id)"
OF_REVISION = "EXISTS (SELECT 1 FROM report_revision AS upper WHERE upper.id = revision_id)"
SOMEBODY = "(SELECT wall.areas()) <> '{}'"
POLICIES = {
    # Which agencies there are is no secret, as posts are none.
    "agency": (("SELECT", SOMEBODY, None), ("INSERT", None, IN_AREA), ("UPDATE", IN_AREA, IN_AREA)),
    "reporting_year": (
        ("SELECT", f"{IN_AREA} OR region_code = ANY ((SELECT wall.way_up())::text[])", None),
        ("INSERT", None, IN_AREA),
        ("UPDATE", IN_AREA, IN_AREA),
    ),
    "reporting_unit": (("SELECT", IN_AREA, None), ("INSERT", None, f"{IN_AREA} AND {OF_YEAR}")),
    "programme_line": (
        ("SELECT", OF_UNIT, None),
        ("INSERT", None, OF_UNIT_AND_YEAR),
        ("UPDATE", OF_UNIT_AND_YEAR, OF_UNIT_AND_YEAR),
        ("DELETE", OF_UNIT_AND_YEAR, None),
    ),
    "activity_entry": (("ALL", OF_LINE, OF_LINE),),
    "quarterly_report": (
        ("SELECT", OF_UNIT, None), ("INSERT", None, OF_UNIT_AND_YEAR), ("UPDATE", OF_UNIT, OF_UNIT),
    ),
    "draft_line": (("ALL", OF_REPORT, OF_REPORT),),
    "report_move": (("ALL", OF_REPORT, OF_REPORT),),
    "report_revision": (("ALL", OF_REPORT, OF_REPORT),),
    "report_line": (("ALL", OF_REVISION, OF_REVISION),),
    "report_excuse": (("ALL", OF_REPORT, OF_REPORT),),
}  # fmt: skip
COVERED = {
    "report_move": "{id}", "report_revision": "{id}", "report_line": "{revision_id,line_id}",
    "report_excuse": "{report_id}",
}  # fmt: skip
TABLES = (*POLICIES,)

FUNCTIONS = """
CREATE FUNCTION report_keeps_its_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.late AND NOT NEW.late THEN
        PERFORM refuse('late_stays_late');
    END IF;
    IF (NEW.unit_id, NEW.quarter) IS DISTINCT FROM (OLD.unit_id, OLD.quarter) OR NEW.revision < OLD.revision THEN
        PERFORM refuse('report_keeps_its_past');
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('not_reported', 'draft'), ('not_reported', 'sent'), ('draft', 'sent'), ('not_reported', 'deemed_idle'),
        ('draft', 'deemed_idle'), ('deemed_idle', 'late'), ('received', 'sent'), ('received', 'late'),
        ('send_failed', 'sent'), ('send_failed', 'late'), ('sent', 'received'), ('late', 'received'),
        ('send_failed', 'received'), ('sent', 'send_failed'), ('late', 'send_failed')
    ) THEN
        PERFORM refuse('report_moves_by_the_table');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION entry_stays_as_it_was() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := '{withdrawn_at,withdrawn_by,withdrawn_because}';
BEGIN
    IF OLD.withdrawn_at IS NOT NULL OR to_jsonb(OLD) - free <> to_jsonb(NEW) - free THEN
        PERFORM refuse('entry_stays_as_it_was');
    END IF;
    RETURN NEW;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER report_keeps_its_rules BEFORE UPDATE ON quarterly_report
    FOR EACH ROW EXECUTE FUNCTION report_keeps_its_rules();
CREATE TRIGGER entry_stays_as_it_was BEFORE UPDATE ON activity_entry
    FOR EACH ROW EXECUTE FUNCTION entry_stays_as_it_was();
"""


def upgrade() -> None:
    _agencies()
    _years()
    _entries()
    _reports()
    _revisions()
    op.execute(FUNCTIONS)
    op.execute(TRIGGERS)
    for table, rules in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, there, becomes in rules:
            using = f" USING ({there})" if there else ""
            check = f" WITH CHECK ({becomes})" if becomes else ""
            op.execute(f"CREATE POLICY {command.lower()}_in_area ON {table} FOR {command} TO {ROLE}{using}{check}")
    for table, keys in COVERED.items():
        op.execute(
            f"CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
        )
        op.execute(f"SELECT wall.cover('{table}', '{keys}')")


def _agencies() -> None:
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint("btrim(name) <> ''", name="agency_has_a_name"),
        sa.CheckConstraint("kind IN ('opd', 'section', 'vertical')", name="agency_kind_is_known"),
        sa.CheckConstraint("length(region_code) IN (2, 5)", name="agency_belongs_to_a_government"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_agency_region_code_region"),
        sa.PrimaryKeyConstraint("id", name="pk_agency"),
        sa.UniqueConstraint("id", "region_code", name="agency_with_its_region"),
        sa.UniqueConstraint("region_code", "name", name="agency_is_named_once"),
    )
    op.execute("DELETE FROM appointment WHERE role = 'agency_head'")  # nobody could say of which agency
    op.add_column("appointment", sa.Column("agency_id", sa.Integer(), nullable=True))
    op.create_index("ix_appointment_agency_id", "appointment", ["agency_id"])
    op.create_foreign_key(
        "agency_head_serves_its_region", "appointment", "agency", ["agency_id", "region_code"], ["id", "region_code"]
    )
    op.create_check_constraint(
        "agency_head_heads_an_agency", "appointment", "(role = 'agency_head') = (agency_id IS NOT NULL)"
    )
    op.create_check_constraint(
        "agency_head_has_a_region", "appointment", "agency_id IS NULL OR region_code IS NOT NULL"
    )


def _years() -> None:
    op.create_table(
        "reporting_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Numeric(5, 2), server_default="75", nullable=False),
        sa.Column("target_basis", sa.Text(), server_default="quarter", nullable=False),
        sa.Column("late_counts", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("excuse_rule", sa.Text(), server_default="excluded", nullable=False),
        sa.Column("due_on", sa.ARRAY(sa.Date()), nullable=False),
        sa.Column("grades", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("excuse_rule IN ('excluded', 'zero')", name="excuse_rule_is_known"),
        sa.CheckConstraint("target_basis IN ('quarter', 'cumulative')", name="target_basis_is_known"),
        sa.CheckConstraint("cardinality(due_on) = 4", name="every_quarter_has_its_deadline"),
        sa.CheckConstraint("length(region_code) IN (2, 5)", name="government_reports"),
        sa.CheckConstraint("threshold > 0 AND threshold <= 100", name="threshold_is_percentage"),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name="reporting_year_is_sane"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_reporting_year_made_by_account"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_reporting_year_region_code_region"),
        sa.PrimaryKeyConstraint("id", name="pk_reporting_year"),
        sa.UniqueConstraint("region_code", "year", name="region_reports_once_a_year"),
    )
    op.create_table(
        "reporting_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("agency_id IS NOT NULL OR length(region_code) = 8", name="unit_is_agency_or_kecamatan"),
        sa.ForeignKeyConstraint(
            ["agency_id", "region_code"], ["agency.id", "agency.region_code"], name="unit_reports_in_its_region"
        ),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_reporting_unit_region_code_region"),
        sa.ForeignKeyConstraint(["year_id"], ["reporting_year.id"], name="fk_reporting_unit_year_id_reporting_year"),
        sa.PrimaryKeyConstraint("id", name="pk_reporting_unit"),
        sa.UniqueConstraint("year_id", "agency_id", name="agency_reports_once"),
    )
    op.create_index("ix_reporting_unit_agency_id", "reporting_unit", ["agency_id"])
    op.create_index("ix_reporting_unit_region_code", "reporting_unit", ["region_code"])
    op.create_index(
        "kecamatan_reports_once",
        "reporting_unit",
        ["year_id", "region_code"],
        unique=True,
        postgresql_where=sa.text("agency_id IS NULL"),
    )
    op.create_table(
        "programme_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), server_default="", nullable=False),
        sa.Column("weight", sa.Numeric(5, 2), server_default="1", nullable=False),
        sa.Column("place_code", sa.Text(), nullable=True),
        sa.Column("physical_target", sa.Numeric(8, 4), nullable=False),
        sa.Column("money_target", sa.Numeric(18, 2), nullable=False),
        sa.Column("physical_quarters", sa.ARRAY(sa.Numeric(8, 4)), nullable=False),
        sa.Column("money_quarters", sa.ARRAY(sa.Numeric(18, 2)), nullable=False),
        sa.CheckConstraint("btrim(name) <> ''", name="line_has_a_name"),
        sa.CheckConstraint(
            "cardinality(physical_quarters) = 4 AND cardinality(money_quarters) = 4 AND 0 <= ALL (physical_quarters) AND 0 <= ALL (money_quarters)",
            name="every_quarter_has_its_target",
        ),
        sa.CheckConstraint(
            "physical_quarters[1] + physical_quarters[2] + physical_quarters[3] + physical_quarters[4] = physical_target AND money_quarters[1] + money_quarters[2] + money_quarters[3] + money_quarters[4] = money_target",
            name="quarters_make_the_year",
        ),
        sa.CheckConstraint("physical_target >= 0 AND money_target >= 0", name="line_targets_are_not_negative"),
        sa.CheckConstraint("weight > 0", name="line_weighs_something"),
        sa.ForeignKeyConstraint(["place_code"], ["region.code"], name="fk_programme_line_place_code_region"),
        sa.ForeignKeyConstraint(["unit_id"], ["reporting_unit.id"], name="fk_programme_line_unit_id_reporting_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_programme_line"),
        sa.UniqueConstraint("unit_id", "position", name="lines_are_in_order"),
    )


def _entries() -> None:
    op.create_table(
        "activity_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(14, 4), nullable=True),
        sa.Column("physical", sa.Numeric(8, 4), server_default="0", nullable=False),
        sa.Column("money", sa.Numeric(18, 2), server_default="0", nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.CheckConstraint("btrim(said) <> ''", name="entry_says_something"),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
            name="withdrawn_entry_has_its_reason",
        ),
        sa.CheckConstraint("quantity >= 0 AND physical >= 0 AND money >= 0", name="entry_is_not_negative"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_activity_entry_evidence_id_evidence"),
        sa.ForeignKeyConstraint(["line_id"], ["programme_line.id"], name="fk_activity_entry_line_id_programme_line"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_activity_entry_made_by_account"),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["account.id"], name="fk_activity_entry_withdrawn_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_activity_entry"),
    )
    op.create_index("ix_activity_entry_evidence_id", "activity_entry", ["evidence_id"])
    op.create_index("ix_activity_entry_line_id_day", "activity_entry", ["line_id", "day"])


def _reports() -> None:
    op.create_table(
        "quarterly_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="not_reported", nullable=False),
        sa.Column("late", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(state IN ('not_reported', 'draft', 'deemed_idle')) = (revision = 0)", name="sent_report_has_a_revision"
        ),
        sa.CheckConstraint("state <> 'late' OR late", name="late_report_is_marked"),
        sa.CheckConstraint(
            "state IN ('not_reported', 'draft', 'sent', 'received', 'send_failed', 'deemed_idle', 'late')",
            name="report_state_is_known",
        ),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter_exists"),
        sa.ForeignKeyConstraint(["unit_id"], ["reporting_unit.id"], name="fk_quarterly_report_unit_id_reporting_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_quarterly_report"),
        sa.UniqueConstraint("unit_id", "quarter", name="quarter_is_reported_once"),
    )
    op.create_table(
        "draft_line",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("physical", sa.Numeric(8, 4), nullable=True),
        sa.Column("money", sa.Numeric(18, 2), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("obstacle_kind", sa.Text(), nullable=True),
        sa.Column("obstacle", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "obstacle_kind IN ('procurement', 'land', 'weather', 'budget', 'staff', 'rules', 'partner', 'other')",
            name="obstacle_is_known",
        ),
        sa.CheckConstraint("physical >= 0 AND money >= 0", name="corrected_sum_is_not_negative"),
        sa.ForeignKeyConstraint(["line_id"], ["programme_line.id"], name="fk_draft_line_line_id_programme_line"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["quarterly_report.id"], name="fk_draft_line_report_id_quarterly_report"
        ),
        sa.PrimaryKeyConstraint("report_id", "line_id", name="pk_draft_line"),
    )
    op.create_table(
        "report_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("became", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "move IN ('begin', 'submit', 'correct', 'expire', 'receive', 'fail')", name="report_move_is_known"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name="fk_report_move_actor_id_account"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["quarterly_report.id"], name="fk_report_move_report_id_quarterly_report"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report_move"),
    )
    op.create_index("ix_report_move_report_id", "report_move", ["report_id"])


def _revisions() -> None:
    op.create_table(
        "report_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sent_by", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_deadline", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("physical", sa.Numeric(14, 4), nullable=True),
        sa.Column("financial", sa.Numeric(14, 4), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.CheckConstraint("number = 1 OR btrim(note) <> ''", name="correction_says_why"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="revision_sha256_is_digest"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["quarterly_report.id"], name="fk_report_revision_report_id_quarterly_report"
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["account.id"], name="fk_report_revision_sent_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_report_revision"),
        sa.UniqueConstraint("report_id", "number", name="revisions_are_numbered"),
    )
    op.create_table(
        "report_line",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("weight", sa.Numeric(5, 2), nullable=False),
        sa.Column("place_code", sa.Text(), nullable=True),
        sa.Column("year_physical", sa.Numeric(8, 4), nullable=False),
        sa.Column("year_money", sa.Numeric(18, 2), nullable=False),
        sa.Column("target_physical", sa.Numeric(8, 4), nullable=False),
        sa.Column("target_money", sa.Numeric(18, 2), nullable=False),
        sa.Column("before_physical", sa.Numeric(8, 4), nullable=False),
        sa.Column("before_money", sa.Numeric(18, 2), nullable=False),
        sa.Column("quantity", sa.Numeric(14, 4), nullable=False),
        sa.Column("rolled_physical", sa.Numeric(8, 4), nullable=False),
        sa.Column("rolled_money", sa.Numeric(18, 2), nullable=False),
        sa.Column("physical", sa.Numeric(8, 4), nullable=False),
        sa.Column("money", sa.Numeric(18, 2), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("unfinished", sa.Boolean(), nullable=False),
        sa.Column("obstacle_kind", sa.Text(), nullable=True),
        sa.Column("obstacle", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "obstacle_kind IN ('procurement', 'land', 'weather', 'budget', 'staff', 'rules', 'partner', 'other')",
            name="reported_obstacle_is_known",
        ),
        sa.ForeignKeyConstraint(["line_id"], ["programme_line.id"], name="fk_report_line_line_id_programme_line"),
        sa.ForeignKeyConstraint(["place_code"], ["region.code"], name="fk_report_line_place_code_region"),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["report_revision.id"], name="fk_report_line_revision_id_report_revision"
        ),
        sa.PrimaryKeyConstraint("revision_id", "line_id", name="pk_report_line"),
    )
    op.create_index("ix_report_line_line_id", "report_line", ["line_id"])
    op.create_table(
        "report_excuse",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name="excuse_says_why"),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name="fk_report_excuse_given_by_account"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["quarterly_report.id"], name="fk_report_excuse_report_id_quarterly_report"
        ),
        sa.PrimaryKeyConstraint("report_id", name="pk_report_excuse"),
    )


def downgrade() -> None:
    for table in COVERED:
        op.execute(f"SELECT wall.uncover('{table}')")
    op.drop_constraint("agency_head_heads_an_agency", "appointment")
    op.drop_constraint("agency_head_has_a_region", "appointment")
    op.drop_constraint("agency_head_serves_its_region", "appointment")
    op.drop_index("ix_appointment_agency_id", "appointment")
    op.drop_column("appointment", "agency_id")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION report_keeps_its_rules()")
    op.execute("DROP FUNCTION entry_stays_as_it_was()")
