"""A look of the machine at a photo that is to be public, asked for in the transaction that chose the photo."""

from alembic import op

revision = "0181"
down_revision = "0180"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, jobs, public, pg_temp"

# Once is enough: what a photo shows does not change. Only photos that were chosen for the public are looked at at all.
DEFER = f"""
CREATE FUNCTION wall.defer_redaction(asked integer) RETURNS boolean LANGUAGE plpgsql {FIXED} AS $$
DECLARE about text := 'redaction:' || asked;
BEGIN
    IF NOT EXISTS (SELECT FROM publication_photo WHERE photo_id = asked)
        OR EXISTS (SELECT FROM redaction_look WHERE photo_id = asked)
        OR EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = about AND status IN ('todo', 'doing')) THEN
        RETURN false;
    END IF;
    PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW(
        'redaction', 'publication.look_for_people', 0, about, about, jsonb_build_object('photo_id', asked), NULL
    )::procrastinate_job_to_defer_v1]);
    RETURN true;
EXCEPTION WHEN unique_violation THEN
    RETURN false;
END $$;
"""


def upgrade() -> None:
    op.execute(DEFER)
    op.execute("REVOKE ALL ON FUNCTION wall.defer_redaction(integer) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION wall.defer_redaction(integer) TO {ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION wall.defer_redaction(integer)")
