"""What is filled in beside a signal, and beside a photo of works in stages."""

from flask_babel import lazy_gettext as _l

from webapp.forms import BaseForm, TextArea

_LONGEST_REASON = 2_000


class ExplainForm(BaseForm):
    """Why a signal is put aside, or (`lifted`, the value of the second button) taken up again."""

    reason = TextArea(
        _l("Penjelasan"), required=False, longest=_LONGEST_REASON,
        description=_l("Alasan wajib diisi dan tetap tersimpan, juga bila kelak ditarik kembali."),
    )  # fmt: skip
