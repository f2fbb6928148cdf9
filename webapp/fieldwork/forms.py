"""Input of plans."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import cast

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.accounts.models import Account
from webapp.fieldwork.services import PlanFields
from webapp.forms import (
    BaseForm,
    DateText,
    DecimalComma,
    LonLatFields,
    TextArea,
    TextLine,
    choices,
    required,
)
from webapp.territory.models import Region


class PlanForm(LonLatFields, BaseForm):
    """A new plan. The regions and people to choose from are filled by the view."""

    region_code = SelectField(_l("Kabupaten atau kota"), validators=[required()])
    day = DateText(_l("Hari kunjungan"))
    share = DecimalComma(
        _l("Bagian sampel acak (persen)"), places=2, lowest=0, highest=100,
        description=_l("Dari bukti yang sudah terverifikasi di meja, dibulatkan ke atas."),
    )  # fmt: skip
    people = SelectMultipleField(
        _l("Verifikator lapangan"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip
    start_label = TextLine(
        _l("Tempat berangkat"), required=False, description=_l("Misalnya kantor bupati. Rute dimulai di titiknya.")
    )
    legal_basis = TextArea(
        _l("Dasar hukum untuk surat tugas"), longest=2000, required=False, description=_l("Satu dasar tiap baris.")
    )
    signer_post = TextLine(_l("Jabatan penanda tangan surat tugas"), required=False)
    signer_name = TextLine(_l("Nama penanda tangan surat tugas"), required=False)
    note = TextLine(_l("Catatan rencana"), required=False)

    def offer(self, regions: Iterable[Region], people: Iterable[Account]) -> None:
        """Fill what can be chosen."""
        self.region_code.choices = choices([(one.code, f"{one.name} ({one.code})") for one in regions])
        self.people.choices = choices([(str(one.id), one.name) for one in people])

    def fields(self) -> PlanFields:
        """What was said. Ask after `validate`."""
        return PlanFields(
            region_code=self.region_code.data, day=cast(date, self.day.data), share=cast(Decimal, self.share.data),
            people=tuple(self.people.data or ()), start=self.place(), start_label=self.start_label.data or "",
            legal_basis=self.legal_basis.data or "", signer_post=self.signer_post.data or "",
            signer_name=self.signer_name.data or "", note=self.note.data or "",
        )  # fmt: skip
