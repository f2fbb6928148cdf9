"""What an import is told, and what it tells."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from geo.boundaries import BoundaryRow, RefusedRow
from webapp.formatting import angka, derajat
from webapp.territory.errors import DatasetIncomplete, sentence_of
from webapp.territory.rules import Level

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


def silent(_label: str, _done: int, _total: int) -> None:
    """For imports nobody watches."""


@dataclass(frozen=True)
class DatasetFacts:
    """Where a set of boundaries comes from. `decree` and `valid_from` are written to the regions it adds or changes."""

    name: str
    source: str
    licence: str
    attribution: str
    vintage: str
    approximate: bool = False
    decree: str | None = None
    valid_from: date | None = None

    def checked(self) -> "DatasetFacts":
        """The same facts, or `DatasetIncomplete`."""
        if not all(text.strip() for text in (self.name, self.source, self.licence, self.attribution, self.vintage)):
            raise DatasetIncomplete
        return self


@dataclass(frozen=True)
class How:
    """Choices of one import. `level` is demanded of every row."""

    dry_run: bool = False
    skip_refused: bool = False
    level: Level | None = None
    progress: Progress = silent


@dataclass(frozen=True)
class Incoming:
    """One region on its way in; `area` is a shapely multipolygon, EPSG:4326 lon/lat."""

    code: str
    name: str
    level: Level
    area: Any
    row: int = 0
    bps_code: str | None = None
    boundary_error_m: float | None = None
    repaired: str | None = None


@dataclass(frozen=True)
class RefusedLine:
    """A row that was not taken: which, why (stable code), and where (x, y in the file's coordinates, or lon, lat)."""

    row: int
    code: str | None
    name: str | None
    reason: str
    detail: str = ""
    at: tuple[float, float] | None = None
    ordinal: tuple[int, int] | None = None  # ring and point, where the point itself cannot be placed

    @property
    def sentence(self) -> LazyString:
        return sentence_of(self.reason)

    @property
    def place(self) -> str:
        """Where, for a person: degrees where the numbers can be degrees, else as they stand; "" where nobody knows."""
        if self.at is not None:
            x, y = self.at
            return derajat(x, y) if abs(x) <= 180 and abs(y) <= 180 else f"{angka(x, 1)}; {angka(y, 1)}"
        return _("cincin %(ring)s titik %(point)s", ring=self.ordinal[0], point=self.ordinal[1]) if self.ordinal else ""

    @property
    def whole_sentence(self) -> str:
        """The row, what is wrong with it, and where."""
        who = " ".join(text for text in (self.code, self.name) if text) or "–"
        said = _("Baris %(row)s (%(who)s): %(what)s", row=self.row, who=who, what=self.sentence)
        return _("%(said)s, di %(place)s.", said=said, place=self.place) if self.place else f"{said}."

    @classmethod
    def of(cls, row: RefusedRow) -> "RefusedLine":
        return cls(row.row, row.code, row.name, str(row.reason), row.detail, row.at, row.ordinal)

    @classmethod
    def about(cls, one: Incoming | BoundaryRow, reason: str, detail: str = "", at: Any = None) -> "RefusedLine":
        return cls(one.row, one.code, one.name, str(reason), detail, at)


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do. `applied` False: nothing changed."""

    dataset: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[RefusedLine, ...] = ()
    repaired: tuple[tuple[str, str], ...] = ()  # code, what was mended
    applied: bool = False
    dry_run: bool = False

    def refusing(self, more: Iterable[RefusedLine]) -> "ImportReport":
        """The same report with further refusals, in the order of the file."""
        return replace(self, refused=tuple(sorted((*self.refused, *more), key=lambda line: line.row)))


@dataclass
class Sifted:
    """Rows that may be taken, by code, and those that may not."""

    accepted: dict[str, Incoming] = field(default_factory=dict)
    refused: list[RefusedLine] = field(default_factory=list)
