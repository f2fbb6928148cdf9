"""How lines of the journal of cases add up to each table of sums (`webapp.evidence.tally_models`), as SQL.

The same sums are added to what is kept (`folding`) and compared with it (`recounting`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from geo.tiles import CELL_STEPS, FINEST
from webapp.evidence.rules import AWAITED, DISMISSED, VERIFIED, Grade, Support
from webapp.evidence.tally_models import (
    CODE_LENGTHS,
    COUNTED,
    DEEPEST_LEVEL,
    Edge,
    edge,
    graded,
    supported,
    unplaced,
)

_PROVINCE, _KABUPATEN, _KECAMATAN = CODE_LENGTHS[1:4]
# How far a level of cells tells regions apart, as the length of a code: no finer than its cells (from level 3 on some
# 300 km, from level 8 on 10 km), so that a view of the country reads few rows and a kecamatan has its own.
STEPS = tuple(_PROVINCE if level < 3 else _KABUPATEN if level < 8 else _KECAMATAN for level in range(DEEPEST_LEVEL + 1))
IMAGE = (
    "region_code, kind_code, period_id, state, support, quad, lon_e7, lat_e7, grade, sent, settled, began, ended, "
    "signals, n"
)


@dataclass(frozen=True, eq=False)
class Sums:
    """A table of sums: its keys and its sums, each with what it is made of; `lines`: FROM and WHERE over `changed`.

    `changed` has the columns of `IMAGE`. `sparse`: zero is kept as NULL, which takes no room.
    """

    table: str
    keys: Mapping[str, str]
    columns: Mapping[str, str]
    lines: str
    sparse: bool = False

    def select(self) -> str:
        """All rows that `changed` makes."""
        said = [f"{value} AS {name}" for name, value in (*self.keys.items(), *self.columns.items())]
        places = ", ".join(str(place) for place in range(1, len(self.keys) + 1))
        return f"SELECT {', '.join(said)} {self.lines} GROUP BY {places}"  # nosec B608 # names of ours

    def insert(self) -> str:
        """Up to where the rows follow."""
        return f"INSERT INTO {self.table} AS kept ({', '.join((*self.keys, *self.columns))})"

    def on_conflict(self, value: str) -> str:
        """`value`: of a column, by {0}, from `kept` and `excluded`."""
        said = ", ".join(f"{name} = {value.format(name)}" for name in self.columns)
        return f"ON CONFLICT ({', '.join(self.keys)}) DO UPDATE SET {said}"  # nosec B608 # names of ours

    def add(self) -> str:
        """Add what `changed` makes to what is kept."""
        value = (
            "nullif(coalesce(kept.{0}, 0) + coalesce(excluded.{0}, 0), 0)" if self.sparse else "kept.{0} + excluded.{0}"
        )
        return f"{self.insert()} {self.select()} {self.on_conflict(value)}"


def _times(condition: str) -> str:
    return f"coalesce(sum(n) FILTER (WHERE {condition}), 0)"


def _any(states: frozenset[str]) -> str:
    return f"state IN ({', '.join(repr(str(state)) for state in sorted(states))})"


_IS = {state: f"state = '{state}'" for state in COUNTED}
_STATES = {str(state): _times(said) for state, said in _IS.items()}
_MIDDLE = {"lon_e7": "sum(lon_e7 * n)", "lat_e7": "sum(lat_e7 * n)"}
_DEPTHS = [f"({depth}, {length})" for depth, length in enumerate(CODE_LENGTHS)]
_EVERY_PART = (
    "('', 0), (changed.kind_code, 0), ('', changed.period_id), (changed.kind_code, changed.period_id)"  # kind, period
)
_PARTED = f"""FROM changed, (VALUES {", ".join(_DEPTHS)}) AS upper (depth, length),
    LATERAL (VALUES {_EVERY_PART}) AS part (kind_code, period_id)"""
_BY_REGION = {
    "kind_code": "part.kind_code", "period_id": "part.period_id", "depth": "depth",
    "region_code": "left(region_code, length)",
}  # fmt: skip

TALLY = Sums(
    "case_tally",
    _BY_REGION,
    _STATES
    | {unplaced(state): _times(f"{said} AND quad IS NULL") for state, said in _IS.items()}
    | {supported(support): _times(f"support = '{support}'") for support in Support}
    | {graded(grade): _times(f"grade = '{grade}'") for grade in Grade},
    f"{_PARTED} WHERE length <= length(region_code)",
)
SIGNAL = Sums(
    "case_signal",
    _BY_REGION | {"word": "word"},
    {"cases": "sum(n)"},
    f"{_PARTED}, unnest(signals) AS word WHERE length <= length(region_code)",
)
CELL = Sums(
    "case_cell",
    {
        "level": "level", "cell": f"quad >> 2 * ({FINEST - CELL_STEPS} - level)",
        "region_code": "left(region_code, length)", "kind_code": "part.kind_code", "period_id": "part.period_id",
    },
    _STATES | _MIDDLE,
    f"""FROM changed, (VALUES {", ".join(f"({level}, {length})" for level, length in enumerate(STEPS))})
    AS step (level, length), LATERAL (VALUES ('', 0), (changed.kind_code, changed.period_id))
    AS part (kind_code, period_id) WHERE quad IS NOT NULL""",
)  # fmt: skip


def _of_months() -> Sums:
    """In two steps: parted by region and period only what is added up already."""
    edges = {
        edge(one, state, placed=placed): _times(
            f"what = '{one}' AND {said}" + ("" if placed else " AND quad IS NULL")
        )
        for one in Edge for state, said in _IS.items() for placed in (True, False)
    }  # fmt: skip
    columns = {
        "sent": _times("what = 'sent'"),
        "waiting": _times(f"what = 'sent' AND {_any(AWAITED)}"),
        "verified": _times(f"what = 'settled' AND {_any(VERIFIED)}"),
        "rejected": _times(f"what = 'settled' AND {_any(DISMISSED)}"),
    } | edges
    said = ", ".join(f"{value} AS {name}" for name, value in columns.items())
    by_unit = f"""SELECT kind_code, period_id, region_code, month, {said}
        FROM changed, LATERAL (VALUES ('sent', sent), ('settled', settled), ('began', began), ('ended', ended))
            AS moment (what, month)
        WHERE month IS NOT NULL GROUP BY 1, 2, 3, 4"""  # noqa: S608 # nosec B608 # names of ours
    return Sums(
        "case_month",
        {
            "kind_code": "kind_code", "period_id": "part.period_id", "depth": "depth",
            "region_code": "left(region_code, length)", "month": "month",
        },
        {name: f"nullif(sum({name}), 0)" for name in columns},
        f"""FROM ({by_unit}) AS by_unit, (VALUES {", ".join(_DEPTHS[1:])}) AS upper (depth, length),
            LATERAL (VALUES (0), (by_unit.period_id)) AS part (period_id) WHERE length <= length(region_code)""",
        sparse=True,
    )  # fmt: skip


MONTH = _of_months()
EVERY = (TALLY, SIGNAL, CELL, MONTH)
