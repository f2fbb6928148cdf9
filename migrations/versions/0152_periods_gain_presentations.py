"""Presentations: who is heard when, who was there. Participants of a prepared period may change.

The database repeats: nobody presents twice in a round, an absent unit has a reason and a person, a value of a
presentation comes from an assessor who was there, and who has given one stays present.
"""

import sqlalchemy as sa
from alembic import op

revision = "0152"
down_revision = "0151"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
INSIDE = "{0} ^@ ANY ((SELECT wall.areas())::text[])"
OF_PERIOD = "EXISTS (SELECT 1 FROM period AS upper WHERE upper.id = period_id{0})"
OF_OWN_PERIOD = OF_PERIOD.format(" AND " + INSIDE.format("upper.region_code"))
POLICIES = {
    # When each is heard is no secret among those who take part.
    "presentation_slot": (
        ("SELECT", OF_PERIOD.format(""), None),
        ("INSERT", None, OF_OWN_PERIOD),
        ("UPDATE", OF_OWN_PERIOD, OF_OWN_PERIOD),
        ("DELETE", OF_OWN_PERIOD, None),
    ),
    "slot_presence": (
        ("SELECT", OF_OWN_PERIOD, None), ("INSERT", None, OF_OWN_PERIOD), ("DELETE", OF_OWN_PERIOD, None),
    ),
    "participant": (
        ("DELETE", OF_PERIOD.format(" AND upper.state = 'prepared' AND " + INSIDE.format("upper.region_code")), None),
    ),
}  # fmt: skip
FUNCTIONS = f"""
CREATE FUNCTION only_the_present_score() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.claim_id, NEW.assessor_id, NEW.value, NEW.note)
        IS NOT DISTINCT FROM (OLD.claim_id, OLD.assessor_id, OLD.value, OLD.note)
    THEN
        RETURN NEW;  -- sealed
    END IF;
    IF EXISTS (
        SELECT 1 FROM indicator WHERE indicator.id = NEW.indicator_id AND indicator.method = 'presentation'
    ) AND NOT EXISTS (
        SELECT 1 FROM claim
        JOIN indicator ON indicator.id = claim.indicator_id
        JOIN aspect ON aspect.id = indicator.aspect_id
        JOIN presentation_slot AS slot ON slot.period_id = claim.period_id
            AND slot.region_code = claim.region_code AND slot.round = aspect.round
        JOIN slot_presence ON slot_presence.slot_id = slot.id
        WHERE claim.id = NEW.claim_id AND slot.attendance = 'present' AND slot_presence.account_id = NEW.assessor_id
    ) THEN
        PERFORM refuse('only_the_present_score');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION who_scored_was_there() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM presentation_slot AS slot
        JOIN claim ON claim.period_id = slot.period_id AND claim.region_code = slot.region_code
        JOIN indicator ON indicator.id = claim.indicator_id AND indicator.method = 'presentation'
        JOIN aspect ON aspect.id = indicator.aspect_id AND aspect.round = slot.round
        JOIN score ON score.claim_id = claim.id
        WHERE slot.id = OLD.slot_id AND score.assessor_id = OLD.account_id
    ) THEN
        PERFORM refuse('who_scored_was_there');
    END IF;
    RETURN OLD;
END $$;
"""
TRIGGERS = (
    ("score", "INSERT OR UPDATE", "only_the_present_score"),
    ("slot_presence", "DELETE", "who_scored_was_there"),
    ("presentation_slot", "INSERT OR UPDATE OR DELETE", "period_parts_keep_its_seal"),
    ("slot_presence", "INSERT OR UPDATE OR DELETE", "period_parts_keep_its_seal"),
)


def upgrade() -> None:
    _slots()
    _presences()
    op.execute(FUNCTIONS)
    for table, verbs, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {function} BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
    for table in ("presentation_slot", "slot_presence"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    for table, rules in POLICIES.items():
        for command, there, becomes in rules:
            using = f" USING ({there})" if there else ""
            check = f" WITH CHECK ({becomes})" if becomes else ""
            op.execute(f"CREATE POLICY {command.lower()}_in_area ON {table} FOR {command} TO {ROLE}{using}{check}")


def _slots() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "presentation_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("round", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_at", instant, nullable=False),
        sa.Column("ends_at", instant, nullable=False),
        sa.Column("deck", sa.Text(), server_default="", nullable=False),
        sa.Column("attendance", sa.Text(), server_default="planned", nullable=False),
        sa.Column("absence_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", instant, nullable=True),
        sa.Column("moved_from", instant, nullable=True),
        sa.Column("moved_because", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name="fk_presentation_slot_period_id_period"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_presentation_slot_region_code_region"),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name="fk_presentation_slot_recorded_by_account"),
        sa.ForeignKeyConstraint(
            ["period_id", "region_code"], ["participant.period_id", "participant.region_code"],
            name="slot_of_participant", ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_presentation_slot"),
        sa.UniqueConstraint("period_id", "region_code", "round", name="nobody_presents_twice"),
        sa.UniqueConstraint("id", "period_id", name="slot_of_period"),
        sa.CheckConstraint("round IN (1, 2)", name="slot_round_is_known"),
        sa.CheckConstraint("ends_at > starts_at", name="slot_runs_on"),
        sa.CheckConstraint("btrim(place) <> ''", name="slot_has_its_place"),
        sa.CheckConstraint("attendance IN ('planned', 'present', 'absent')", name="attendance_is_known"),
        sa.CheckConstraint(
            "(attendance = 'planned') = (recorded_at IS NULL) AND (recorded_by IS NULL) = (recorded_at IS NULL)",
            name="attendance_has_its_person",
        ),
        sa.CheckConstraint("attendance <> 'absent' OR btrim(absence_reason) <> ''", name="absence_has_its_reason"),
        sa.CheckConstraint("moved_from IS NULL OR btrim(moved_because) <> ''", name="moving_has_its_reason"),
    )  # fmt: skip
    op.create_index("ix_presentation_slot_region_code", "presentation_slot", ["region_code"])


def _presences() -> None:
    op.create_table(
        "slot_presence",
        sa.Column("slot_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("account_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["slot_id", "period_id"], ["presentation_slot.id", "presentation_slot.period_id"],
            name="presence_of_slot", ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_slot_presence_account_id_account"),
        sa.ForeignKeyConstraint(["noted_by"], ["account.id"], name="fk_slot_presence_noted_by_account"),
        sa.PrimaryKeyConstraint("slot_id", "account_id", name="pk_slot_presence"),
    )  # fmt: skip
    op.create_index("ix_slot_presence_account_id", "slot_presence", ["account_id"])


def downgrade() -> None:
    op.execute("DROP POLICY delete_in_area ON participant")
    op.drop_table("slot_presence")
    op.drop_table("presentation_slot")
    op.execute("DROP FUNCTION only_the_present_score() CASCADE")
    op.execute("DROP FUNCTION who_scored_was_there() CASCADE")
