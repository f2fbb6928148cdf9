"""Add what the journal of cases says to the tables of sums (see `webapp.evidence.tally_models`)."""

from functools import cache

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.tiles import CELL_STEPS, FINEST
from webapp.evidence.rules import Support
from webapp.evidence.tally_models import CODE_LENGTHS, COUNTED, DEEPEST_LEVEL, supported, unplaced

AT_ONCE = 50_000  # lines folded in one transaction: a few seconds, some ten megabytes
_PROVINCE, _KABUPATEN, _KECAMATAN = CODE_LENGTHS[1:4]
# How far a level of cells tells regions apart, as the length of a code: no finer than its cells (from level 3 on some
# 300 km, from level 8 on 10 km), so that a view of the country reads few rows and a kecamatan has its own.
STEPS = tuple(_PROVINCE if level < 3 else _KABUPATEN if level < 8 else _KECAMATAN for level in range(DEEPEST_LEVEL + 1))


def fold(session: Session, most: int = AT_ONCE) -> int:
    """Fold the oldest lines, at most so many; answers how many. Readers count them once, before and after.

    One at a time: another worker that is at it is left alone. Oldest first, so that no sum is ever below zero.
    """
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended('case_journal', 0))")):
        return 0
    # A statement after the lock's own, hence with all that the worker before us has done in its view.
    return session.scalar(text(_fold()), {"most": most}) or 0


@cache
def _fold() -> str:
    states = {str(state): f"state = '{state}'" for state in COUNTED}
    tally = states | {unplaced(state): f"state = '{state}' AND quad IS NULL" for state in COUNTED}
    tally |= {supported(support): f"support = '{support}'" for support in Support}
    depths = ", ".join(f"({depth}, {length})" for depth, length in enumerate(CODE_LENGTHS))
    steps = ", ".join(f"({level}, {length})" for level, length in enumerate(STEPS))
    middle = {"lon_e7": "lon_e7", "lat_e7": "lat_e7"}
    return f"""
WITH taken AS (
    DELETE FROM case_journal WHERE id IN (SELECT id FROM case_journal ORDER BY id LIMIT :most) RETURNING *
), changed AS (
    SELECT * FROM taken WHERE n <> 0
), tallied AS (
    INSERT INTO case_tally AS kept (kind_code, period_id, depth, region_code, {", ".join(tally)})
    SELECT part.kind_code, part.period_id, depth, left(region_code, length), {_sums(tally)}
    FROM changed, (VALUES {depths}) AS upper (depth, length),
        LATERAL (
            VALUES ('', 0), (changed.kind_code, 0), ('', changed.period_id), (changed.kind_code, changed.period_id)
        ) AS part (kind_code, period_id)
    WHERE length <= length(region_code)
    GROUP BY 1, 2, 3, 4
    ON CONFLICT (kind_code, period_id, depth, region_code) DO UPDATE SET {_added(tally)}
), drawn AS (
    INSERT INTO case_cell AS kept (level, cell, region_code, kind_code, period_id, {", ".join([*states, *middle])})
    SELECT level, quad >> 2 * ({FINEST - CELL_STEPS} - level), left(region_code, length), kind_code, period_id,
        {_sums(states)}, sum(lon_e7 * n), sum(lat_e7 * n)
    FROM changed, (VALUES {steps}) AS step (level, length)
    WHERE quad IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (level, cell, region_code, kind_code, period_id) DO UPDATE SET {_added(states | middle)}
), counted AS (
    UPDATE case_changes SET folded = folded + (SELECT count(*) FROM taken)
)
SELECT count(*) FROM taken
"""  # noqa: S608 # nosec B608 # names of columns and numbers of ours


def _sums(columns: dict[str, str]) -> str:
    return ", ".join(f"coalesce(sum(n) FILTER (WHERE {condition}), 0)" for condition in columns.values())


def _added(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in columns)
