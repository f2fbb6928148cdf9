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
)

__all__ = ["LIGHTEST", "AspectForm", "IndicatorForm", "InstrumentForm", "ParticipantsForm", "PeriodForm"]
