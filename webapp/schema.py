"""The schema: every table of every journey in one place, and the migrations that make it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, inspect, text
from sqlalchemy.pool import NullPool

import webapp.accounts.models
import webapp.agreement.models
import webapp.audit
import webapp.bulk.models
import webapp.capture.models
import webapp.conflict.models
import webapp.evidence.models
import webapp.evidence.tally_models
import webapp.exchange.models
import webapp.fieldwork.models
import webapp.meeting.models
import webapp.minutes.models
import webapp.notice.models
import webapp.presentation.models
import webapp.programme.models
import webapp.publication.models
import webapp.register.models
import webapp.replication.models
import webapp.reporting.models
import webapp.scoring.citation_models
import webapp.scoring.models
import webapp.selection.models
import webapp.signals.models
import webapp.territory.models
import webapp.trail.models
import webapp.transmission.models
import webapp.verification.models  # noqa: F401  each import registers its tables
from webapp.cluster import WEB
from webapp.db import Base, engine_for

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

_READ, _ADD, _CHANGE = "SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE"


def _in(columns: str) -> str:
    """The right to change these columns; what a row belongs to stays."""
    return ", ".join(f"UPDATE ({one})" for one in columns.split())


# What the web server may do to each table, a new one too: `tests/doors/test_rls.py` asks. A column in brackets: to
# hold a row (`SELECT … FOR UPDATE`) PostgreSQL wants the right to change at least one. Where areas end is for the
# policies of migration 0093 and later ones.
FOR_THE_WEB = {
    "account": _CHANGE,
    "activity": _READ,
    "activity_entry": "SELECT, INSERT, UPDATE (withdrawn_at), UPDATE (withdrawn_because), UPDATE (withdrawn_by)",
    "adjudication": _ADD,
    "agency": _CHANGE,
    "agreement": _ADD,
    "agreement_set": _ADD,
    "agreement_step": _ADD,
    "announced_unit": _ADD,
    "announcement": _ADD,
    "appointment": _CHANGE,
    "aspect": f"SELECT, INSERT, DELETE, {_in('name position round weight')}",
    "audit_event": _ADD,
    "award": _ADD,
    "award_place": _ADD,
    "blind_draw": _ADD,
    "boundary_dataset": _CHANGE,
    "boundary_draft": "SELECT, INSERT, UPDATE, DELETE",
    "case_cell": _READ,
    "case_changes": _READ,
    "case_journal": _READ,
    "case_look": _READ,
    "case_month": _READ,
    "case_signal": _READ,
    "case_tally": _READ,
    "claim": _CHANGE,
    "claim_evidence": "SELECT, INSERT, DELETE",
    "claim_regulation": "SELECT, INSERT, DELETE",
    "coi_declaration": _ADD,
    "coi_tie": "SELECT, INSERT, UPDATE (withdrawn_at), UPDATE (withdrawn_because)",
    "country": _READ,
    "download": f"SELECT, INSERT, {_in('ended_at state')}",
    "draft_line": "SELECT, INSERT, UPDATE, DELETE",
    "evidence": _CHANGE,
    "evidence_kind": _READ,
    "evidence_move": _ADD,
    "evidence_revision": _ADD,
    "failed_sign_in": "SELECT, INSERT, UPDATE (at), DELETE",
    "field_paper": _ADD,
    "field_plan": _ADD,
    "field_visit": _CHANGE,
    "finding": "SELECT, UPDATE (explained_by), UPDATE (explained_at), UPDATE (explained_reason)",
    "finding_explanation": _ADD,
    "import_file": _READ,
    "import_group": "SELECT, INSERT, UPDATE, DELETE",
    "import_item": "SELECT, UPDATE (group_id), UPDATE (left_out)",
    "import_note": _READ,
    "indicator": "SELECT, INSERT, DELETE, "
    + _in(
        "evidence_required fading max_value method mode name points_each position reading required spread_limit weight"
    ),
    "indicator_level": "SELECT, INSERT, DELETE",
    "grade_band": "SELECT, INSERT, DELETE",
    "house_rule": _READ,
    "meeting": _CHANGE,
    "meeting_amendment": _ADD,
    "meeting_annex": _ADD,
    "meeting_attendance": "SELECT, INSERT, UPDATE, DELETE",
    "meeting_item": _ADD,
    "meeting_item_step": _ADD,
    "meeting_seat": "SELECT, INSERT, DELETE",
    "meeting_series": _CHANGE,
    "instrument": "SELECT, INSERT, "
    + _in("example frozen_at legal_basis settled_at settled_by settled_source tie_rule"),
    "moderation": _ADD,
    "inspiration": "SELECT, INSERT, DELETE",
    "nomination": _ADD,
    "minutes": _ADD,
    "minutes_signature": _ADD,
    "notice_mark": _CHANGE,
    "open_session": "SELECT, INSERT, UPDATE, DELETE",
    "participant": "SELECT, INSERT, DELETE, UPDATE (region_code), UPDATE (round)",
    "period": _CHANGE,
    "period_stage": "SELECT, INSERT, UPDATE, DELETE",
    "photo": "SELECT, INSERT, DELETE, UPDATE (progress)",
    "photo_import": _CHANGE,
    "photo_print": _ADD,
    "place_abroad": _READ,
    "planned_visit": _CHANGE,
    "presentation_slot": "SELECT, INSERT, UPDATE, DELETE",
    "programme": _ADD,
    "publication": _CHANGE,
    "publication_photo": "SELECT, INSERT, UPDATE, DELETE",
    "publication_step": _ADD,
    "redaction_box": "SELECT, INSERT, UPDATE, DELETE",
    "redaction_look": _READ,
    "redaction_suggestion": _READ,
    "programme_line": "SELECT, INSERT, UPDATE, DELETE",
    "quarterly_report": "SELECT, INSERT, UPDATE (late), UPDATE (revision), UPDATE (state)",
    "reader": _CHANGE,
    "recovery_code": "SELECT, INSERT, UPDATE, DELETE",
    "refused_file": _ADD,
    "region": _CHANGE,
    "region_boundary": _CHANGE,
    "replication": "SELECT, INSERT, DELETE",
    "replication_step": _ADD,
    "report_excuse": _ADD,
    "report_line": _ADD,
    "report_move": _ADD,
    "report_revision": _ADD,
    "reporting_unit": _ADD,
    "reporting_year": _CHANGE,
    "regulation": _CHANGE,
    "reopening": _CHANGE,
    "reopening_scope": _ADD,
    "result_objection": _CHANGE,
    "result_part": _ADD,
    "result_snapshot": _ADD,
    "score": _CHANGE,
    "score_revision": _ADD,
    "slot_presence": "SELECT, INSERT, DELETE",
    "second_factor": "SELECT, INSERT, UPDATE, DELETE",
    "shortlist": _ADD,
    "shortlist_place": _ADD,
    "study_assignment": _ADD,
    "study_topic": _ADD,
    "trail_form": _READ,
    "trail_head": _READ,
    "trail_leaf": ", ".join(
        f"SELECT ({one})" for one in ("form", "id", "key", "kind", "leaf_hash", "position", "salt")
    ),  # not the content of earlier versions: whose scores they were, rules of the score's own row decide
    "trail_tile": _READ,
    "transmission": "SELECT, UPDATE (due_at)",
    "transmission_try": _READ,
    "unclaimed_zero": _ADD,
    "upload": "SELECT, INSERT, UPDATE, DELETE",
}
NOT_FOR_THE_WEB = {"alembic_version"}
# Views it may read without anybody standing there: exactly what is public, and nothing else (migration 0180).
VIEWS_FOR_EVERYBODY = ("public_change", "public_item", "public_photo")

# One line per table or column: what the role holds there now.
_HELD = """
SELECT relname, privilege_type, NULL AS attname FROM pg_class, aclexplode(relacl)
WHERE relnamespace = 'public'::regnamespace AND grantee = (:role)::regrole AND relkind = 'r'
UNION ALL SELECT relname, privilege_type, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid,
    aclexplode(attacl)
