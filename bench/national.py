"""How long a whole country takes to be finalised: `.venv/bin/python -m bench.national [kecamatan …]`, unless told 728
and 7,285; of each 40 indicators, three assessors and one case a claim, a quarter of the indicators visited in place.

A private PostgreSQL of its own is filled by SQL with triggers off, the way history would have been by now, and thrown
away. What is measured is `services.finalise` as the chair calls it, triggers, trail and all: seconds until committed,
processor seconds of this process and of its database connection (Linux), the most memory this process had (RSS),
statements, the bytes of the sealed result. Then the digest alone, which minutes
of a plenary are drawn from. Goal (quality.md P15): 7,285 × 40 × 3 within 60 s, and linear. Prints Markdown.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session

from tests.factories import NOW, TODAY
from webapp import db, schema
from webapp.accounts.models import Account
from webapp.cluster import Cluster
from webapp.programme.models import Period
from webapp.scoring import queries, services

INDICATORS = 40
_FILL = """
INSERT INTO region (code, name, level, parent_code, time_zone)
    SELECT '98', 'Negeri Uji', 'provinsi', NULL, 'Asia/Jakarta'
    UNION ALL SELECT '98.' || lpad(k::text, 2, '0'), 'Kabupaten ' || k, 'kabupaten', '98', 'Asia/Jakarta'
    FROM generate_series(1, 99) AS k
    UNION ALL SELECT format('98.%s.%s', lpad((n / 75 + 1)::text, 2, '0'), lpad((n % 75 + 1)::text, 2, '0')),
        'Kecamatan ' || n, 'kecamatan', '98.' || lpad((n / 75 + 1)::text, 2, '0'), 'Asia/Jakarta'
    FROM generate_series(0, {units} - 1) AS n;
INSERT INTO account (id, username, name, password_hash)
    SELECT n, 'orang' || n, 'Orang ' || n, '' FROM generate_series(1, 5) AS n;
INSERT INTO appointment (account_id, role, region_code, starts_on)
    VALUES (4, 'chair', '98', '2016-01-01'), (1, 'assessor', '98', '2016-01-01'), (2, 'assessor', '98', '2016-01-01'),
        (3, 'assessor', '98', '2016-01-01');
INSERT INTO instrument (id, name, region_code, frozen_at) VALUES (1, 'Instrumen negeri', '98', now());
INSERT INTO aspect (id, instrument_id, position, name, weight)
    SELECT n, 1, n, 'Aspek ' || n, 25 FROM generate_series(1, 4) AS n;
INSERT INTO indicator (id, aspect_id, position, name, weight, mode)
    SELECT n, (n - 1) % 4 + 1, n, 'Indikator ' || n, 10, CASE WHEN n % 4 = 0 THEN 'field' ELSE 'desk' END
    FROM generate_series(1, {indicators}) AS n;
INSERT INTO period (id, name, region_code, instrument_id, starts_on, ends_on, time_zone, quorum, state, opened_at)
    VALUES (1, 'Negeri 2018', '98', 1, '2018-01-01', '2018-12-31', 'Asia/Jakarta', 3, 'open', now());
INSERT INTO participant (period_id, region_code) SELECT 1, code FROM region WHERE level = 'kecamatan';
INSERT INTO claim (id, period_id, region_code, indicator_id, statement, claimed_by)
    SELECT row_number() OVER (ORDER BY region_code, indicator.id), 1, region_code, indicator.id, 'Kami lakukan.', 5
    FROM participant CROSS JOIN indicator;
INSERT INTO evidence (id, client_id, period_id, region_code, owner_id, kind_code, title, occurred_from, occurred_to,
        state, version, submitted_at, submitted_by, verified_at, consent, place_reason)
    SELECT claim.id, gen_random_uuid(), 1, region_code, 5, 'inovasi', 'Kampung Tematik ' || claim.id, '2018-08-01',
        '2018-08-01', CASE mode WHEN 'field' THEN 'verified_field' ELSE 'verified_desk' END, 1, now(), 5, now(),
        'not_needed', 'rapat' FROM claim JOIN indicator ON indicator.id = indicator_id;
