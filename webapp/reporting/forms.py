"""Input of reporting: an entry of a day, the lines of a report, and what the secretariat sets up."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.validators import NumberRange, Optional

from webapp.forms import (
    BaseForm,
    DateText,
    DecimalComma,
    FieldRefused,
    IntegerText,
    TextArea,
    TextLine,
    choices,
    required,
)
from webapp.reporting.models import ProgrammeLine, ReportingYear
from webapp.reporting.rules import (
    BASIS_LABELS,
    EXCUSE_LABELS,
    FIRST_YEAR,
    HUNDRED,
    LAST_YEAR,
    OBSTACLE_LABELS,
    QUARTERS,
    ROMAN,
    ZERO,
    Basis,
    ExcuseRule,
    Obstacle,
    Terms,
)
from webapp.reporting.services import NewEntry, NewLine, SaidOfLine
from webapp.territory.models import Agency, Region
from webapp.territory.rules import AGENCY_LABELS, AgencyKind

MOST_MONEY = 10**15
MOST_POINTS = 1_000
HIGHEST_ID = 2_147_483_647
LONGEST_REASON = 1_000
_THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?", re.ASCII)


class Rupiah(DecimalComma):
    """An amount of money; "25.000.000" is twenty-five million, as everybody here writes it."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, lowest=0, highest=MOST_MONEY, places=2, **kwargs)

    def _value(self) -> str:
        """What the control shows: "71.000.000", as it may be typed; eight digits in a row nobody reads."""
        plain = super()._value()
        if self.raw_data or self.data is None or str(get_locale()) == "en":
            return plain
        whole, comma, cents = plain.partition(",")
        return f"{int(whole):,}".replace(",", ".") + comma + cents

    def read(self, raw: str) -> Decimal:
        """One typed amount. Raises `FieldRefused` (number_invalid, number_too_precise)."""
        typed = raw.strip().removeprefix("Rp").strip()
        return cast(Decimal, super().read(typed.replace(".", "") if _THOUSANDS.fullmatch(typed) else typed))


def _points(label: Any, **kwargs: Any) -> DecimalComma:
    return DecimalComma(label, places=4, lowest=0, highest=MOST_POINTS, **kwargs)


def short(value: Decimal) -> Decimal:
    """The same number without the zeros a column adds, as a person would type it."""
    return Decimal(format(value.normalize(), "f"))


class EntryForm(BaseForm):
    """What was done today: one programme, one sentence, and how much. The lines to choose from come from the view."""

    day = DateText(_l("Tanggal"))
    line = SelectField(_l("Kegiatan"), coerce=int, validators=[required()])
    said = TextArea(_l("Apa yang dikerjakan"), longest=2000)
    quantity = DecimalComma(_l("Berapa"), places=4, lowest=0, highest=10**9, required=False)
    physical = _points(
        _l("Tambahan kemajuan fisik, persen dari pekerjaan setahun"), required=False,
        description=_l("Kosong berarti 0."),
    )  # fmt: skip
    money = Rupiah(_l("Uang terpakai (Rp)"), required=False, description=_l("Kosong berarti 0."))
    evidence = IntegerText(
        _l("Nomor bukti"), required=False, validators=[Optional(), NumberRange(1, HIGHEST_ID)],
        description=_l("Bila kegiatan ini sudah ada buktinya."),
    )  # fmt: skip

    def offer(self, lines: Iterable[ProgrammeLine]) -> None:
        """Fill what can be chosen."""
        self.line.choices = choices(
            [(str(one.id), f"{one.name} ({one.measure})" if one.measure else one.name) for one in lines]
        )

    def entry(self) -> NewEntry:
        """What was said. Ask after `validate`."""
        return NewEntry(
            day=cast(date, self.day.data), said=self.said.data or "", quantity=self.quantity.data,
            physical=self.physical.data or ZERO, money=self.money.data or ZERO, evidence_id=self.evidence.data,
        )  # fmt: skip


class ReasonForm(BaseForm):
    reason = TextArea(_l("Alasan"), longest=LONGEST_REASON)


