"""Where people must be covered, "nothing to cover" is said by two: each such photo is confirmed by whoever approves. And
whoever's case it is does not give the second look at it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0196"
down_revision = "0195"
branch_labels = None
depends_on = None

FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# The tags of webapp/publication/rules.py. Asked when it is approved: what was approved before this stays so.
FUNCTION = f"""
CREATE FUNCTION publication_is_looked_at_twice() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE about evidence;
BEGIN
    IF NEW.state <> 'approved' OR OLD.state = 'approved' OR NEW.tags = '{{}}' THEN
        RETURN NEW;
    END IF;
    SELECT * INTO about FROM evidence WHERE id = NEW.evidence_id;
    IF about.owner_id = NEW.approved_by THEN
        PERFORM refuse('second_look_is_a_strangers');
    END IF;
    IF (NEW.tags && ARRAY['children', 'disability', 'id_document']
        OR NEW.tags && ARRAY['faces', 'poor_household', 'worship'] AND about.consent IS DISTINCT FROM 'given'
    ) AND EXISTS (
        SELECT FROM publication_photo
        WHERE publication_id = NEW.id AND clear AND cleared_by IS DISTINCT FROM NEW.approved_by
    ) THEN
        PERFORM refuse('nothing_to_cover_is_said_by_two');
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION publication_is_looked_at_twice() FROM PUBLIC;
"""


def upgrade() -> None:
    op.add_column("publication_photo", sa.Column("cleared_by", sa.Integer(), nullable=True))
    op.create_foreign_key(
        "fk_publication_photo_cleared_by_account", "publication_photo", "account", ["cleared_by"], ["id"]
    )
    op.create_check_constraint("cleared_was_clear", "publication_photo", "cleared_by IS NULL OR clear")
    op.execute(FUNCTION)
    op.execute(
        "CREATE TRIGGER publication_is_looked_at_twice BEFORE UPDATE ON publication FOR EACH ROW "
        "EXECUTE FUNCTION publication_is_looked_at_twice()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER publication_is_looked_at_twice ON publication")
    op.execute("DROP FUNCTION publication_is_looked_at_twice()")
    op.drop_column("publication_photo", "cleared_by")
