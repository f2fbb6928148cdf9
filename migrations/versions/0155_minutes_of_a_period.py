"""Minutes of a period are kept as they were made and signed by the team; one page answers for every paper's code."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0155"
down_revision = "0154"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
IN_AREA = "region_code ^@ ANY ((SELECT wall.areas())::text[])"
OF_MINUTES = "EXISTS (SELECT 1 FROM minutes AS upper WHERE upper.id = minutes_id)"
OWN = "account_id = (SELECT wall.person())"
KINDS = "'desk_closing', 'presentation_day', 'shortlist', 'plenary', 'reopening'"
DIGEST = "{0} ~ '^[0-9a-f]{{64}}$'"

# `wall.minutes_mark`: a digest of the rows minutes were drawn from. A trigger writes it beside them; whoever asks later,
# without a right to read a single one of those rows, learns whether they are as they were. Nothing in it
# changes when a result is sealed. What was recorded of a reopening is decided once: its minutes never fall.
# `wall.paper`: papers of the field as before, and minutes: replaced by a newer edition, fallen when their mark differs.
FUNCTIONS = f"""
CREATE FUNCTION wall.minutes_told(asked integer, asked_kind text, asked_subject text) RETURNS text
LANGUAGE plpgsql STABLE {FIXED} AS $$
DECLARE told text;
BEGIN
    IF asked_kind = 'desk_closing' THEN
        SELECT string_agg(concat_ws(':', evidence_id, id, move), ',' ORDER BY evidence_id) INTO told FROM (
            SELECT DISTINCT ON (step.evidence_id) step.evidence_id, step.id, step.move
            FROM evidence_move AS step JOIN evidence ON evidence.id = step.evidence_id
            WHERE evidence.period_id = asked AND step.move IN (
                'submit', 'withdraw', 'return', 'propose_rejection', 'confirm_rejection', 'decline_rejection',
                'accept_at_desk', 'send_to_field', 'uphold_rejection', 'grant_to_desk', 'grant_to_field'
            ) ORDER BY step.evidence_id, step.id DESC
        ) AS last_step;
    ELSIF asked_kind = 'presentation_day' THEN
        SELECT string_agg(concat_ws(':', slot.id, slot.region_code, slot.round, slot.starts_at, slot.attendance,
                (SELECT string_agg(there.account_id::text, ' ' ORDER BY there.account_id)
                 FROM slot_presence AS there WHERE there.slot_id = slot.id),
                (SELECT string_agg(concat_ws(' ', claim.id, score.assessor_id, score.value), ' '
                    ORDER BY claim.id, score.assessor_id)
                 FROM claim JOIN indicator ON indicator.id = claim.indicator_id
                    JOIN aspect ON aspect.id = indicator.aspect_id JOIN score ON score.claim_id = claim.id
                 WHERE claim.period_id = asked AND claim.region_code = slot.region_code
                    AND aspect.round = slot.round AND indicator.method = 'presentation')
            ), ',' ORDER BY slot.id) INTO told
        FROM presentation_slot AS slot JOIN period ON period.id = slot.period_id
        WHERE slot.period_id = asked AND (slot.starts_at AT TIME ZONE period.time_zone)::date::text = asked_subject;
    ELSIF asked_kind = 'shortlist' THEN
        SELECT string_agg(concat_ws(':', list.id, place.region_code, place.rank, place.total, place.inside), ','
            ORDER BY place.region_code) INTO told
        FROM shortlist AS list JOIN period ON period.id = list.period_id AND period.version = list.version
            JOIN shortlist_place AS place ON place.shortlist_id = list.id
        WHERE list.period_id = asked;
    ELSIF asked_kind = 'plenary' THEN
        SELECT concat_ws('|', period.quorum, period.carry_share, period.instrument_id,
            (SELECT string_agg(concat_ws(':', region_code, pool, round), ',' ORDER BY region_code)
             FROM participant WHERE period_id = asked),
            (SELECT string_agg(concat_ws(':', id, region_code, indicator_id, level_id, quantity,
                set_aside_at IS NOT NULL), ',' ORDER BY id) FROM claim WHERE period_id = asked),
            (SELECT string_agg(concat_ws(':', tie.claim_id, tie.evidence_id, evidence.state), ','
                ORDER BY tie.claim_id, tie.evidence_id)
             FROM claim_evidence AS tie JOIN evidence ON evidence.id = tie.evidence_id
             WHERE tie.period_id = asked AND evidence.state NOT IN ('draft', 'withdrawn')),
            (SELECT string_agg(concat_ws(':', claim_id, assessor_id, value, to_jsonb(score)->>'left_out_at' IS NOT NULL),
                ',' ORDER BY claim_id, assessor_id)
             FROM score WHERE period_id = asked),
            (SELECT string_agg(concat_ws(':', id, attendance), ',' ORDER BY id)
             FROM presentation_slot WHERE period_id = asked),
            (SELECT string_agg(concat_ws(':', claim_id, value), ',' ORDER BY claim_id)
             FROM adjudication WHERE period_id = asked)
        ) INTO told FROM period WHERE id = asked;
    END IF;
    RETURN coalesce(told, '');
