"""Boundary files in, clean areas out: the words the importer reads with. See `reading`, `cleaning`, `approximate`."""

import re
from dataclasses import dataclass
from enum import StrEnum

from shapely import MultiPolygon

KEMENDAGRI = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)  # 32, 32.73, 32.73.01, 32.73.01.1001
ANY_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")  # for areas abroad: KR-11010


class Refusal(StrEnum):
    """Why one row of a boundary file was not taken."""

    CODE_MISSING = "code_missing"
    CODE_MALFORMED = "code_malformed"
    CODE_TWICE = "code_twice"
    NAME_MISSING = "name_missing"
    NAME_MALFORMED = "name_malformed"
    EMPTY_GEOMETRY = "empty_geometry"
    NOT_A_POLYGON = "not_a_polygon"
    INVALID_RING = "invalid_ring"
    NOT_FINITE = "not_finite"
    SWAPPED_AXES = "swapped_axes"
    CRS_WRONG = "crs_wrong"
    OUTSIDE_COUNTRY = "outside_country"
    TOO_MANY_VERTICES = "too_many_vertices"


class BadBoundaryFile(ValueError):
    """The file as a whole cannot be taken. `code` is stable; the message says what was found.

    Codes: file_missing, file_unreadable, file_too_big, format_unknown, layer_unclear, column_missing, crs_unknown,
    too_many_features, too_many_vertices.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column of the file holds what. The parent follows from the code."""

    code: str = "code"
    name: str = "name"
    bps_code: str | None = None
    level: str | None = None  # only where the code does not say it (kota or kabupaten, desa or kelurahan)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may ask of us."""

    file_bytes: int = 400_000_000
    features: int = 100_000
    vertices: int = 20_000_000
    vertices_each: int = 1_000_000


@dataclass(frozen=True, slots=True)
class BoundaryRow:
    """One area, EPSG:4326 lon/lat, valid. `repaired` says what had to be mended ("Self-intersection[107.6 -6.9]")."""

    row: int
    code: str
    name: str
    area: MultiPolygon
    bps_code: str | None = None
    level: str | None = None
    repaired: str | None = None

    @property
    def parent_code(self) -> str | None:
        """The code without its last part; None for a province."""
        return parent_of(self.code)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was not taken: number in the file (from 1), why, and where in the file's own coordinates (x, y).

    `ordinal`: ring and point, from 1, where the point itself cannot be placed.
    """

    row: int
    code: str | None
    name: str | None
    reason: Refusal
    detail: str = ""
    at: tuple[float, float] | None = None
    ordinal: tuple[int, int] | None = None


def parent_of(code: str) -> str | None:
    """Kemendagri codes carry their parent: 32.73.01 belongs to 32.73. None for a province."""
    head, dot, _ = code.rpartition(".")
    return head if dot else None


def depth_of(code: str) -> int:
    """1 province, 2 kabupaten/kota, 3 kecamatan, 4 desa/kelurahan."""
    return code.count(".") + 1
