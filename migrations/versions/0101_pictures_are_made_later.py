"""Work that is asked for in the same breath as the row it is about.

The web server's role may ask for it and nothing more: it neither reads the queue nor names tasks of its own.
"""

from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, jobs, public, pg_temp"

# One job for one thing: not while another waits or is under way, nor within the hour after many tries came to nothing.
# Two asking at once: the second finds the lock of the first taken, which is as good. Answered is
# whether there is a job more than before.
FUNCTIONS = f"""
CREATE FUNCTION wall.defer(lane text, task text, about text, told jsonb) RETURNS boolean LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF EXISTS (
        SELECT FROM procrastinate_jobs AS job WHERE queueing_lock = about AND (status IN ('todo', 'doing') OR EXISTS (
            SELECT FROM procrastinate_events WHERE job_id = job.id AND type = 'failed' AND at > now() - interval '1 hour'
        ))
    ) THEN
        RETURN false;
    END IF;
    PERFORM procrastinate_defer_jobs_v1(
        ARRAY[ROW(lane, task, 0, NULL, about, told, NULL)::procrastinate_job_to_defer_v1]
    );
    RETURN true;
EXCEPTION WHEN unique_violation THEN
    RETURN false;
END $$;

-- The lane by what is known before anybody opens it; `media.decoding` weighs the same way.
CREATE FUNCTION wall.defer_pictures(asked integer) RETURNS boolean LANGUAGE plpgsql {FIXED} AS $$
DECLARE effort bigint;
BEGIN
    SELECT width::bigint * height * CASE mime WHEN 'image/jpeg' THEN 1 WHEN 'image/png' THEN 4 WHEN 'image/webp' THEN 4
        ELSE 20 END
    INTO effort FROM photo WHERE id = asked AND pictures_at IS NULL;
    RETURN effort IS NOT NULL AND wall.defer(
        CASE WHEN effort <= 150000000 THEN 'pictures' ELSE 'slow' END,
        'evidence.make_pictures', 'pictures:' || asked, jsonb_build_object('photo_id', asked)
    );
END $$;

CREATE FUNCTION wall.defer_import(asked uuid) RETURNS boolean LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    RETURN EXISTS (SELECT FROM upload WHERE id = asked AND purpose = 'import')
        AND wall.defer('imports', 'bulk.open', 'import:' || asked, jsonb_build_object('upload_id', asked));
END $$;
"""
FOR_THE_ROLE = ("defer_pictures(integer)", "defer_import(uuid)")
OURS = ("defer(text, text, text, jsonb)", *FOR_THE_ROLE)


def upgrade() -> None:
    op.execute(FUNCTIONS)
    for function in OURS:
        op.execute(f"REVOKE ALL ON FUNCTION wall.{function} FROM PUBLIC")
    for function in FOR_THE_ROLE:
        op.execute(f"GRANT EXECUTE ON FUNCTION wall.{function} TO {ROLE}")


def downgrade() -> None:
    for function in reversed(OURS):
        op.execute(f"DROP FUNCTION wall.{function}")
