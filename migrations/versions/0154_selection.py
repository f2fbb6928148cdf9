"""Shortlists, awards with their studies abroad, and nominations upwards: decided once, and then they stay.

The database repeats: a closed first round keeps its claims, scores and cases as they are; a study that came with an
award is no part of the sealed result; a nominee comes from a final period of that province, no more of a pool than the
province takes, and thereby takes part there.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0154"
down_revision = "0153"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
TIE_RULES = "'ask', 'aspects', 'extend', 'lots'"
WHYS = "'total', 'aspects', 'extend', 'lots', 'named'"
A_TOTAL = r"total ~ '^[0-9]+\.[0-9]{2}$'"

INSIDE = "{0} ^@ ANY ((SELECT wall.areas())::text[])"
OF_PERIOD = "EXISTS (SELECT 1 FROM period AS upper WHERE upper.id = period_id)"
OF_OWN_PERIOD = (
    f"EXISTS (SELECT 1 FROM period AS upper WHERE upper.id = period_id AND {INSIDE.format('upper.region_code')})"
)
OF_OWN_LIST = (
    "EXISTS (SELECT 1 FROM {0} AS middle JOIN period AS upper ON upper.id = middle.period_id "
    f"WHERE middle.id = {{1}} AND {INSIDE.format('upper.region_code')})"
)
OF_STUDY = "EXISTS (SELECT 1 FROM study_assignment AS upper WHERE upper.id = study_assignment_id)"
OF_BOTH_CASES = (
    "EXISTS (SELECT 1 FROM evidence AS upper WHERE upper.id = evidence_id) "
    "AND EXISTS (SELECT 1 FROM evidence AS upper WHERE upper.id = study_case_id)"
)
POLICIES = {
    "shortlist": (("SELECT", OF_PERIOD, None), ("INSERT", None, OF_OWN_PERIOD)),
    "shortlist_place": (
        ("SELECT", INSIDE.format("region_code"), None),
        ("INSERT", None, OF_OWN_LIST.format("shortlist", "shortlist_id")),
    ),
    "award": (("SELECT", OF_PERIOD, None), ("INSERT", None, OF_OWN_PERIOD)),
    "award_place": (
        ("SELECT", INSIDE.format("region_code"), None),
        ("INSERT", None, OF_OWN_LIST.format("award", "award_id")),
    ),
    "study_assignment": (("INSERT", None, OF_OWN_PERIOD),),
    "study_topic": (
        ("SELECT", OF_STUDY, None),
        ("INSERT", None, OF_OWN_LIST.format("study_assignment", "study_assignment_id")),
    ),
    "inspiration": (
        ("SELECT", OF_BOTH_CASES, None), ("INSERT", None, OF_BOTH_CASES), ("DELETE", OF_BOTH_CASES, None),
    ),
    "nomination": (("SELECT", INSIDE.format("region_code"), None), ("INSERT", None, OF_OWN_PERIOD)),
}  # fmt: skip

FUNCTIONS = f"""
CREATE FUNCTION wall.first_round_closed(of_period integer, of_indicator integer) RETURNS boolean LANGUAGE sql STABLE
{FIXED} AS $$
    SELECT EXISTS (
        SELECT 1 FROM period JOIN shortlist ON shortlist.period_id = period.id AND shortlist.version = period.version
            JOIN indicator ON indicator.id = of_indicator JOIN aspect ON aspect.id = indicator.aspect_id
        WHERE period.id = of_period AND aspect.round = 1
    )
$$;

-- What only notes a seal or a visit passes; what a claim says and what it was given does not change any more.
CREATE FUNCTION round_stays_closed() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE touched jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END); told jsonb; was jsonb;
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME IN ('score', 'claim') THEN
        told := to_jsonb(NEW); was := to_jsonb(OLD);
        IF (told->'claim_id', told->'assessor_id', told->'value', told->'note', told->'statement', told->'level_id',
            told->'quantity', told->'set_aside_at', told->'indicator_id', told->'region_code')
            IS NOT DISTINCT FROM
           (was->'claim_id', was->'assessor_id', was->'value', was->'note', was->'statement', was->'level_id',
            was->'quantity', was->'set_aside_at', was->'indicator_id', was->'region_code')
        THEN
            RETURN NEW;
        END IF;
    END IF;
    IF wall.first_round_closed((touched->>'period_id')::integer, coalesce(
        (touched->>'indicator_id')::integer,
        (SELECT indicator_id FROM claim WHERE id = (touched->>'claim_id')::integer)
    )) THEN
        PERFORM refuse('round_is_closed');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION wall.case_in_closed_round(asked integer) RETURNS boolean LANGUAGE sql STABLE {FIXED} AS $$
    SELECT EXISTS (
        SELECT 1 FROM claim_evidence JOIN claim ON claim.id = claim_evidence.claim_id
        WHERE claim_evidence.evidence_id = asked AND wall.first_round_closed(claim.period_id, claim.indicator_id)
    )
