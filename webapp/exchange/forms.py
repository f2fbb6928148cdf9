"""Which file, and with which photos."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from webapp.exchange.rules import FORMAT_LABELS, FORMAT_NOTES, Format
from webapp.forms import BaseForm, choices


class OrderForm(BaseForm):
    kind = RadioField(
        _l("Bentuk berkas"),
        [InputRequired()],
        choices=choices(
            (one, _l("%(name)s: %(use)s", name=FORMAT_LABELS[one], use=FORMAT_NOTES[one])) for one in Format
        ),
        default=Format.XLSX.value,
    )
    originals = BooleanField(
        _l("Sertakan berkas asli dalam arsip zip"),
        description=_l("Berkas asli memuat data kamera dan lokasi. Setiap foto asli yang Anda bawa dicatat."),
    )

    def offer(self, *, originals: bool) -> None:
        """Originals only for those who may open them there."""
        if not originals:
            del self.originals

    @property
    def wanted(self) -> Format:
        return Format(self.kind.data)

    @property
    def with_originals(self) -> bool:
        ticked: Any = getattr(self, "originals", None)
        return bool(ticked and ticked.data) and self.wanted is Format.ZIP
