"""Cases as a workbook for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from webapp.exchange.columns import COLUMNS, Holds, Line, Value, looks_active, values
from webapp.exchange.rules import Phrases, Stand
from webapp.exchange.tables import Counted, facts

_FORMATS = {Holds.DAY: "yyyy-mm-dd", Holds.INSTANT: "yyyy-mm-dd hh:mm"}


def write(path: Path, lines: Iterable[Line], said: Phrases, stand: Stand) -> None:
    """One sheet of cases with a frozen heading, one that says what this is. Text is text, whatever it looks like."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(said.labels["sheet"])
    sheet.freeze_panes = "B2"
    for number, column in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.append([_heading(sheet, said.labels[column.key]) for column in COLUMNS])
    counted = Counted(lines)
    for line in counted:
        row = zip(COLUMNS, values(line, said, stand), strict=True)
        sheet.append([_cell(sheet, value, said, _FORMATS.get(column.holds)) for column, value in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{counted.count + 1}"
    about = book.create_sheet(said.labels["about"])
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 24, 90
    for label, value in facts(said, stand, counted.count):
        shown = _FORMATS[Holds.INSTANT] if isinstance(value, datetime) else None
        about.append([_heading(about, label), _cell(about, value, said, shown)])
    book.save(path)


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Value, said: Phrases, shown: str | None) -> Any:
    if isinstance(value, datetime):  # a sheet knows no zones: the clock of the place, which the second sheet names
        value = value.astimezone(ZoneInfo(said.zone)).replace(tzinfo=None, microsecond=0)
    cell = WriteOnlyCell(sheet)
    if isinstance(value, str):
        cell.value = value.replace("\r\n", "\n").replace("\r", "\n")
        cell.data_type = "s"  # openpyxl takes "=…" for a formula
        cell.quotePrefix = looks_active(value)  # text also when somebody edits it
        return cell
    cell.value = value
    if shown and value is not None:
        cell.number_format = shown
    return cell
