"""What is counted about claimed cases at home, kept up to date as they change (migrations 0170, 0190).

A statement that writes cases, or findings about them, notes in the same transaction what each case was (`n` -1) and
became (`n` +1) in `CaseJournal`; `services.folding` adds such lines to the tables of sums and removes them. Whoever
reads a sum adds the lines that are not folded yet, so that no sum is ever old and no two people who save cases wait for
each other at a counter. `services.recounting` compares the sums with the cases each night.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Date, Identity, Integer, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base
from webapp.evidence.rules import CLAIMED, Grade, State, Support

COUNTED = tuple(state for state in State if state in CLAIMED)
EVERY_KIND, EVERY_PERIOD = "", 0  # of a line that is not parted by kind or by period
CODE_LENGTHS = (0, 2, 5, 8, 13)  # of a region code, by its depth: country, province, kabupaten, kecamatan, desa
DEEPEST_LEVEL = 10  # of `case_cell`


def unplaced(state: State) -> str:
    """Name of the column that counts the cases of that state without a position."""
    return f"{state}_unplaced"


def supported(support: Support) -> str:
    """Name of the column that counts the cases that tell of that support."""
    return f"support_{support}"


def graded(grade: Grade) -> str:
    """Name of the column that counts the cases whose place is of that grade."""
    return f"grade_{grade.lower()}"


class Edge(StrEnum):
    """In which month an event begins or ends. From both together follows how many events touch a month."""

    BEGAN = "began"
    ENDED = "ended"


def edge(one: Edge, state: State, *, placed: bool = True) -> str:
    """Name of the column that counts the cases of that state whose event began or ended in a month.

    `placed` False: only those without a position.
    """
    return f"{one}_{state}" if placed else f"{one}_{unplaced(state)}"


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
    grade: Mapped[str | None] = mapped_column(Text)
    sent: Mapped[date | None]  # first days of months: of what happened, by the clock of the case's own unit
    settled: Mapped[date | None]  # verified or dismissed, as it stands
    began: Mapped[date | None]
    ended: Mapped[date | None]
    signals: Mapped[list[str] | None] = mapped_column(ARRAY(Text))  # open ones, see `case_signal`; None: none


# By region with all below it, by kind and by period, each also together: a column for each state a case may be in.
case_tally = Table(
    "case_tally",
    Base.metadata,
    Column("kind_code", Text, primary_key=True),
    Column("period_id", Integer, primary_key=True, autoincrement=False),
    Column("depth", SmallInteger, primary_key=True, autoincrement=False),
    _code(),
    *_sums(*COUNTED, *map(unplaced, COUNTED), *map(supported, Support), *map(graded, Grade)),
)

# By cell of the map: the cell of level n is 1/16 of a tile of zoom n; `cell` is its quad at that level. Regions are
# told apart as finely as cells of that level are: see `services.adding.STEPS`. Kinds and periods are kept apart, and
# all of them together.
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

# By month, of regions from the province down: of what happened to cases (by the clock of their units), and of where
# their events begin and end. `waiting`: how many of those sent in that month wait for those who verify. Kinds are added
# up by whoever reads; periods are also kept together. Most columns of most lines are empty, and take no room then.
case_month = Table(
    "case_month",
    Base.metadata,
    Column("kind_code", Text, primary_key=True),
    Column("period_id", Integer, primary_key=True, autoincrement=False),
    Column("depth", SmallInteger, primary_key=True, autoincrement=False),
    _code(),
    Column("month", Date, primary_key=True),
    *(Column(name, Integer) for name in ("sent", "waiting", "verified", "rejected")),
    *(
        Column(edge(one, state, placed=placed), Integer)
        for placed in (True, False)
        for one in Edge
        for state in COUNTED
    ),
)

# Cases with an open signal. `word`: 1 strong, 2 weak, 3 note (the heaviest its code has in a case), then the code.
case_signal = Table(
    "case_signal",
    Base.metadata,
    Column("kind_code", Text, primary_key=True),
    Column("period_id", Integer, primary_key=True, autoincrement=False),
    Column("depth", SmallInteger, primary_key=True, autoincrement=False),
    _code(),
    Column("word", Text, primary_key=True),
    *_sums("cases"),
)

# How many lines of the journal were folded, ever: with those still in it, the number of changes there have been.
case_changes = Table(
    "case_changes",
    Base.metadata,
    Column("sole", Integer, primary_key=True, autoincrement=False),
    Column("folded", BigInteger, nullable=False),
)
