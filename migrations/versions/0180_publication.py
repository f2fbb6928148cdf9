"""What the public may see: publications with photos, boxes and history, and the views a visitor is answered from.

The views `wall.public_item` and `wall.public_photo` are the only way of the web server's role to rows of areas without
a signed-in person, and hand out exactly their columns: no id of a case, no original, no point but the coarse one, and
nothing whose case is not verified at this moment.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0180"
down_revision = "0176"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
INSIDE = "region_code ^@ ANY ((SELECT wall.areas())::text[])"
OF_PUBLICATION = "EXISTS (SELECT 1 FROM publication AS upper WHERE upper.id = publication_id)"
OF_CHOSEN = "EXISTS (SELECT 1 FROM publication_photo AS upper WHERE upper.id = publication_photo_id)"
OF_PHOTO = "EXISTS (SELECT 1 FROM photo AS upper WHERE upper.id = photo_id)"
POLICIES = {
    "publication": INSIDE, "publication_photo": OF_PUBLICATION, "redaction_box": OF_CHOSEN,
    "publication_step": OF_PUBLICATION, "redaction_look": OF_PHOTO, "redaction_suggestion": OF_PHOTO,
}  # fmt: skip
VERIFIED = "('verified_desk', 'verified_field')"
BOX = "x >= 0 AND y >= 0 AND w > 0 AND h > 0 AND x + w <= 1.000001 AND y + h <= 1.000001"

# The transition table of webapp/publication/rules.py; what else must hold at each step; and that content is changed
# while a publication is being prepared alone.
FUNCTIONS = f"""
CREATE FUNCTION publication_keeps_its_rules() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'prepared' THEN
            PERFORM refuse('publication_begins_prepared');
        END IF;
    ELSE
        IF (NEW.id, NEW.public_id, NEW.evidence_id, NEW.region_code) IS DISTINCT FROM
            (OLD.id, OLD.public_id, OLD.evidence_id, OLD.region_code) THEN
            PERFORM refuse('publication_stays_of_its_case');
        END IF;
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('prepared', 'approved'), ('approved', 'prepared'), ('approved', 'published'), ('prepared', 'withdrawn'),
            ('approved', 'withdrawn'), ('published', 'withdrawn')
        ) THEN
            PERFORM refuse('publication_follows_its_table');
        END IF;
        IF OLD.state <> 'prepared' AND (
            NEW.title, NEW.note, NEW.precision, NEW.public_place::text, NEW.tags, NEW.restricted, NEW.prepared_by
        ) IS DISTINCT FROM (
            OLD.title, OLD.note, OLD.precision, OLD.public_place::text, OLD.tags, OLD.restricted, OLD.prepared_by
        ) THEN
            PERFORM refuse('approved_content_stays');
        END IF;
    END IF;
    IF NEW.state <> 'withdrawn' AND NOT EXISTS (
        SELECT FROM evidence WHERE id = NEW.evidence_id AND state IN {VERIFIED} AND tags <@ NEW.tags
    ) THEN
        PERFORM refuse('only_verified_is_published');
    END IF;
    IF NEW.state IN ('approved', 'published') THEN
        IF EXISTS (
            SELECT FROM publication_photo AS chosen WHERE publication_id = NEW.id AND (
                looked_at IS NULL OR NEW.restricted OR NOT (
                    clear OR EXISTS (SELECT FROM redaction_box WHERE publication_photo_id = chosen.id)
                )
            )
        ) THEN
            PERFORM refuse('public_photo_was_looked_at');
        END IF;
        IF NEW.tags <> '{{}}' AND EXISTS (
            SELECT FROM publication_step WHERE publication_id = NEW.id AND actor_id = NEW.approved_by
                AND step IN ('prepare', 'edit', 'cover')
        ) THEN
            PERFORM refuse('protected_data_wants_a_second_person');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION publication_parts_stay() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE touched record; held text;
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;  -- its photo is gone, and with it goes what the public saw of it
    END IF;
    touched := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    IF TG_TABLE_NAME = 'publication_photo' THEN
        SELECT state INTO held FROM publication WHERE id = touched.publication_id;
    ELSE
        SELECT state INTO held FROM publication JOIN publication_photo AS chosen ON publication_id = publication.id
        WHERE chosen.id = touched.publication_photo_id;
    END IF;
    IF held IN ('approved', 'published') OR (held = 'withdrawn' AND TG_OP <> 'DELETE') THEN
        PERFORM refuse('approved_content_stays');
    END IF;
    RETURN touched;
END $$;