END $$;

CREATE FUNCTION wall.minutes_mark(asked integer, asked_kind text, asked_subject text) RETURNS text
LANGUAGE sql STABLE {FIXED} AS $$
    SELECT encode(sha256(convert_to(concat_ws('|', asked_kind, asked_subject,
        CASE WHEN asked_kind = 'reopening' THEN 0 ELSE period.version END,
        wall.minutes_told(asked, asked_kind, asked_subject)), 'UTF8')), 'hex')
    FROM period WHERE id = asked
$$;

CREATE FUNCTION minutes_are_marked() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    NEW.mark := wall.minutes_mark(NEW.period_id, NEW.kind, NEW.subject);
    RETURN NEW;
END $$;

CREATE FUNCTION only_the_team_signs() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE signed minutes%ROWTYPE;
BEGIN
    SELECT * INTO signed FROM minutes WHERE id = NEW.minutes_id;
    IF NOT NEW.account_id = ANY (signed.team) THEN
        PERFORM refuse('only_the_team_signs');
    END IF;
    IF EXISTS (
        SELECT 1 FROM minutes AS newer WHERE newer.period_id = signed.period_id AND newer.kind = signed.kind
            AND newer.subject = signed.subject AND newer.edition > signed.edition
    ) THEN
        PERFORM refuse('only_the_newest_is_signed');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION wall.paper(asked text) RETURNS TABLE (
    kind text, number text, edition integer, made_at timestamptz, sha256 text, stands boolean, fell_at timestamptz,
    zone text, signed bigint, need smallint, agrees bigint, led boolean
) LANGUAGE sql STABLE {FIXED} AS $$
    SELECT was.*, NULL::bigint, NULL::smallint, NULL::bigint, NULL::boolean FROM wall.field_paper(asked) AS was
    UNION ALL
    SELECT made.kind, made.number, made.edition, made.made_at, made.sha256,
        newer.at IS NULL AND made.mark = wall.minutes_mark(made.period_id, made.kind, made.subject), newer.at,
        region.time_zone, given.all_of_them, made.need, given.agree, coalesce(given.led, false)
    FROM minutes AS made JOIN region ON region.code = made.region_code
        CROSS JOIN LATERAL (
            SELECT min(later.made_at) AS at FROM minutes AS later
            WHERE later.period_id = made.period_id AND later.kind = made.kind AND later.subject = made.subject
                AND later.edition > made.edition
        ) AS newer
        CROSS JOIN LATERAL (
            SELECT count(*) AS all_of_them, count(*) FILTER (WHERE one.agrees) AS agree,
                bool_or(one.account_id = ANY (made.chairs)) AS led
            FROM minutes_signature AS one WHERE one.minutes_id = made.id
        ) AS given
    WHERE made.code = asked
