"""Input of agreements."""

from collections.abc import Iterable
from datetime import date
from typing import cast

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from webapp.agreement.models import AgreementSet
from webapp.agreement.rules import LONGEST_MONTHS, STEP_LABELS, StepKind
from webapp.agreement.services import AgreementFields, SetFields
from webapp.forms import BaseForm, DateText, IntegerText, TextArea, TextLine, choices, required
from webapp.territory.models import Region


class SetForm(BaseForm):
    """A set of agreements with its rule."""

    region_code = SelectField(_l("Wilayah"), validators=[required()])
    name = TextLine(_l("Nama kumpulan"), description=_l("Misalnya Perjanjian kinerja 2017."))
    term_months = IntegerText(_l("Masa perjanjian (bulan)"), lowest=1, highest=LONGEST_MONTHS)
    window_months = IntegerText(_l("Masa perbaikan (bulan)"), lowest=1, highest=LONGEST_MONTHS)
    covers_camat = BooleanField(
        _l("Mencakup camat"),
        description=_l("Aturan ini untuk pejabat tinggi. Camat hanya tercakup bila wilayah menetapkannya di sini."),
    )
    basis = TextArea(_l("Dasar"), longest=1000, required=False)

    def offer(self, regions: Iterable[Region]) -> None:
        """Fill what can be chosen."""
        self.region_code.choices = choices([(one.code, f"{one.name} ({one.code})") for one in regions])

    def fields(self) -> SetFields:
        """What was said. Ask after `validate`."""
        return SetFields(
            region_code=self.region_code.data, name=self.name.data, term_months=cast(int, self.term_months.data),
            window_months=cast(int, self.window_months.data), covers_camat=self.covers_camat.data,
            basis=self.basis.data or "",
        )  # fmt: skip


class AgreementForm(BaseForm):
    """What one official's unit agreed to."""

    set_id = SelectField(_l("Kumpulan perjanjian"), coerce=str)
    unit_name = TextLine(_l("Unit"))
    unit_code = SelectField(_l("Kecamatan (hanya untuk camat)"), coerce=str)
    post = TextLine(_l("Jabatan"))
    holder = TextLine(
        _l("Nama pengguna pemegang jabatan"), longest=64, required=False,
        description=_l("Pemegang akun dapat membaca perjanjiannya."),
    )  # fmt: skip
    targets = TextArea(_l("Target yang disepakati"), description=_l("Satu target tiap baris."))
    agreed_on = DateText(_l("Tanggal kesepakatan"))

    def offer(self, sets: Iterable[AgreementSet], units: Iterable[Region]) -> None:
        """Fill what can be chosen."""
        nothing = ("", _l("tidak ada"))
        self.set_id.choices = choices([(str(one.id), f"{one.name} · {one.region.name}") for one in sets])
        self.unit_code.choices = choices([nothing, *((one.code, one.name) for one in units)])

    def fields(self) -> AgreementFields:
        """What was said. Ask after `validate`."""
        lines = tuple(line.strip() for line in (self.targets.data or "").splitlines() if line.strip())
        return AgreementFields(
            unit_name=self.unit_name.data, post=self.post.data, targets=lines,
            agreed_on=cast(date, self.agreed_on.data), unit_code=self.unit_code.data or None,
            holder=self.holder.data or "",
        )  # fmt: skip


class DecisionForm(BaseForm):
    """One step of a named person."""

    kind = SelectField(_l("Keputusan"), coerce=str)
    reason = TextArea(_l("Alasan, atau isi keputusan"), longest=4000)

    def offer(self, kinds: Iterable[StepKind]) -> None:
        """Fill what can be chosen; the service refuses what does not follow."""
        self.kind.choices = choices([(str(one), STEP_LABELS[one]) for one in kinds])
