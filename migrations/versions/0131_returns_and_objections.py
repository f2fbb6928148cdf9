"""A returned case has a window of its own, and a dismissed one may be objected to once, before somebody else."""

import sqlalchemy as sa
from alembic import op

revision = "0131"
down_revision = "0130"
branch_labels = None
depends_on = None

FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
DESK = (
    "'take', 'return', 'propose_rejection', 'confirm_rejection', 'decline_rejection', 'accept_at_desk', 'send_to_field'"
)
SITE = "'confirm_on_site', 'refute_on_site', 'return_from_site'"
ANSWERS = "'uphold_rejection', 'uphold_mismatch', 'grant_to_desk', 'grant_to_field'"
DECISIONS = (
    "'return', 'propose_rejection', 'confirm_rejection', 'decline_rejection', 'accept_at_desk', 'send_to_field', "
    "'confirm_on_site', 'refute_on_site', 'return_from_site'"
)
# A copy of the transition table of that day.
OLD_STEPS = [
    "draft>submitted",
    "returned>submitted",
    "draft>withdrawn",
    "submitted>withdrawn",
    "submitted>under_review",
    "under_review>submitted",
    "under_review>returned",
    "under_review>rejection_proposed",
    "rejection_proposed>rejected",
    "rejection_proposed>submitted",
    "under_review>verified_desk",
    "under_review>awaiting_field",
    "verified_desk>awaiting_field",
    "awaiting_field>verified_field",
    "awaiting_field>mismatch",
    "awaiting_field>returned",
]
STEPS = [
    *OLD_STEPS,
    "returned>returned",
    "rejected>objected",
    "mismatch>objected",
    "objected>rejected",
    "objected>mismatch",
    "objected>submitted",
    "objected>awaiting_field",
]
OLD_STATES = (
    "draft", "submitted", "under_review", "returned", "rejection_proposed", "rejected", "verified_desk",
    "awaiting_field", "verified_field", "mismatch", "withdrawn",
)  # fmt: skip
OLD_MOVES = (
    "create", "submit", "withdraw", "take", "release", "return", "propose_rejection", "confirm_rejection",
    "decline_rejection", "accept_at_desk", "send_to_field", "confirm_on_site", "refute_on_site", "return_from_site",
    "lock",
)  # fmt: skip
STATES = (*OLD_STATES, "objected")
MOVES = (
    *OLD_MOVES, "extend_repair", "object", "uphold_rejection", "uphold_mismatch", "grant_to_desk", "grant_to_field",
)  # fmt: skip


def keeps_rules(steps: list[str]) -> str:
    """As 0002 wrote it, with these steps."""
    return f"""
CREATE OR REPLACE FUNCTION evidence_keeps_its_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.locked_at IS NOT NULL THEN
        PERFORM refuse('evidence_is_locked');
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            PERFORM refuse('only_drafts_are_deleted');
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.state <> OLD.state
        AND NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY[{", ".join(repr(step) for step in steps)}])
    THEN
        PERFORM refuse('state_follows_table');
    END IF;
    RETURN NEW;
END $$;
"""


REVIEWER = f"""
CREATE OR REPLACE FUNCTION reviewer_is_impartial() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE of_case record; tie text; proposer integer; objected text;
BEGIN
    IF NEW.actor_id IS NULL OR NEW.move NOT IN ({DESK}, {SITE}, {ANSWERS}, 'extend_repair') THEN
        RETURN NEW;
    END IF;
    SELECT owner_id, submitted_by, region_code, period_id INTO of_case FROM evidence WHERE id = NEW.evidence_id;
    IF NEW.actor_id IN (of_case.owner_id, of_case.submitted_by) OR EXISTS (
        SELECT 1 FROM photo
        WHERE evidence_id = NEW.evidence_id AND visit_id IS NULL AND uploaded_by = NEW.actor_id
    ) THEN
        PERFORM refuse('nobody_reviews_own_work');
    END IF;
    SELECT why INTO tie FROM wall.conflict_units(NEW.actor_id, NEW.at::date, 2)
    WHERE left(of_case.region_code, length(unit)) = unit ORDER BY why = 'own_unit' DESC LIMIT 1;
    IF tie IS NOT NULL THEN
        PERFORM refuse(
            CASE tie WHEN 'own_unit' THEN 'nobody_reviews_own_unit' ELSE 'nobody_reviews_over_or_under_themselves' END
        );
    END IF;
    IF EXISTS (
        SELECT 1 FROM coi_tie JOIN coi_declaration ON coi_declaration.id = declaration_id
        WHERE account_id = NEW.actor_id AND period_id = of_case.period_id AND withdrawn_at IS NULL
            AND left(of_case.region_code, 8) = coi_tie.region_code
    ) THEN
        PERFORM refuse('nobody_reviews_over_a_declared_tie');
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
        WHERE evidence_id = NEW.evidence_id AND actor_id = NEW.actor_id AND move IN ('accept_at_desk', 'send_to_field', 'grant_to_field')
    ) THEN
        PERFORM refuse('desk_and_site_are_two_people');
    END IF;
    IF NEW.move IN ('confirm_on_site', 'refute_on_site', 'return_from_site') AND EXISTS (
        SELECT 1 FROM evidence_move AS refuted JOIN evidence_move AS granted ON granted.evidence_id = refuted.evidence_id
        WHERE refuted.evidence_id = NEW.evidence_id AND refuted.actor_id = NEW.actor_id
            AND refuted.move = 'refute_on_site' AND granted.move = 'grant_to_field' AND granted.id > refuted.id
    ) THEN
        PERFORM refuse('granted_objection_needs_another_visitor');
    END IF;
    IF NEW.move IN ({ANSWERS}) THEN
        IF EXISTS (
            SELECT 1 FROM evidence_move
            WHERE evidence_id = NEW.evidence_id AND actor_id = NEW.actor_id AND move IN ({DECISIONS}, 'object')
        ) THEN
            PERFORM refuse('objection_needs_another_decider');
        END IF;
        SELECT was INTO objected FROM evidence_move WHERE evidence_id = NEW.evidence_id AND move = 'object';
        IF NEW.move LIKE 'uphold%' AND NEW.became IS DISTINCT FROM objected THEN
            PERFORM refuse('what_is_upheld_is_what_was_decided');
        END IF;
    END IF;
    RETURN NEW;
END $$;
"""