WHERE relnamespace = 'public'::regnamespace AND grantee = (:role)::regrole
"""
_SEQUENCES = """
SELECT sequence.relname FROM pg_class AS sequence JOIN pg_depend ON objid = sequence.oid AND deptype IN ('a', 'i')
WHERE refobjid = (:name)::regclass AND sequence.relkind = 'S'
"""


def metadata() -> MetaData:
    """All tables of the product."""
    return Base.metadata


def alembic_config(url: str) -> Config:
    """Alembic's configuration for this product and that database; no ini file is needed."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database forward to `revision`, and let the web server's role do there what it needs. Raises
    `ClusterError` when that role is missing and may not be made.
    """
    command.upgrade(alembic_config(url), revision)
    engine = engine_for(url, poolclass=NullPool)
    with engine.begin() as connection:
        grant_web(connection)


def downgrade(url: str, revision: str) -> None:
    """Bring a database back to `revision` ("base" for nothing at all)."""
    command.downgrade(alembic_config(url), revision)


def grant_web(connection: Connection) -> None:
    """Let the web server's role do what `FOR_THE_WEB` says and no more, once the policies stand (migration 0093).

    Asked after every upgrade; where all is as it should be, nothing is written, so that commands may run at once.
    """
    if connection.scalar(text("SELECT to_regprocedure('wall.areas()')")) is None:
        return
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('grants', 0))"))
    held: dict[str, set[str]] = {}
    for table, verb, column in connection.execute(text(_HELD), {"role": WEB}):
        held.setdefault(table, set()).add(f"{verb} ({column})" if column else verb)
    there = set(inspect(connection).get_table_names())
    for table in sorted(there & (held.keys() | FOR_THE_WEB.keys())):
        wanted = set(FOR_THE_WEB.get(table, "").split(", ")) - {""}
        if held.get(table, set()) != wanted:
            _grant(connection, table, wanted)


def _grant(connection: Connection, table: str, verbs: set[str]) -> None:
    connection.execute(text(f"REVOKE ALL ON {table} FROM {WEB}"))
    if verbs:
        connection.execute(text(f"GRANT {', '.join(sorted(verbs))} ON {table} TO {WEB}"))
    if "INSERT" in verbs:
        for sequence in connection.scalars(text(_SEQUENCES), {"name": table}).all():
            connection.execute(text(f"GRANT USAGE ON SEQUENCE {sequence} TO {WEB}"))