INSERT INTO claim_evidence (claim_id, evidence_id, period_id) SELECT id, id, 1 FROM claim;
INSERT INTO photo (evidence_id, upload_id, uploaded_by, received_at, file_name, sha256, mime, byte_size, width, height)
    SELECT id, gen_random_uuid(), 5, now(), 'foto.jpg', encode(sha256(id::text::bytea), 'hex'), 'image/jpeg', 4000000,
        4000, 3000 FROM evidence;
INSERT INTO field_visit (id, evidence_id, assessor_id, checked_in_at, place, accuracy_m, metres_off, verdict,
        completed_at)
    SELECT id, id, 1, now(), ST_SetSRID(ST_MakePoint(107, -6), 4326), 8, 5, 'sesuai', now() FROM evidence
    WHERE state = 'verified_field';
INSERT INTO score (period_id, claim_id, indicator_id, mode, assessor_id, value, scored_at, visit_id, version)
    SELECT 1, claim.id, indicator_id, mode, who, 60 + (claim.id * 7 + who * 3) % 15, now(),
        CASE WHEN mode = 'field' THEN claim.id END, 1
    FROM claim JOIN indicator ON indicator.id = indicator_id CROSS JOIN generate_series(1, 3) AS who
"""
_ANALYZE = ("region", "claim", "claim_evidence", "evidence", "photo", "field_visit", "score", "participant")


def fill(engine: Engine, units: int) -> None:
    """A period of so many kecamatan in which everything is decided and valued."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in _FILL.format(units=units, indicators=INDICATORS).split(";\n"):
            connection.execute(text(statement))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in _ANALYZE:
            connection.exec_driver_sql(f"VACUUM ANALYZE {table}")


def rss_mb() -> float:
    """The most memory this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu_of(process: int) -> float:
    """Processor seconds another process has used so far."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def measured(engine: Engine) -> tuple[float, float, float, int, int, float]:
    """Seconds to finalise; processor seconds of them in this process and in the database; statements, bytes of the
    result; seconds of the digest alone.
    """
    asked = 0

    def count(*_: object) -> None:
        nonlocal asked
        asked += 1

    with Session(engine) as session:
        began = time.monotonic()
        queries.standing_digest(session, session.get_one(Period, 1))
        alone = time.monotonic() - began
    event.listen(engine, "before_cursor_execute", count)
    with Session(engine) as session:
        chair = session.get_one(Account, 4).as_of(TODAY)
        server = session.scalar(text("SELECT pg_backend_pid()")) or 0
        began, spent, served = time.monotonic(), time.process_time(), cpu_of(server)
        services.finalise(session, session.get_one(Period, 1), actor=chair, at=NOW)
        session.commit()
        took, cpu, there = time.monotonic() - began, time.process_time() - spent, cpu_of(server) - served
        size = session.scalar(
            text(
                "SELECT sum(length(content::text)) + (SELECT length(content::text) FROM result_snapshot) "
                "FROM result_part"
            )
        )
    event.remove(engine, "before_cursor_execute", count)
    return took, cpu, there, asked, size or 0, alone


def main() -> None:
    told = [int(one) for one in sys.argv[1:]] or [728, 7_285]
    with tempfile.TemporaryDirectory(prefix="petabukti-bench-") as home:
        Path(home).chmod(0o711)
        with Cluster(Path(home) / "pg") as cluster:
            print(
                "| kecamatan | claims | scores | finalise s | own CPU s | database CPU s | statements | result MB "
                "| RSS MB | digest s | load |"
            )
            print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
            for number, units in enumerate(told):
                name = f"national_{number}"
                server = create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
                with server.connect() as connection:
                    connection.execute(text(f"CREATE DATABASE {name}"))
                server.dispose()
                engine = db.engine_for(cluster.url(name))
                with engine.begin() as connection:
                    connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
                schema.upgrade(cluster.url(name))
                fill(engine, units)
                took, cpu, there, asked, size, alone = measured(engine)
                claims = units * INDICATORS
                print(
                    f"| {units:,} | {claims:,} | {3 * claims:,} | {took:.1f} | {cpu:.1f} | {there:.1f} | {asked} "
                    f"| {size / 1e6:.1f} | {rss_mb():.0f} | {alone:.1f} | {os.getloadavg()[0]:.1f} |",
                    flush=True,
                )
                engine.dispose()


if __name__ == "__main__":
    main()