# As 0130 wrote it.
BEFORE = f"""
CREATE OR REPLACE FUNCTION reviewer_is_impartial() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE of_case record; tie text; proposer integer;
BEGIN
    IF NEW.actor_id IS NULL OR NEW.move NOT IN ({DESK}, {SITE}) THEN
        RETURN NEW;
    END IF;
    SELECT owner_id, submitted_by, region_code, period_id INTO of_case FROM evidence WHERE id = NEW.evidence_id;
    IF NEW.actor_id IN (of_case.owner_id, of_case.submitted_by) OR EXISTS (
        SELECT 1 FROM photo
        WHERE evidence_id = NEW.evidence_id AND visit_id IS NULL AND uploaded_by = NEW.actor_id
    ) THEN
        PERFORM refuse('nobody_reviews_own_work');
    END IF;
    SELECT why INTO tie FROM wall.conflict_units(NEW.actor_id, NEW.at::date, 2)
    WHERE left(of_case.region_code, length(unit)) = unit ORDER BY why = 'own_unit' DESC LIMIT 1;
    IF tie IS NOT NULL THEN
        PERFORM refuse(
            CASE tie WHEN 'own_unit' THEN 'nobody_reviews_own_unit' ELSE 'nobody_reviews_over_or_under_themselves' END
        );
    END IF;
    IF EXISTS (
        SELECT 1 FROM coi_tie JOIN coi_declaration ON coi_declaration.id = declaration_id
        WHERE account_id = NEW.actor_id AND period_id = of_case.period_id AND withdrawn_at IS NULL
            AND left(of_case.region_code, 8) = coi_tie.region_code
    ) THEN
        PERFORM refuse('nobody_reviews_over_a_declared_tie');
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
    op.add_column("evidence", sa.Column("repair_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("evidence", sa.Column("objection_until", sa.DateTime(timezone=True), nullable=True))
    _know(STATES, MOVES)
    op.create_check_constraint("only_returned_is_mended", "evidence", "repair_until IS NULL OR state = 'returned'")
    op.create_check_constraint(
        "only_dismissed_is_objected_to", "evidence", "objection_until IS NULL OR state IN ('mismatch', 'rejected')"
    )
    op.create_index(
        "case_is_objected_to_once", "evidence_move", ["evidence_id"], unique=True,
        postgresql_where=sa.text("move = 'object'"),
    )  # fmt: skip
    op.execute(keeps_rules(STEPS))
    op.execute(REVIEWER)


def downgrade() -> None:
    """Cases that were objected to must be decided first: history cannot be rewritten."""
    op.execute(BEFORE)
    op.execute(keeps_rules(OLD_STEPS))
    op.drop_index("case_is_objected_to_once", table_name="evidence_move")
    op.drop_constraint("only_dismissed_is_objected_to", "evidence")
    op.drop_constraint("only_returned_is_mended", "evidence")
    _know(OLD_STATES, OLD_MOVES)
    op.drop_column("evidence", "objection_until")
    op.drop_column("evidence", "repair_until")


def _know(states: tuple[str, ...], moves: tuple[str, ...]) -> None:
    """Let the constraints know these states and moves and no others."""
    for name, table, column, known in (
        ("evidence_state_is_known", "evidence", "state", states),
        ("move_is_known", "evidence_move", "move", moves),
        ("move_leads_to_known_state", "evidence_move", "became", states),
    ):
        op.drop_constraint(name, table)
        values = ", ".join(repr(value) for value in sorted(known))
        op.create_check_constraint(name, table, f"{column} IN ({values})")
