"""The whole country for measuring: 7,285 kecamatan, and as many cases as one likes, spread as people are.

Provinces and kabupaten have the demo's outlines; each kabupaten without kecamatan is parted into some by the cells of
random points. 70 % of the cases lie in 300 towns, of which the largest has 4 % of all; the rest is spread evenly over
all kecamatan; 6 % have no position. Events are of the last 400 days (3 % last for weeks), sent within nine days and
settled five days later; one case in eight has an open signal, one in twenty shows faces. All comes by SQL, with
triggers off but for those that keep the sums of the map.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench.country import DESK, LEADER, NOW, PASSWORD, PROVINCE
from tests import factories
from webapp.access import Role
from webapp.accounts.models import Account, Appointment
from webapp.accounts.passwords import hash_password
from webapp.evidence import services
from webapp.territory.services.approximate import load_approximate

KECAMATAN, TOWNS, IN_TOWNS, UNPLACED = 7_285, 300, 0.7, 0.06
_ZIPF = 0.67  # the exponent with which the largest of 300 towns has 4 % of all cases
_AT_ONCE = 100_000
_PEOPLE = ((LEADER, Role.LEADER, None), (DESK, Role.DESK_VERIFIER, PROVINCE))

# So many for each kabupaten that has none, by turns, until there are enough.
_REGIONS = """
CREATE TEMPORARY TABLE wanted AS
SELECT code, time_zone, row_number() OVER (ORDER BY code) AS turn, count(*) OVER () AS of
FROM region WHERE level IN ('kabupaten', 'kota')
    AND NOT EXISTS (SELECT FROM region AS r WHERE r.parent_code = region.code);

CREATE TEMPORARY TABLE parted AS
SELECT code, (row_number() OVER (PARTITION BY code))::int AS n, cell, time_zone
FROM (
    SELECT wanted.code, time_zone, least(:missing / of + (turn <= :missing % of)::int, 99) AS parts, area
    FROM wanted JOIN region_boundary ON region_code = wanted.code AND superseded_at IS NULL
) AS upper, LATERAL (
    SELECT ST_Multi(ST_CollectionExtract(ST_Intersection(area, (ST_Dump(ST_VoronoiPolygons(
        ST_GeneratePoints(area, parts::int + 2, 11), 0, ST_Envelope(area)))).geom), 3)) AS cell
) AS cells
WHERE NOT ST_IsEmpty(cell);

DELETE FROM parted USING wanted WHERE parted.code = wanted.code
    AND n > :missing / of + (turn <= :missing % of)::int;

INSERT INTO region (code, name, level, parent_code, time_zone, boundary_error_m)
SELECT code || '.' || lpad(n::text, 2, '0'), 'Kecamatan ' || code || '.' || n, 'kecamatan', code, time_zone, 500
FROM parted;

INSERT INTO region_boundary (region_code, dataset_id, area, outline, label_point, area_km2)
SELECT code || '.' || lpad(n::text, 2, '0'), (SELECT min(id) FROM boundary_dataset), cell,
    ST_Multi(ST_SimplifyPreserveTopology(cell, 0.001)), ST_PointOnSurface(cell), ST_Area(cell::geography) / 1e6
FROM parted;
"""
# Where a case may lie, with the share of all cases below it: the towns first, then all kecamatan alike.
_SHARES = """
CREATE TABLE bench_share AS
SELECT code, lon, lat, spread, sum(share) OVER (ORDER BY spread, rank) AS upto, row_number() OVER () AS id FROM (
    SELECT code, ST_X(spot) AS lon, ST_Y(spot) AS lat, 0.02 AS spread, rank,
        :in_towns * power(rank, -:zipf) / sum(power(rank, -:zipf)) OVER () AS share
    FROM (SELECT region_code AS code, label_point AS spot, row_number() OVER (ORDER BY md5(region_code)) AS rank
          FROM region_boundary JOIN region ON code = region_code WHERE level = 'kecamatan' AND superseded_at IS NULL
         ) AS drawn WHERE rank <= :towns
    UNION ALL SELECT region_code, ST_X(label_point), ST_Y(label_point), 0.05, row_number() OVER (ORDER BY region_code),
        (1 - :in_towns) / count(*) OVER ()
    FROM region_boundary JOIN region ON code = region_code WHERE level = 'kecamatan' AND superseded_at IS NULL
) AS shares;
CREATE INDEX ON bench_share (upto);
"""
_CASES = """
INSERT INTO evidence (client_id, period_id, region_code, owner_id, kind_code, activity_code, title, note,
    occurred_from, occurred_to, tags, consent, support, state, version, submitted_at, submitted_by, taken_by,
    taken_until, verified_at, dismissed_at, pin_place, place, place_source, accuracy_m, grade, place_reason,
    region_result, region_candidates)
SELECT gen_random_uuid(), :period + n % 3, code, :owner, kind_code, activity,
    'Kegiatan ' || activity || ' nomor ' || n,
    'Gang dicat warga bersama aparat kecamatan.', day, day + CASE WHEN n % 33 = 0 THEN 40 ELSE 0 END,
    CASE WHEN n % 20 = 3 THEN ARRAY['faces'] ELSE CAST('{}' AS text[]) END, 'not_needed',
    CASE WHEN n % 10 = 0 THEN (ARRAY['regulasi', 'anggaran', 'sarana', 'sdm'])[1 + n / 10 % 4] END,
    state, 1, sent, :owner,
    CASE WHEN state = 'under_review' THEN :owner END, CASE WHEN state = 'under_review' THEN sent END,
    CASE WHEN state LIKE 'verified%' THEN least(sent + interval '5 days', :now) END,
    CASE WHEN state IN ('mismatch', 'rejected') THEN least(sent + interval '5 days', :now) END, spot, spot,
    CASE WHEN spot IS NOT NULL THEN 'pin' END,
    CASE WHEN spot IS NOT NULL THEN 5 + n % 60 END, CASE WHEN spot IS NOT NULL THEN substr('ABCD', 1 + n % 4, 1) END,
    CASE WHEN spot IS NULL THEN 'kamera tanpa GPS' ELSE '' END,
    CASE WHEN spot IS NULL THEN 'tanpa_gps' ELSE 'cocok' END, '[]'
