"""Input of periods."""

from collections.abc import Iterable
from datetime import date
from typing import cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.forms import (
    BaseForm,
    DateText,
    FieldRefused,
    IntegerText,
    TextLine,
    choices,
    required,
)
from webapp.programme.errors import DatesReversed
from webapp.programme.models import Instrument
from webapp.programme.services import PeriodFields
from webapp.territory.models import Region


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
