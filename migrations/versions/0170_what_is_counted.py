"""Sums about cases are kept as cases change: by region, by cell of the map, and how many changes there were.

A statement's trigger notes images of the rows it wrote; no statement waits for another's. The triggers also fire where
triggers are off (`session_replication_role`): a case that was copied in is counted as well.
"""

import sqlalchemy as sa
from alembic import op

revision = "0170"
down_revision = "0163"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
INSIDE = "region_code ^@ ANY ((SELECT wall.areas())::text[])"
STATES = (
    "submitted", "under_review", "returned", "rejection_proposed", "rejected", "verified_desk", "awaiting_field",
    "verified_field", "mismatch", "objected",
)  # fmt: skip
SUPPORTS = ("regulasi", "anggaran", "sarana", "sdm")
OF_AREAS = ("case_journal", "case_tally", "case_cell")

# Said again in `geo.tiles`, and a test compares them.
QUADS = """
CREATE FUNCTION tile_column(lon double precision) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN greatest(0, least(4194303, floor((lon + 180) / 360 * 4194304)::bigint));

CREATE FUNCTION tile_row(lat double precision) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT greatest(0, least(4194303, floor((0.5 - ln((1 + s) / (1 - s)) / (4 * pi())) * 4194304)::bigint))
    FROM (VALUES (sind(greatest(-85.051128779806, least(85.051128779806, lat))))) AS at (s)
);

CREATE FUNCTION spread_bits(v bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    v := (v | (v << 16)) & 281470681808895;    -- 0x0000ffff0000ffff
    v := (v | (v << 8)) & 71777214294589695;   -- 0x00ff00ff00ff00ff
    v := (v | (v << 4)) & 1085102592571150095; -- 0x0f0f0f0f0f0f0f0f
    v := (v | (v << 2)) & 3689348814741910323; -- 0x3333333333333333
    RETURN (v | (v << 1)) & 6148914691236517205; -- 0x5555555555555555
END $$;

CREATE FUNCTION quad_of(place geometry) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN spread_bits(tile_column(ST_X(place))) | (spread_bits(tile_row(ST_Y(place))) << 1);
"""

# Whether a case is one of those a region counts: at home, sent, not withdrawn.
_COUNTED = (
    f"(state IN ({', '.join(map(repr, STATES))}) AND study_assignment_id IS NULL AND region_result <> 'luar_negeri')"
)
_IMAGE = f"""
        INSERT INTO case_journal (region_code, kind_code, period_id, state, support, quad, lon_e7, lat_e7, n)
        SELECT region_code, kind_code, period_id, state, support, quad, round(ST_X(place) * 1e7), round(ST_Y(place) * 1e7),
            {{sign}}{_COUNTED}::integer
        FROM {{rows}}"""
JOURNAL = f"""
CREATE FUNCTION journal_cases() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN{_IMAGE.format(sign="-", rows="was")};
    END IF;
    IF TG_OP <> 'DELETE' THEN{_IMAGE.format(sign="", rows="came")};
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION journal_cases() FROM PUBLIC;
"""
# A generated column is not yet there when triggers before a row look at it: it follows its place, which is compared.
MARKS, MARKS_AND_QUAD = "objection_until,version}", "objection_until,version,quad}"
EVENTS = {
    "INSERT": "NEW TABLE AS came",
    "UPDATE": "OLD TABLE AS was NEW TABLE AS came",
    "DELETE": "OLD TABLE AS was",
}


def upgrade() -> None:
    op.execute(QUADS)
    op.execute("ALTER TABLE evidence ADD COLUMN quad bigint GENERATED ALWAYS AS (quad_of(place)) STORED")
    _say_instead(MARKS, MARKS_AND_QUAD)
    op.create_index("ix_evidence_quad", "evidence", ["quad"])
    op.create_index("ix_evidence_occurred", "evidence", ["occurred_to", "id"])
    op.create_index(
        "ix_evidence_abroad", "evidence", ["region_code"],
        postgresql_where=sa.text("study_assignment_id IS NOT NULL OR region_result = 'luar_negeri'"),
    )  # fmt: skip
    _tables()
    op.execute("INSERT INTO case_changes (sole, folded) VALUES (1, 0)")
    op.execute(JOURNAL)
    for event, rows in EVENTS.items():
        name = f"journal_cases_{event.lower()}"
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON evidence REFERENCING {rows} "
            "FOR EACH STATEMENT EXECUTE FUNCTION journal_cases()"
        )
        op.execute(f"ALTER TABLE evidence ENABLE ALWAYS TRIGGER {name}")
    for table in OF_AREAS:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY select_in_area ON {table} FOR SELECT TO {ROLE} USING ({INSIDE})")
    op.execute(_IMAGE.format(sign="", rows="evidence"))  # what was there before; the worker folds it


def downgrade() -> None:
    for event in EVENTS:
        op.execute(f"DROP TRIGGER journal_cases_{event.lower()} ON evidence")
    op.execute("DROP FUNCTION journal_cases()")
    for table in (*OF_AREAS, "case_changes"):
        op.drop_table(table)
    for index in ("ix_evidence_abroad", "ix_evidence_occurred"):
        op.drop_index(index, "evidence")
    _say_instead(MARKS_AND_QUAD, MARKS)
    op.drop_column("evidence", "quad")  # with its index
    for function in (
        "quad_of(geometry)", "spread_bits(bigint)", "tile_row(double precision)", "tile_column(double precision)",
    ):  # fmt: skip
        op.execute(f"DROP FUNCTION {function}")


def _say_instead(old: str, new: str) -> None:
    """Put other words into the trigger's function that lets a sealed case be reopened; the rest of it stays."""
    op.execute(
        f"DO $$ BEGIN EXECUTE replace(pg_get_functiondef('evidence_keeps_its_rules()'::regprocedure), '{old}', '{new}'); "
        "END $$"
    )


def _sums(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in names]


def _tables() -> None:
    code = lambda: sa.Column("region_code", sa.Text(collation="C"), nullable=False)  # noqa: E731
    op.create_table(
        "case_journal",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        code(),
        sa.Column("kind_code", sa.Text(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("support", sa.Text(), nullable=True),
        sa.Column("quad", sa.BigInteger(), nullable=True),
        sa.Column("lon_e7", sa.BigInteger(), nullable=True),
        sa.Column("lat_e7", sa.BigInteger(), nullable=True),
        sa.Column("n", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_journal"),
    )
    op.create_table(
        "case_tally",
        sa.Column("kind_code", sa.Text(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("depth", sa.SmallInteger(), nullable=False),
        code(),
        *_sums(*STATES, *(f"{state}_unplaced" for state in STATES), *(f"support_{one}" for one in SUPPORTS)),
        sa.PrimaryKeyConstraint("kind_code", "period_id", "depth", "region_code", name="pk_case_tally"),
    )
    op.create_table(
        "case_cell",
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        code(),
        sa.Column("kind_code", sa.Text(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        *_sums(*STATES),
        sa.Column("lon_e7", sa.BigInteger(), nullable=False),
        sa.Column("lat_e7", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("level", "cell", "region_code", "kind_code", "period_id", name="pk_case_cell"),
    )
    op.create_table(
        "case_changes",
        sa.Column("sole", sa.Integer(), nullable=False),
        sa.Column("folded", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sole", name="pk_case_changes"),
    )
