"""Cases as a table, one function for each format. All take the same lines and the same columns.

Lines come from an iterator and go to a file one by one, so that the number of cases does not decide about memory; only
the texts of a workbook are kept by its library.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from geo.exporting import Field, FieldType, Row, write_geopackage, write_kml
from geo.layers import feature
from geo.values import LonLat
from webapp.exchange.columns import COLUMNS, Holds, Line, Value, disarmed, plain, values
from webapp.exchange.rules import Format, Phrases, Stand

Writer = Callable[[Path, Iterable[Line], Phrases, Stand], None]
LAYER = "bukti"
BOM = "\ufeff"


@dataclass
class Counted:
    """The same lines, and how many there were."""

    lines: Iterable[Line]
    count: int = 0

    def __iter__(self) -> Iterator[Line]:
        for line in self.lines:
            self.count += 1
            yield line


def write_csv(path: Path, lines: Iterable[Line], said: Phrases, stand: Stand) -> None:
    """Semicolons and decimal commas for readers of Indonesian, commas and points for readers of English.

    So the file opens in columns, with true numbers, by a double click: Excel separates as the computer's region does,
    and in the Indonesian one a point groups thousands. The byte order mark tells it that the text is UTF-8.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BOM)
        sheet = csv.writer(file, delimiter=separator(said), lineterminator="\r\n")
        sheet.writerow([column.key for column in COLUMNS])
        for line in lines:
            sheet.writerow([_in_csv(value, said) for value in values(line, said, stand)])


def separator(said: Phrases) -> str:
    """What parts the columns of a CSV file in that language."""
    return "," if said.locale == "en" else ";"


def _in_csv(value: Value, said: Phrases) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return disarmed(value)
    if isinstance(value, float):
        point = "." if said.locale == "en" else ","
        return f"{Decimal(repr(value)):f}".replace(".", point)
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(said.zone)).isoformat(timespec="seconds")
    return str(value)


def write_xlsx(path: Path, lines: Iterable[Line], said: Phrases, stand: Stand) -> None:
    """See `workbook`, whose library pulls an image decoder in: it is loaded with the first workbook, not before."""
    from webapp.exchange import workbook

    workbook.write(path, lines, said, stand)


def facts(said: Phrases, stand: Stand, count: int) -> Iterator[tuple[str, Value]]:
    """What a file says about itself: label and value."""
    yield said.about["place"], plain(said.place)
    yield said.about["filters"], plain("; ".join(said.filters)) or "–"
    yield said.about["count"], count
    yield said.about["as_of"], stand.as_of
    yield said.about["zone"], said.zone
    yield said.about["version"], stand.version
    for source in said.attribution:
        yield said.about["source"], plain(source)


def write_geojson(path: Path, lines: Iterable[Line], said: Phrases, stand: Stand) -> None:
    """RFC 7946: WGS 84, lon/lat; the geometry of a case without a position is null. What this is stands before them."""
    head = {
        "name": LAYER, "as_of": stand.as_of.isoformat(timespec="seconds"), "data_version": stand.version,
        "place": said.place, "filters": list(said.filters), "attribution": list(said.attribution),
    }  # fmt: skip
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection",')
        file.write(
            "".join(f"{json.dumps(name)}:{json.dumps(told, ensure_ascii=False)}," for name, told in head.items())
        )
        file.write('"features":[')
        for number, line in enumerate(lines):
            found = zip(COLUMNS, values(line, said, stand), strict=True)
            told = {column.key: _in_json(value) for column, value in found}
            file.write(f"{',' if number else ''}\n{feature(LonLat.maybe(line.lon, line.lat), told, line.id)}")
        file.write("\n]}\n")


def _in_json(value: Value) -> Any:
    return value.isoformat() if isinstance(value, date) else value


_FIELD_TYPES = {holds: FieldType(holds.value) for holds in Holds}


def write_gpkg(path: Path, lines: Iterable[Line], said: Phrases, stand: Stand) -> None:
    fields = [Field(column.key, _FIELD_TYPES[column.holds]) for column in COLUMNS]
    write_geopackage(path, LAYER, fields, _rows(lines, said, stand))


def write_placemarks(path: Path, lines: Iterable[Line], said: Phrases, stand: Stand) -> None:
    """KML: the title of a case stands beside its point."""
    named = {"judul": "Name"}
    fields = [Field(named.get(column.key, column.key), _FIELD_TYPES[column.holds]) for column in COLUMNS]
    write_kml(path, LAYER, fields, _rows(lines, said, stand))


def _rows(lines: Iterable[Line], said: Phrases, stand: Stand) -> Iterator[Row]:
    return ((LonLat.maybe(line.lon, line.lat), values(line, said, stand)) for line in lines)


WRITERS: dict[Format, Writer] = {
    Format.XLSX: write_xlsx,
    Format.CSV: write_csv,
    Format.GEOJSON: write_geojson,
    Format.GPKG: write_gpkg,
    Format.KML: write_placemarks,
}
