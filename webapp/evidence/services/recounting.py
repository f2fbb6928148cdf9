"""Compare the tables of sums with the cases themselves, and mend what differs.

Nothing the product does makes them differ; a case that was changed with the journal's triggers off does, or the zone of
a unit that was changed by hand. What is kept must be the sum of all cases less the lines that are not folded yet: that
holds in any one statement, whatever others write meanwhile, as long as nobody folds. A province at a time, so that the
folding waits no longer than that takes.
"""

from functools import cache

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from webapp.evidence.services.adding import EVERY, IMAGE, SIGNAL, TALLY, Sums
from webapp.evidence.services.folding import LOCK

_SLICE = "left(region_code, 2) = :province"
_CASES = "region_code ~>=~ :province AND region_code ~<~ (:province || '/')"  # the same, as the index of cases reads it
_CHANGED = f"""SELECT {IMAGE} FROM wall.case_image WHERE {_CASES}
    UNION ALL SELECT {IMAGE.removesuffix("n")}-n FROM case_journal WHERE n <> 0 AND {_SLICE}"""  # noqa: S608 # nosec B608 # ours


def provinces(session: Session) -> list[str]:
    """Codes of all that may be recounted, one after the other; then the country."""
    return list(session.scalars(text("SELECT code FROM region WHERE parent_code IS NULL ORDER BY code")))


def recount(session: Session, province: str) -> dict[str, int]:
    """Mend the sums of a province and what lies below it; answers how many rows of each table were wrong."""
    _hold(session)
    return {sums.table: session.scalar(text(_mended(sums)), {"province": province}) or 0 for sums in EVERY}


def recount_country(session: Session) -> dict[str, int]:
    """The same for the rows of the whole country, from those of the provinces."""
    _hold(session)
    return {sums.table: session.scalar(text(_country(sums))) or 0 for sums in (TALLY, SIGNAL)}


def _hold(session: Session) -> None:
    """No folding meanwhile."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))


@cache
def _mended(sums: Sums) -> str:
    return f"""WITH changed AS MATERIALIZED ({_CHANGED}), every AS ({sums.select()}),
    wanted AS (SELECT * FROM every WHERE region_code <> ''),
    kept AS (SELECT * FROM {sums.table} WHERE {_SLICE}) {_set(sums)}"""  # noqa: S608 # nosec B608 # names of ours


@cache
def _country(sums: Sums) -> str:
    keys = {name: {"depth": "0", "region_code": "''"}.get(name, name) for name in sums.keys}
    said = [f"{value} AS {name}" for name, value in keys.items()]
    said += [f"sum({name}) AS {name}" for name in sums.columns]
    places = ", ".join(str(place) for place in range(1, len(keys) + 1))
    return f"""WITH wanted AS (SELECT {", ".join(said)} FROM {sums.table} WHERE depth = 1 GROUP BY {places}),
    kept AS (SELECT * FROM {sums.table} WHERE depth = 0) {_set(sums)}"""  # noqa: S608 # nosec B608 # names of ours


def _set(sums: Sums) -> str:
    """From `wanted` and `kept`: put right what differs, and count it."""
    said, there = (", ".join(f"coalesce({of}.{name}, 0)" for name in sums.columns) for of in ("wanted", "kept"))
    keys = ", ".join(sums.keys)
    written = ", ".join(f"nullif({name}, 0)" if sums.sparse else name for name in sums.columns)
    aliased = ", ".join(f"coalesce(wanted.{name}, 0) AS {name}" for name in sums.columns)
    return f""", wrong AS (
        SELECT {keys}, {aliased} FROM wanted FULL JOIN kept USING ({keys}) WHERE ({said}) IS DISTINCT FROM ({there})
    ), mended AS (
        {sums.insert()} SELECT {keys}, {written} FROM wrong {sums.on_conflict("excluded.{0}")} RETURNING 1
    ) SELECT count(*) FROM mended"""  # noqa: S608 # nosec B608 # names of ours
