"""The sentences of forms: WTForms speaks no Indonesian, so its English ones are keys here, each with a stable code."""

from dataclasses import dataclass
from typing import TypeAlias

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms.validators import ValidationError

Sentence: TypeAlias = LazyString | str


class Coded(str):
    """A sentence for a person that carries a stable code for a script."""

    code: str

    def __new__(cls, code: str, sentence: Sentence) -> "Coded":
        made = super().__new__(cls, str(sentence))
        made.code = code
        return made

    def __mod__(self, values: object) -> "Coded":
        """WTForms fills in its numbers this way; the code stays."""
        return Coded(self.code, str.__mod__(self, values))


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One refusal: which field (None: the form as a whole), the stable code, the sentence."""

    field: str | None
    code: str
    message: str


class FieldRefused(ValidationError):  # type: ignore[misc]
    """A field's value cannot be taken; `code` is stable, the sentence is for people."""

    def __init__(self, code: str, sentence: Sentence) -> None:
        self.code = code
        super().__init__(Coded(code, sentence))


_REQUIRED: Sentence = _l("Isian ini wajib.")
_BUILT_IN: dict[str, tuple[str, Sentence]] = {
    "This field is required.": ("field_required", _REQUIRED),
    "Field must be equal to %(other_name)s.": ("fields_differ", _l("Isian ini harus sama dengan %(other_name)s.")),
    "Field must be at least %(min)d character long.": ("text_too_short", _l("Paling sedikit %(min)d huruf.")),
    "Field must be at least %(min)d characters long.": ("text_too_short", _l("Paling sedikit %(min)d huruf.")),
    "Field cannot be longer than %(max)d character.": ("text_too_long", _l("Paling banyak %(max)d huruf.")),
    "Field cannot be longer than %(max)d characters.": ("text_too_long", _l("Paling banyak %(max)d huruf.")),
    "Field must be exactly %(max)d character long.": ("text_length", _l("Harus tepat %(max)d huruf.")),
    "Field must be exactly %(max)d characters long.": ("text_length", _l("Harus tepat %(max)d huruf.")),
    "Field must be between %(min)d and %(max)d characters long.": (
        "text_length",
        _l("Panjangnya %(min)d sampai %(max)d huruf."),
    ),
    "Number must be at least %(min)s.": ("number_too_small", _l("Paling kecil %(min)s.")),
    "Number must be at most %(max)s.": ("number_too_large", _l("Paling besar %(max)s.")),
    "Number must be between %(min)s and %(max)s.": ("number_range", _l("Harus antara %(min)s dan %(max)s.")),
    "Invalid input.": ("field_invalid", _l("Isian ini tidak sesuai bentuknya.")),
    "Invalid email address.": ("email_invalid", _l("Alamat surel tidak benar.")),
    "Invalid URL.": ("url_invalid", _l("Alamat web tidak benar.")),
    "Invalid UUID.": ("uuid_invalid", _l("Pengenal tidak benar.")),
    "Invalid value, must be one of: %(values)s.": ("choice_invalid", _l("Pilih salah satu dari: %(values)s.")),
    "Invalid Choice: could not coerce.": ("choice_invalid", _l("Pilihan ini tidak ada.")),
    "Invalid choice(s): one or more data inputs could not be coerced.": (
        "choice_invalid",
        _l("Ada pilihan yang tidak dikenal."),
    ),
    "Not a valid choice.": ("choice_invalid", _l("Pilihan ini tidak ada.")),
    "'%(value)s' is not a valid choice for this field.": ("choice_invalid", _l("Ada pilihan yang tidak dikenal.")),
    "'%(value)s' are not valid choices for this field.": ("choice_invalid", _l("Ada pilihan yang tidak dikenal.")),
    "Not a valid datetime value.": ("date_invalid", _l("Tanggal atau jam tidak benar.")),
    "Not a valid date value.": ("date_invalid", _l("Tanggal tidak benar.")),
    "Not a valid time value.": ("date_invalid", _l("Jam tidak benar.")),
    "Not a valid integer value.": ("number_invalid", _l("Harus bilangan bulat.")),
    "Not a valid decimal value.": ("number_invalid", _l("Harus angka.")),
    "Not a valid float value.": ("number_invalid", _l("Harus angka.")),
}


class Words:
    """Translations as WTForms asks for them: its own English in, the reader's language out."""

    def gettext(self, string: str) -> str:
        """The sentence for `string`, or `string` itself where we have none."""
        known = _BUILT_IN.get(string)
        return string if known is None else Coded(*known)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Indonesian has no plural of its own; both English forms lead to sentences that fit any number."""
        return self.gettext(singular if n == 1 else plural)
