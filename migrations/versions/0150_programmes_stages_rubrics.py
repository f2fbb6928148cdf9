"""Programmes of periods, their stages and pools; how an indicator's value comes about, levels, grades, rules for ties.

An instrument's parts stay frozen with it. A stage's row belongs to its period, which is the lock of all of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0150"
down_revision = "0140"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
ROLES = (
    "contributor", "camat", "desk_verifier", "field_verifier", "assessor", "chair", "secretariat", "leader",
    "provincial_team", "information_officer", "auditor", "administrator",
)  # fmt: skip
ONE_PLACE = ("camat", "contributor", "provincial_team")
METHODS = "'rated', 'levels', 'count', 'presentation'"
TIE_RULES = "'ask', 'aspects', 'extend', 'lots'"
STAGES = (
    "'self_filling', 'desk', 'field', 'presentation', 'shortlist', 'advanced', 'plenary', 'final', 'announcement'"
)  # fmt: skip
NUMBER = sa.Numeric(12, 4)

INSIDE = "{0} ^@ ANY ((SELECT wall.areas())::text[])"
NULLABLE = INSIDE.format("coalesce(upper.region_code, '')")
OF_PERIOD = "EXISTS (SELECT 1 FROM period AS upper WHERE upper.id = period_id{0})"
OF_OWN_PERIOD = OF_PERIOD.format(" AND " + INSIDE.format("upper.region_code"))
OF_OWN_INSTRUMENT = f"EXISTS (SELECT 1 FROM instrument AS upper WHERE upper.id = instrument_id AND {NULLABLE})"
OF_OWN_INDICATOR = (
    "EXISTS (SELECT 1 FROM indicator AS lower JOIN aspect AS middle ON middle.id = lower.aspect_id "
    f"JOIN instrument AS upper ON upper.id = middle.instrument_id WHERE lower.id = indicator_id AND {NULLABLE})"
)
SOMEBODY = "(SELECT wall.areas()) <> '{}'"
POLICIES = {
    "programme": (
        ("SELECT", f"{INSIDE.format('region_code')} OR region_code = ANY ((SELECT wall.way_up())::text[])", None),
        ("INSERT", None, INSIDE.format("region_code")),
    ),
    "grade_band": (
        ("SELECT", SOMEBODY, None), ("INSERT", None, OF_OWN_INSTRUMENT), ("DELETE", OF_OWN_INSTRUMENT, None),
    ),
    "indicator_level": (
        ("SELECT", SOMEBODY, None), ("INSERT", None, OF_OWN_INDICATOR), ("DELETE", OF_OWN_INDICATOR, None),
    ),
    "period_stage": (
        ("SELECT", OF_PERIOD.format(""), None),
        ("INSERT", None, OF_OWN_PERIOD),
        ("UPDATE", OF_OWN_PERIOD, OF_OWN_PERIOD),
        ("DELETE", OF_OWN_PERIOD, None),
    ),
}  # fmt: skip

FROZEN = """
CREATE FUNCTION rubric_stays_frozen() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE touched jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END); owner integer;
BEGIN
    owner := coalesce(
        (touched->>'instrument_id')::integer,
        (SELECT instrument_id FROM indicator JOIN aspect ON aspect.id = aspect_id
         WHERE indicator.id = (touched->>'indicator_id')::integer)
    );
    IF EXISTS (SELECT 1 FROM instrument WHERE id = owner AND frozen_at IS NOT NULL) THEN
        PERFORM refuse('instrument_is_frozen');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""

