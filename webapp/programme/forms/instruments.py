"""Input of instruments."""

from decimal import Decimal
from typing import cast

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from webapp.forms import (
    BaseForm,
    DecimalComma,
    TextArea,
    TextLine,
    choices,
)
from webapp.programme.rules import MODE_LABELS, READING_LABELS, SPREAD_LIMIT, Reading

LIGHTEST = Decimal("0.01")


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