-- What is no longer verified leaves the public in the same breath, whoever or whatever moved the case.
CREATE FUNCTION publication_follows_its_case() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE gone integer;
BEGIN
    UPDATE publication SET state = 'withdrawn', withdrawn_at = now(), version = version + 1
    WHERE evidence_id = NEW.id AND state <> 'withdrawn' RETURNING id INTO gone;
    IF gone IS NOT NULL THEN
        INSERT INTO publication_step (publication_id, actor_id, step, became, at)
        VALUES (gone, NULL, 'fall_out', 'withdrawn', now());
        INSERT INTO audit_event (at, action, object_type, object_id, region_code)
        VALUES (now(), 'publication.fall_out', 'publication', gone::text, NEW.region_code);
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGERS = (
    ("publication", "publication_keeps_its_rules", "BEFORE INSERT OR UPDATE", ""),
    ("publication_photo", "publication_parts_stay", "BEFORE INSERT OR UPDATE OR DELETE", ""),
    ("redaction_box", "publication_parts_stay", "BEFORE INSERT OR UPDATE OR DELETE", ""),
    ("publication_step", "history_is_append_only", "BEFORE UPDATE OR DELETE", ""),
    (
        "evidence", "publication_follows_its_case", "AFTER UPDATE OF state",
        f" WHEN (OLD.state IN {VERIFIED} AND NEW.state NOT IN {VERIFIED})",
    ),
)  # fmt: skip
VIEWS = f"""
CREATE VIEW wall.public_item AS
    SELECT publication.public_id, publication.title, publication.note, evidence.kind_code, evidence.activity_code,
        left(publication.region_code, 8) AS region_code, evidence.occurred_from, evidence.occurred_to,
        publication.precision, publication.public_place AS place, publication.published_at
    FROM public.publication JOIN public.evidence ON evidence.id = publication.evidence_id
    WHERE publication.state = 'published' AND evidence.state IN {VERIFIED};
CREATE VIEW wall.public_photo AS
    SELECT publication.public_id, chosen.position, chosen.redacted_sha256 AS digest, chosen.width, chosen.height,
        chosen.alt
    FROM public.publication_photo AS chosen JOIN public.publication ON publication.id = chosen.publication_id
        JOIN public.evidence ON evidence.id = publication.evidence_id
    WHERE publication.state = 'published' AND evidence.state IN {VERIFIED} AND chosen.looked_at IS NOT NULL;
-- When what is public changed last: a publication or a withdrawal.
CREATE VIEW wall.public_change AS
    SELECT max(at) AS at FROM public.publication_step WHERE step IN ('publish', 'withdraw', 'fall_out');
"""
PUBLIC_VIEWS = ("public_item", "public_photo", "public_change")
USED = """
CREATE OR REPLACE VIEW wall.used_digest AS
    SELECT sha256 FROM public.photo UNION ALL SELECT sha256 FROM public.import_item WHERE sha256 IS NOT NULL
"""
# A picture nobody may see any more is swept away like any file that no row needs.
USED_TOO = """
    UNION ALL SELECT redacted_sha256 FROM public.publication_photo JOIN public.publication
        ON publication.id = publication_id WHERE redacted_sha256 IS NOT NULL AND state <> 'withdrawn'
"""


def upgrade() -> None:
    _publication()
    _photos()
    _looks()
    op.execute(FUNCTIONS)
    for table, function, when, condition in TRIGGERS:
        op.execute(f"CREATE TRIGGER {function} {when} ON {table} FOR EACH ROW{condition} EXECUTE FUNCTION {function}()")
    for table, visible in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY all_in_area ON {table} FOR ALL TO {ROLE} USING ({visible}) WITH CHECK ({visible})")
    op.execute(VIEWS)
    for view in PUBLIC_VIEWS:
        op.execute(f"GRANT SELECT ON wall.{view} TO {ROLE}")
    op.execute(USED + USED_TOO)
    op.execute("SELECT wall.cover('publication_step', '{id}')")


def downgrade() -> None:
    op.execute("SELECT wall.uncover('publication_step')")
    op.execute(USED)
    for view in PUBLIC_VIEWS:
        op.execute(f"DROP VIEW wall.{view}")
    op.execute("DROP TRIGGER publication_follows_its_case ON evidence")
    for table in (
        "redaction_suggestion", "redaction_look", "publication_step", "redaction_box", "publication_photo",
        "publication",
    ):  # fmt: skip
        op.drop_table(table)
    for function in ("publication_follows_its_case", "publication_parts_stay", "publication_keeps_its_rules"):
        op.execute(f"DROP FUNCTION {function}()")


