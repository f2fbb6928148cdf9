"""Input of the register."""

import re
from collections.abc import Iterable
from datetime import date
from typing import cast

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from webapp.forms import BaseForm, DateText, FieldRefused, IntegerText, TextArea, TextLine, choices, required
from webapp.register.models import Regulation
from webapp.register.rules import KIND_LABELS, RegulationKind
from webapp.register.services import RegulationFields
from webapp.territory.models import Region

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class RegulationForm(BaseForm):
    """An entry of the register."""

    region_code = SelectField(_l("Register wilayah"), validators=[required()])
    kind = SelectField(_l("Jenis"), choices=choices([(str(k), v) for k, v in KIND_LABELS.items()]))
    number = TextLine(_l("Nomor"), longest=60)
    year = IntegerText(_l("Tahun"), lowest=1945, highest=2200)
    title = TextLine(_l("Tentang"), longest=500)
    in_force_from = DateText(_l("Berlaku mulai"))
    ends_on = DateText(_l("Berlaku sampai"), required=False, description=_l("Kosongkan bila tanpa batas."))
    delegates = TextArea(
        _l("Urusan yang dilimpahkan"), longest=4000, required=False,
        description=_l("Urusan apa dilimpahkan kepada siapa; kosongkan bila tidak ada."),
    )  # fmt: skip
    file_sha256 = TextLine(
        _l("Sidik SHA-256 berkas"), longest=64, required=False, description=_l("64 huruf dan angka dari naskahnya.")
    )
    evidence_id = IntegerText(
        _l("Nomor bukti yang memuat naskah"), lowest=1, highest=2_147_483_647, required=False,
        description=_l("Angka pada alamat halaman bukti."),
    )  # fmt: skip

    def offer(self, regions: Iterable[Region]) -> None:
        """Fill what can be chosen."""
        self.region_code.choices = choices([(one.code, f"{one.name} ({one.code})") for one in regions])

    def show(self, one: Regulation) -> None:
        """Fill the form with an entry."""
        for name in (
            "region_code", "kind", "number", "year", "title", "in_force_from", "ends_on", "delegates", "file_sha256",
            "evidence_id",
        ):  # fmt: skip
            self[name].data = getattr(one, name)

    def validate_file_sha256(self, field: TextLine) -> None:
        """A digest is 64 hexadecimal digits. Raises `FieldRefused` (digest_invalid)."""
        digest = field.data.lower()
        if not _DIGEST.fullmatch(digest):
            raise FieldRefused("digest_invalid", _l("Sidik SHA-256 terdiri atas 64 angka 0–9 dan huruf a–f."))
        field.data = digest

    def fields(self) -> RegulationFields:
        """What was said. Ask after `validate`."""
        return RegulationFields(
            region_code=self.region_code.data, kind=RegulationKind(self.kind.data), number=self.number.data,
            year=cast(int, self.year.data), title=self.title.data, in_force_from=cast(date, self.in_force_from.data),
            ends_on=self.ends_on.data, delegates=self.delegates.data or "",
            file_sha256=self.file_sha256.data or None, evidence_id=self.evidence_id.data,
        )  # fmt: skip


class RevokeForm(BaseForm):
    """That a regulation no longer holds."""

    revoked_on = DateText(_l("Dicabut mulai"))
    revoked_by = SelectField(_l("Dicabut dengan"), coerce=str)
    because = TextArea(_l("Dasar pencabutan"), longest=1000, required=False)

    def offer(self, others: Iterable[Regulation]) -> None:
        """Fill what can be chosen."""
        self.revoked_by.choices = choices([("", _l("tidak dalam register")), *((str(o.id), o.name) for o in others)])
