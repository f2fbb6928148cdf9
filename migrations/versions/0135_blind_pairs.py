"""Two readers who know nothing of each other, a third where they differ too far; what a value was before it changed.

The database repeats: two places and three different people at a claim, a blind claim is scored by its drawn readers
alone, a complete pair stays as it is, who has scored keeps the place, and the adjudicator is the reader at place 3.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0135"
down_revision = "0132"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

FUNCTIONS = f"""
CREATE FUNCTION only_the_drawn_score() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.claim_id, NEW.assessor_id, NEW.value, NEW.note)
        IS NOT DISTINCT FROM (OLD.claim_id, OLD.assessor_id, OLD.value, OLD.note)
    THEN
        RETURN NEW;  -- sealed, or its visit noted
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM claim JOIN indicator ON indicator.id = claim.indicator_id
        WHERE claim.id = NEW.claim_id AND indicator.reading = 'blind_pair'
    ) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM reader
        WHERE reader.claim_id = NEW.claim_id AND reader.assessor_id = NEW.assessor_id AND reader.place IN (1, 2)
    ) THEN
        PERFORM refuse('only_the_drawn_score');
    END IF;
    IF (SELECT count(*) FROM score WHERE score.claim_id = NEW.claim_id) >= 2 THEN
        PERFORM refuse('complete_pair_stays');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION readers_stay_once_they_scored() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM score WHERE score.claim_id = OLD.claim_id AND score.assessor_id = OLD.assessor_id) THEN
        PERFORM refuse('readers_stay_once_they_scored');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
TRIGGERS = (
    ("score", "INSERT OR UPDATE", "only_the_drawn_score"),
    ("reader", "UPDATE OR DELETE", "readers_stay_once_they_scored"),
    ("reader", "INSERT OR UPDATE OR DELETE", "period_parts_keep_its_seal"),
    ("adjudication", "INSERT OR UPDATE OR DELETE", "period_parts_keep_its_seal"),
    *(
        (table, "UPDATE OR DELETE", "history_is_append_only")
        for table in ("adjudication", "score_revision", "blind_draw")
    ),
)
APPEND_ONLY = ("adjudication", "score_revision", "blind_draw")
OF_CLAIM = "EXISTS (SELECT 1 FROM claim AS upper WHERE upper.id = claim_id)"
OF_OWN_PERIOD = (
    "EXISTS (SELECT 1 FROM period AS upper WHERE upper.id = period_id "
    "AND upper.region_code ^@ ANY ((SELECT wall.areas())::text[]))"
)
POLICIES = {"reader": OF_CLAIM, "adjudication": OF_CLAIM, "score_revision": OF_CLAIM, "blind_draw": OF_OWN_PERIOD}


def upgrade() -> None:
    _indicators()
    _tables()
    op.execute(FUNCTIONS)
    for table, verbs, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {function} BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_is_not_truncated BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()"
        )
    for table, there in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY all_in_area ON {table} FOR ALL TO {ROLE} USING ({there}) WITH CHECK ({there})")


def _indicators() -> None:
    op.add_column("indicator", sa.Column("reading", sa.Text(), server_default="quorum", nullable=False))
    op.add_column("indicator", sa.Column("spread_limit", sa.Numeric(5, 2), server_default="20", nullable=False))
    op.create_check_constraint("indicator_reading_is_known", "indicator", "reading IN ('quorum', 'blind_pair')")
    op.create_check_constraint(
        "spread_limit_is_share_of_scale", "indicator", "spread_limit >= 0 AND spread_limit <= 100"
    )


def _tables() -> None:
    op.create_table(
        "score_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("assessor_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(6, 2), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id", "assessor_id"], ["score.claim_id", "score.assessor_id"], name="revision_of_score"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_revision")),
    )
    op.create_index(op.f("ix_score_revision_claim_id"), "score_revision", ["claim_id"])
    op.create_table(
        "blind_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["drawn_by"], ["account.id"], name=op.f("fk_blind_draw_drawn_by_account")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_blind_draw_period_id_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_draw")),
    )
    op.create_index(op.f("ix_blind_draw_period_id"), "blind_draw", ["period_id"])
    _readers()
    _adjudications()


def _readers() -> None:
    op.create_table(
        "reader",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("assessor_id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=True),
        sa.Column("assigned_by", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("place IN (1, 2, 3)", name="reader_place_is_known"),
        sa.CheckConstraint("draw_id IS NOT NULL OR btrim(reason) <> ''", name="reader_is_drawn_or_has_reason"),
        sa.ForeignKeyConstraint(["assessor_id"], ["account.id"], name=op.f("fk_reader_assessor_id_account")),
        sa.ForeignKeyConstraint(["assigned_by"], ["account.id"], name=op.f("fk_reader_assigned_by_account")),
        sa.ForeignKeyConstraint(["draw_id"], ["blind_draw.id"], name=op.f("fk_reader_draw_id_blind_draw")),
        sa.ForeignKeyConstraint(["claim_id", "period_id"], ["claim.id", "claim.period_id"], name="reader_of_claim"),
        sa.PrimaryKeyConstraint("claim_id", "place", name=op.f("pk_reader")),
        sa.UniqueConstraint("claim_id", "assessor_id", name="nobody_reads_twice"),
        sa.UniqueConstraint("claim_id", "place", "assessor_id", name="reader_at_place"),
    )
    op.create_index(op.f("ix_reader_assessor_id"), "reader", ["assessor_id"])
    op.create_index(op.f("ix_reader_period_id"), "reader", ["period_id"])


def _adjudications() -> None:
    op.create_table(
        "adjudication",
        sa.Column("claim_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), server_default="3", nullable=False),
        sa.Column("adjudicator_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(6, 2), nullable=False),
        sa.Column("reasoning", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place = 3", name="adjudicator_is_third"),
        sa.CheckConstraint("value >= 0", name="adjudication_is_not_negative"),
        sa.CheckConstraint("btrim(reasoning) <> ''", name="adjudication_has_reasoning"),
        sa.ForeignKeyConstraint(
            ["adjudicator_id"], ["account.id"], name=op.f("fk_adjudication_adjudicator_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id", "period_id"], ["claim.id", "claim.period_id"], name="adjudication_of_claim"
        ),
        sa.ForeignKeyConstraint(
            ["claim_id", "place", "adjudicator_id"],
            ["reader.claim_id", "reader.place", "reader.assessor_id"],
            name="adjudication_by_its_reader",
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_adjudication")),
    )
    op.create_index(op.f("ix_adjudication_period_id"), "adjudication", ["period_id"])


def downgrade() -> None:
    """Indicators of a frozen instrument keep their columns' triggers; only the columns themselves go."""
    for table in ("adjudication", "reader", "blind_draw", "score_revision"):
        op.drop_table(table)
    op.execute("DROP FUNCTION only_the_drawn_score() CASCADE")
    op.execute("DROP FUNCTION readers_stay_once_they_scored() CASCADE")
    op.drop_constraint("spread_limit_is_share_of_scale", "indicator")
    op.drop_constraint("indicator_reading_is_known", "indicator")
    op.drop_column("indicator", "spread_limit")
    op.drop_column("indicator", "reading")