def _publication() -> None:
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="prepared", nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("precision", sa.Text(), nullable=False),
        sa.Column("public_place", Geometry("POINT", srid=4326, spatial_index=False), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("restricted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("prepared_by", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('approved', 'prepared', 'published', 'withdrawn')", name="publication_state_is_known"
        ),
        sa.CheckConstraint("precision IN ('exact', 'grid', 'kecamatan', 'none')", name="precision_is_known"),
        sa.CheckConstraint(
            "tags <@ ARRAY['faces', 'children', 'worship', 'poor_household', 'disability', 'id_document']::text[]",
            name="public_tags_are_known",
        ),
        sa.CheckConstraint("btrim(title) <> ''", name="publication_has_title"),
        sa.CheckConstraint("(precision = 'none') = (public_place IS NULL)", name="point_is_as_precise_as_said"),
        sa.CheckConstraint("precision <> 'exact' OR NOT 'poor_household' = ANY (tags)", name="homes_are_never_exact"),
        sa.CheckConstraint("NOT restricted OR precision = 'none'", name="restricted_zone_has_no_point"),
        sa.CheckConstraint(
            "(state IN ('approved', 'published')) <= (approved_by IS NOT NULL)", name="approved_by_somebody"
        ),
        sa.CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approval_has_its_time"),
        sa.CheckConstraint(
            "approved_by IS NULL OR tags = '{}' OR approved_by <> prepared_by",
            name="protected_data_wants_a_second_person",
        ),
        sa.CheckConstraint("(state = 'published') <= (published_at IS NOT NULL)", name="published_has_its_time"),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_its_time"),
        sa.CheckConstraint(
            "public_place IS NULL OR (ST_X(public_place) BETWEEN -180 AND 180 AND ST_Y(public_place) BETWEEN -90 AND 90)",
            name="public_place_is_on_earth",
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_publication_evidence_id_evidence"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_publication_region_code_region"),
        sa.ForeignKeyConstraint(["prepared_by"], ["account.id"], name="fk_publication_prepared_by_account"),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name="fk_publication_approved_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
        sa.UniqueConstraint("public_id", name="uq_publication_public_id"),
    )
    op.create_index("ix_publication_evidence_id", "publication", ["evidence_id"])
    op.create_index(
        "case_is_published_once", "publication", ["evidence_id"], unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )  # fmt: skip
    op.create_index(
        "ix_publication_region_code", "publication", ["region_code"],
        postgresql_ops={"region_code": "text_pattern_ops"},
    )  # fmt: skip


def _photos() -> None:
    op.create_table(
        "publication_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.Text(), server_default="", nullable=False),
        sa.Column("clear", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("looked_by", sa.Integer(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("redacted_sha256", sa.Text(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.CheckConstraint("redacted_sha256 ~ '^[0-9a-f]{64}$'", name="redacted_is_named_by_content"),
        sa.CheckConstraint(
            "(redacted_sha256 IS NULL) = (looked_at IS NULL) AND (looked_at IS NULL) = (looked_by IS NULL)",
            name="redacted_was_looked_at",
        ),
        sa.CheckConstraint(
            "(redacted_sha256 IS NULL) = (width IS NULL) AND (width IS NULL) = (height IS NULL)",
            name="redacted_has_size",
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name="fk_publication_photo_publication_id_publication"
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photo.id"], name="fk_publication_photo_photo_id_photo", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["looked_by"], ["account.id"], name="fk_publication_photo_looked_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_publication_photo"),
        sa.UniqueConstraint("publication_id", "photo_id", name="photo_is_chosen_once"),
    )
    op.create_index("ix_publication_photo_photo_id", "publication_photo", ["photo_id"])
    op.create_index(
        "ix_publication_photo_redacted_sha256", "publication_photo", ["redacted_sha256"],
        postgresql_where=sa.text("redacted_sha256 IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "redaction_box",
        *_part(),
        sa.Column("publication_photo_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(BOX, name="box_lies_inside"),
        sa.CheckConstraint("found IN ('face', 'hand', 'text')", name="box_source_is_known"),
        sa.ForeignKeyConstraint(
            ["publication_photo_id"], ["publication_photo.id"], ondelete="CASCADE",
            name="fk_redaction_box_publication_photo_id_publication_photo",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_redaction_box"),
    )  # fmt: skip
    op.create_index("ix_redaction_box_publication_photo_id", "redaction_box", ["publication_photo_id"])
    op.create_table(
        "publication_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("became", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('approve', 'cover', 'edit', 'fall_out', 'prepare', 'publish', 'return', 'withdraw')",
            name="publication_step_is_known",
        ),
        sa.CheckConstraint(
            "became IN ('approved', 'prepared', 'published', 'withdrawn')", name="publication_step_leads_somewhere"
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name="fk_publication_step_publication_id_publication"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name="fk_publication_step_actor_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_publication_step"),
    )
    op.create_index("ix_publication_step_publication_id", "publication_step", ["publication_id"])


def _looks() -> None:
    op.create_table(
        "redaction_look",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("faces", sa.Boolean(), nullable=False),
        sa.Column("texts", sa.Boolean(), nullable=False),
        sa.Column("failed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photo.id"], name="fk_redaction_look_photo_id_photo", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("photo_id", name="pk_redaction_look"),
    )
    op.create_table(
        "redaction_suggestion",
        *_part(),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.CheckConstraint(BOX, name="suggestion_lies_inside"),
        sa.CheckConstraint("found IN ('face', 'text')", name="suggestion_source_is_known"),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name="score_is_a_share"),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["redaction_look.photo_id"], ondelete="CASCADE",
            name="fk_redaction_suggestion_photo_id_redaction_look",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_redaction_suggestion"),
    )  # fmt: skip
    op.create_index("ix_redaction_suggestion_photo_id", "redaction_suggestion", ["photo_id"])


def _part() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in "xywh"),
        sa.Column("found", sa.Text(), nullable=False),
    ]
