"""A receipt is found by its code, whoever asks; and whoever sees a case is told what is still on its way to it."""

from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

# `receipt`: what a stranger who holds the code may know, and the numbers under which the application looks for the rest
# where this person may see it. `on_the_way`: counts alone, and only of cases in the areas of who asks: an upload's row is
# its sender's, but who sends the case must know that a colleague's photos are still coming.
FUNCTIONS = f"""
CREATE FUNCTION wall.receipt(asked text) RETURNS TABLE (
    upload_id uuid, evidence_id integer, photo_id integer, purpose text, arrived_at timestamptz, sha256 text,
    byte_size bigint, verdict text, refused_code text, refused_later text, settled boolean, captured_at timestamptz,
    closes_at timestamptz, zone text
) LANGUAGE sql STABLE {FIXED} AS $$
    SELECT upload.id, upload.evidence_id, upload.photo_id, upload.purpose, upload.arrived_at, upload.sha256,
        upload.byte_size, upload.verdict, upload.refused_code,
        (SELECT code FROM refused_file WHERE refused_file.upload_id = upload.id ORDER BY id DESC LIMIT 1),
        photo.pictures_at IS NOT NULL OR 'undecodable' = ANY (photo.flags),
        coalesce(upload.captured_at, upload.device_at, photo.taken_at), period.closes_at, period.time_zone
    FROM upload LEFT JOIN photo ON photo.id = upload.photo_id
        LEFT JOIN evidence ON evidence.id = upload.evidence_id LEFT JOIN period ON period.id = evidence.period_id
    WHERE upload.receipt_code = asked
$$;

CREATE FUNCTION wall.on_the_way(asked integer[], moment timestamptz) RETURNS TABLE (
    evidence_id integer, arrived bigint, announced bigint
) LANGUAGE sql STABLE {FIXED} AS $$
    SELECT upload.evidence_id, count(upload.arrived_at), count(*)
    FROM upload JOIN evidence ON evidence.id = upload.evidence_id
    WHERE upload.evidence_id = ANY (asked) AND (upload.arrived_at IS NOT NULL OR upload.expires_at > moment)
        AND evidence.region_code ^@ ANY ((SELECT wall.areas())::text[])
    GROUP BY upload.evidence_id
$$;
"""
FOR_THE_ROLE = ("receipt(text)", "on_the_way(integer[], timestamptz)")


def upgrade() -> None:
    op.create_index("ix_refused_file_upload_id", "refused_file", ["upload_id"])
    op.execute(FUNCTIONS)
    for function in FOR_THE_ROLE:
        op.execute(f"REVOKE ALL ON FUNCTION wall.{function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION wall.{function} TO {ROLE}")


def downgrade() -> None:
    for function in FOR_THE_ROLE:
        op.execute(f"DROP FUNCTION wall.{function}")
    op.drop_index("ix_refused_file_upload_id", table_name="refused_file")
