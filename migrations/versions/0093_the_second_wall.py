"""The second wall: the web server's own role sees, of every table with an area, the rows of the person's areas alone.

`wall.enter(token)` finds the open session behind a token, works out the areas of that person's appointments and signs
them, for this transaction only, with a key the role cannot read; every policy asks `wall.areas()`, which believes
nothing unsigned. Rules of one row are coarser here than the application's (areas only, not permissions or states), so
that they never hide what those show. The owner of the tables, which migrates and works in the background, is not bound.
"""

import secrets

import sqlalchemy as sa
from alembic import op

from webapp.cluster import ClusterError

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None

ROLE = "petabukti_app"

FIXED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

FUNCTIONS = f"""
CREATE FUNCTION wall.seal(said text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(key || sha256(key || convert_to(said, 'UTF8'))), 'hex') FROM wall.secret
$$;

-- One backend, one transaction: a signature that was read is of no use in another.
CREATE FUNCTION wall.moment() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_backend_pid() || ':' || extract(epoch FROM now())
$$;

-- Who stands here, in which areas, over whose posts: parted by spaces; NULL for nobody and for a forged signature.
CREATE FUNCTION wall.standing() RETURNS text[] LANGUAGE plpgsql STABLE {FIXED} AS $$
DECLARE said text := current_setting('petabukti.standing', true);
BEGIN
    IF said IS NULL OR said = '' THEN
        RETURN NULL;
    END IF;
    IF wall.seal(wall.moment() || substr(said, 65)) IS DISTINCT FROM left(said, 64) THEN
        RETURN NULL;
    END IF;
    RETURN string_to_array(said, ' ');
END $$;

CREATE FUNCTION wall.person() RETURNS integer LANGUAGE sql STABLE {FIXED} AS $$
    SELECT (wall.standing())[2]::integer
$$;

CREATE FUNCTION wall.areas() RETURNS text[] LANGUAGE sql STABLE {FIXED} AS $$
    SELECT coalesce((wall.standing())[3], '{{}}')::text[]
$$;

CREATE FUNCTION wall.manages() RETURNS text[] LANGUAGE sql STABLE {FIXED} AS $$
    SELECT coalesce((wall.standing())[4], '{{}}')::text[]
$$;

-- The regions above the areas: who serves in a kecamatan reads the period its kabupaten holds.
CREATE FUNCTION wall.way_up() RETURNS text[] LANGUAGE sql STABLE {FIXED} AS $$
    SELECT coalesce(array_agg(DISTINCT left(area, length)), '{{}}')
    FROM unnest(wall.areas()) AS area, unnest(ARRAY[2, 5, 8]) AS length WHERE length < length(area)
$$;

-- A day more on either side than the application counts: its day is that of the installation's zone. A session that
-- still owes its second factor stands in no area at all.
CREATE FUNCTION wall.enter(token text) RETURNS void LANGUAGE plpgsql {FIXED} AS $$
DECLARE who integer; whole boolean; said text := '';
BEGIN
    SELECT account.id, second_factor_at IS NOT NULL OR NOT EXISTS (SELECT FROM second_factor WHERE account_id = account.id)
    INTO who, whole FROM open_session JOIN account ON account.id = open_session.account_id
    WHERE token_hash = encode(sha256(convert_to(token, 'UTF8')), 'hex')
        AND ended_at IS NULL AND deactivated_at IS NULL;
    IF who IS NOT NULL THEN
        SELECT concat_ws(' ', '', who,
            coalesce(array_agg(DISTINCT coalesce(region_code, '')), '{{}}'),
            coalesce(array_agg(DISTINCT coalesce(region_code, '')) FILTER (WHERE role = 'administrator'), '{{}}'))
        INTO said FROM appointment
        WHERE account_id = who AND whole AND revoked_at IS NULL AND starts_on <= current_date + 1
            AND (ends_on IS NULL OR ends_on >= current_date - 1);
        said := wall.seal(wall.moment() || said) || said;
    END IF;
    PERFORM set_config('petabukti.standing', said, true);
END $$;

-- What must be known beyond one's area, each as little as will do.
CREATE FUNCTION wall.last_sign_in(who integer, here text) RETURNS timestamptz LANGUAGE sql STABLE {FIXED} AS $$
    SELECT max(at) FROM audit_event WHERE actor_id = who AND action = 'account.sign_in' AND address = here
$$;

CREATE FUNCTION wall.case_exists(client uuid) RETURNS boolean LANGUAGE sql STABLE {FIXED} AS $$
    SELECT EXISTS (SELECT 1 FROM evidence WHERE client_id = client)
$$;

CREATE FUNCTION wall.upload_exists(upload uuid) RETURNS boolean LANGUAGE sql STABLE {FIXED} AS $$
    SELECT EXISTS (SELECT 1 FROM photo WHERE upload_id = upload)
$$;

CREATE FUNCTION wall.claim_counts() RETURNS TABLE (period integer, claims bigint) LANGUAGE sql STABLE {FIXED} AS $$
    SELECT period_id, count(*) FROM claim GROUP BY period_id
$$;
"""
FOR_THE_ROLE = (
    "person()", "areas()", "manages()", "way_up()", "enter(text)", "last_sign_in(integer, text)", "case_exists(uuid)",
    "upload_exists(uuid)", "claim_counts()",
)  # fmt: skip
# They look at other rows than the one at hand: what somebody may see must not decide whether a rule holds.
SEEING_TRIGGERS = (
    "evidence_parts_keep_its_lock", "period_parts_keep_its_seal", "instrument_stays_frozen", "reviewer_is_impartial",
)  # fmt: skip


