"""An instrument as XLSX: a sheet for each table, every text a text, never a formula.

What comes from outside is unpacked only within limits, read row by row, and no formula of it is taken.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from defusedxml.common import DefusedXmlException
from flask_babel import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from webapp.programme.errors import ImportRefused
from webapp.programme.exchange.columns import NO, REFUSED, YES, Column, OneOf, Words, YesNo
from webapp.programme.exchange.tables import TABLES, RawRow, RawTables, Table, rows_of
from webapp.programme.rules import InstrumentPlan

MOST_MEMBERS = 200
MOST_UNPACKED = 6 * 1024 * 1024  # bytes of all parts together
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_FURTHEST = 20  # columns that are looked at
_SHOWN = 40
# The library is pure Python and trusts a file to be what it says: of a broken one anything of this may come.
_TROUBLE = (
    InvalidFileException, DefusedXmlException, zipfile.BadZipFile, zlib.error, SyntaxError, ValueError, TypeError,
    LookupError, AttributeError, ArithmeticError, OSError, EOFError, NotImplementedError, RecursionError,
)  # fmt: skip


def write(plan: InstrumentPlan) -> bytes:
    """The instrument as a workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    rows = rows_of(plan)
    for table in TABLES:
        _write_sheet(book, table, rows[table.key])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _write_sheet(book: Workbook, table: Table, rows: list[dict[str, Any]]) -> None:
    sheet = book.create_sheet(table.title)
    sheet.freeze_panes = "A2"
    for number, column in enumerate(table.columns, start=1):
        _put(sheet.cell(1, number), column.title)
        sheet.cell(1, number).font = Font(bold=True)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 60 if isinstance(column, Words) else 18
        if words := _offered(column):
            offer = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=not column.needed)
            offer.add(f"{letter}2:{letter}{table.most + 1}")
            sheet.add_data_validation(offer)
        for line, row in enumerate(rows, start=2):
            _put(sheet.cell(line, number), row[column.key])


def _offered(column: Column) -> list[str]:
    if isinstance(column, OneOf):
        return list(column.words)
    return [YES, NO] if isinstance(column, YesNo) else []


def _put(cell: Cell, value: object) -> None:
    """A text stays a text, whatever sign it begins with: here, and when somebody edits it."""
    if isinstance(value, str):
        # A sheet knows one sign for a new line; what a browser sent may have two.
        cell.value = value.replace("\r\n", "\n").replace("\r", "\n")
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in ("=", "+", "-", "@")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    else:
        cell.value = value  # a number or nothing


def read(data: bytes) -> RawTables:
    """What a workbook holds. Raises `ImportRefused` for what is none, or is too much."""
    _must_be_harmless(data)
    raw = RawTables()
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        named = {sheet.title.strip().casefold(): sheet for sheet in book.worksheets}
        for table in TABLES:
            sheet = named.get(table.key)
            if sheet is None:
                raw.problems.append(_("Sheet %(name)s tidak ada.", name=table.title))
                continue
            lines = sheet.iter_rows(max_row=table.most + 2, max_col=_FURTHEST)
            raw.rows[table.key] = list(_rows(table, lines, raw))
    except _TROUBLE as broken:
        raise ImportRefused([_unreadable()]) from broken
    return raw


def _rows(table: Table, lines: Iterator[Any], raw: RawTables) -> Iterator[RawRow]:
    """The rows below the headings; empty ones are passed over."""
    heading = next(lines, ())
    places: dict[str, int] = {}
    titles = {column.title.casefold(): column.key for column in table.columns}
    for number, cell in enumerate(heading):
        said = str(cell.value or "").strip()
        key = titles.get(said.casefold())
        if key is not None and key not in places:
            places[key] = number
        elif said:
            raw.refuse(_cell(table, number, 1), _("kolom “%(name)s” tidak dikenal atau berulang", name=said[:_SHOWN]))
    for column in table.columns:
        if column.key not in places and column.needed:
            raw.problems.append(_("Sheet %(sheet)s: kolom “%(name)s” tidak ada.", sheet=table.title, name=column.title))
    for line, cells in enumerate(lines, start=2):
        values: dict[str, object] = {}
        for key, number in places.items():
            cell = cells[number] if number < len(cells) else None
            kind = getattr(cell, "data_type", "n")
            if kind in ("f", "e"):
                why = _("rumus tidak dibaca; tulis nilainya") if kind == "f" else _("berisi kesalahan")
                raw.refuse(_cell(table, number, line), why)
                values[key] = REFUSED
            else:
                values[key] = None if cell is None else cell.value
        if any(value is not None and str(value).strip() for value in values.values()):
            yield RawRow(values, _placed(table, places, line))


def _placed(table: Table, places: dict[str, int], line: int) -> Callable[[str], str]:
    return lambda key: _cell(table, places.get(key, 0), line)


def _cell(table: Table, number: int, line: int) -> str:
    place = f"{get_column_letter(number + 1)}{line}"
    return str(_("Sheet %(sheet)s, sel %(cell)s", sheet=table.title, cell=place))


def _must_be_harmless(data: bytes) -> None:
    """Neither locked nor swelling: what its parts say they hold is all that will ever be unpacked of them."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            listed = packed.infolist()
            strange = any(one.flag_bits & _ENCRYPTED or one.compress_type not in _METHODS for one in listed)
            if strange or len(listed) > MOST_MEMBERS or sum(one.file_size for one in listed) > MOST_UNPACKED:
                raise ImportRefused([_("Isi berkas XLSX ini terlalu besar atau terkunci.")])
            if any(b"<!DOCTYPE" in packed.read(one) for one in listed if one.filename.endswith((".xml", ".rels"))):
                raise ImportRefused([_unreadable()])
    except _TROUBLE as broken:
        raise ImportRefused([_unreadable()]) from broken


def _unreadable() -> str:
    return str(_("Berkas XLSX ini rusak atau bukan lembar kerja."))
