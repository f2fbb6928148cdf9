"""The desk and the map in time read sums as well: by month, by grade, by open signal (see `evidence.tally_models`).

The journal of cases says more of each image: the grade of its place, in which months it was sent and settled (by the
clock of its own unit), in which months its event began and ended, and which signals are open. A finding that opens or
closes writes images of its case, whose row it holds meanwhile, so that no two people count one case twice. When a case
was dismissed stands on the case itself, as it does for one that was verified; that a period was sealed changes neither.
"""

import sqlalchemy as sa
from alembic import op

revision = "0190"
down_revision = "0188"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"
INSIDE = "region_code ^@ ANY ((SELECT wall.areas())::text[])"
FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
STATES = (
    "submitted", "under_review", "returned", "rejection_proposed", "rejected", "verified_desk", "awaiting_field",
    "verified_field", "mismatch", "objected",
)  # fmt: skip
DISMISSED, VERIFIED = "('mismatch', 'rejected')", "('verified_desk', 'verified_field')"
GRADES = ("A", "B", "C", "D")
NEW_TABLES = ("case_month", "case_signal")
MARKS, MARKS_AND_DISMISSED = "objection_until,version,quad}", "dismissed_at,objection_until,version,quad}"
OF_JOURNAL = {
    "grade": sa.Text(), "sent": sa.Date(), "settled": sa.Date(), "began": sa.Date(), "ended": sa.Date(),
    "signals": sa.ARRAY(sa.Text()),
}  # fmt: skip

DISMISSED_AT = f"""
UPDATE evidence SET dismissed_at = coalesce(
    (SELECT max(at) FROM evidence_move WHERE evidence_id = evidence.id AND became IN {DISMISSED} AND move <> 'lock'),
    submitted_at)
WHERE state IN {DISMISSED}
"""
MONTHS = """
CREATE FUNCTION own_month(moment timestamptz, zone text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN date_trunc('month', timezone(zone, moment))::date;

CREATE FUNCTION month_of(day date) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN date_trunc('month', day::timestamp)::date;
"""
# A signal as one word: 1 to 3, the heaviest first, then its code. The least such word of a code is its heaviest.
_RANKED = "CASE weight WHEN 'strong' THEN '1' WHEN 'weak' THEN '2' ELSE '3' END || code"
_OPEN = "gone_at IS NULL AND explained_at IS NULL"
_SIGNALS = f"""nullif(ARRAY(
    SELECT min({_RANKED}) FROM finding WHERE evidence_id = image.id AND {_OPEN} GROUP BY code ORDER BY 1), '{{}}')"""
# Whether a case is one of those a region counts: at home, sent, not withdrawn.
_COUNTED = (
    f"(state IN ({', '.join(map(repr, STATES))}) AND study_assignment_id IS NULL AND region_result <> 'luar_negeri')"
)
_BEFORE = "region_code, kind_code, period_id, state, support, quad, lon_e7, lat_e7"
_SAID_BEFORE = (
    "region_code, kind_code, period_id, state, support, quad, round(ST_X(place) * 1e7), round(ST_Y(place) * 1e7)"
)
_COLUMNS = f"{_BEFORE}, grade, sent, settled, began, ended, signals"
_SAID = f"""{_SAID_BEFORE}, grade, own_month(submitted_at, time_zone),
        own_month(CASE WHEN state IN {VERIFIED} THEN verified_at WHEN state IN {DISMISSED} THEN dismissed_at END,
            time_zone), month_of(occurred_from), month_of(occurred_to)"""
_OF_UNIT = "JOIN region ON region.code = region_code"


def _image(sign: str, rows: str, signals: str) -> str:
    return f"""
        INSERT INTO case_journal ({_COLUMNS}, n)
        SELECT {_SAID}, {signals}, {sign}{_COUNTED}::integer FROM {rows} AS image {_OF_UNIT}"""


def _plain_image(sign: str, rows: str) -> str:
    return f"""
        INSERT INTO case_journal ({_BEFORE}, n)
        SELECT {_SAID_BEFORE}, {sign}{_COUNTED}::integer FROM {rows}"""


