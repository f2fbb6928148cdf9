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
    layout_choices,
    layout_named,
)

__all__ = [
    "LIGHTEST",
    "AspectForm",
    "ImportForm",
    "IndicatorForm",
    "InstrumentForm",
    "ParticipantsForm",
    "PeriodForm",
    "PresetForm",
    "SettleForm",
    "TermsForm",
    "layout_choices",
    "layout_named",
]  # fmt: skip
