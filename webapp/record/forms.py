"""What people type into minutes, and how they sign them."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from webapp.forms import BaseForm, TextArea, TextLine, choices, required
from webapp.record.queries import Typed

LONGEST = 4_000


class MinutesForm(BaseForm):
    place = TextLine(_l("Tempat rapat"))
    decree = TextLine(
        _l("SK tim penilai"), required=False, description=_l("Nomor dan tanggal, misalnya SK Bupati Nomor 188/12/2018.")
    )
    legal_basis = TextArea(
        _l("Dasar hukum"), longest=LONGEST, required=False, description=_l("Satu baris untuk setiap peraturan.")
    )
    follow_up = TextArea(
        _l("Tindak lanjut"), longest=LONGEST, required=False, description=_l("Satu baris untuk setiap tindak lanjut.")
    )
    remarks = TextArea(_l("Catatan"), longest=LONGEST, required=False)

    def typed(self) -> Typed:
        """What was typed."""
        return Typed(
            place=self.place.data or "", legal_basis=self.legal_basis.data or "", decree=self.decree.data or "",
            remarks=self.remarks.data or "", follow_up=self.follow_up.data or "",
        )  # fmt: skip


class SignForm(BaseForm):
    agrees = RadioField(
        _l("Pendapat"),
        [required()],
        choices=choices((("ya", _l("Setuju")), ("tidak", _l("Berbeda pendapat, dengan catatan")))),
    )
    remark = TextArea(
        _l("Catatan penanda tangan"), longest=LONGEST, required=False,
        description=_l("Wajib bila berbeda pendapat; ikut tercetak."),
    )  # fmt: skip
    scan_sha256 = TextLine(
        _l("SHA-256 pindaian bertanda tangan basah"), longest=64, required=False,
        description=_l("Bila ada dokumen yang ditandatangani dengan tangan lalu dipindai."),
    )  # fmt: skip
