"""Numbers and days as people type them, with a decimal comma or a dot."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, Form
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation, ValidationError
from wtforms.widgets import TextInput

from webapp.forms.words import FieldRefused, Sentence

Number = Decimal | int
_LONGEST_NUMBER = 30


def to_decimal(raw: str) -> Decimal:
    """A number as people type it: "75,5", "75.5", "1.234,5". Raises `FieldRefused` (number_invalid).

    With a comma and a dot, the last of them is the decimal mark; one mark alone is always the decimal mark.
    """
    text = raw.strip().replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", "")
    comma, dot = text.rfind(","), text.rfind(".")
    if comma >= 0 and dot >= 0:
        text = text.replace("." if comma > dot else ",", "")
    try:
        # Decimal would also take "NaN", "1e9" and "1_000": only plain digits are a number here.
        if len(text) > _LONGEST_NUMBER or not set(text) <= set("+-0123456789.,"):
            raise InvalidOperation
        return Decimal(text.replace(",", "."))
    except InvalidOperation as broken:
        raise FieldRefused("number_invalid", _l("Harus angka, misalnya 75,5.")) from broken


class DecimalComma(Field):  # type: ignore[misc]  # WTForms has no annotations
    """A number with comma or dot; data is a Decimal or None. `lowest` and `highest` belong to the range."""

    widget = TextInput()
    inputmode = "decimal"

    def __init__(
        self,
        label: Sentence | None = None,
        validators: Iterable[Any] = (),
        *,
        places: int = 2,
        lowest: Number | None = None,
        highest: Number | None = None,
        required: bool = True,
        **kwargs: Any,
    ) -> None:
        self.places = places
        kwargs["render_kw"] = {"inputmode": self.inputmode, "autocomplete": "off"} | (kwargs.get("render_kw") or {})
        checks: list[Any] = [InputRequired() if required else Optional()]
        if lowest is not None or highest is not None:
            checks.append(NumberRange(lowest, highest))
        super().__init__(label, [*checks, *validators], **kwargs)

    def _value(self) -> str:
        """What the control shows: a refused number as it was typed, else the reader's own decimal mark."""
        if self.raw_data:
            return str(self.raw_data[0])
        shown = "" if self.data is None else str(self.data)
        return shown if str(get_locale()) == "en" else shown.replace(".", ",")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; what is no number gives data None and an error."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = self.read(valuelist[0])
        except ValidationError as refused:
            raise ValueError(refused.args[0]) from refused

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - WTForms asks so
        """What is no number has said so already: no range speaks on top of it."""
        if self.process_errors:
            raise StopValidation

    def read(self, raw: str) -> Any:
        """One typed number. Raises `FieldRefused` (number_invalid, number_too_precise)."""
        number = to_decimal(raw)
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.places:
            raise FieldRefused(
                "number_too_precise", _l("Paling banyak %(places)d angka di belakang koma.", places=self.places)
            )
        return number


class IntegerText(DecimalComma):
    """A whole number; data is an int or None."""

    inputmode = "numeric"

    def read(self, raw: str) -> int:
        """One typed whole number. Raises `FieldRefused` (number_invalid)."""
        number = to_decimal(raw)
        if number != int(number):
            raise FieldRefused("number_invalid", _l("Harus bilangan bulat."))
        return int(number)


class DateText(DateField):  # type: ignore[misc]
    """A day by the browser's own control; data is a date or None."""

    def __init__(
        self, label: Sentence | None = None, validators: Iterable[Any] = (), *, required: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(label, [InputRequired() if required else Optional(), *validators], **kwargs)