$$;

CREATE FUNCTION case_of_closed_round_stays() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF wall.case_in_closed_round(NEW.id) THEN
        PERFORM refuse('round_is_closed');
    END IF;
    RETURN NEW;
END $$;

-- Whoever joins a period that is final has a study that came with an award of it.
CREATE FUNCTION final_period_takes_studies_alone() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM period WHERE id = NEW.period_id AND state = 'final') AND NOT EXISTS (
        SELECT 1 FROM study_assignment
        WHERE id = NEW.study_assignment_id AND award_id IS NOT NULL AND period_id = NEW.period_id
    ) THEN
        PERFORM refuse('final_period_takes_studies_alone');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION study_of_award_is_no_claim() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM evidence JOIN study_assignment ON study_assignment.id = evidence.study_assignment_id
        WHERE evidence.id = NEW.evidence_id AND study_assignment.award_id IS NOT NULL
    ) THEN
        PERFORM refuse('study_of_award_is_no_claim');
    END IF;
    RETURN NEW;
END $$;

-- The kabupaten's people cannot write into the province's period; their nominee takes part by being nominated.
CREATE FUNCTION nominee_takes_part() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE source period; above period;
BEGIN
    SELECT * INTO source FROM period WHERE id = NEW.period_id;
    SELECT * INTO above FROM period WHERE id = NEW.target_id FOR UPDATE;
    IF source.state <> 'final' OR above.state = 'final' OR length(above.region_code) <> 2
        OR NOT source.region_code ^@ (above.region_code || '.')
        OR NOT EXISTS (SELECT 1 FROM participant WHERE period_id = source.id AND region_code = NEW.region_code)
        OR NEW.pool IS DISTINCT FROM (SELECT level FROM region WHERE code = source.region_code)
    THEN
        PERFORM refuse('nominee_comes_from_a_final_period');
    END IF;
    IF above.nominees_per_pool < (
        SELECT count(*) FROM nomination JOIN period ON period.id = nomination.period_id
        WHERE nomination.target_id = above.id AND nomination.pool = NEW.pool
            AND period.region_code = source.region_code
    ) THEN
        PERFORM refuse('nominees_are_counted');
    END IF;
    INSERT INTO participant (period_id, region_code, pool)
    VALUES (above.id, NEW.region_code, CASE WHEN above.pooled THEN NEW.pool ELSE '' END)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