class LineForm(BaseForm):
    """One line of a report; several stand on a page, each with its prefix."""

    physical = _points(_l("Fisik yang dilaporkan (%)"), required=False)
    money = Rupiah(_l("Keuangan yang dilaporkan (Rp)"), required=False)
    reason = TextLine(_l("Alasan bila berbeda dari catatan"), longest=LONGEST_REASON, required=False)
    obstacle_kind = SelectField(
        _l("Jenis hambatan"), choices=choices([("", _l("Pilih")), *OBSTACLE_LABELS.items()]), validators=[Optional()]
    )
    obstacle = TextArea(_l("Hambatan"), longest=2000, required=False)

    def said(self, rolled_physical: Decimal, rolled_money: Decimal) -> SaidOfLine:
        """What was said; a figure equal to the sum of the entries is no correction. Ask after `validate`."""
        physical, money = self.physical.data, self.money.data
        return SaidOfLine(
            physical=None if physical == rolled_physical else physical,
            money=None if money == rolled_money else money,
            reason=self.reason.data or "",
            obstacle_kind=Obstacle(self.obstacle_kind.data) if self.obstacle_kind.data else None,
            obstacle=self.obstacle.data or "",
        )


class SendForm(BaseForm):
    """What stands below the lines of a report."""

    note = TextArea(_l("Alasan perbaikan"), longest=LONGEST_REASON, required=False)


class YearForm(BaseForm):
    """A new reporting year. The regions to choose from come from the view."""

    region_code = SelectField(_l("Pemerintah daerah"), validators=[required()])
    year = IntegerText(_l("Tahun"), lowest=FIRST_YEAR, highest=LAST_YEAR)

    def offer(self, regions: Iterable[Region]) -> None:
        """Fill what can be chosen."""
        self.region_code.choices = choices([(one.code, f"{one.name} ({one.code})") for one in regions])


class TermsForm(BaseForm):
    """The settings of a reporting year."""

    threshold = DecimalComma(
        _l("Ambang (%)"), places=2, lowest=Decimal("0.01"), highest=100,
        description=_l("Usulan awal 75, untuk fisik dan keuangan masing-masing."),
    )  # fmt: skip
    basis = SelectField(_l("Dasar target"), choices=choices(list(BASIS_LABELS.items())))
    late_counts = BooleanField(_l("Laporan terlambat tetap dihitung menurut isinya"))
    excuse_rule = SelectField(_l("Laporan yang diberi dispensasi"), choices=choices(list(EXCUSE_LABELS.items())))
    due_1 = DateText(_l("Tenggat TW I"))
    due_2 = DateText(_l("Tenggat TW II"))
    due_3 = DateText(_l("Tenggat TW III"))
    due_4 = DateText(_l("Tenggat TW IV"))
    bands = TextArea(
        _l("Tabel predikat"), longest=500, required=False,
        description=_l("Satu predikat tiap baris: huruf, lalu nilai terendahnya, misalnya “BB 70”. Boleh kosong."),
    )  # fmt: skip

    @classmethod
    def of(cls, year: ReportingYear) -> "TermsForm":
        """The form as the year stands."""
        return cls(
            formdata=None,
            data={
                "threshold": short(year.threshold), "basis": year.target_basis, "late_counts": year.late_counts,
                "excuse_rule": year.excuse_rule, **{f"due_{n}": year.deadline_of(n) for n in QUARTERS},
                "bands": "\n".join(f"{label} {begins}".replace(".", ",") for label, begins, _ in year.grades),
            },
        )  # fmt: skip

    def validate_bands(self, field: Any) -> None:  # noqa: ARG002 - WTForms asks so
        """Raises `FieldRefused` (bands_invalid)."""
        try:
            self.grade_table()
        except ValueError as why:
            raise FieldRefused("bands_invalid", _l("Tulis satu predikat tiap baris, misalnya “BB 70”.")) from why

    def grade_table(self) -> list[tuple[str, Decimal]]:
        """(label, from) for each line. Raises ValueError for a line that is none, and for a bound said twice."""
        found = []
        for text in (self.bands.data or "").splitlines():
            if text.strip():
                label, _, begins = text.strip().rpartition(" ")
                if not label.strip() or not re.fullmatch(r"\d{1,3}([.,]\d{1,2})?", begins, re.ASCII):
                    raise ValueError(text)
                found.append((label.strip(), Decimal(begins.replace(",", "."))))
        bounds = [begins for _, begins in found]
        if len(set(bounds)) != len(bounds) or any(one > HUNDRED for one in bounds):
            raise ValueError(bounds)
        return found

    def terms(self) -> Terms:
        """Ask after `validate`."""
        return Terms(
            cast(Decimal, self.threshold.data),
            Basis(self.basis.data),
            self.late_counts.data,
            ExcuseRule(self.excuse_rule.data),
        )

    def due_on(self) -> list[date]:
        """Ask after `validate`."""
        return [cast(date, self[f"due_{n}"].data) for n in QUARTERS]


