"""Forms as JSON Schema (2020-12, the dialect of OpenAPI 3.1), read off the fields themselves: nothing is kept twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wtforms import DateField, Field, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, NumberRange

from webapp.forms.base import BaseForm
from webapp.forms.numbers import DecimalComma, IntegerText
from webapp.forms.parts import Part
from webapp.forms.place import Box, Instant
from webapp.forms.text import TextArea, TextLine

Schema = dict[str, Any]
_DECIMAL = r"-?[0-9]{1,3}(\.[0-9]{1,9})?"


def object_schema(part: Part) -> Schema:
    """The schema of the object that `webapp.forms.parts.fill` takes."""
    fields = dict(part.fields())
    properties = {name: _described(one) for name, one in fields.items()}
    properties |= {name: _or_null(object_schema(inner)) for name, inner in part.parts.items()}
    needed = [name for name, one in fields.items() if _is_required(one)]
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": needed} if needed else {}),
    }


def query_parameters(form: BaseForm) -> list[Schema]:
    """The parameters that `webapp.forms.parts.fill_query` takes."""
    return [
        {"name": name, "in": "query", "required": _is_required(one), "schema": value_schema(one)}
        | ({"description": str(one.label.text)} if one.label.text else {})
        for name, one in Part(form).fields()
    ]


def value_schema(one: Field) -> Schema:
    """What one field takes, as JSON."""
    if isinstance(one, SelectMultipleField):
        return {"type": "array", "items": {"type": "string", **_choices(one)}}
    if isinstance(one, SelectField):  # a RadioField is one, too
        return {"type": "string", **_choices(one)}
    if isinstance(one, DecimalComma):
        return {"type": "integer" if isinstance(one, IntegerText) else "number", **_range(one)}
    if isinstance(one, Box):
        return {"type": "string", "pattern": f"^{_DECIMAL}(,{_DECIMAL}){{3}}$"}
    if isinstance(one, DateField):
        return {"type": "string", "format": "date"}
    if isinstance(one, Instant):
        return {"type": "string", "format": "date-time"}
    if isinstance(one, TextLine | TextArea):
        return {"type": "string", "maxLength": one.longest, **({"minLength": 1} if one.needed else {})}
    return {"type": "string"}


def _described(one: Field) -> Schema:
    said = " ".join(str(text) for text in (one.label.text, one.description) if text)
    made = value_schema(one) if _is_required(one) else _or_null(value_schema(one))
    return made | ({"description": said} if said else {})


def _or_null(made: Schema) -> Schema:
    made = made | {"type": [made["type"], "null"]}
    return made | {"enum": [*made["enum"], None]} if "enum" in made else made


def _choices(one: SelectField | SelectMultipleField) -> Schema:
    """The values on offer; of none (this person has no unit) nothing is said."""
    required = _is_required(one)
    values = [choice.value for choice in one.choices or [] if choice.value != "" or not required]
    return {"enum": values} if values else {}


def _range(one: DecimalComma) -> Schema:
    limits = next((check for check in one.validators if isinstance(check, NumberRange)), None)
    return dict(_limits(limits)) if limits is not None else {}


def _limits(limits: NumberRange) -> Iterator[tuple[str, float]]:
    if limits.min is not None:
        yield "minimum", limits.min
    if limits.max is not None:
        yield "maximum", limits.max


def _is_required(one: Field) -> bool:
    demanded = any(isinstance(check, DataRequired | InputRequired) for check in one.validators)
    return demanded or (isinstance(one, TextLine | TextArea) and one.needed)
