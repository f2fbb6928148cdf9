"""Input of programmes."""

from webapp.programme.forms.instruments import (
    AspectForm,
    ImportForm,
    IndicatorForm,
    InstrumentForm,
    PresetForm,
    SettleForm,
    TermsForm,
)
from webapp.programme.forms.periods import (
    ParticipantsForm,
    PeriodForm,
)

__all__ = [
    "AspectForm", "ImportForm", "IndicatorForm", "InstrumentForm", "ParticipantsForm", "PeriodForm", "PresetForm",
    "SettleForm", "TermsForm",
]  # fmt: skip
