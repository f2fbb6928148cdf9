"""Ties between who judges and who is judged: derived from posts, declared per period, and refused by the database too."""

import sqlalchemy as sa
from alembic import op

revision = "0130"
down_revision = "0125"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
DESK = (
    "'take', 'return', 'propose_rejection', 'confirm_rejection', 'decline_rejection', 'accept_at_desk', 'send_to_field'"
)
SITE = "'confirm_on_site', 'refute_on_site', 'return_from_site'"

# `slack`: days by which the rules are read more loosely, for the triggers, whose day is not the region's own.
#
# own_unit: camat or contributor in the kecamatan or below it, that day or until at most so many months before it.
# superior: leader of the very regency the kecamatan lies in, within the same months. Secretariats, and leaders of a
#   province, are no camat's superior in person.
# chain: stood over the unit's present camat, or under them, at a time when both were at work and that ended within
#   those months: a leader over the camats of the regency, a camat over the contributors of the kecamatan.
# A post that was revoked ended that day.
FUNCTIONS = f"""
CREATE FUNCTION wall.conflict_units(who integer, today date, slack integer) RETURNS TABLE (unit text, why text)
LANGUAGE sql STABLE {FIXED} AS $$
    WITH post AS (
        SELECT account_id, role, region_code, starts_on, least(ends_on, revoked_at::date) AS ended_on FROM appointment
        WHERE role IN ('camat', 'contributor', 'leader') AND region_code IS NOT NULL AND starts_on <= today - slack
    ), late AS MATERIALIZED (
        SELECT post.* FROM post, house_rule
        WHERE ended_on IS NULL
            OR (ended_on >= starts_on AND (ended_on + make_interval(months => conflict_months))::date >= today + slack)
    ), mine AS (
        SELECT * FROM late WHERE account_id = who
    )
    SELECT left(region_code, 8), 'own_unit' FROM mine WHERE role IN ('camat', 'contributor')
    UNION
    SELECT region_code, 'superior' FROM mine WHERE role = 'leader' AND length(region_code) = 5
    UNION
    SELECT present.region_code, 'chain'
    FROM mine
    JOIN late AS theirs ON theirs.account_id <> who
        AND theirs.starts_on <= coalesce(mine.ended_on, today) AND mine.starts_on <= coalesce(theirs.ended_on, today)
        AND (
            (mine.role = 'leader' AND theirs.role = 'camat' AND left(theirs.region_code, 5) = mine.region_code)
            OR (mine.role = 'camat' AND theirs.role = 'leader' AND left(mine.region_code, 5) = theirs.region_code)
            OR (mine.role = 'camat' AND theirs.role = 'contributor' AND left(theirs.region_code, 8) = mine.region_code)
            OR (mine.role = 'contributor' AND theirs.role = 'camat' AND left(mine.region_code, 8) = theirs.region_code)
        )
    JOIN late AS present ON present.account_id = theirs.account_id AND present.role = 'camat'
        AND (present.ended_on IS NULL OR present.ended_on >= today)
$$;

-- Whoever asks may know that somebody may not judge in a unit, and nobody by this why not.
CREATE FUNCTION wall.barred_units(who integer, in_period integer, today date, slack integer) RETURNS SETOF text
LANGUAGE sql STABLE {FIXED} AS $$
    SELECT unit FROM wall.conflict_units(who, today, slack)
    UNION
    SELECT region_code FROM coi_tie JOIN coi_declaration ON coi_declaration.id = declaration_id
    WHERE account_id = who AND period_id = in_period AND withdrawn_at IS NULL
$$;

-- The areas in which this person reads what others declared: chair, secretariat, auditor. As `wall.enter`, a day more.
CREATE FUNCTION wall.oversees() RETURNS text[] LANGUAGE sql STABLE {FIXED} AS $$
    SELECT coalesce(array_agg(coalesce(region_code, '')), '{{}}') FROM appointment
    WHERE account_id = wall.person() AND role IN ('chair', 'secretariat', 'auditor') AND revoked_at IS NULL
        AND starts_on <= current_date + 1 AND (ends_on IS NULL OR ends_on >= current_date - 1)
        AND coalesce(region_code, '') = ANY (wall.areas())
$$;

CREATE FUNCTION declared_ties_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
        OR (NEW.id, NEW.declaration_id, NEW.region_code, NEW.kind, NEW.note, NEW.added_at)
            IS DISTINCT FROM (OLD.id, OLD.declaration_id, OLD.region_code, OLD.kind, OLD.note, OLD.added_at)
    THEN
        PERFORM refuse('declared_ties_stay');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION scorer_is_impartial() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE of_claim record;
BEGIN
    SELECT period_id, region_code INTO of_claim FROM claim WHERE id = NEW.claim_id;
    IF EXISTS (
        SELECT FROM wall.barred_units(NEW.assessor_id, of_claim.period_id, NEW.scored_at::date, 2) AS unit
        WHERE left(of_claim.region_code, length(unit)) = unit
    ) THEN
        PERFORM refuse('nobody_scores_over_a_tie');
    END IF;
    RETURN NEW;
END $$;
"""

