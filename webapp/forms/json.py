"""JSON, read strictly. `json.loads` alone takes NaN, doubled keys and numbers of any length, and says nothing."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

from flask_babel import lazy_gettext as _l

from webapp.errors import Problem

LONGEST_NUMBER = 100  # characters of one number; the widest double has 24


class BadJson(Problem):
    """The body is not JSON as RFC 8259 means it, in UTF-8, one object."""

    status, code = 400, "json_invalid"
    message = _l("Kiriman bukan JSON yang benar: satu objek dalam UTF-8, tanpa kunci ganda, tanpa NaN.")


def read_object(body: bytes, *, exact: bool = False) -> dict[str, Any]:
    """The one object of a body. A number too large for a double comes out infinite: its field says so; `exact`: as a
    `Decimal`, with the digits it was written with.

    Raises `BadJson`: bad UTF-8, cut, nested deeper than the reader, a key twice, NaN, a number of more than
    `LONGEST_NUMBER` characters, or anything but an object.
    """
    try:
        read = json.loads(
            body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse, parse_int=_whole,
            parse_float=_decimal if exact else _float,
        )  # fmt: skip
    except (ValueError, RecursionError) as why:
        raise BadJson from why
    if not isinstance(read, dict):
        raise BadJson
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BadJson
    return made


def _refuse(_constant: str) -> NoReturn:
    raise BadJson


def _whole(digits: str) -> int:
    return int(_short(digits))


def _float(digits: str) -> float:
    return float(_short(digits))


def _decimal(digits: str) -> Decimal:
    return Decimal(_short(digits))


def _short(digits: str) -> str:
    if len(digits) > LONGEST_NUMBER:
        raise BadJson
    return digits
