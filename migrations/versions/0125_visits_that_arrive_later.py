"""Visits made without a network arrive later, with both times; their photos come by the wire and may answer the unit's."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0125"
down_revision = "0120"
branch_labels = None
depends_on = None

CHECKS = {
    "field_visit": {
        "offline_visit_has_both_times": "num_nonnulls(client_id, sent, happened_at, decided_at, received_at) IN (0, 5)",
        "left_aside_is_a_whole_visit": "left_aside IS NULL OR (client_id IS NOT NULL AND completed_at IS NOT NULL)",
    },
    "photo": {"only_photos_on_site_answer": "answers_photo_id IS NULL OR visit_id IS NOT NULL"},
    "upload": {"photo_on_site_is_of_a_visit": "(purpose = 'visit') = (visit_id IS NOT NULL)"},
}
WIDER = (
    ("upload_purpose_is_known", "purpose IN ('import', 'photo')", "purpose IN ('import', 'photo', 'visit')"),
    (
        "photo_is_of_a_case",
        "(purpose = 'photo') = (evidence_id IS NOT NULL)",
        "(purpose IN ('photo', 'visit')) = (evidence_id IS NOT NULL)",
    ),
)
# Whoever sends a case is told what is still on its way to it: their own photos, not those of who visits it.
ON_THE_WAY = """
CREATE OR REPLACE FUNCTION wall.on_the_way(asked integer[], moment timestamptz) RETURNS TABLE (
    evidence_id integer, arrived bigint, announced bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT upload.evidence_id, count(upload.arrived_at), count(*)
    FROM upload JOIN evidence ON evidence.id = upload.evidence_id
    WHERE upload.evidence_id = ANY (asked) AND (upload.arrived_at IS NOT NULL OR upload.expires_at > moment)
        AND evidence.region_code ^@ ANY ((SELECT wall.areas())::text[]){meant}
    GROUP BY upload.evidence_id
$$;
"""
# A visit that came too late to decide anything leaves the minutes of the one that decided as they are.
LATER = "later.completed_at > visit.completed_at"
LATER_THAT_COUNTS = f"later.left_aside IS NULL AND {LATER}"


def _papers_ask(was: str, becomes: str) -> None:
    definition = op.get_bind().scalar(sa.text("SELECT pg_get_functiondef('wall.paper(text)'::regprocedure)"))
    op.get_bind().exec_driver_sql(definition.replace(was, becomes))


def upgrade() -> None:
    _visits()
    _photos()
    for name, _, wider in WIDER:
        op.drop_constraint(name, "upload", type_="check")
        op.create_check_constraint(name, "upload", wider)
    for table, checks in CHECKS.items():
        for name, said in checks.items():
            op.create_check_constraint(name, table, said)
    op.execute(ON_THE_WAY.format(meant=" AND upload.purpose = 'photo'"))
    _papers_ask(LATER, LATER_THAT_COUNTS)


def _visits() -> None:
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("sent", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("happened_at", moment, nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("received_at", moment, nullable=True),
        sa.Column("clock_off_s", sa.Float(), nullable=True),
        sa.Column("left_aside", sa.Text(), nullable=True),
    ):
        op.add_column("field_visit", column)
    op.create_unique_constraint("uq_field_visit_client_id", "field_visit", ["client_id"])
    op.drop_index("one_open_visit_per_assessor", "field_visit")
    op.create_index(
        "one_open_visit_per_assessor", "field_visit", ["evidence_id", "assessor_id"], unique=True,
        postgresql_where=sa.text("completed_at IS NULL AND client_id IS NULL"),
    )  # fmt: skip


def _photos() -> None:
    op.add_column("photo", sa.Column("answers_photo_id", sa.Integer(), nullable=True))
    op.create_unique_constraint("photo_of_case", "photo", ["id", "evidence_id"])
    op.create_foreign_key(
        "answers_photo_of_same_case", "photo", "photo", ["answers_photo_id", "evidence_id"], ["id", "evidence_id"],
        ondelete="SET NULL (answers_photo_id)",
    )  # fmt: skip
    op.create_index(
        "ix_photo_answers_photo_id", "photo", ["answers_photo_id"],
        postgresql_where=sa.text("answers_photo_id IS NOT NULL"),
    )  # fmt: skip
    op.add_column("upload", sa.Column("visit_id", sa.Integer(), nullable=True))
    op.add_column("upload", sa.Column("answers_photo_id", sa.Integer(), nullable=True))
    op.create_foreign_key("fk_upload_visit_id_field_visit", "upload", "field_visit", ["visit_id"], ["id"])
    op.create_index("ix_upload_visit_id", "upload", ["visit_id"])


def downgrade() -> None:
    _papers_ask(LATER_THAT_COUNTS, LATER)
    op.execute(ON_THE_WAY.format(meant=""))
    for table, checks in CHECKS.items():
        for name in checks:
            op.drop_constraint(name, table, type_="check")
    op.execute("DELETE FROM upload WHERE purpose = 'visit'")
    for name, narrower, _ in WIDER:
        op.drop_constraint(name, "upload", type_="check")
        op.create_check_constraint(name, "upload", narrower)
    op.drop_column("upload", "answers_photo_id")
    op.drop_column("upload", "visit_id")
    op.drop_index("ix_photo_answers_photo_id", "photo")
    op.drop_constraint("answers_photo_of_same_case", "photo", type_="foreignkey")
    op.drop_constraint("photo_of_case", "photo", type_="unique")
    op.drop_column("photo", "answers_photo_id")
    op.drop_index("one_open_visit_per_assessor", "field_visit")
    op.create_index(
        "one_open_visit_per_assessor", "field_visit", ["evidence_id", "assessor_id"], unique=True,
        postgresql_where=sa.text("completed_at IS NULL"),
    )  # fmt: skip
    op.drop_constraint("uq_field_visit_client_id", "field_visit", type_="unique")
    for column in ("left_aside", "clock_off_s", "received_at", "decided_at", "happened_at", "sent", "client_id"):
        op.drop_column("field_visit", column)
