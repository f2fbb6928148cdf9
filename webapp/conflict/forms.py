"""What a declaration brings: one choice and one remark per participant, by the codes of their regions."""

from collections.abc import Iterable

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField

from webapp.conflict.errors import UnknownTie
from webapp.conflict.rules import Tie
from webapp.conflict.services import NewTie
from webapp.forms import BaseForm, TextArea, required
from webapp.forms.text import clean_text
from webapp.forms.words import FieldRefused
from webapp.territory.models import Region

LONGEST_REMARK = 500


class DeclarationForm(BaseForm):
    agreed = BooleanField(_l("Saya menyatakan seperti di atas."), [required()])
    next = HiddenField()

    def ties(self, participants: Iterable[Region]) -> list[NewTie]:
        """The ties that were chosen. Raises `UnknownTie`, for a remark that cannot be kept too."""
        return [tie for one in participants if (tie := _tie(one.code)) is not None]


class WithdrawForm(BaseForm):
    because = TextArea(_l("Alasan"), longest=LONGEST_REMARK)


def _tie(code: str) -> NewTie | None:
    kind = request.form.get(f"tie-{code}", "")
    if not kind:
        return None
    try:
        remark = clean_text(request.form.get(f"note-{code}", ""), longest=LONGEST_REMARK, required=False)
        return NewTie(code, Tie(kind), remark)
    except (FieldRefused, ValueError) as why:
        raise UnknownTie from why