# As 0040 wrote it, but for the ties, which are asked of the functions above.
REVIEWER = f"""
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
# As it stood after 0040 and 0093.
BEFORE = f"""
CREATE OR REPLACE FUNCTION reviewer_is_impartial() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
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
FOR_THE_ROLE = (
    "conflict_units(integer, date, integer)", "barred_units(integer, integer, date, integer)", "oversees()",
)  # fmt: skip
OWN = "account_id = (SELECT wall.person())"
OVERSEEN = (
    "EXISTS (SELECT 1 FROM period AS upper WHERE upper.id = period_id "
    "AND upper.region_code ^@ ANY ((SELECT wall.oversees())::text[]))"
)
OF_DECLARATION = "EXISTS (SELECT 1 FROM coi_declaration AS upper WHERE upper.id = declaration_id)"
OF_OWN = f"EXISTS (SELECT 1 FROM coi_declaration AS upper WHERE upper.id = declaration_id AND upper.{OWN})"
POLICIES: dict[str, tuple[tuple[str, str | None, str | None], ...]] = {
    "coi_declaration": (("SELECT", f"{OWN} OR {OVERSEEN}", None), ("INSERT", None, OWN)),
    "coi_tie": (("SELECT", OF_DECLARATION, None), ("INSERT", None, OF_OWN), ("UPDATE", OF_OWN, OF_OWN)),
}


def upgrade() -> None:
    _tables()
    op.execute("INSERT INTO house_rule DEFAULT VALUES")
    op.execute(FUNCTIONS)
    op.execute(REVIEWER)
    for function in FOR_THE_ROLE:
        op.execute(f"REVOKE ALL ON FUNCTION wall.{function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION wall.{function} TO {ROLE}")
    op.execute(
        "CREATE TRIGGER declared_ties_stay BEFORE UPDATE OR DELETE ON coi_tie "
        "FOR EACH ROW EXECUTE FUNCTION declared_ties_stay()"
    )
    op.execute(
        "CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON coi_declaration "
        "FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
    )
    op.execute(
        "CREATE TRIGGER scorer_is_impartial BEFORE INSERT OR UPDATE ON score "
        "FOR EACH ROW EXECUTE FUNCTION scorer_is_impartial()"
    )
    for table, rules in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, there, becomes in rules:
            using = f" USING ({there})" if there else ""
            check = f" WITH CHECK ({becomes})" if becomes else ""
            op.execute(f"CREATE POLICY {command.lower()}_in_area ON {table} FOR {command} TO {ROLE}{using}{check}")


def downgrade() -> None:
    op.execute("DROP FUNCTION scorer_is_impartial() CASCADE")
    op.execute(BEFORE)
    op.drop_table("coi_tie")
    op.drop_table("coi_declaration")
    op.execute("DROP FUNCTION declared_ties_stay()")
    for function in reversed(FOR_THE_ROLE):
        op.execute(f"DROP FUNCTION wall.{function}")
    op.drop_table("house_rule")


def _tables() -> None:
    op.create_table(
        "house_rule",
        sa.Column("sole", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("conflict_months", sa.Integer(), server_default="24", nullable=False),
        sa.Column("repair_days", sa.Integer(), server_default="7", nullable=False),
        sa.Column("objection_days", sa.Integer(), server_default="7", nullable=False),
        sa.CheckConstraint("sole", name="house_rule_is_one"),
        sa.CheckConstraint("conflict_months BETWEEN 0 AND 600", name="conflict_months_are_sane"),
        sa.CheckConstraint("repair_days BETWEEN 0 AND 365", name="repair_days_are_sane"),
        sa.CheckConstraint("objection_days BETWEEN 0 AND 365", name="objection_days_are_sane"),
        sa.PrimaryKeyConstraint("sole", name="pk_house_rule"),
    )
    op.create_table(
        "coi_declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("statement_version", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name="fk_coi_declaration_period_id_period"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_coi_declaration_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_coi_declaration"),
        sa.UniqueConstraint("period_id", "account_id", name="one_declaration_per_period"),
    )
    op.create_index("ix_coi_declaration_account_id", "coi_declaration", ["account_id"])
    op.create_table(
        "coi_tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('chain', 'interest', 'kin', 'served')", name="tie_is_known"),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL)", name="withdrawn_tie_has_time_and_reason"
        ),
        sa.CheckConstraint("withdrawn_because IS NULL OR btrim(withdrawn_because) <> ''", name="withdrawal_says_why"),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["coi_declaration.id"], name="fk_coi_tie_declaration_id_coi_declaration"
        ),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_coi_tie_region_code_region"),
        sa.PrimaryKeyConstraint("id", name="pk_coi_tie"),
    )
    op.create_index(
        "tie_is_declared_once", "coi_tie", ["declaration_id", "region_code", "kind"], unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )  # fmt: skip
