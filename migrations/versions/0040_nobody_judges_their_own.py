"""Nobody judges their own: the rules about who may take which step of verification, said by the database too.

Each refusal is a check violation that carries the rule's name. `refuse` comes from 0002.
"""

from alembic import op

revision = "0040"
down_revision = "0020"
branch_labels = None
depends_on = None

DESK = (
    "'take', 'return', 'propose_rejection', 'confirm_rejection', 'decline_rejection', 'accept_at_desk', 'send_to_field'"
)
SITE = "'confirm_on_site', 'refute_on_site', 'return_from_site'"

# The window of own posts is two days wider open than the application's, which counts days in the region's own zone:
# what the application lets through is never refused here for the sake of midnight.
FUNCTION = f"""
CREATE FUNCTION reviewer_is_impartial() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_case record; proposer integer;
BEGIN
    IF NEW.actor_id IS NULL OR NEW.move NOT IN ({DESK}, {SITE}) THEN
        RETURN NEW;
    END IF;
    SELECT owner_id, submitted_by, region_code INTO of_case FROM evidence WHERE id = NEW.evidence_id;
    IF NEW.actor_id IN (of_case.owner_id, of_case.submitted_by) OR EXISTS (
        SELECT 1 FROM photo
        WHERE evidence_id = NEW.evidence_id AND visit_id IS NULL AND uploaded_by = NEW.actor_id
    ) THEN
        PERFORM refuse('nobody_reviews_own_work');
    END IF;
    IF EXISTS (
        SELECT 1 FROM appointment
        WHERE account_id = NEW.actor_id AND role IN ('camat', 'contributor')
            AND left(region_code, 8) = left(of_case.region_code, 8)
            AND starts_on <= NEW.at::date - 2
            AND (ends_on IS NULL OR ends_on > (NEW.at::date + 2 - interval '24 months')::date)
    ) THEN
        PERFORM refuse('nobody_reviews_own_unit');
    END IF;
    IF NEW.move IN ('confirm_rejection', 'decline_rejection') THEN
        SELECT actor_id INTO proposer FROM evidence_move
        WHERE evidence_id = NEW.evidence_id AND move = 'propose_rejection' ORDER BY id DESC LIMIT 1;
        IF proposer IS NOT DISTINCT FROM NEW.actor_id THEN
            PERFORM refuse('rejection_needs_second_person');
        END IF;
    END IF;
    IF NEW.move IN ({SITE}) AND EXISTS (
        SELECT 1 FROM evidence_move
        WHERE evidence_id = NEW.evidence_id AND actor_id = NEW.actor_id AND move IN ('accept_at_desk', 'send_to_field')
    ) THEN
        PERFORM refuse('desk_and_site_are_two_people');
    END IF;
    RETURN NEW;
END $$;
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute(
        "CREATE TRIGGER reviewer_is_impartial BEFORE INSERT ON evidence_move "
        "FOR EACH ROW EXECUTE FUNCTION reviewer_is_impartial()"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION reviewer_is_impartial() CASCADE")
