"""What may stand in a cell: a text, a number, yes or no, one of some words. Words are Indonesian in every language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from webapp.formatting import angka
from webapp.forms import FieldRefused, clean_text, to_decimal

YES, NO = "ya", "tidak"
REFUSED = object()  # a cell of which has been said already why it is not taken
_SHOWN = 40  # letters of a refused word that the sentence repeats


class CellRefused(Exception):
    """A cell's value cannot be taken; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Column:
    """A column by its key; `title` stands above it in a sheet. Needed ones may not be empty."""

    key: str
    needed: bool = True

    @property
    def title(self) -> str:
        return self.key.replace("_", " ").capitalize()

    def take(self, value: object) -> Any:
        """The value of a cell, None where it may be empty and is. Raises `CellRefused`."""
        if value is None or (isinstance(value, str) and not value.strip()):
            if self.needed:
                raise CellRefused(_("isian ini tidak boleh kosong"))
            return self.empty()
        return self.parse(value)

    def empty(self) -> Any:
        return None

    def parse(self, value: Any) -> Any:
        """A value that is there. Raises `CellRefused`."""
        raise AssertionError(f"no way to read {value!r}")  # every kind of column says its own

    def give(self, value: Any) -> Any:
        """How a value is written down: text, a number or nothing."""
        return value


@dataclass(frozen=True)
class Words(Column):
    longest: int = 200
    lines: bool = False
    barred: str = ""  # signs that the editor's own lines are made of

    def empty(self) -> str:
        return ""

    def parse(self, value: Any) -> str:
        """A text, a number that was meant as one too. Raises `CellRefused`."""
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise CellRefused(_("harus teks"))
        try:
            text = clean_text(str(value), longest=self.longest, required=self.needed, lines=self.lines)
        except FieldRefused as refused:
            raise CellRefused(str(refused.args[0]).rstrip(".")) from refused
        for sign in self.barred:
            if sign in text:
                raise CellRefused(_("tanda %(sign)s tidak dapat dipakai di sini", sign=sign))
        return text


@dataclass(frozen=True)
class Number(Column):
    """An exact number of at most `places` decimals."""

    lowest: Decimal = Decimal(0)
    highest: Decimal = Decimal(100)
    places: int = 2

    def parse(self, value: Any) -> Decimal:
        """Typed or as the sheet holds it. Raises `CellRefused`."""
        try:
            number = to_decimal(value) if isinstance(value, str) else _exact(value)
        except (FieldRefused, InvalidOperation) as refused:
            raise CellRefused(_("harus angka, misalnya 75,5")) from refused
        if not self.lowest <= number <= self.highest:
            ends = {"lowest": angka(self.lowest), "highest": angka(self.highest)}
            raise CellRefused(_("harus antara %(lowest)s dan %(highest)s", **ends))
        if number != round(number, self.places):
            raise CellRefused(_("paling banyak %(places)s angka di belakang koma", places=self.places))
        return number

    def give(self, value: Any) -> Any:
        return None if value is None else value


@dataclass(frozen=True)
class Whole(Number):
    places: int = 0

    def parse(self, value: Any) -> Any:
        """A whole number. Raises `CellRefused`."""
        return int(super().parse(value))


@dataclass(frozen=True)
class YesNo(Column):
    def parse(self, value: Any) -> bool:
        """ "ya" or "tidak", or what the sheet itself takes for true and false. Raises `CellRefused`."""
        said = value if isinstance(value, bool) else {YES: True, NO: False}.get(str(value).strip().casefold())
        if said is None:
            raise CellRefused(_("tulis ya atau tidak"))
        return said

    def give(self, value: Any) -> str:
        return YES if value else NO


@dataclass(frozen=True)
class OneOf(Column):
    words: Mapping[str, Any] = field(default_factory=dict)

    def parse(self, value: Any) -> Any:
        """One of the words. Raises `CellRefused`."""
        said = str(value).strip()
        if said.casefold() not in self.words:
            known = ", ".join(self.words)
            raise CellRefused(
                _("“%(said)s” tidak dikenal; pilih salah satu: %(known)s", said=said[:_SHOWN], known=known)
            )
        return self.words[said.casefold()]

    def give(self, value: Any) -> str:
        return next(word for word, meant in self.words.items() if meant == value)


def _exact(value: object) -> Decimal:
    """A number of a sheet as it is shown: what a float prints, which is what was typed. Raises `InvalidOperation`."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise InvalidOperation
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) > 20:  # nothing here is that large or small
        raise InvalidOperation
    return number
