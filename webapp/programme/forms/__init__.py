"""Input of programmes."""

from webapp.programme.forms.instruments import (
    LIGHTEST,
    AspectForm,
    IndicatorForm,
    InstrumentForm,
)
from webapp.programme.forms.periods import (
    ParticipantsForm,
    PeriodForm,
    layout_choices,
    layout_named,
)

__all__ = [
    "LIGHTEST", "AspectForm", "IndicatorForm", "InstrumentForm", "ParticipantsForm", "PeriodForm", "layout_choices",
    "layout_named",
]  # fmt: skip