"""
FOR_THE_ROLE = ("wall.case_in_closed_round(integer)", "wall.first_round_closed(integer, integer)")
FUNCTION_NAMES = (
    "round_stays_closed()", "case_of_closed_round_stays()", "final_period_takes_studies_alone()",
    "study_of_award_is_no_claim()", "nominee_takes_part()", *FOR_THE_ROLE,
)  # fmt: skip
APPEND_ONLY = ("shortlist", "shortlist_place", "award", "award_place", "study_topic", "nomination")
TRIGGERS = (
    *((table, "BEFORE INSERT OR UPDATE OR DELETE", "round_stays_closed")
      for table in ("claim", "claim_evidence", "score", "adjudication")),
    *((table, "BEFORE UPDATE OR DELETE", "history_is_append_only") for table in APPEND_ONLY),
    ("evidence", "BEFORE INSERT", "final_period_takes_studies_alone"),
    ("claim_evidence", "BEFORE INSERT", "study_of_award_is_no_claim"),
    ("nomination", "AFTER INSERT", "nominee_takes_part"),
)  # fmt: skip
COVERED = {
    "shortlist": "{id}",
    "shortlist_place": "{shortlist_id,region_code}",
    "award": "{id}",
    "award_place": "{award_id,region_code}",
    "nomination": "{id}",
}


def upgrade() -> None:
    op.add_column("period", sa.Column("nominees_per_pool", sa.SmallInteger(), server_default="1", nullable=False))
    op.create_check_constraint("nominees_are_allowed", "period", "nominees_per_pool >= 1")
    _shortlists()
    _awards()
    _studies()
    _nominations()
    op.execute(FUNCTIONS)
    for function in FOR_THE_ROLE:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {ROLE}")
    for table, moment, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {function} {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
    op.execute(
        "CREATE TRIGGER case_of_closed_round_stays BEFORE UPDATE OF state ON evidence FOR EACH ROW "
        "WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION case_of_closed_round_stays()"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_is_not_truncated BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()"
        )
    for table, rules in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, there, becomes in rules:
            using = f" USING ({there})" if there else ""
            check = f" WITH CHECK ({becomes})" if becomes else ""
            op.execute(f"CREATE POLICY {command.lower()}_in_area ON {table} FOR {command} TO {ROLE}{using}{check}")
    for table, keys in COVERED.items():
        op.execute(f"SELECT wall.cover('{table}', '{keys}')")


def _shortlists() -> None:
    op.create_table(
        "shortlist",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("size", sa.SmallInteger(), nullable=False),
        sa.Column("tie_rule", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size >= 1", name="shortlist_size_is_positive"),
        sa.CheckConstraint(f"tie_rule IN ({TIE_RULES})", name="shortlist_tie_rule_is_known"),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_shortlist_period_id_period")),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_shortlist_closed_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlist")),
        sa.UniqueConstraint("period_id", "version", name="shortlist_of_version_is_one"),
    )
    _places("shortlist")


def _places(owner: str) -> None:
    table, key = f"{owner}_place", f"{owner}_id"
    op.create_table(
        table,
        sa.Column(key, sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), server_default="", nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("total", sa.Text(), nullable=False),
        sa.Column("aspects", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(f"why IN ({WHYS})", name=f"{owner}_why_is_known"),
        sa.CheckConstraint(A_TOTAL, name=f"{owner}_total_is_decimal"),
        sa.ForeignKeyConstraint([key], [f"{owner}.id"], name=op.f(f"fk_{table}_{key}_{owner}")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f(f"fk_{table}_region_code_region")),
        sa.PrimaryKeyConstraint(key, "region_code", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_region_code"), table, ["region_code"])


def _awards() -> None:
    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.SmallInteger(), nullable=False),
        sa.Column("tie_rule", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size >= 1", name="award_size_is_positive"),
        sa.CheckConstraint(f"tie_rule IN ({TIE_RULES})", name="award_tie_rule_is_known"),
        sa.CheckConstraint("btrim(number) <> ''", name="award_names_its_decree"),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_award_period_id_period")),
        sa.ForeignKeyConstraint(
            ["result_id"], ["result_snapshot.id"], name=op.f("fk_award_result_id_result_snapshot")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_award_made_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("result_id", name="award_of_result_is_one"),
    )  # fmt: skip
    op.create_index(op.f("ix_award_period_id"), "award", ["period_id"])
    _places("award")


def _studies() -> None:
    op.add_column("study_assignment", sa.Column("award_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_study_assignment_award_id_award"), "study_assignment", "award", ["award_id"], ["id"]
    )  # fmt: skip
    op.create_index(op.f("ix_study_assignment_award_id"), "study_assignment", ["award_id"])
    op.create_table(
        "study_topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_assignment_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("activity_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_assignment_id"],
            ["study_assignment.id"],
            name=op.f("fk_study_topic_study_assignment_id_study_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_code"], ["activity.code"], name=op.f("fk_study_topic_activity_code_activity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_topic")),
        sa.UniqueConstraint("study_assignment_id", "position", name="topics_are_in_order"),
        sa.UniqueConstraint("study_assignment_id", "activity_code", name="topic_is_asked_once"),
    )
    op.create_table(
        "inspiration",
        sa.Column("evidence_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("study_case_id", sa.Integer(), nullable=False),
        sa.Column("linked_by", sa.Integer(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("evidence_id <> study_case_id", name="nothing_inspires_itself"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_inspiration_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["study_case_id"], ["evidence.id"], name=op.f("fk_inspiration_study_case_id_evidence")),
        sa.ForeignKeyConstraint(["linked_by"], ["account.id"], name=op.f("fk_inspiration_linked_by_account")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_inspiration")),
    )
    op.create_index(op.f("ix_inspiration_study_case_id"), "inspiration", ["study_case_id"])


def _nominations() -> None:
    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("dossier", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("nominated_by", sa.Integer(), nullable=False),
        sa.Column("nominated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="dossier_sha256_is_digest"),
        sa.CheckConstraint("pool IN ('kabupaten', 'kota')", name="nominee_pool_is_known"),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_nomination_period_id_period")),
        sa.ForeignKeyConstraint(["target_id"], ["period.id"], name=op.f("fk_nomination_target_id_period")),
        sa.ForeignKeyConstraint(
            ["result_id"], ["result_snapshot.id"], name=op.f("fk_nomination_result_id_result_snapshot")
        ),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_nomination_region_code_region")),
        sa.ForeignKeyConstraint(["nominated_by"], ["account.id"], name=op.f("fk_nomination_nominated_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("target_id", "region_code", name="nominated_once"),
    )  # fmt: skip
    op.create_index(op.f("ix_nomination_period_id"), "nomination", ["period_id"])
    op.create_index(op.f("ix_nomination_region_code"), "nomination", ["region_code"])


def downgrade() -> None:
    for table in COVERED:
        op.execute(f"SELECT wall.uncover('{table}')")
    for name in FUNCTION_NAMES:
        op.execute(f"DROP FUNCTION {name} CASCADE")
    op.execute("DROP POLICY insert_in_area ON study_assignment")
    op.drop_column("study_assignment", "award_id")
    for table in ("nomination", "inspiration", "study_topic", "award_place", "award", "shortlist_place", "shortlist"):
        op.drop_table(table)
    op.drop_column("period", "nominees_per_pool")
