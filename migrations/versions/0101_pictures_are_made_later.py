"""Work that is asked for in the same breath as the row it is about.

The web server's role may ask for it and nothing more: it neither reads the queue nor names tasks of its own.
"""

from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"

# Two asking at once: the second finds the lock of the first taken, which is as good.
FUNCTION = """
CREATE FUNCTION wall.defer_pictures(asked integer) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = jobs, pg_catalog, public, pg_temp AS $$
DECLARE lane text;
BEGIN
    SELECT CASE WHEN mime IN ('image/jpeg', 'image/png', 'image/webp') AND width::bigint * height <= 40000000
        THEN 'pictures' ELSE 'slow' END
    INTO lane FROM photo WHERE id = asked AND pictures_at IS NULL;
    IF lane IS NULL THEN
        RETURN;
    END IF;
    PERFORM jobs.procrastinate_defer_jobs_v1(ARRAY[
        ROW(lane, 'evidence.make_pictures', 0, NULL, 'pictures:' || asked, jsonb_build_object('photo_id', asked), NULL)
        ::jobs.procrastinate_job_to_defer_v1
    ]);
EXCEPTION WHEN unique_violation THEN
    RETURN;
END $$;
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute("REVOKE ALL ON FUNCTION wall.defer_pictures(integer) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION wall.defer_pictures(integer) TO {ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION wall.defer_pictures(integer)")