def inside(column: str) -> str:
    """In one of the person's areas. Codes have segments of fixed length: "99.01" begins no code but those below it."""
    return f"{column} ^@ ANY ((SELECT wall.areas())::text[])"


def above(column: str) -> str:
    return f"{column} = ANY ((SELECT wall.way_up())::text[])"


def managed(column: str) -> str:
    return f"{column} ^@ ANY ((SELECT wall.manages())::text[])"


def hangs_on(table: str, key: str, column: str = "id", *, further: str = "true") -> str:
    """The row it belongs to may be seen: that table's own policy speaks inside."""
    return f"EXISTS (SELECT 1 FROM {table} AS upper WHERE upper.{column} = {key} AND {further})"


SOMEBODY = "(SELECT wall.areas()) <> '{}'"
NULLABLE = "coalesce(region_code, '')"  # no region: the whole country's
OF_CASE = hangs_on("evidence", "evidence_id")
OF_CLAIM = hangs_on("claim", "claim_id")
OF_OWN_PERIOD = hangs_on("period", "period_id", further=inside("upper.region_code"))
OF_OWN_INSTRUMENT = hangs_on("instrument", "instrument_id", further=inside("coalesce(upper.region_code, '')"))
OF_OWN_ASPECT = (
    "EXISTS (SELECT 1 FROM aspect AS middle JOIN instrument AS upper ON upper.id = middle.instrument_id "
    f"WHERE middle.id = aspect_id AND {inside(NULLABLE.replace('region', 'upper.region'))})"
)

# table: command, which rows are there for it, what a row may become. What is not granted needs no policy.
POLICIES: dict[str, tuple[tuple[str, str | None, str | None], ...]] = {
    "evidence": (("ALL", inside("region_code"), inside("region_code")),),
    "photo": (("ALL", OF_CASE, OF_CASE),),
    "refused_file": (("ALL", OF_CASE, OF_CASE),),
    "evidence_move": (("ALL", OF_CASE, OF_CASE),),
    "evidence_revision": (("ALL", OF_CASE, OF_CASE),),
    "field_visit": (("ALL", OF_CASE, OF_CASE),),
    "claim": (("ALL", inside("region_code"), inside("region_code")),),
    "claim_evidence": (("ALL", OF_CLAIM, f"{OF_CLAIM} AND {OF_CASE}"),),
    "score": (("ALL", OF_CLAIM, OF_CLAIM),),
    "result_snapshot": (("ALL", OF_OWN_PERIOD, OF_OWN_PERIOD),),
    # Whoever sends, judges or claims holds the period's row, the camat's from below: held, not changed.
    "period": (
        ("SELECT", f"{inside('region_code')} OR {above('region_code')}", None),
        ("INSERT", None, inside("region_code")),
        ("UPDATE", f"{inside('region_code')} OR {above('region_code')}", inside("region_code")),
    ),
    # All who take part are named on the period's page. The row is held while claiming, and never changed.
    "participant": (
        ("SELECT", hangs_on("period", "period_id"), None),
        ("INSERT", None, OF_OWN_PERIOD),
        ("UPDATE", inside("region_code"), "false"),
    ),
    "study_assignment": (("SELECT", f"{inside('region_code')} OR {above('region_code')}", None),),
    # Everybody may read and copy an instrument, and open an own period with it, which freezes it: the role may set
    # nothing but that column.
    "instrument": (
        ("SELECT", SOMEBODY, None),
        ("INSERT", None, inside(NULLABLE)),
        ("UPDATE", SOMEBODY, "frozen_at IS NOT NULL"),
    ),
    "aspect": (
        ("SELECT", SOMEBODY, None),
        ("INSERT", None, OF_OWN_INSTRUMENT),
        ("DELETE", OF_OWN_INSTRUMENT, None),
    ),
    "indicator": (
        ("SELECT", SOMEBODY, None),
        ("INSERT", None, OF_OWN_ASPECT),
        ("DELETE", OF_OWN_ASPECT, None),
    ),
    # Who holds which post is needed at the door, and to see that nobody touches an account with posts elsewhere; it is
    # no secret either. Posts are given and taken where one administers.
    "appointment": (
        ("SELECT", "true", None),
        ("INSERT", None, managed(NULLABLE)),
        ("UPDATE", managed(NULLABLE), managed(NULLABLE)),
    ),
    # Nobody writes history in another's name. Lines without one are the system's, which also acts while somebody reads
    # (a lock that ran out); those about accounts are also written at the door, before one is in.
    "audit_event": (
        ("SELECT", f"{inside(NULLABLE)} OR actor_id = (SELECT wall.person())", None),
        ("INSERT", None, "actor_id IS NULL OR object_type = 'account' OR actor_id = (SELECT wall.person())"),
    ),
    "boundary_draft": (("ALL", "account_id = (SELECT wall.person())", "account_id = (SELECT wall.person())"),),
    # Maps are for everybody; new borders for the own area.
    "region": (("SELECT", "true", None), ("INSERT", None, inside("code")), ("UPDATE", inside("code"), inside("code"))),
    "region_boundary": (
        ("SELECT", "true", None),
        ("INSERT", None, inside("region_code")),
        ("UPDATE", inside("region_code"), inside("region_code")),
    ),
}


