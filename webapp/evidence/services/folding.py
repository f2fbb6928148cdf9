"""Add what the journal of cases says to the tables of sums (see `webapp.evidence.tally_models`)."""

from functools import cache

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from webapp.evidence.services.adding import EVERY

AT_ONCE = 50_000  # lines folded in one transaction: a few seconds, some ten megabytes
LOCK = func.hashtextextended("case_journal", 0)


def fold(session: Session, most: int = AT_ONCE) -> int:
    """Fold the oldest lines, at most so many; answers how many. Readers count them once, before and after.

    One at a time: another worker that is at it is left alone. Oldest first, so that no sum is ever below zero.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        return 0
    # A statement after the lock's own, hence with all that the worker before us has done in its view.
    return session.scalar(text(_fold()), {"most": most}) or 0


@cache
def _fold() -> str:
    added = ",\n".join(f"into_{sums.table} AS ({sums.add()})" for sums in EVERY)
    return f"""
WITH taken AS (
    DELETE FROM case_journal WHERE id IN (SELECT id FROM case_journal ORDER BY id LIMIT :most) RETURNING *
), changed AS (
    SELECT * FROM taken WHERE n <> 0
), {added}, counted AS (
    UPDATE case_changes SET folded = folded + (SELECT count(*) FROM taken)
)
SELECT count(*) FROM taken
"""  # noqa: S608 # nosec B608 # names of columns and numbers of ours
