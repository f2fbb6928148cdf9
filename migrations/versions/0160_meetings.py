"""Meetings: series, who came by unit, items that come back, and what is closed stays as it was."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0160"
down_revision = "0159"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
INSIDE = "region_code ^@ ANY ((SELECT wall.areas())::text[])"
# Units that are invited read; who manages is of the region itself.
INVITED = (
    f"({INSIDE} OR EXISTS (SELECT 1 FROM unnest(invited) AS one WHERE one ^@ ANY ((SELECT wall.areas())::text[])))"
)
OF_SERIES = "EXISTS (SELECT 1 FROM meeting_series AS upper WHERE upper.id = series_id{0})"
OF_MEETING = "EXISTS (SELECT 1 FROM meeting AS upper WHERE upper.id = meeting_id{0})"
OF_ITEM = "EXISTS (SELECT 1 FROM meeting_item AS lower JOIN meeting AS upper ON upper.id = lower.meeting_id WHERE lower.id = item_id{0})"
OWN = " AND upper." + INSIDE
KEPT = (("SELECT", OF_MEETING.format(""), None), ("INSERT", None, OF_MEETING.format(OWN)))
POLICIES: dict[str, tuple[tuple[str, str | None, str | None], ...]] = {
    "meeting_series": (("SELECT", INVITED, None), ("INSERT", None, INSIDE), ("UPDATE", INSIDE, INSIDE)),
    "meeting_seat": (
        ("SELECT", OF_SERIES.format(""), None),
        ("INSERT", None, OF_SERIES.format(OWN)),
        ("DELETE", OF_SERIES.format(OWN), None),
    ),
    "meeting": (("SELECT", INVITED, None), ("INSERT", None, INSIDE), ("UPDATE", INSIDE, INSIDE)),
    "meeting_attendance": (
        ("SELECT", OF_MEETING.format(""), None),
        ("INSERT", None, OF_MEETING.format(OWN)),
        ("UPDATE", OF_MEETING.format(OWN), OF_MEETING.format(OWN)),
        ("DELETE", OF_MEETING.format(OWN), None),
    ),
    "meeting_item": KEPT,
    "meeting_amendment": KEPT,
    "meeting_annex": KEPT,
    "meeting_item_step": (
        ("SELECT", OF_ITEM.format(""), None),
        ("INSERT", None, OF_ITEM.format(OWN)),
    ),
}

# `meeting_parts_keep_its_lock`: a closed meeting gains neither lines nor items nor annexes; `amendments_follow_the_end`:
# an open one is not amended.
FUNCTIONS = f"""
CREATE FUNCTION closed_meeting_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL
        OR (NEW.id, NEW.series_id, NEW.region_code, NEW.number) IS DISTINCT FROM
            (OLD.id, OLD.series_id, OLD.region_code, OLD.number)
    THEN
        PERFORM refuse('closed_meeting_stays');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION meeting_parts_keep_its_lock() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE touched record;
BEGIN
    touched := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    IF EXISTS (SELECT 1 FROM meeting WHERE id = touched.meeting_id AND closed_at IS NOT NULL) THEN
        PERFORM refuse('closed_meeting_stays');
    END IF;
    RETURN touched;
END $$;

CREATE FUNCTION amendments_follow_the_end() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM meeting WHERE id = NEW.meeting_id AND closed_at IS NULL) THEN
        PERFORM refuse('amendments_follow_the_end');
    END IF;
    RETURN NEW;
