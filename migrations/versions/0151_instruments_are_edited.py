"""An instrument is edited before it is used, and numbers that are only examples are settled by somebody first.

Its own secretariat changes what it says until it is frozen. From then on its row says what it said, whoever asks.
"""

import sqlalchemy as sa
from alembic import op

revision = "0151"
down_revision = "0150"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
OWN = "coalesce({0}region_code, '') ^@ ANY ((SELECT wall.areas())::text[])"
OF_OWN_INSTRUMENT = (
    f"EXISTS (SELECT 1 FROM instrument AS upper WHERE upper.id = instrument_id AND {OWN.format('upper.')})"
)
OF_OWN_ASPECT = (
    "EXISTS (SELECT 1 FROM aspect AS middle JOIN instrument AS upper ON upper.id = middle.instrument_id "
    f"WHERE middle.id = aspect_id AND {OWN.format('upper.')})"
)
CHANGED = {"instrument": OWN.format(""), "aspect": OF_OWN_INSTRUMENT, "indicator": OF_OWN_ASPECT}

# Everybody may freeze an instrument by opening a period with it, and nothing else may change on that occasion.
KEEPS = """
CREATE FUNCTION instrument_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL
        OR NEW.frozen_at IS NOT NULL AND (to_jsonb(NEW) - 'frozen_at') IS DISTINCT FROM (to_jsonb(OLD) - 'frozen_at')
    THEN
        PERFORM refuse('instrument_is_frozen');
    END IF;
    IF NEW.frozen_at IS NOT NULL AND NEW.settle_first AND NEW.settled_at IS NULL THEN
        PERFORM refuse('example_numbers_are_settled_first');
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.add_column("instrument", sa.Column("settle_first", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("instrument", sa.Column("settled_source", sa.Text(), server_default="", nullable=False))
    op.add_column("instrument", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("instrument", sa.Column("settled_by", sa.Integer(), nullable=True))
    op.create_foreign_key("fk_instrument_settled_by_account", "instrument", "account", ["settled_by"], ["id"])
    op.create_check_constraint(
        "settling_has_its_person_and_source",
        "instrument",
        "(settled_at IS NULL) = (settled_by IS NULL) AND (settled_at IS NULL) = (btrim(settled_source) = '')",
    )
    op.execute(KEEPS)
    op.execute(
        "CREATE TRIGGER instrument_keeps_its_word BEFORE UPDATE ON instrument "
        "FOR EACH ROW EXECUTE FUNCTION instrument_keeps_its_word()"
    )
    for table, own in CHANGED.items():
        op.execute(f"CREATE POLICY change_in_area ON {table} FOR UPDATE TO {ROLE} USING ({own}) WITH CHECK ({own})")


def downgrade() -> None:
    for table in CHANGED:
        op.execute(f"DROP POLICY change_in_area ON {table}")
    op.execute("DROP TRIGGER instrument_keeps_its_word ON instrument")
    op.execute("DROP FUNCTION instrument_keeps_its_word()")
    op.drop_constraint("settling_has_its_person_and_source", "instrument")
    for column in ("settle_first", "settled_source", "settled_at", "settled_by"):
        op.drop_column("instrument", column)
