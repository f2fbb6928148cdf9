"""Input of programmes."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

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
from webapp.programme.errors import DatesReversed
from webapp.programme.models import Instrument
from webapp.programme.rules import MODE_LABELS, READING_LABELS, SPREAD_LIMIT, Reading
from webapp.programme.services import PeriodFields
from webapp.territory.models import Region

LIGHTEST = Decimal("0.01")


class PeriodForm(BaseForm):
    """A new period. The regions and instruments to choose from are filled by the view."""

    name = TextLine(_l("Nama periode"))
    region_code = SelectField(_l("Wilayah yang menilai"), validators=[required()])
    instrument_id = SelectField(_l("Instrumen"), coerce=int, validators=[required()])
    starts_on = DateText(_l("Kegiatan sejak"))
    ends_on = DateText(_l("Kegiatan sampai"))
    quorum = IntegerText(_l("Kuorum penilai per indikator"), lowest=1, highest=99)

    def offer(self, regions: Iterable[Region], instruments: Iterable[Instrument]) -> None:
        """Fill what can be chosen."""
        self.region_code.choices = choices([(one.code, f"{one.name} ({one.code})") for one in regions])
        named = [(str(one.id), _("%(name)s, versi %(n)s", name=one.name, n=one.version)) for one in instruments]
        self.instrument_id.choices = choices(named)

    def validate_ends_on(self, field: Field) -> None:
        """An end before the start. Raises `FieldRefused` (dates_reversed)."""
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise FieldRefused(DatesReversed.code, DatesReversed.message)

    def fields(self) -> PeriodFields:
        """What was said. Ask after `validate`."""
        return PeriodFields(
            name=self.name.data or "", region_code=self.region_code.data, instrument_id=self.instrument_id.data,
            starts_on=cast(date, self.starts_on.data), ends_on=cast(date, self.ends_on.data),
            quorum=cast(int, self.quorum.data),
        )  # fmt: skip


class ParticipantsForm(BaseForm):
    """Which kecamatan take part."""

    participants = SelectMultipleField(
        _l("Kecamatan peserta"),
        validators=[required()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def offer(self, regions: Iterable[Region]) -> None:
        """Fill what can be chosen."""
        self.participants.choices = choices([(one.code, f"{one.name} ({one.code})") for one in regions])

    def chosen(self) -> list[str]:
        """The codes that were ticked."""
        return [str(code) for code in self.participants.data or ()]


class InstrumentForm(BaseForm):
    name = TextLine(_l("Nama instrumen"))
    legal_basis = TextArea(_l("Dasar hukum atau sumber"), required=False)
    example = BooleanField(_l("Angka di dalamnya hanya contoh"))


class AspectForm(BaseForm):
    aspect_name = TextLine(_l("Nama aspek"))
    aspect_weight = DecimalComma(_l("Bobot aspek (%)"), places=2, lowest=LIGHTEST, highest=100)

    def weight(self) -> Decimal:
        """The weight in percent. Ask after `validate`."""
        return cast(Decimal, self.aspect_weight.data)


class IndicatorForm(BaseForm):
    indicator_name = TextLine(_l("Nama indikator"))
    indicator_weight = DecimalComma(_l("Bobot dalam aspek (%)"), places=2, lowest=LIGHTEST, highest=100)
    mode = SelectField(_l("Cara verifikasi"), choices=choices(list(MODE_LABELS.items())))
    required_claim = BooleanField(_l("Wajib dibuktikan"), default=True)
    reading = SelectField(
        _l("Cara menilai"), choices=choices(list(READING_LABELS.items())), default=Reading.QUORUM.value
    )
    spread_limit = DecimalComma(
        _l("Batas selisih antarpenilai (poin dari 100)"), places=2, lowest=0, highest=100, required=False,
        default=SPREAD_LIMIT,
    )  # fmt: skip

    def limit(self) -> Decimal:
        """How far two readers may lie apart, points of 100; none said: the usual limit. Ask after `validate`."""
        said = self.spread_limit.data
        return SPREAD_LIMIT if said is None else cast(Decimal, said)

    def weight(self) -> Decimal:
        """The weight in percent. Ask after `validate`."""
        return cast(Decimal, self.indicator_weight.data)
