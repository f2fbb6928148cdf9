"""What a verifier fills in. Ids differ where several forms stand on one page."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.forms import BaseForm, LonLatFields, TextArea, choices, optional, required
from webapp.verification.rules import ANSWER_LABELS, REJECTION_LABELS, RETURN_LABELS, VERDICT_LABELS, CheckItem

_LONGEST_NOTE = 5_000


class AcceptForm(BaseForm):
    note = TextArea(_l("Catatan"), required=False, longest=_LONGEST_NOTE, id="catatan_terima")


class SendForm(BaseForm):
    note = TextArea(
        _l("Pesan untuk petugas lapangan"), required=False, longest=_LONGEST_NOTE, id="catatan_lapangan",
        description=_l("Misalnya: tanyakan kepada ketua RW, pintu masuk di sisi timur."),
    )  # fmt: skip


class ReturnForm(BaseForm):
    reason_code = SelectField(
        _l("Alasan"), [required()], id="alasan_kembali",
        choices=choices([("", _l("Pilih alasan")), *RETURN_LABELS.items()]),
    )  # fmt: skip
    note = TextArea(
        _l("Apa yang harus diperbaiki?"), longest=_LONGEST_NOTE, id="catatan_kembali",
        description=_l("Catatan wajib diisi dan dibaca oleh camat."),
    )  # fmt: skip


class RejectForm(BaseForm):
    reason_code = SelectField(
        _l("Alasan"), [required()], choices=choices([("", _l("Pilih alasan")), *REJECTION_LABELS.items()])
    )
    note = TextArea(_l("Penjelasan"), longest=_LONGEST_NOTE, id="catatan_tolak")


class ExtendForm(BaseForm):
    note = TextArea(_l("Alasan memperpanjang"), longest=_LONGEST_NOTE, id="catatan_perpanjang")


class AnswerForm(BaseForm):
    """The answer to an objection: what becomes of the case, and why."""

    answer = RadioField(_l("Putusan atas sanggahan"), [required()], choices=choices(ANSWER_LABELS.items()))
    note = TextArea(
        _l("Alasan putusan"), longest=_LONGEST_NOTE, id="catatan_sanggahan",
        description=_l("Wajib diisi dan dibaca oleh camat dan pemeriksa sebelumnya."),
    )  # fmt: skip


class ConfirmForm(BaseForm):
    note = TextArea(_l("Catatan orang kedua"), longest=_LONGEST_NOTE, id="catatan_sah")


class DeclineForm(BaseForm):
    note = TextArea(_l("Mengapa usulan ini tidak disetujui?"), longest=_LONGEST_NOTE, id="catatan_tidak")


class CheckInForm(LonLatFields, BaseForm):
    """The phone's own position, as the script of the map fills it in; nobody types it."""


class FinishForm(BaseForm):
    """Checklist, verdict and note of a visit; `offer` must fill the checklist before it is validated."""

    checked = SelectMultipleField(
        _l("Daftar periksa"), [optional()], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    verdict = RadioField(_l("Putusan"), [required()], choices=choices(VERDICT_LABELS.items()))
    note = TextArea(
        _l("Catatan"), required=False, longest=_LONGEST_NOTE, id="catatan_kunjungan",
        description=_l("Wajib diisi kecuali untuk putusan Sesuai. Sebut peran orang, bukan nama."),
    )  # fmt: skip

    def offer(self, items: Iterable[CheckItem]) -> None:
        """Fill the checklist."""
        self.checked.choices = choices([(item.code, item.label) for item in items])
        self.checked.flags.required = True  # for the label only: an adverse verdict needs no full list