# Nobody can have found anything about a case that is being inserted.
JOURNAL = f"""
CREATE OR REPLACE FUNCTION journal_cases() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN{_image("", "came", "NULL")};
    ELSE{_image("-", "was", _SIGNALS)};
    END IF;
    IF TG_OP = 'UPDATE' THEN{_image("", "came", _SIGNALS)};
    END IF;
    RETURN NULL;
END $$;
"""
JOURNAL_BEFORE = f"""
CREATE OR REPLACE FUNCTION journal_cases() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN{_plain_image("-", "was")};
    END IF;
    IF TG_OP <> 'DELETE' THEN{_plain_image("", "came")};
    END IF;
    RETURN NULL;
END $$;
"""
# What was open of a case before a statement: what is there now, less what came, and what was.
_TOLD = "SELECT -1 AS sign, evidence_id, code, weight, gone_at, explained_at FROM"
_THERE = "finding WHERE evidence_id = ANY (touched)"
_BACK = {
    "INSERT": (f"{_TOLD} {_THERE} AND id NOT IN (SELECT id FROM came)",),
    "UPDATE": (f"{_TOLD} {_THERE} AND id NOT IN (SELECT id FROM came)", f"{_TOLD} was"),
    "DELETE": (f"{_TOLD} {_THERE}", f"{_TOLD} was"),
}
_TOUCHED = {
    "INSERT": "SELECT evidence_id FROM came",
    "UPDATE": "SELECT evidence_id FROM came UNION SELECT evidence_id FROM was",
    "DELETE": "SELECT evidence_id FROM was",
}


def _finding_images(event: str) -> str:
    """The case as it was counted, and as it is, where its open signals changed; its row held, the lowest first."""
    return f"""
        touched := ARRAY({_TOUCHED[event]});
        PERFORM FROM evidence WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
        INSERT INTO case_journal ({_COLUMNS}, n)
        WITH told AS (
            {" UNION ALL ".join(_BACK[event])}
            UNION ALL SELECT 1, evidence_id, code, weight, gone_at, explained_at FROM {_THERE}
        ), heaviest AS (
            SELECT sign, evidence_id, min({_RANKED}) AS word FROM told WHERE {_OPEN} GROUP BY sign, evidence_id, code
        ), words AS (
            SELECT sign, evidence_id, array_agg(word ORDER BY word) AS signals FROM heaviest GROUP BY sign, evidence_id
        ), changed AS (
            SELECT touching.id, before.signals AS before, now.signals AS now FROM unnest(touched) AS touching (id)
                LEFT JOIN words AS before ON before.sign = -1 AND before.evidence_id = touching.id
                LEFT JOIN words AS now ON now.sign = 1 AND now.evidence_id = touching.id
            WHERE before.signals IS DISTINCT FROM now.signals
        )
        SELECT {_SAID}, CASE sign WHEN 1 THEN changed.now ELSE changed.before END, sign * {_COUNTED}::integer
        FROM changed JOIN evidence USING (id) {_OF_UNIT}, (VALUES (-1), (1)) AS image (sign)"""


JOURNAL_OF_FINDINGS = f"""
CREATE FUNCTION journal_findings() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
DECLARE touched integer[];
BEGIN
    IF TG_OP = 'INSERT' THEN{_finding_images("INSERT")};
    ELSIF TG_OP = 'UPDATE' THEN{_finding_images("UPDATE")};
    ELSE{_finding_images("DELETE")};
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION journal_findings() FROM PUBLIC;
"""
EVENTS = {
    "INSERT": "NEW TABLE AS came",
    "UPDATE": "OLD TABLE AS was NEW TABLE AS came",
    "DELETE": "OLD TABLE AS was",
}
# Every case as the journal would say it: what sums are compared with. The web server has no right to it.
IMAGES = f"""
CREATE VIEW wall.case_image AS
SELECT {
    _SAID_BEFORE.replace("round(ST_X(place) * 1e7)", "round(ST_X(place) * 1e7)::bigint AS lon_e7").replace(
        "round(ST_Y(place) * 1e7)", "round(ST_Y(place) * 1e7)::bigint AS lat_e7"
    )
}, grade,
    own_month(submitted_at, time_zone) AS sent,
    own_month(CASE WHEN state IN {VERIFIED} THEN verified_at WHEN state IN {DISMISSED} THEN dismissed_at END,
        time_zone) AS settled,
    month_of(occurred_from) AS began, month_of(occurred_to) AS ended, {_SIGNALS} AS signals, 1::smallint AS n
FROM evidence AS image {_OF_UNIT} WHERE {_COUNTED}
"""
_EMPTY = "TRUNCATE case_journal, case_tally, case_cell"