class UnitForm(BaseForm):
    """Who must report besides: a known agency or kecamatan, or a new agency by its name."""

    unit = SelectField(_l("Unit"), validators=[Optional()])
    name = TextLine(_l("Atau perangkat daerah baru, namanya"), longest=200, required=False)
    kind = SelectField(_l("Jenis perangkat daerah"), choices=choices(list(AGENCY_LABELS.items())))

    def offer(self, agencies: Iterable[Agency], kecamatan: Iterable[Region]) -> None:
        """Fill what can be chosen."""
        pairs: list[tuple[str, Any]] = [("", _l("Pilih"))]
        pairs += [(f"agency-{one.id}", one.name) for one in agencies]
        pairs += [(f"region-{one.code}", f"{one.name} ({one.code})") for one in kecamatan]
        self.unit.choices = choices(pairs)

    def kind_chosen(self) -> AgencyKind:
        """Ask after `validate`."""
        return AgencyKind(self.kind.data)


class TargetForm(BaseForm):
    """A programme of a unit with its targets."""

    name = TextLine(_l("Program atau kegiatan"))
    measure = TextLine(_l("Satuan"), longest=40, required=False, description=_l("Misalnya km, orang, dokumen."))
    weight = DecimalComma(
        _l("Bobot fisik"), places=2, lowest=Decimal("0.01"), highest=999, default=Decimal(1),
        description=_l("Dibandingkan kegiatan lain di unit ini."),
    )  # fmt: skip
    place = SelectField(_l("Kecamatan tempatnya"), validators=[Optional()])
    physical_target = _points(_l("Target fisik setahun (%)"), default=Decimal(100))
    money_target = Rupiah(_l("Pagu setahun (Rp)"))
    physical_1 = _points(_l("Fisik TW I (%)"))
    physical_2 = _points(_l("Fisik TW II (%)"))
    physical_3 = _points(_l("Fisik TW III (%)"))
    physical_4 = _points(_l("Fisik TW IV (%)"))
    money_1 = Rupiah(_l("Keuangan TW I (Rp)"))
    money_2 = Rupiah(_l("Keuangan TW II (Rp)"))
    money_3 = Rupiah(_l("Keuangan TW III (Rp)"))
    money_4 = Rupiah(_l("Keuangan TW IV (Rp)"))

    def offer(self, kecamatan: Sequence[Region]) -> None:
        """Fill what can be chosen."""
        pairs: list[tuple[str, Any]] = [("", _l("Tidak di satu kecamatan"))]
        self.place.choices = choices(pairs + [(one.code, one.name) for one in kecamatan])

    @classmethod
    def of(cls, line: ProgrammeLine, prefix: str) -> "TargetForm":
        """The form as the line stands."""
        quarters = {f"physical_{n}": short(line.physical_quarters[n - 1]) for n in QUARTERS}
        quarters |= {f"money_{n}": short(line.money_quarters[n - 1]) for n in QUARTERS}
        return cls(
            formdata=None, prefix=prefix,
            data={
                "name": line.name, "measure": line.measure, "weight": short(line.weight),
                "place": line.place_code or "",
                "physical_target": short(line.physical_target), "money_target": short(line.money_target), **quarters,
            },
        )  # fmt: skip

    def line(self) -> NewLine:
        """Ask after `validate`."""
        return NewLine(
            name=self.name.data or "", measure=self.measure.data or "", weight=cast(Decimal, self.weight.data),
            place_code=self.place.data or None, physical_target=cast(Decimal, self.physical_target.data),
            money_target=self.money_target.data,
            physical_quarters=[self[f"physical_{n}"].data for n in QUARTERS],
            money_quarters=[self[f"money_{n}"].data for n in QUARTERS],
        )  # fmt: skip


QUARTER_CHOICES = [(str(n), f"TW {ROMAN[n]}") for n in QUARTERS]
