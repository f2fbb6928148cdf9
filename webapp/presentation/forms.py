"""Input of the schedule."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import cast
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TimeField
from wtforms.validators import InputRequired

from webapp.forms import BaseForm, DateText, IntegerText, TextLine, choices
from webapp.presentation.models import PresentationSlot
from webapp.presentation.rules import LONGEST_MINUTES, Hours

DAYS = range(1, 6)  # as many as the form offers
NOBODY = ""


class ScheduleForm(BaseForm):
    """Days, hours and the place; everybody in the running round is heard."""

    place = TextLine(_l("Tempat"))
    begins = TimeField(_l("Mulai pukul"), [InputRequired()], default=time(9))
    minutes = IntegerText(_l("Menit per peserta"), lowest=5, highest=LONGEST_MINUTES, default=30)
    pause = IntegerText(_l("Menit jeda"), lowest=0, highest=LONGEST_MINUTES, default=0)

    def days(self) -> list[date]:
        """The days that were said."""
        return [self[f"day_{n}"].data for n in DAYS if self[f"day_{n}"].data]

    def hours(self) -> Hours:
        """How each day runs. Ask after `validate`."""
        return Hours(
            cast(time, self.begins.data), cast(int, self.minutes.data), cast(int, self.pause.data)
        )  # fmt: skip


for _n in DAYS:
    setattr(ScheduleForm, f"day_{_n}", DateText(_l("Hari ke-%(n)s", n=_n), required=_n == 1))


class SlotForm(BaseForm):
    """Another time or place for one slot, or the slot of somebody who still waits; and what is shown."""

    day = DateText(_l("Hari"))
    begins = TimeField(_l("Mulai pukul"), [InputRequired()])
    place = TextLine(_l("Tempat"))
    swap_with = SelectField(_l("Tukar dengan"), default=NOBODY)
    because = TextLine(_l("Alasan dipindah"), required=False)
    deck = TextLine(_l("Judul atau rujukan bahan paparan"), required=False)

    def offer(self, waiting: Iterable[PresentationSlot]) -> None:
        """Whom a slot can be exchanged with."""
        self.swap_with.choices = choices(
            [(NOBODY, _l("Tidak ditukar")), *((str(one.id), one.region.name) for one in waiting)]
        )

    def show(self, slot: PresentationSlot, zone: str) -> None:
        """The slot as it stands."""
        there = slot.starts_at.astimezone(ZoneInfo(zone))
        self.day.data, self.begins.data = there.date(), there.time()
        self.place.data, self.deck.data, self.swap_with.data = slot.place, slot.deck, NOBODY

    def starts_at(self, zone: str) -> datetime:
        """The moment that was said. Ask after `validate`."""
        return datetime.combine(cast(date, self.day.data), cast(time, self.begins.data), ZoneInfo(zone))