def upgrade() -> None:
    _dismissed()
    op.execute(MONTHS)
    for name, kind in OF_JOURNAL.items():
        op.add_column("case_journal", sa.Column(name, kind, nullable=True))
    for grade in GRADES:
        op.add_column("case_tally", _sum(f"grade_{grade.lower()}"))
    _tables()
    op.create_index(
        "ix_evidence_sent", "evidence", ["submitted_at", "region_code"],
        postgresql_ops={"region_code": "text_pattern_ops"}, postgresql_where=sa.text("submitted_at IS NOT NULL"),
    )  # fmt: skip
    op.execute(JOURNAL)
    op.execute(JOURNAL_OF_FINDINGS)
    for event, rows in EVENTS.items():
        name = f"journal_findings_{event.lower()}"
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON finding REFERENCING {rows} "
            "FOR EACH STATEMENT EXECUTE FUNCTION journal_findings()"
        )
        op.execute(f"ALTER TABLE finding ENABLE ALWAYS TRIGGER {name}")
    op.execute(IMAGES)
    for table in NEW_TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY select_in_area ON {table} FOR SELECT TO {ROLE} USING ({INSIDE})")
    op.execute(_EMPTY)
    op.execute(f"INSERT INTO case_journal ({_COLUMNS}, n) SELECT {_COLUMNS}, n FROM wall.case_image")


def downgrade() -> None:
    op.execute("DROP VIEW wall.case_image")
    for event in EVENTS:
        op.execute(f"DROP TRIGGER journal_findings_{event.lower()} ON finding")
    op.execute("DROP FUNCTION journal_findings()")
    op.execute(JOURNAL_BEFORE)
    for table in NEW_TABLES:
        op.drop_table(table)
    op.drop_index("ix_evidence_sent", "evidence")
    op.execute(_EMPTY)
    for grade in GRADES:
        op.drop_column("case_tally", f"grade_{grade.lower()}")
    for name in OF_JOURNAL:
        op.drop_column("case_journal", name)
    for function in ("own_month(timestamptz, text)", "month_of(date)"):
        op.execute(f"DROP FUNCTION {function}")
    _say_instead(MARKS_AND_DISMISSED, MARKS)
    op.drop_column("evidence", "dismissed_at")  # with its rules
    op.execute(_plain_image("", "evidence"))


def _dismissed() -> None:
    """Also of cases that are locked: their rules rest meanwhile. The journal is written anew in the end."""
    op.add_column("evidence", sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("ALTER TABLE evidence DISABLE TRIGGER evidence_keeps_its_rules_update")
    op.execute(DISMISSED_AT)
    op.execute("ALTER TABLE evidence ENABLE TRIGGER evidence_keeps_its_rules_update")
    _say_instead(MARKS, MARKS_AND_DISMISSED)
    op.create_check_constraint(
        "dismissed_has_its_time", "evidence", f"NOT state IN {DISMISSED} OR dismissed_at IS NOT NULL"
    )


def _say_instead(old: str, new: str) -> None:
    """Put other words into the trigger's function that lets a sealed case be reopened; the rest of it stays."""
    op.execute(
        f"DO $$ BEGIN EXECUTE replace(pg_get_functiondef('evidence_keeps_its_rules()'::regprocedure), '{old}', '{new}'); "
        "END $$"
    )


def _sum(name: str, *, sparse: bool = False) -> sa.Column[int]:
    if sparse:
        return sa.Column(name, sa.Integer(), nullable=True)
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def _tables() -> None:
    keys = lambda: (  # noqa: E731
        sa.Column("kind_code", sa.Text(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("depth", sa.SmallInteger(), nullable=False),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False),
    )
    named = (
        f"{what}_{state}{placed}" for placed in ("", "_unplaced") for what in ("began", "ended") for state in STATES
    )
    op.create_table(
        "case_month",
        *keys(),
        sa.Column("month", sa.Date(), nullable=False),
        *(_sum(name, sparse=True) for name in ("sent", "waiting", "verified", "rejected", *named)),
        sa.PrimaryKeyConstraint("depth", "region_code", "period_id", "kind_code", "month", name="pk_case_month"),
    )
    op.create_table(
        "case_signal",
        *keys(),
        sa.Column("word", sa.Text(), nullable=False),
        _sum("cases"),
        sa.PrimaryKeyConstraint("kind_code", "period_id", "depth", "region_code", "word", name="pk_case_signal"),
    )
