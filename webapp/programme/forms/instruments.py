"""Input of instruments."""

from decimal import Decimal
from typing import cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, SelectField

from webapp.forms import (
    BaseForm,
    DecimalComma,
    FieldRefused,
    IntegerText,
    TextArea,
    TextLine,
    choices,
    clean_text,
    to_decimal,
)
from webapp.programme.models import Aspect, Indicator, IndicatorLevel, Instrument
from webapp.programme.presets import PRESETS
from webapp.programme.rules import (
    HUNDRED,
    METHOD_LABELS,
    MODE_LABELS,
    READING_LABELS,
    SPREAD_LIMIT,
    TIE_LABELS,
    GradePlan,
    IndicatorPlan,
    LevelPlan,
    Method,
    Mode,
    Reading,
    TieRule,
)
from webapp.programme.services import Terms

LIGHTEST = Decimal("0.01")
MOST_POINTS = Decimal("9999.99")
MOST_LEVELS = MOST_GRADES = 40
MOST_CASES = 50
FURTHEST = Decimal(99_999_999)  # a bound of a range
LONGEST_LABEL = 60
_LINES = {"inputmode": "text", "spellcheck": "false"}


class InstrumentForm(BaseForm):
    name = TextLine(_l("Nama instrumen"))
    legal_basis = TextArea(_l("Dasar hukum atau sumber"), required=False)
    example = BooleanField(_l("Angka di dalamnya hanya contoh"))


class PresetForm(BaseForm):
    """Which of the founding articles' systems to begin with."""

    preset = SelectField(_l("Sistem penilaian"), choices=choices([(key, one.name) for key, one in PRESETS.items()]))


class ImportForm(BaseForm):
    berkas = FileField(_l("Berkas instrumen (XLSX atau JSON)"))

    def validate_berkas(self, field: Field) -> None:
        """Some file. Raises `FieldRefused` (no_file)."""
        if not field.data:
            raise FieldRefused("no_file", _l("Pilih berkas lebih dahulu."))


class TermsForm(BaseForm):
    """What is said of the whole instrument."""

    legal_basis = TextArea(_l("Dasar hukum atau sumber"), required=False)
    tie_rule = SelectField(_l("Bila nilai sama"), choices=choices(list(TIE_LABELS.items())))
    grades = TextArea(_l("Tabel predikat"), required=False, longest=4000, render_kw=_LINES)

    @classmethod
    def of(cls, shown: Instrument, prefix: str) -> "TermsForm":
        """The form as the instrument stands."""
        lines = "\n".join(
            f"{one.label} | {'' if one.includes else '> '}{_typed(one.from_total)}" for one in shown.grades
        )
        data = {"legal_basis": shown.legal_basis, "tie_rule": shown.tie_rule, "grades": lines}
        return cls(formdata=None, data=data, prefix=prefix)

    def validate_grades(self, field: Field) -> None:
        """Each line a grade. Raises `FieldRefused`."""
        bands = [_grade(number, parts) for number, parts in _lines(field.data or "", MOST_GRADES)]
        if len({one.from_total for one in bands}) < len(bands):
            raise FieldRefused("grade_begins_twice", _l("Dua predikat mulai dari nilai yang sama."))

    def terms(self) -> Terms:
        """What was said. Ask after `validate`."""
        bands = (_grade(number, parts) for number, parts in _lines(self.grades.data or "", MOST_GRADES))
        highest_first = tuple(sorted(bands, key=lambda one: -one.from_total))
        return Terms((self.legal_basis.data or "").replace("\r\n", "\n"), TieRule(self.tie_rule.data), highest_first)


class SettleForm(BaseForm):
    source = TextArea(_l("Bobot dan angka ini ditetapkan dengan dasar"), longest=1000)