FROM (
    SELECT n, share.code, CAST(:day AS date) + n % 400 AS day,
        least(CAST(:day AS date) + n % 400 + n % 9 * interval '1 day' + n % 86400 * interval '1 second', :now) AS sent,
        kinds.kind_code, kinds.code AS activity,
        (ARRAY['draft', 'submitted', 'submitted', 'under_review', 'returned', 'awaiting_field', 'verified_desk',
               'verified_desk', 'verified_field', 'verified_field', 'verified_field', 'mismatch', 'rejected',
               'withdrawn'])[1 + (n * 7 + n / 14) % 14] AS state,
        CASE WHEN u[2] >= :unplaced THEN ST_SetSRID(ST_MakePoint(
            lon + spread * sqrt(-2 * ln(u[3])) * cos(6.2831853 * u[4]),
            lat + spread * sqrt(-2 * ln(u[3])) * sin(6.2831853 * u[4])
        ), 4326) END AS spot
    FROM (
        SELECT n, ARRAY[random(), random(), 1 - random(), random()] AS u
        FROM generate_series(:first ::int, :last ::int) AS n OFFSET 0
    ) AS dice
    JOIN LATERAL (SELECT * FROM bench_share WHERE upto >= least(u[1], 0.999999) ORDER BY upto LIMIT 1) AS share ON true
    JOIN (SELECT code, kind_code, row_number() OVER (ORDER BY code) - 1 AS turn, count(*) OVER () AS of FROM activity
          WHERE kind_code <> 'studi') AS kinds ON kinds.turn = n % kinds.of
) AS made
"""
_FINDINGS = """
INSERT INTO finding (evidence_id, code, weight, found_at)
SELECT id, (ARRAY['edited', 'same_photo', 'far_away', 'sent_late', 'says_ai', 'other_day'])[1 + id / 8 % 6],
    (ARRAY['weak', 'weak', 'note', 'strong'])[1 + id / 48 % 4], :now
FROM evidence WHERE id >= :first AND id % 8 = 0
"""


def regions(session: Session) -> dict[str, str]:
    """The country without a case: outlines, people, three periods. Answers the secrets of the second factors."""
    load_approximate(session, at=NOW)
    missing = KECAMATAN - (session.scalar(text("SELECT count(*) FROM region WHERE level = 'kecamatan'")) or 0)
    session.execute(text("SET LOCAL session_replication_role = replica"))
    _each(session, _REGIONS, {"missing": missing})
    _each(session, _SHARES, {"in_towns": IN_TOWNS, "towns": TOWNS, "zipf": _ZIPF})
    people = [_person(session, name, role, code) for name, role, code in _PEOPLE]
    tool = session.scalar(text("INSERT INTO instrument (name) VALUES ('Instrumen ukur') RETURNING id"))
    for year in (2016, 2017, 2018):
        session.execute(
            text(
                """INSERT INTO period
                    (name, region_code, instrument_id, starts_on, ends_on, time_zone, state, opened_at)
                VALUES (:name, :code, :tool, :begins, :ends, 'Asia/Jakarta', 'open', :now)"""
            ),
            {
                "name": f"Penilaian {year}", "code": PROVINCE, "tool": tool, "begins": date(year, 1, 1),
                "ends": date(year, 12, 31), "now": NOW,
            },
        )  # fmt: skip
    return {person.username: factories.second_factor(session, person) for person in people}


def cases(engine: Engine, number: int) -> None:
    """So many cases, in transactions of 100,000."""
    with engine.connect() as connection:
        period, owner = connection.execute(text("SELECT min(period.id), min(account.id) FROM period, account")).one()
        kinds = connection.scalar(text("SELECT count(*) FROM evidence"))
    for first in range(kinds or 0, number, _AT_ONCE):
        last = min(first + _AT_ONCE, number) - 1
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            begun = connection.scalar(text("SELECT coalesce(max(id), 0) + 1 FROM evidence"))
            now = datetime.now(UTC)
            connection.execute(
                text(_CASES),
                {
                    "period": period, "owner": owner, "now": now, "day": now.date() - timedelta(days=399),
                    "unplaced": UNPLACED, "first": first, "last": last,
                },
            )  # fmt: skip
            connection.execute(text(_FINDINGS), {"now": now, "first": begun})


def fold(engine: Engine) -> None:
    """What the worker does."""
    folded = 1
    while folded:
        with Session(engine) as session, session.begin():
            folded = services.fold(session)


def settle(engine: Engine) -> None:
    """Statistics, as they would be by now."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def _each(session: Session, script: str, values: dict[str, object]) -> None:
    for statement in filter(str.strip, script.split(";\n")):
        session.execute(text(statement), {k: v for k, v in values.items() if f":{k}" in statement})


def _person(session: Session, name: str, role: Role, code: str | None) -> Account:
    made = Account(username=name, name=name, password_hash=hash_password(PASSWORD))
    made.appointments = [Appointment(role=role, region_code=code, starts_on=date(2016, 1, 1))]
    session.add(made)
    session.flush()
    return made
