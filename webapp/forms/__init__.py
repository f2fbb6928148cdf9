"""Furniture of all forms: text that is text, numbers with a comma, places, and messages in the reader's language."""

from collections.abc import Iterable

from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional

from webapp.forms.base import BaseForm
from webapp.forms.numbers import DateText, DecimalComma, IntegerText, to_decimal
from webapp.forms.place import Box, Degrees, Instant, LonLatFields, Metres, PartOfMap, to_instant
from webapp.forms.text import TextArea, TextLine, clean_text
from webapp.forms.words import Coded, FieldProblem, FieldRefused, Sentence

__all__ = [
    "BaseForm",
    "Box",
    "Coded",
    "DateText",
    "DecimalComma",
    "Degrees",
    "FieldProblem",
    "FieldRefused",
    "Instant",
    "IntegerText",
    "LonLatFields",
    "Metres",
    "PartOfMap",
    "Sentence",
    "TextArea",
    "TextLine",
    "choices",
    "clean_text",
    "optional",
    "required",
    "to_decimal",
    "to_instant",
]


def required() -> DataRequired:
    """The field must be filled; with our words and the `required` attribute."""
    return DataRequired()


def optional() -> Optional:
    """The field may stay empty: nothing else is then checked."""
    return Optional()


def choices(pairs: Iterable[tuple[str, Sentence]]) -> list[SelectChoice]:
    """Options of a select or radio field from (value, words); WTForms no longer likes bare pairs."""
    return [SelectChoice(value, label) for value, label in pairs]
