"""A country with many cases, for measuring: real outlines of the demo, invented cases, straight into the tables."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests import factories
from webapp.access import Role
from webapp.accounts.models import Account, Appointment
from webapp.accounts.passwords import hash_password
from webapp.territory.services.approximate import load_approximate

PASSWORD = secrets.token_urlsafe(16)
LEADER, DESK, CAMAT = "ukur.pimpinan", "ukur.meja", "ukur.camat"
CROWDED, UNIT, CITY, PROVINCE = "32.73.02", "32.73.01", "32.73", "32"
NOW = datetime(2018, 8, 6, 3, 0, tzinfo=UTC)

# A quarter of the cases in one kecamatan, so that one layer has more than it may draw one by one.
_CASES = """
INSERT INTO evidence (client_id, period_id, region_code, owner_id, kind_code, activity_code, title, note,
    occurred_from, occurred_to, tags, consent, state, version, submitted_at, submitted_by, taken_by, taken_until,
    verified_at, dismissed_at, pin_place, place, place_source, accuracy_m, grade, place_reason, region_result,
    region_candidates)
SELECT gen_random_uuid(), :period, unit, :owner, activity.kind_code, activity.code,
    initcap(activity.name_id) || ' ' || unit || ' nomor ' || n, repeat('Gang dicat warga bersama aparat. ', 4),
    day, day, '{}', 'not_needed', state, 1, :now, :owner,
    CASE WHEN state = 'under_review' THEN :owner END, CASE WHEN state = 'under_review' THEN :now END,
    CASE WHEN state LIKE 'verified%' THEN :now END,
    CASE WHEN state IN ('mismatch', 'rejected') THEN :now END, spot, spot,
    CASE WHEN spot IS NULL THEN NULL ELSE 'pin' END,
    CASE WHEN spot IS NULL THEN NULL ELSE 5 + n % 60 END,
    CASE WHEN spot IS NULL THEN NULL ELSE substr('ABCD', 1 + n % 4, 1) END,
    CASE WHEN spot IS NULL THEN 'kamera tanpa GPS' ELSE '' END,
    CASE WHEN spot IS NULL THEN 'tanpa_gps' ELSE 'cocok' END, '[]'
FROM (
    SELECT unit, n, CASE WHEN n % 17 = 0 THEN NULL ELSE (dots).geom END AS spot, date '2018-01-01' + n % 217 AS day,
        (ARRAY['draft', 'submitted', 'submitted', 'under_review', 'returned', 'awaiting_field', 'verified_desk',
               'verified_desk', 'verified_field', 'verified_field', 'verified_field', 'mismatch', 'rejected',
               'withdrawn'])[1 + (n * 7 + ascii(right(unit, 1))) % 14] AS state
    FROM (
        SELECT region_code AS unit, ST_Dump(ST_GeneratePoints(area, wanted, 7)) AS dots
        FROM region_boundary JOIN (
            SELECT region.code, CASE WHEN region.code = :crowded THEN :cases / 4
                   ELSE ceil(0.75 * :cases / (count(*) OVER () - 1))::int END AS wanted
            FROM region WHERE level = 'kecamatan'
        ) AS share ON share.code = region_code
        WHERE superseded_at IS NULL
    ) AS scattered, LATERAL (SELECT (dots).path[1] AS n) AS numbered
) AS made
JOIN LATERAL (SELECT * FROM activity WHERE kind_code <> 'studi' ORDER BY code OFFSET n % 16 LIMIT 1) AS activity ON true
LIMIT :cases
"""
_PHOTOS = """
INSERT INTO photo (evidence_id, upload_id, uploaded_by, received_at, file_name, sha256, mime, byte_size, width, height)
SELECT id, gen_random_uuid(), :owner, :now, 'foto.jpg', encode(sha256((id || '-' || n)::bytea), 'hex'), 'image/jpeg',
    2500000, 4000, 3000
FROM evidence, generate_series(1, 3) AS n
"""
_MOVES = """
INSERT INTO evidence_move (evidence_id, actor_id, move, was, became, at)
SELECT id, :owner, 'create', NULL, 'draft', :now FROM evidence
UNION ALL SELECT id, :owner, 'submit', 'draft', 'submitted', :now FROM evidence WHERE state <> 'draft'
"""


def fill(session: Session, cases: int) -> dict[str, str]:
    """Outlines of the demo, three people, one period, and so many cases over its kecamatan.

    Answers the secrets of the second factors by user name; they are sealed with `factories.SECRET_KEY`.
    """
    load_approximate(session, at=NOW)
    people = {name: _person(session, name, role, code) for name, role, code in _PEOPLE}
    phones = {name: factories.second_factor(session, people[name]) for name, role, _ in _PEOPLE if role != Role.CAMAT}
    period = _period(session)
    values = {"period": period, "owner": people[CAMAT].id, "now": NOW, "cases": cases, "crowded": CROWDED}
    session.execute(text("SET LOCAL session_replication_role = replica"))  # rows start in the middle of their life
    for statement in (_CASES, _PHOTOS, _MOVES):
        wanted = {name: value for name, value in values.items() if f":{name}" in statement}
        session.execute(text(statement), wanted)
    session.commit()
    session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}).execute(text("VACUUM ANALYZE"))
    return phones


_PEOPLE = ((LEADER, Role.LEADER, None), (DESK, Role.DESK_VERIFIER, PROVINCE), (CAMAT, Role.CAMAT, UNIT))


def _person(session: Session, name: str, role: Role, code: str | None) -> Account:
    made = Account(username=name, name=name, password_hash=hash_password(PASSWORD))
    made.appointments = [Appointment(role=role, region_code=code, starts_on=date(2016, 1, 1))]
    session.add(made)
    session.flush()
    return made


def _period(session: Session) -> int:
    tool = session.execute(text("INSERT INTO instrument (name) VALUES ('Instrumen ukur') RETURNING id")).scalar_one()
    return int(
        session.execute(
            text(
                """INSERT INTO period
                    (name, region_code, instrument_id, starts_on, ends_on, time_zone, state, opened_at)
                VALUES ('Penilaian ukur', :code, :tool, '2018-01-01', '2018-12-31', 'Asia/Jakarta', 'open', :now)
                RETURNING id"""
            ),
            {"code": CITY, "tool": tool, "now": NOW},
        ).scalar_one()
    )