class AspectForm(BaseForm):
    aspect_name = TextLine(_l("Nama aspek"))
    aspect_weight = DecimalComma(_l("Bobot aspek (%)"), places=2, lowest=LIGHTEST, highest=100)
    part = SelectField(
        _l("Dinilai pada"), default="1",
        choices=choices([("1", _l("Babak 1: semua peserta")), ("2", _l("Babak 2: yang lolos penyaringan"))]),
    )  # fmt: skip

    @classmethod
    def of(cls, aspect: Aspect, prefix: str) -> "AspectForm":
        """The form as the aspect stands."""
        data = {"aspect_name": aspect.name, "aspect_weight": aspect.weight, "part": str(aspect.round)}
        return cls(formdata=None, data=data, prefix=prefix)

    def weight(self) -> Decimal:
        """The weight in percent. Ask after `validate`."""
        return cast(Decimal, self.aspect_weight.data)

    def round(self) -> int:
        """1 or 2. Ask after `validate`."""
        return int(self.part.data)


class IndicatorForm(BaseForm):
    """Everything of an indicator. What is left empty is as usual: `plan` fills it in."""

    indicator_name = TextLine(_l("Nama indikator"))
    indicator_weight = DecimalComma(_l("Bobot dalam aspek (%)"), places=2, lowest=LIGHTEST, highest=100)
    mode = SelectField(_l("Cara verifikasi"), choices=choices(list(MODE_LABELS.items())))
    method = SelectField(_l("Asal nilai"), choices=choices(list(METHOD_LABELS.items())), default=Method.RATED.value)
    max_value = DecimalComma(
        _l("Nilai maksimum"), places=2, lowest=LIGHTEST, highest=MOST_POINTS, required=False, default=HUNDRED
    )
    points_each = DecimalComma(
        _l("Poin per kegiatan terverifikasi"), places=4, lowest=Decimal("0.0001"), highest=MOST_POINTS, required=False
    )
    fading = DecimalComma(
        _l("Kegiatan berikutnya bernilai (% dari yang sebelumnya)"), places=2, lowest=0, highest=100, required=False,
        default=HUNDRED,
    )  # fmt: skip
    levels = TextArea(_l("Tingkat jawaban"), required=False, longest=8000, render_kw=_LINES)
    evidence_required = IntegerText(_l("Bukti paling sedikit"), lowest=0, highest=MOST_CASES, required=False, default=1)
    required_claim = BooleanField(_l("Wajib dibuktikan"), default=True)
    reading = SelectField(
        _l("Cara menilai"), choices=choices(list(READING_LABELS.items())), default=Reading.QUORUM.value
    )
    spread_limit = DecimalComma(
        _l("Batas selisih antarpenilai (poin dari 100)"), places=2, lowest=0, highest=100, required=False,
        default=SPREAD_LIMIT,
    )  # fmt: skip

    @classmethod
    def of(cls, one: Indicator, prefix: str) -> "IndicatorForm":
        """The form as the indicator stands."""
        data = {
            "indicator_name": one.name, "indicator_weight": one.weight, "mode": one.mode, "method": one.method,
            "max_value": one.max_value, "points_each": one.points_each, "fading": one.fading,
            "evidence_required": one.evidence_required, "required_claim": one.required, "reading": one.reading,
            "spread_limit": one.spread_limit, "levels": "\n".join(_level_line(level) for level in one.levels),
        }  # fmt: skip
        return cls(formdata=None, data={key: _short(value) for key, value in data.items()}, prefix=prefix)

    def validate_levels(self, field: Field) -> None:
        """Each line a level. Raises `FieldRefused`."""
        for number, parts in _lines(field.data or "", MOST_LEVELS):
            _level(number, parts)

    def validate_method(self, field: Field) -> None:
        """A count has its points. Raises `FieldRefused` (points_missing)."""
        if field.data == Method.COUNT and self.points_each.data is None and not self.points_each.process_errors:
            raise FieldRefused("points_missing", _l("Isi poin untuk satu kegiatan."))

    def validate_reading(self, field: Field) -> None:
        """Only what is rated is read by a pair. Raises `FieldRefused` (nothing_to_read)."""
        if field.data == Reading.BLIND_PAIR and self.method.data not in (Method.RATED, Method.LEVELS):
            raise FieldRefused("nothing_to_read", _l("Asal nilai ini tidak dibaca oleh dua penilai tersamar."))

    def plan(self) -> IndicatorPlan:
        """What was said. Ask after `validate`."""
        return IndicatorPlan(
            name=self.indicator_name.data or "", weight=cast(Decimal, self.indicator_weight.data),
            mode=Mode(self.mode.data), method=Method(self.method.data), required=bool(self.required_claim.data),
            evidence_required=1 if self.evidence_required.data is None else int(self.evidence_required.data),
            max_value=_or(self.max_value.data, HUNDRED), points_each=self.points_each.data,
            fading=_or(self.fading.data, HUNDRED), reading=Reading(self.reading.data),
            spread_limit=_or(self.spread_limit.data, SPREAD_LIMIT),
            levels=tuple(_level(number, parts) for number, parts in _lines(self.levels.data or "", MOST_LEVELS)),
        )  # fmt: skip