END $$;
"""
KEPT_TABLES = ("meeting_item", "meeting_item_step", "meeting_amendment", "meeting_annex")
TRIGGERS = (
    ("meeting", "UPDATE OR DELETE", "closed_meeting_stays"),
    ("meeting_attendance", "INSERT OR UPDATE OR DELETE", "meeting_parts_keep_its_lock"),
    ("meeting_item", "INSERT", "meeting_parts_keep_its_lock"),
    ("meeting_annex", "INSERT", "meeting_parts_keep_its_lock"),
    ("meeting_amendment", "INSERT", "amendments_follow_the_end"),
    *((table, "UPDATE OR DELETE", "history_is_append_only") for table in KEPT_TABLES),
)


def upgrade() -> None:
    _tables()
    op.execute(FUNCTIONS)
    for table, verbs, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {function} BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
    _policies()
    # A meeting counts from its end on; before, its lines are a draft.
    op.execute("SELECT wall.cover('meeting', '{id}', 'closed_at IS NOT NULL', true)")
    for table in KEPT_TABLES:
        op.execute(f"SELECT wall.cover('{table}', '{{id}}')")


def downgrade() -> None:
    for table in ("meeting", *KEPT_TABLES):
        op.execute(f"SELECT wall.uncover('{table}')")
    for table in (
        "meeting_annex", "meeting_amendment", "meeting_item_step", "meeting_item", "meeting_attendance", "meeting",
        "meeting_seat", "meeting_series",
    ):  # fmt: skip
        op.drop_table(table)
    for function in ("closed_meeting_stays", "meeting_parts_keep_its_lock", "amendments_follow_the_end"):
        op.execute(f"DROP FUNCTION {function}()")


def _policies() -> None:
    for table, rules in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, there, becomes in rules:
            using = f" USING ({there})" if there else ""
            check = f" WITH CHECK ({becomes})" if becomes else ""
            op.execute(f"CREATE POLICY {command.lower()}_in_area ON {table} FOR {command} TO {ROLE}{using}{check}")


def _tables() -> None:
    op.create_table(
        "meeting_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("invited", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(name) <> ''", name="series_has_a_name"),
        sa.CheckConstraint("kind <> 'minggon' OR weekday IS NOT NULL", name="weekly_meeting_has_its_day"),
        sa.CheckConstraint("kind IN ('camat_kades', 'minggon', 'rakor', 'rapim')", name="meeting_kind_is_known"),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= starts_on", name="series_runs_on"),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_is_one"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_meeting_series_made_by_account"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_meeting_series_region_code_region"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_series"),
        sa.UniqueConstraint("region_code", "name", name="series_is_named_once"),
    )
    op.create_table(
        "meeting_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("unit_kind", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.CheckConstraint("unit_kind IN ('agency', 'desa', 'kecamatan', 'other')", name="seat_kind_is_known"),
        sa.ForeignKeyConstraint(
            ["series_id"], ["meeting_series.id"], name="fk_meeting_seat_series_id_meeting_series", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["region.code"], name="fk_meeting_seat_unit_code_region"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_seat"),
        sa.UniqueConstraint("series_id", "unit_name", name="unit_is_expected_once"),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("ends_at", sa.Time(), nullable=True),
        sa.Column("venue", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "place",
            Geometry(geometry_type="POINT", srid=4326, dimension=2, spatial_index=False),
            nullable=True,
        ),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("agenda", sa.Text(), server_default="", nullable=False),
        sa.Column("decisions", sa.Text(), server_default="", nullable=False),
        sa.Column("invited", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="meeting_sha256_is_digest"),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (sha256 IS NULL) AND (closed_at IS NULL) = (content IS NULL)",
            name="closed_meeting_is_whole",
        ),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="meeting_ends_after_it_begins"),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name="fk_meeting_closed_by_account"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_meeting_evidence_id_evidence"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_meeting_made_by_account"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_meeting_region_code_region"),
        sa.ForeignKeyConstraint(["series_id"], ["meeting_series.id"], name="fk_meeting_series_id_meeting_series"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting"),
        sa.UniqueConstraint("series_id", "number", name="meetings_are_numbered"),
    )
    op.create_index("ix_meeting_region_code_held_on", "meeting", ["region_code", "held_on"])
    op.create_index("one_meeting_per_case", "meeting", ["evidence_id"], unique=True)
    op.create_table(
        "meeting_attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("unit_kind", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("expected", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("present", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("heads", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("unit_kind IN ('agency', 'desa', 'kecamatan', 'other')", name="attending_kind_is_known"),
        sa.CheckConstraint("heads BETWEEN 0 AND 10000 AND (heads > 0) = present", name="present_means_somebody"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_meeting_attendance_meeting_id_meeting"),
        sa.ForeignKeyConstraint(["unit_code"], ["region.code"], name="fk_meeting_attendance_unit_code_region"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_attendance"),
        sa.UniqueConstraint("meeting_id", "unit_name", name="unit_attends_once"),
    )
    op.create_table(
        "meeting_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_code", sa.Text(), nullable=True),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(what) <> '' AND btrim(owner_name) <> ''", name="item_says_what_and_who"),
        sa.CheckConstraint("owner_kind IN ('agency', 'desa', 'kecamatan', 'other')", name="owner_kind_is_known"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_meeting_item_made_by_account"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_meeting_item_meeting_id_meeting"),
        sa.ForeignKeyConstraint(["owner_code"], ["region.code"], name="fk_meeting_item_owner_code_region"),
        sa.ForeignKeyConstraint(["series_id"], ["meeting_series.id"], name="fk_meeting_item_series_id_meeting_series"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_item"),
    )
    op.create_index("ix_meeting_item_meeting_id", "meeting_item", ["meeting_id"])
    op.create_index("ix_meeting_item_series_id", "meeting_item", ["series_id"])
    op.create_table(
        "meeting_item_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name="item_step_says_why"),
        sa.CheckConstraint("state IN ('done', 'dropped')", name="item_step_is_known"),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name="fk_meeting_item_step_actor_id_account"),
        sa.ForeignKeyConstraint(["item_id"], ["meeting_item.id"], name="fk_meeting_item_step_item_id_meeting_item"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_meeting_item_step_meeting_id_meeting"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_item_step"),
        sa.UniqueConstraint("item_id", name="item_is_closed_once"),
    )
    op.create_index("ix_meeting_item_step_meeting_id", "meeting_item_step", ["meeting_id"])
    # ### end Alembic commands ###
    op.create_table(
        "meeting_amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(body) <> ''", name="amendment_says_something"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="amendment_sha256_is_digest"),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name="fk_meeting_amendment_actor_id_account"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_meeting_amendment_meeting_id_meeting"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_amendment"),
    )
    op.create_index("ix_meeting_amendment_meeting_id", "meeting_amendment", ["meeting_id"])
    op.create_table(
        "meeting_annex",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(title) <> ''", name="annex_has_a_title"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="annex_sha256_is_digest"),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name="fk_meeting_annex_actor_id_account"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name="fk_meeting_annex_meeting_id_meeting"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_annex"),
        sa.UniqueConstraint("meeting_id", "sha256", name="annex_is_attached_once"),
    )