def upgrade() -> None:
    _ready_role()
    op.execute("CREATE SCHEMA wall")
    op.execute("CREATE TABLE wall.secret (sole boolean PRIMARY KEY DEFAULT true CHECK (sole), key bytea NOT NULL)")
    op.get_bind().execute(sa.text("INSERT INTO wall.secret (key) VALUES (:key)"), {"key": secrets.token_bytes(32)})
    op.execute(FUNCTIONS)
    op.execute("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA wall FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA wall, public TO {ROLE}")
    op.execute(CLOSE_PUBLIC)
    for function in FOR_THE_ROLE:
        op.execute(f"GRANT EXECUTE ON FUNCTION wall.{function} TO {ROLE}")
    for trigger in SEEING_TRIGGERS:
        op.execute(f"ALTER FUNCTION {trigger}() {FIXED}")
    for table, rules in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, there, becomes in rules:
            using = f" USING ({there})" if there else ""
            check = f" WITH CHECK ({becomes})" if becomes else ""
            op.execute(f"CREATE POLICY {command.lower()}_in_area ON {table} FOR {command} TO {ROLE}{using}{check}")


def downgrade() -> None:
    """The role itself stays: it belongs to the whole server, and other databases may know it."""
    for table, rules in POLICIES.items():
        for command, *_ in rules:
            op.execute(f"DROP POLICY {command.lower()}_in_area ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {ROLE}")
    for table in op.get_bind().scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all():
        if table != "spatial_ref_sys":
            op.execute(f'REVOKE ALL ON TABLE public."{table}" FROM {ROLE}')
    for trigger in SEEING_TRIGGERS:
        op.execute(f"ALTER FUNCTION {trigger}() SECURITY INVOKER RESET search_path")
    op.execute("DROP SCHEMA wall CASCADE")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {ROLE}")


# PostgreSQL 15 closed it, but a database that began before may still let everybody make things there, and so put a
# function of theirs in the way of one the owner means.
CLOSE_PUBLIC = f"""
DO $$ BEGIN
    IF has_schema_privilege('{ROLE}', 'public', 'CREATE') THEN
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    NULL;  -- the web server says so when it starts
END $$
"""


def _ready_role() -> None:
    """The role, unless another database of this server has it already. Raises `ClusterError` with the line to run."""
    connection = op.get_bind()
    try:
        with connection.begin_nested():
            connection.execute(sa.text(MAKE_ROLE))
    except sa.exc.ProgrammingError as why:
        raise ClusterError(
            f"Peran basis data {ROLE} belum ada dan tidak boleh dibuat oleh pengguna DATABASE_URL; jalankan sekali "
            f"sebagai superuser: CREATE ROLE {ROLE} NOLOGIN; lalu: GRANT {ROLE} TO {connection.engine.url.username};"
        ) from why
    try:
        with connection.begin_nested():  # for the server that has no login of the role's own and takes it instead
            connection.execute(sa.text(JOIN_ROLE))
    except sa.exc.ProgrammingError:
        return  # only that form needs it; the web server says so when it starts


MAKE_ROLE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN
        CREATE ROLE {ROLE} NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- somebody was faster, in another database of this server
END $$
"""
JOIN_ROLE = f"""
DO $$ BEGIN
    IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN
        GRANT {ROLE} TO CURRENT_USER;
    END IF;
END $$
"""