def _or(said: Decimal | None, usual: Decimal) -> Decimal:
    return usual if said is None else said


def _short(value: object) -> object:
    """A number without zeros nobody typed."""
    return Decimal(_typed(value).replace(",", ".")) if isinstance(value, Decimal) else value


def _typed(value: Decimal | None) -> str:
    """A number as one would type it: "74,99", "10"."""
    return "" if value is None else f"{value.normalize():f}".replace(".", ",")


def _level_line(level: IndicatorLevel) -> str:
    ends = [_typed(level.lower), _typed(level.upper)] if level.lower is not None or level.upper is not None else []
    return " | ".join([level.name, _typed(level.points), *ends])


def _lines(text: str, most: int) -> list[tuple[int, list[str]]]:
    """The lines that say something, as (number from 1, parts). Raises `FieldRefused` (too_many_lines)."""
    found = [(n, [part.strip() for part in line.split("|")]) for n, line in enumerate(text.splitlines(), 1)]
    said = [(n, parts) for n, parts in found if any(parts)]
    if len(said) > most:
        raise FieldRefused("too_many_lines", _("Paling banyak %(most)s baris.", most=most))
    return said


def _level(number: int, parts: list[str]) -> LevelPlan:
    """ "Baik | 75 | 12 | 35": name, points and, where a number decides, from and to; both included, empty: without end.

    Raises `FieldRefused` (line_not_understood).
    """
    if not 2 <= len(parts) <= 4:
        raise _refused(number, _("tulis nama | nilai, atau nama | nilai | dari | sampai"))
    lower, upper = (
        _number(number, part, -FURTHEST, FURTHEST, 4) if part else None for part in (*parts[2:], "", "")[:2]
    )
    if lower is not None and upper is not None and lower > upper:
        raise _refused(number, _("batas bawah melebihi batas atas"))
    return LevelPlan(_name(number, parts[0]), _number(number, parts[1], Decimal(0), MOST_POINTS, 2), lower, upper)


def _grade(number: int, parts: list[str]) -> GradePlan:
    """ "A | 80" from 80 on, "A | > 80" above it. Raises `FieldRefused` (line_not_understood)."""
    if len(parts) != 2:
        raise _refused(number, _("tulis predikat | nilai awal"))
    begins = parts[1].removeprefix(">")
    start = _number(number, begins.strip(), Decimal(0), HUNDRED, 2)
    return GradePlan(_name(number, parts[0]), start, includes=begins == parts[1])


def _name(number: int, text: str) -> str:
    try:
        return clean_text(text, longest=LONGEST_LABEL)
    except FieldRefused as refused:
        raise _refused(number, str(refused.args[0])) from refused


def _number(line: int, text: str, lowest: Decimal, highest: Decimal, places: int) -> Decimal:
    try:
        number = to_decimal(text)
    except FieldRefused as refused:
        raise _refused(line, _("%(text)s bukan angka", text=f"“{text[:30]}”")) from refused
    exponent = number.as_tuple().exponent
    if not lowest <= number <= highest or (isinstance(exponent, int) and -exponent > places):
        raise _refused(line, _("%(text)s di luar yang diperbolehkan", text=f"“{text[:30]}”"))
    return number


def _refused(number: int, why: str) -> FieldRefused:
    return FieldRefused("line_not_understood", _("Baris %(number)s: %(why)s.", number=number, why=why))
