"""Free text over cases: title and note as Indonesian words, without what may be a personal number.

An index of an expression, so that the row stays as it is. Row-level security would keep the web server from using it
(`@@` is not known to leak nothing): `wall.cases_saying` looks for it, inside the person's areas alone.
"""

from alembic import op

revision = "0175"
down_revision = "0170"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# As `evidence.queries.PERSONAL`, which a test compares.
PERSONAL = r"\S+@\S+|[+(]*\d(?:[ \u00a0.()\u2010-\u2015\u200b-\u200f\u2060\ufeff-]*\d){7,}"

# Their stems, and the words as they stand: of "keliling" the stem is "liling", and people begin to type "kel".
WORDS = f"""
CREATE FUNCTION case_words(title text, note text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_tsvector('indonesian', said) || to_tsvector('simple', said)
    FROM regexp_replace(title || ' ; ' || note, '{PERSONAL}', ' ', 'g') AS said
$$
"""
# The owner of the tables, whom no policy binds, finds everywhere; a role that was taken, or another login, does not.
SAYING = f"""
CREATE FUNCTION wall.cases_saying(asked tsquery) RETURNS SETOF integer LANGUAGE sql STABLE {FIXED} AS $$
    SELECT id FROM evidence
    WHERE case_words(title, note) @@ asked
        AND (
            region_code ^@ ANY ((SELECT wall.areas())::text[])
            OR (current_setting('role') = 'none' AND pg_has_role(session_user, current_user, 'USAGE'))
        )
$$
"""


def upgrade() -> None:
    op.execute(WORDS)
    op.execute("CREATE INDEX ix_evidence_words ON evidence USING gin (case_words(title, note))")
    op.execute(SAYING)
    op.execute("REVOKE ALL ON FUNCTION wall.cases_saying(tsquery) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION wall.cases_saying(tsquery) TO {ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION wall.cases_saying(tsquery)")
    op.execute("DROP INDEX ix_evidence_words")
    op.execute("DROP FUNCTION case_words(text, text)")
