"""Instruments in files, out and in: XLSX for people, JSON for programs. Both hold the same tables (`tables`).

What is read in is a plan, or a refusal with a sentence for every faulty cell: nothing is stored before all is right.
The library for XLSX pulls an image decoder in, so it is loaded with the first workbook.
"""

from collections.abc import Callable

from webapp.programme.errors import ImportRefused
from webapp.programme.exchange import document
from webapp.programme.exchange.tables import MOST_BYTES, plan_from, too_large
from webapp.programme.rules import InstrumentPlan


def _workbook(plan: InstrumentPlan) -> bytes:
    from webapp.programme.exchange import workbook

    return workbook.write(plan)


WRITERS: dict[str, Callable[[InstrumentPlan], bytes]] = {"xlsx": _workbook, "json": document.write}
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def read(data: bytes) -> InstrumentPlan:
    """The instrument in a file, told apart by its content. Raises `ImportRefused` with all that is wrong."""
    if len(data) > MOST_BYTES:
        raise ImportRefused([too_large()])
    if data[:2] != b"PK":
        return plan_from(document.read(data))
    from webapp.programme.exchange import workbook

    return plan_from(workbook.read(data))


__all__ = ["MOST_BYTES", "TYPES", "WRITERS", "read"]
