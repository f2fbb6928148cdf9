"""Boundaries of our own making for regions nobody has brought boundaries for: cells around known points."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from geo.approximate import approximate_cells, land_of
from geo.values import LonLat
from webapp.territory.queries import without_boundary
from webapp.territory.rules import Level, depth
from webapp.territory.services.abroad import load_countries, load_seoul, read_world, seed_rows
from webapp.territory.services.importing import take_over
from webapp.territory.services.report import DatasetFacts, How, ImportReport, Incoming, Progress, Sifted, silent

WORLD = Path(__file__).resolve().parents[2] / "static" / "vendor" / "world-atlas" / "countries-10m.json"
DECREE = "Kepmendagri 300.2.2-2430/2025"
APPROXIMATE = DatasetFacts(
    name="Batas perkiraan Petabukti",
    source="Dibuat Petabukti: sel Voronoi di sekitar titik wakil wilayah, dipotong daratan Natural Earth",
    licence="Bebas dipakai", attribution="Batas perkiraan Petabukti, bukan acuan batas resmi", vintage="2026",
    approximate=True, decree=DECREE,
)  # fmt: skip


def load_approximate(
    session: Session, *, at: datetime, progress: Progress = silent, world: Path = WORLD
) -> ImportReport:
    """Give every region of the seed that has no boundary an approximate one, and load countries and Seoul's gu.

    `world` is the `countries-10m.json` of npm world-atlas. Boundaries that were imported stay; a second call finds
    nothing to do and is quick. Raises `BoundaryFileRefused` where the file is missing.
    """
    seed = {row["kode"]: row for row in seed_rows("wilayah.csv")}
    missing = without_boundary(session, list(seed))
    if not missing:
        return ImportReport(APPROXIMATE.name)
    progress("Membaca daratan", 0, 1)
    earth = read_world(world)
    progress("Membaca daratan", 1, 1)
    cells = _cells(seed, earth)
    progress("Menggambar batas perkiraan", len(cells), len(cells))
    found = {code: _incoming(row, cells[code]) for code, row in seed.items() if code in missing}
    report = take_over(session, Sifted(found), APPROXIMATE, How(progress=progress), actor_id=None, at=at)
    load_countries(session, earth, at=at)
    load_seoul(session, at=at)
    return report


def _cells(seed: dict[str, dict[str, str]], earth: list[Any]) -> dict[str, Any]:
    points = {code: LonLat(float(row["bujur"]), float(row["lintang"])) for code, row in seed.items()}
    sizes = {code: float(row["luas_km2"]) for code, row in seed.items() if row["luas_km2"]}
    points |= _helpers(points, seed_rows("titik_bantu.csv"))
    return approximate_cells(points, land_of(earth), sizes)


def _helpers(points: dict[str, LonLat], rows: Iterable[dict[str, str]]) -> dict[str, LonLat]:
    """Further points of a kecamatan, as if they were villages of it: its cell is then the union of theirs."""
    found: dict[str, LonLat] = {}
    for number, row in enumerate(rows, start=1):
        found[f"{row['kode']}.9{number:03d}"] = LonLat(float(row["bujur"]), float(row["lintang"]))
        found[f"{row['kode']}.9000"] = points[row["kode"]]
    return found


def _incoming(row: dict[str, str], area: Any) -> Incoming:
    # A kecamatan takes over what was measured for its kabupaten: see `writing`.
    error = float(row["simpangan_m"]) if row["simpangan_m"] and depth(row["kode"]) else None
    return Incoming(row["kode"], row["nama"], Level(row["tingkat"]), area, boundary_error_m=error)
