"""A child that reads one spreadsheet: bytes come in, rows go out as JSON. Run by `tables`, limited in memory and time.

A sheet of a few kilobytes may claim 17 billion cells, and a library that believes it takes the whole machine with it.
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

MEMORY = 700_000_000  # bytes of address space, Python included
SECONDS = 20
MOST_COLUMNS, LONGEST_CELL = 40, 6_000
UNREADABLE = 3  # our exit code for what is no spreadsheet


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _told(cell: object) -> str:
    """A cell as text; a day as ISO 8601, a whole number without a decimal point."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "" if isinstance(cell, timedelta) else str(cell)[:LONGEST_CELL]


def main(most_rows: int) -> int:
    """Print the first `most_rows` rows of the first sheet; answers the exit code."""
    _confine()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        sheet = book.get_sheet_by_index(0)
        above = min(sheet.start[0] if sheet.start else 0, most_rows)
        rows: list[list[str]] = [[] for _ in range(above)]
        for row in sheet.iter_rows():
            if len(rows) >= most_rows:
                break
            rows.append([_told(cell) for cell in row[:MOST_COLUMNS]])
    except CalamineError:
        return UNREADABLE
    json.dump({"rows": rows}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
