"""The content of a leaf, in plain Python: the other half of what migration 0140 does in the database.

Used by whoever checks or exports, never by what makes leaves.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

# A row's cells are as PostgreSQL prints them: `column::text`, zone UTC.


class _Number(str):
    """A number of a document, digit for digit as PostgreSQL prints it."""

    __slots__ = ()


Writer = Callable[[Sequence[str | None], str], str]


def writer(kind: str, form: int, columns: Mapping[str, str], names: Sequence[str]) -> Writer:
    """What makes the content of a row from its cells and its salt. `columns`: each with "text", "instant" or
    "document"; `names`: of the cells as they come. What cannot be read stays as it is and so gives another hash.
    """
    places = {name: at for at, name in enumerate(names)}
    parts = [(f"{_quoted(name)}:", _VALUES[columns[name]], places.get(name)) for name in sorted(columns)]
    head = f'{{"form":"{form}","kind":{_quoted(kind)},"row":{{'

    def write(cells: Sequence[str | None], salt: str) -> str:
        values = [name + told(None if at is None else cells[at]) for name, told, at in parts]
        return f'{head}{",".join(values)}}},"salt":{_quoted(salt)}}}'

    return write


_quoted: Callable[[str], str] = json.encoder.encode_basestring


def _text(value: str | None) -> str:
    return "null" if value is None else _quoted(value)


def _instant(value: str | None) -> str:
    """ "2018-08-06 03:00:00.5+00" as "2018-08-06T03:00:00.500000Z"."""
    if value is None or not value.endswith("+00"):
        return _text(value)
    day, _, time = value[:-3].partition(" ")
    second, _, fraction = time.partition(".")
    return f'"{day}T{second}.{fraction:0<6}Z"'


def document(value: str | None) -> str:
    """A jsonb column's text in its canonical form."""
    if value is None:
        return "null"
    return _written(json.loads(value, parse_int=_Number, parse_float=_Number))


def _written(part: Any) -> str:
    if isinstance(part, _Number):
        return str(part)
    if isinstance(part, str):
        return _quoted(part)
    if isinstance(part, dict):
        return "{" + ",".join(f"{_quoted(name)}:{_written(part[name])}" for name in sorted(part)) + "}"
    if isinstance(part, list):
        return "[" + ",".join(_written(one) for one in part) + "]"
    return {None: "null", True: "true", False: "false"}[part]


_VALUES: Mapping[str, Callable[[str | None], str]] = {"text": _text, "instant": _instant, "document": document}
