"""Land around and places abroad: to name a country and a part of a city, never to count them."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from geo.approximate import approximate_cells, context_land, countries, disc
from geo.boundaries import ANY_CODE, BadBoundaryFile, BoundaryRow, ColumnMapping
from geo.cleaning import polygons_of
from geo.columns import stored_area
from geo.reading import Rules, reading
from geo.values import LonLat
from webapp import audit
from webapp.territory.errors import BoundaryFileRefused
from webapp.territory.models import Country, PlaceAbroad
from webapp.territory.services.report import DatasetFacts, How, ImportReport, RefusedLine
from webapp.territory.services.writing import dataset_for

SEED = Path(__file__).resolve().parent.parent / "seed"
NATURAL_EARTH = DatasetFacts(
    name="Natural Earth (world-atlas 2.0.2)", source="naturalearthdata.com, melalui npm world-atlas",
    licence="Domain publik", attribution="Natural Earth", vintage="2018",
)  # fmt: skip
SEOUL = DatasetFacts(
    name="Seoul, gu perkiraan", source="Dibuat Petabukti dari titik kira-kira 25 gu", licence="Bebas dipakai",
    attribution="Gu Seoul: perkiraan", vintage="2026", approximate=True,
)  # fmt: skip
SEOUL_MIDDLE, SEOUL_RADIUS_KM = LonLat(126.990, 37.552), 16.5


def load_countries(session: Session, world: Iterable[Any], *, at: datetime, actor_id: int | None = None) -> int:
    """Fill the countries around Indonesia anew from `geo.approximate.countries`; how many there are now."""
    names = {row["nomor"]: (row["kode"], row["nama"]) for row in seed_rows("negara.csv")}
    areas: dict[str, tuple[str, Any]] = {}
    for numeric, english, area in context_land(list(world)):
        code, name = names.get(numeric, (numeric, english))
        if code:  # reefs and bases of nobody in particular have no number
            areas[code] = (areas[code][0], areas[code][1].union(area)) if code in areas else (name, area)
    dataset = dataset_for(session, NATURAL_EARTH, at, actor_id)
    session.execute(delete(Country))
    session.execute(
        insert(Country),
        [
            {"code": code, "name": name, "area": stored_area(polygons_of(area)), "dataset_id": dataset.id}
            for code, (name, area) in areas.items()
        ],
    )
    dataset.imported_at = at
    session.flush()
    return len(areas)


def read_world(path: Path) -> list[Any]:
    """The countries of a world-atlas file. Raises `BoundaryFileRefused` where there is no such file."""
    if not path.is_file():
        raise BoundaryFileRefused("file_missing", path.name)
    return list(countries(path))


def load_seoul(session: Session, *, at: datetime) -> int:
    """Rough labels for the 25 gu of Seoul; how many there are. Leaves labels alone that came from a file."""
    if session.query(PlaceAbroad.id).filter_by(country_code="KR", city="Seoul").first() is not None:
        return 0
    cells = _cells_by_name(seed_rows("seoul.csv"))
    dataset = dataset_for(session, SEOUL, at, None)
    _put_places(session, dataset.id, "KR", "Seoul", cells.items())
    return len(cells)


def load_places_abroad(
    session: Session, path: Path, facts: DatasetFacts, *, country: str, city: str, mapping: ColumnMapping,
    rules: Rules | None = None, how: How | None = None, actor_id: int | None = None, at: datetime,
) -> ImportReport:  # fmt: skip
    """Take over names of the parts of a city abroad from a file; former names of that city are replaced.

    Cases keep the label they were given. Any refused row leaves everything as it was, unless `how.skip_refused`.
    """
    chosen, asked = how or How(), rules or Rules(within=None, codes=ANY_CODE)
    try:
        with reading(path, mapping, asked) as source:
            rows = list(source.rows)
    except BadBoundaryFile as why:
        raise BoundaryFileRefused.of(why) from why
    taken = [row for row in rows if isinstance(row, BoundaryRow)]
    refused = tuple(RefusedLine.of(row) for row in rows if not isinstance(row, BoundaryRow))
    report = ImportReport(facts.name, tuple(row.name for row in taken), refused=refused, dry_run=chosen.dry_run)
    if chosen.dry_run or not taken or (refused and not chosen.skip_refused):
        return report
    dataset = dataset_for(session, facts.checked(), at, actor_id)
    session.execute(delete(PlaceAbroad).where(PlaceAbroad.country_code == country, PlaceAbroad.city == city))
    _put_places(session, dataset.id, country, city, ((row.name, row.area) for row in taken))
    audit.record(
        session, "territory.import_abroad", at=at, actor_id=actor_id, on=("boundary_dataset", dataset.id),
        name=dataset.name, country=country, city=city, added=len(taken), refused=len(refused),
    )  # fmt: skip
    return ImportReport(facts.name, report.added, refused=refused, applied=True)


def seed_rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of a seed file; lines that start with # say where its figures come from."""
    lines = (SEED / name).read_text(encoding="utf-8").splitlines()
    return csv.DictReader(line for line in lines if not line.startswith("#"))


def _cells_by_name(rows: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """Voronoi cells in a disc; several points of one name make one area."""
    points: dict[str, LonLat] = {}
    numbers: dict[str, int] = {}
    for spot, row in enumerate(rows):
        number = numbers.setdefault(row["gu"], len(numbers))
        points[f"KR.{number:02d}.{spot:02d}"] = LonLat(float(row["bujur"]), float(row["lintang"]))
        points[f"KR.{number:02d}"] = points[f"KR.{number:02d}.{spot:02d}"]
    cells = approximate_cells(points, disc(SEOUL_MIDDLE, SEOUL_RADIUS_KM))
    return {name: cells[f"KR.{number:02d}"] for name, number in numbers.items()}


def _put_places(session: Session, dataset_id: int, country: str, city: str, areas: Iterable[tuple[str, Any]]) -> None:
    session.execute(
        insert(PlaceAbroad),
        [
            {
                "country_code": country, "city": city, "label": label, "area": stored_area(area),
                "dataset_id": dataset_id,
            }
            for label, area in areas
        ],
    )  # fmt: skip
    session.flush()
