"""Text that is text: no invisible nothing, no control characters, no more than there is room for."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, TextAreaField
from wtforms.validators import StopValidation

from webapp.forms.words import FieldRefused, Sentence

LONGEST_LINE = 200
LONGEST_TEXT = 10_000
# Characters that take no room and say nothing: a text of these alone is an empty text. They stay in real texts, where
# Javanese and Balinese script need the joiners.
_INVISIBLE = {"Cf", "Zs", "Zl", "Zp", "Cc", "Mn"}
_HOLLOW = "\u115f\u1160\u3164\uffa0\u2800"  # fillers of Hangul, the empty Braille pattern
_LINE_CONTROLS = "\n\r\t"


def _says_something(text: str) -> bool:
    return any(unicodedata.category(c) not in _INVISIBLE and c not in _HOLLOW for c in text)


def clean_text(raw: str, *, longest: int, required: bool = True, lines: bool = False) -> str:
    """`raw` without blank ends, otherwise as it was sent; "" where no character of it can be seen.

    `lines` allows line breaks and tabs. Raises `FieldRefused` (text_empty, text_too_long, text_invalid).
    """
    text = raw.strip()
    allowed = _LINE_CONTROLS if lines else "\t"
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in text):
        raise FieldRefused("text_invalid", _l("Teks ini berisi tanda yang tidak dapat disimpan."))
    if len(text) > longest:
        raise FieldRefused(
            "text_too_long", _l("Teks terlalu panjang, paling banyak %(longest)d huruf.", longest=longest)
        )
    if not _says_something(text):
        if required:
            raise FieldRefused("text_empty", _l("Isian ini tidak boleh kosong."))
        return ""
    return text


class _Text:
    """What one line and many lines have in common; mixed in before a WTForms field."""

    lines = False
    flags: Any  # set by Field.__init__

    def __init__(
        self,
        label: Sentence | None = None,
        validators: Iterable[Any] = (),
        *,
        longest: int | None = None,
        required: bool = True,
        **kwargs: Any,
    ) -> None:
        self.longest = longest or (LONGEST_TEXT if self.lines else LONGEST_LINE)
        self.needed = required
        kwargs["render_kw"] = {"maxlength": self.longest} | (kwargs.get("render_kw") or {})
        super().__init__(label, list(validators), **kwargs)  # type: ignore[call-arg]
        self.flags.required = required

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was sent, so that a refused text can be shown again."""
        self.data = valuelist[0] if valuelist else ""

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - WTForms asks so
        """Clean the text; a refused one keeps its other validators from speaking as well."""
        try:
            self.data = clean_text(self.data or "", longest=self.longest, required=self.needed, lines=self.lines)
        except FieldRefused as refused:
            raise StopValidation(refused.args[0]) from refused
        if not self.data:
            raise StopValidation  # an optional text that is empty has nothing more to be checked


class TextLine(_Text, StringField):  # type: ignore[misc]
    """One line of text; `longest` 200 letters unless told. An optional one that is empty has the value ""."""


class TextArea(_Text, TextAreaField):  # type: ignore[misc]
    """Text with line breaks; `longest` 10,000 letters unless told."""

    lines = True