# Who takes part is settled when the period is made; only how far they come may change.
UNIT = """
CREATE FUNCTION participant_keeps_its_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.period_id, NEW.region_code, NEW.pool) IS DISTINCT FROM (OLD.period_id, OLD.region_code, OLD.pool) THEN
        PERFORM refuse('participant_keeps_its_unit');
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    _roles((*ROLES, "agency_head"))
    _programmes()
    _instruments()
    _periods()
    _stages()
    op.add_column("claim", sa.Column("level_id", sa.Integer(), nullable=True))
    op.add_column("claim", sa.Column("quantity", NUMBER, nullable=True))
    op.create_foreign_key("fk_claim_level_id_indicator_level", "claim", "indicator_level", ["level_id"], ["id"])
    op.execute(FROZEN)
    op.execute(UNIT)
    op.execute(
        "CREATE TRIGGER participant_keeps_its_unit BEFORE UPDATE ON participant "
        "FOR EACH ROW EXECUTE FUNCTION participant_keeps_its_unit()"
    )
    op.execute("DROP POLICY update_in_area ON participant")
    op.execute(
        f"CREATE POLICY update_in_area ON participant FOR UPDATE TO {ROLE} "
        f"USING ({INSIDE.format('region_code')}) WITH CHECK ({OF_OWN_PERIOD})"
    )
    for table in ("grade_band", "indicator_level"):
        op.execute(
            f"CREATE TRIGGER rubric_stays_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION rubric_stays_frozen()"
        )
    for table, rules in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, there, becomes in rules:
            using = f" USING ({there})" if there else ""
            check = f" WITH CHECK ({becomes})" if becomes else ""
            op.execute(f"CREATE POLICY {command.lower()}_in_area ON {table} FOR {command} TO {ROLE}{using}{check}")


def _roles(known: tuple[str, ...]) -> None:
    said = ", ".join(f"'{role}'" for role in known)
    team = [f"('{role}', {length})" for role in known if role not in ONE_PLACE for length in (0, 2, 5)]
    levels = ", ".join(["('camat', 8)", "('contributor', 8)", "('contributor', 13)", "('provincial_team', 2)", *team])
    for name, rule in (
        ("appointment_role_is_known", f"role IN ({said})"),
        ("appointment_fits_its_level", f"(role, COALESCE(length(region_code), 0)) IN ({levels})"),
    ):
        op.drop_constraint(name, "appointment")
        op.create_check_constraint(name, "appointment", rule)


def _programmes() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_programme_region_code_region"),
        sa.PrimaryKeyConstraint("id", name="pk_programme"),
        sa.UniqueConstraint("region_code", "name", name="programme_is_named_once"),
        sa.CheckConstraint("btrim(name) <> ''", name="programme_has_a_name"),
    )


def _instruments() -> None:
    op.add_column("instrument", sa.Column("tie_rule", sa.Text(), server_default="ask", nullable=False))
    op.create_check_constraint("tie_rule_is_known", "instrument", f"tie_rule IN ({TIE_RULES})")
    op.add_column("aspect", sa.Column("round", sa.SmallInteger(), server_default="1", nullable=False))
    op.create_check_constraint("aspect_round_is_known", "aspect", "round IN (1, 2)")
    op.add_column("indicator", sa.Column("method", sa.Text(), server_default="rated", nullable=False))
    op.add_column("indicator", sa.Column("points_each", NUMBER, nullable=True))
    op.add_column("indicator", sa.Column("fading", sa.Numeric(5, 2), server_default="100", nullable=False))
    op.add_column("indicator", sa.Column("evidence_required", sa.SmallInteger(), server_default="1", nullable=False))
    for name, rule in (
        ("indicator_method_is_known", f"method IN ({METHODS})"),
        ("count_has_its_points", "(method = 'count') = (points_each IS NOT NULL) AND coalesce(points_each, 1) > 0"),
        ("fading_is_percentage", "fading >= 0 AND fading <= 100"),
        ("evidence_required_is_sane", "evidence_required BETWEEN 0 AND 50"),
        ("blind_pairs_rate", "reading <> 'blind_pair' OR method IN ('rated', 'levels')"),
    ):
        op.create_check_constraint(name, "indicator", rule)
    op.create_table(
        "indicator_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(6, 2), nullable=False),
        sa.Column("lower", NUMBER, nullable=True),
        sa.Column("upper", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name="fk_indicator_level_indicator_id_indicator", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_indicator_level"),
        sa.CheckConstraint("points >= 0", name="level_points_are_not_negative"),
        sa.CheckConstraint("upper IS NULL OR lower IS NULL OR upper >= lower", name="level_range_runs_up"),
    )
    op.create_index("ix_indicator_level_indicator_id", "indicator_level", ["indicator_id"])
    op.create_table(
        "grade_band",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("from_total", sa.Numeric(5, 2), nullable=False),
        sa.Column("includes", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name="fk_grade_band_instrument_id_instrument", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_grade_band"),
        sa.UniqueConstraint("instrument_id", "from_total", name="grade_begins_once"),
        sa.CheckConstraint("from_total >= 0 AND from_total <= 100", name="grade_begins_on_the_scale"),
    )


def _periods() -> None:
    for column in (
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("copied_from", sa.Integer(), nullable=True),
        sa.Column("pooled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("shortlist_size", sa.SmallInteger(), nullable=True),
        sa.Column("award_size", sa.SmallInteger(), nullable=True),
        sa.Column("carry_share", sa.Numeric(5, 2), server_default="0", nullable=False),
        sa.Column("version", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_by", sa.Integer(), nullable=True),
    ):
        op.add_column("period", column)
    op.create_foreign_key("fk_period_programme_id_programme", "period", "programme", ["programme_id"], ["id"])
    op.create_foreign_key("fk_period_copied_from_period", "period", "period", ["copied_from"], ["id"])
    op.create_foreign_key("fk_period_announced_by_account", "period", "account", ["announced_by"], ["id"])
    for name, rule in (
        ("period_sizes_are_positive", "coalesce(shortlist_size, 1) >= 1 AND coalesce(award_size, 1) >= 1"),
        ("carry_share_is_percentage", "carry_share >= 0 AND carry_share <= 100"),
        ("announcement_has_its_person", "(announced_at IS NULL) = (announced_by IS NULL)"),
    ):
        op.create_check_constraint(name, "period", rule)
    op.add_column("participant", sa.Column("pool", sa.Text(), server_default="", nullable=False))
    op.add_column("participant", sa.Column("round", sa.SmallInteger(), server_default="1", nullable=False))
    op.create_check_constraint("participant_round_is_known", "participant", "round IN (1, 2)")


def _stages() -> None:
    op.create_table(
        "period_stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["period_id"], ["period.id"], name="fk_period_stage_period_id_period", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name="fk_period_stage_opened_by_account"),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name="fk_period_stage_closed_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_period_stage"),
        sa.UniqueConstraint("period_id", "position", name="stages_are_in_order"),
        sa.UniqueConstraint("period_id", "kind", name="stage_of_a_kind_is_one"),
        sa.CheckConstraint(f"kind IN ({STAGES})", name="stage_kind_is_known"),
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="stage_runs_on"),
        sa.CheckConstraint("closed_at IS NULL OR opened_at IS NOT NULL", name="stage_opens_before_it_closes"),
        sa.CheckConstraint("(opened_at IS NULL) = (opened_by IS NULL)", name="stage_opening_has_its_person"),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="stage_closing_has_its_person"),
    )


def downgrade() -> None:
    op.drop_column("claim", "level_id")
    op.drop_column("claim", "quantity")
    op.execute("DROP POLICY update_in_area ON participant")
    op.execute(
        f"CREATE POLICY update_in_area ON participant FOR UPDATE TO {ROLE} "
        f"USING ({INSIDE.format('region_code')}) WITH CHECK (false)"
    )
    op.execute("DROP TRIGGER participant_keeps_its_unit ON participant")
    op.execute("DROP FUNCTION participant_keeps_its_unit()")
    for table in ("period_stage", "grade_band", "indicator_level"):
        op.drop_table(table)
    op.execute("DROP FUNCTION rubric_stays_frozen()")
    for column in (
        "programme_id",
        "copied_from",
        "pooled",
        "shortlist_size",
        "award_size",
        "carry_share",
        "version",
        "announced_at",
        "announced_by",
    ):
        op.drop_column("period", column)
    op.drop_table("programme")
    op.drop_column("participant", "pool")
    op.drop_column("participant", "round")
    for column in ("method", "points_each", "fading", "evidence_required"):
        op.drop_column("indicator", column)
    op.drop_column("aspect", "round")
    op.drop_column("instrument", "tie_rule")
    op.execute("DELETE FROM appointment WHERE role = 'agency_head'")
    _roles(ROLES)