$$;
"""
TRIGGERS = """
CREATE TRIGGER minutes_are_marked BEFORE INSERT ON minutes FOR EACH ROW EXECUTE FUNCTION minutes_are_marked();
CREATE TRIGGER only_the_team_signs BEFORE INSERT ON minutes_signature
    FOR EACH ROW EXECUTE FUNCTION only_the_team_signs();
CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON minutes
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only();
CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON minutes_signature
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only();
"""
TABLES = ("minutes", "minutes_signature")


def upgrade() -> None:
    _minutes()
    _signatures()
    op.execute("ALTER FUNCTION wall.paper(text) RENAME TO field_paper")
    op.execute(FUNCTIONS)
    op.execute(TRIGGERS)
    op.execute(f"REVOKE ALL ON FUNCTION wall.field_paper(text) FROM {ROLE}")
    for function in ("minutes_told(integer, text, text)", "minutes_mark(integer, text, text)", "paper(text)"):
        op.execute(f"REVOKE ALL ON FUNCTION wall.{function} FROM PUBLIC")
    for function in ("minutes_mark(integer, text, text)", "paper(text)"):
        op.execute(f"GRANT EXECUTE ON FUNCTION wall.{function} TO {ROLE}")
    for table, seen, added in (
        ("minutes", IN_AREA, IN_AREA), ("minutes_signature", OF_MINUTES, f"{OF_MINUTES} AND {OWN}"),
    ):  # fmt: skip
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY select_in_area ON {table} FOR SELECT TO {ROLE} USING ({seen})")
        op.execute(f"CREATE POLICY insert_in_area ON {table} FOR INSERT TO {ROLE} WITH CHECK ({added})")
        op.execute(f"SELECT wall.cover('{table}', '{{id}}')")


def _minutes() -> None:
    op.create_table(
        "minutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("basis_sha256", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("team", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("chairs", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("need", sa.SmallInteger(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="minutes_kind_is_known"),
        sa.CheckConstraint(
            f"{DIGEST.format('sha256')} AND {DIGEST.format('basis_sha256')}", name="minutes_digests_are_digests"
        ),
        sa.CheckConstraint("need >= 1 AND edition >= 1", name="minutes_need_somebody"),
        sa.CheckConstraint("chairs <@ team", name="chairs_are_of_the_team"),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name="fk_minutes_period_id_period"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_minutes_region_code_region"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_minutes_made_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_minutes"),
        sa.UniqueConstraint("code", name="uq_minutes_code"),
        sa.UniqueConstraint("number", name="uq_minutes_number"),
        sa.UniqueConstraint("period_id", "kind", "subject", "edition", name="editions_of_minutes_are_numbered"),
    )
    op.create_index("ix_minutes_region_code", "minutes", ["region_code"])


def _signatures() -> None:
    op.create_table(
        "minutes_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), server_default="", nullable=False),
        sa.Column("scan_sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("agrees OR btrim(remark) <> ''", name="dissent_is_explained"),
        sa.CheckConstraint(f"scan_sha256 = '' OR {DIGEST.format('scan_sha256')}", name="scan_sha256_is_digest"),
        sa.ForeignKeyConstraint(["minutes_id"], ["minutes.id"], name="fk_minutes_signature_minutes_id_minutes"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_minutes_signature_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_minutes_signature"),
        sa.UniqueConstraint("minutes_id", "account_id", name="member_signs_once"),
    )
    op.create_index("ix_minutes_signature_account_id", "minutes_signature", ["account_id"])


def downgrade() -> None:
    op.execute("DROP FUNCTION wall.paper(text)")
    op.execute("ALTER FUNCTION wall.field_paper(text) RENAME TO paper")
    op.execute(f"GRANT EXECUTE ON FUNCTION wall.paper(text) TO {ROLE}")
    for table in reversed(TABLES):
        op.execute(f"SELECT wall.uncover('{table}')")
        op.drop_table(table)
    for function in ("wall.minutes_mark(integer, text, text)", "wall.minutes_told(integer, text, text)"):
        op.execute(f"DROP FUNCTION {function}")
    for function in ("minutes_are_marked()", "only_the_team_signs()"):
        op.execute(f"DROP FUNCTION {function}")
