"""What is counted about claimed cases at home, kept up to date as they change (migration 0170).

A statement that writes cases notes in the same transaction what each was (`n` -1) and became (`n` +1) in `CaseJournal`;
`services.folding` adds such lines to the tables of sums and removes them. Whoever reads a sum adds the lines that are
not folded yet, so that no sum is ever old and no two people who save cases wait for each other at a counter.
"""

from sqlalchemy import BigInteger, Column, Identity, Integer, SmallInteger, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base
from webapp.evidence.rules import CLAIMED, State, Support

COUNTED = tuple(state for state in State if state in CLAIMED)
EVERY_KIND, EVERY_PERIOD = "", 0  # of a line of `case_tally` that is not parted by kind or by period
CODE_LENGTHS = (0, 2, 5, 8, 13)  # of a region code, by its depth: country, province, kabupaten, kecamatan, desa
DEEPEST_LEVEL = 10  # of `case_cell`


def unplaced(state: State) -> str:
    """Name of the column that counts the cases of that state without a position."""
    return f"{state}_unplaced"


def supported(support: Support) -> str:
    """Name of the column that counts the cases that tell of that support."""
    return f"support_{support}"


def _sums(*names: str) -> list[Column[int]]:
    return [Column(name, Integer, nullable=False, server_default="0") for name in names]


def _code() -> Column[str]:
    return Column("region_code", Text(collation="C"), primary_key=True)  # "C": an index finds what a code begins with


class CaseJournal(Base):
    """One image of a case, not yet in the sums. `n` 0: not counted (a draft, a study abroad), yet something changed."""

    __tablename__ = "case_journal"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    region_code: Mapped[str] = mapped_column(Text(collation="C"))
    kind_code: Mapped[str] = mapped_column(Text)
    period_id: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    support: Mapped[str | None] = mapped_column(Text)
    quad: Mapped[int | None] = mapped_column(BigInteger)  # see `geo.tiles`; None: no position
    lon_e7: Mapped[int | None] = mapped_column(BigInteger)  # 1e-7 degrees, so that sums are exact
    lat_e7: Mapped[int | None] = mapped_column(BigInteger)
    n: Mapped[int] = mapped_column(SmallInteger)


# By region with all below it, by kind and by period, each also together: a column for each state a case may be in.
case_tally = Table(
    "case_tally",
    Base.metadata,
    Column("kind_code", Text, primary_key=True),
    Column("period_id", Integer, primary_key=True, autoincrement=False),
    Column("depth", SmallInteger, primary_key=True, autoincrement=False),
    _code(),
    *_sums(*COUNTED, *map(unplaced, COUNTED), *map(supported, Support)),
)

# By cell of the map: the cell of level n is 1/16 of a tile of zoom n; `cell` is its quad at that level. Regions are
# told apart as finely as cells of that level are: see `services.folding.STEPS`.
case_cell = Table(
    "case_cell",
    Base.metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("cell", BigInteger, primary_key=True, autoincrement=False),
    _code(),
    Column("kind_code", Text, primary_key=True),
    Column("period_id", Integer, primary_key=True, autoincrement=False),
    *_sums(*COUNTED),
    Column("lon_e7", BigInteger, nullable=False),
    Column("lat_e7", BigInteger, nullable=False),
)

# How many lines of the journal were folded, ever: with those still in it, the number of changes there have been.
case_changes = Table(
    "case_changes",
    Base.metadata,
    Column("sole", Integer, primary_key=True, autoincrement=False),
    Column("folded", BigInteger, nullable=False),
)
