"""An instrument as JSON: the same tables as lists of objects. Decimals are strings, so that nobody rounds them."""

import json
from codecs import BOM_UTF8
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from webapp.forms.json import BadJson, read_object
from webapp.programme.errors import ImportRefused
from webapp.programme.exchange.tables import TABLES, RawRow, RawTables, rows_of
from webapp.programme.rules import InstrumentPlan

FORMAT, VERSION = "petabukti-instrumen", 1
_SHOWN = 40


def write(plan: InstrumentPlan) -> bytes:
    """The instrument as JSON, UTF-8."""
    whole: dict[str, Any] = {"format": FORMAT, "versi_format": VERSION, **rows_of(plan)}
    text = json.dumps(whole, ensure_ascii=False, indent=1, default=_decimal)
    return text.encode()


def _decimal(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    raise TypeError(type(value).__name__)


def read(data: bytes) -> RawTables:
    """What such a file holds. Raises `ImportRefused` for what is none."""
    try:
        whole = read_object(data.removeprefix(BOM_UTF8), exact=True)
    except BadJson as broken:
        raise ImportRefused([_("Berkas ini bukan XLSX dan bukan JSON yang dapat dibaca.")]) from broken
    if whole.get("format") != FORMAT or whole.get("versi_format") != VERSION:
        raise ImportRefused([_("Berkas JSON ini bukan instrumen Petabukti (format %(known)s).", known=FORMAT)])
    raw = RawTables()
    known = {table.key for table in TABLES} | {"format", "versi_format"}
    raw.problems += [_("“%(name)s” tidak dikenal.", name=key[:_SHOWN]) for key in whole if key not in known]
    for table in TABLES:
        listed = whole.get(table.key, [])
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raw.problems.append(_("“%(name)s” harus daftar objek.", name=table.key))
            continue
        raw.rows[table.key] = [RawRow(one, _placed(table.key, n)) for n, one in enumerate(listed, start=1)]
        columns = {column.key for column in table.columns}
        for row in raw.rows[table.key][: table.most]:
            for name in row.cells.keys() - columns:
                raw.refuse(row.where(name[:_SHOWN]), _("isian ini tidak dikenal"))
    return raw


def _placed(table: str, number: int) -> Callable[[str], str]:
    return lambda key: f"{table}[{number}].{key}"
