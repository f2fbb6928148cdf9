"""What people type about themselves and others."""

import re
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import Field, PasswordField, SelectField
from wtforms.validators import InputRequired, Length

from webapp.access import ROLE_LABELS
from webapp.accounts.passwords import LONGEST, SHORTEST
from webapp.errors import Problem
from webapp.forms import BaseForm, Coded, DateText, FieldRefused, TextLine, choices
from webapp.i18n import LOCALES

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def _password(label: Any, autocomplete: str, **kwargs: Any) -> PasswordField:
    """A password is taken as typed: blanks at its ends belong to it."""
    return PasswordField(
        label, [InputRequired(), Length(max=LONGEST)], render_kw={"autocomplete": autocomplete}, **kwargs
    )


class SignInForm(BaseForm):
    username = TextLine(
        _l("Nama pengguna"),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True},
    )
    password = _password(_l("Kata sandi"), "current-password")


def _code(**kwargs: Any) -> TextLine:
    """Six digits; blanks between them may be pasted along."""
    usual = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "spellcheck": "false"}
    return TextLine(_l("Kode 6 angka"), longest=20, render_kw=usual, **kwargs)


class CodeForm(BaseForm):
    code = _code()


class RecoveryForm(BaseForm):
    code = TextLine(
        _l("Kode pemulihan"),
        longest=60,
        description=_l("24 huruf dan angka dalam enam kelompok; tanda hubung boleh ditinggalkan."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "autofocus": True},
    )


class ProofForm(BaseForm):
    """Proof once more, of one kind or the other. It may stand beside the fields of another form, so it has a prefix."""

    PREFIX = "bukti-diri"

    code = _code()
    password = _password(_l("Kata sandi"), "current-password")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(prefix=self.PREFIX, **kwargs)

    def was_sent(self) -> bool:
        """Whether this very form came along, filled in or not."""
        return any(name.startswith(f"{self.PREFIX}-") for name in request.form)

    @classmethod
    def owns(cls, name: str) -> bool:
        """Whether a field that was sent belongs to this form, or to the protection of forms, and to no other."""
        return name == "csrf_token" or name.startswith(f"{cls.PREFIX}-")


class OwnPasswordForm(BaseForm):
    present = _password(_l("Kata sandi sekarang"), "current-password")
    new = _password(
        _l("Kata sandi baru"), "new-password",
        description=_l("Paling sedikit %(n)d huruf; beberapa kata acak sudah cukup.", n=SHORTEST),
    )  # fmt: skip
    again = _password(_l("Ulangi kata sandi baru"), "new-password")

    def validate_again(self, field: Field) -> None:
        """Raises `FieldRefused` (passwords_differ)."""
        if field.data != self.new.data:
            raise FieldRefused("passwords_differ", _l("Kedua kata sandi baru tidak sama."))


class LanguageForm(BaseForm):
    locale = SelectField(_l("Bahasa"), choices=choices([("", _l("Mengikuti peramban")), *LOCALES.items()]))


class PersonForm(BaseForm):
    name = TextLine(_l("Nama lengkap"), longest=120, render_kw={"autocomplete": "off"})
    email = TextLine(_l("Surel"), longest=200, required=False, render_kw={"autocomplete": "off", "inputmode": "email"})

    def validate_email(self, field: Field) -> None:
        """Raises `FieldRefused` (email_invalid)."""
        if not _MAIL.fullmatch(field.data):
            raise FieldRefused("email_invalid", _l("Alamat surel tidak benar."))


class PostForm(BaseForm):
    """A role in a region, from a day to a day."""

    role = SelectField(_l("Peran"), choices=choices([(role.value, words) for role, words in ROLE_LABELS.items()]))
    region = TextLine(
        _l("Wilayah"),
        required=False,
        description=_l("Kode atau nama, misalnya 32.04.09 atau Margahayu. Kosong berarti seluruh Indonesia."),
        render_kw={"list": "wilayah", "autocomplete": "off"},
    )
    agency = TextLine(
        _l("Perangkat daerah"),
        required=False,
        description=_l("Hanya untuk kepala perangkat daerah: namanya, seperti terdaftar di wilayah itu."),
        render_kw={"list": "perangkat", "autocomplete": "off"},
    )
    starts_on = DateText(_l("Mulai"))
    ends_on = DateText(_l("Sampai"), required=False, description=_l("Kosong berarti belum ditentukan."))


class NewPersonForm(PostForm, PersonForm):
    """A person with the first post, so that somebody's area holds the account from the beginning."""

    username = TextLine(
        _l("Nama pengguna"),
        longest=60,
        description=_l("Huruf, angka, titik, garis bawah, tanda hubung, atau @; misalnya NIP atau budi.santoso."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class EndForm(BaseForm):
    """The last day of a post."""

    ends_on = DateText(_l("Hari terakhir"))


def blame(form: BaseForm, why: Problem) -> None:
    """Show a refusal of a service at the field it names, else at the form as a whole."""
    sentence = Coded(why.code, why.sentence)
    field = form[why.field] if why.field in form else None  # noqa: SIM401 - a form has no get
    if field is None:
        form.form_errors.append(sentence)
    else:
        field.errors = [*field.errors, sentence]
