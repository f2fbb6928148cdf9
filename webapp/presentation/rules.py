"""When participants are heard: slots over days, everybody once. Pure facts.

Source: domain.md row O2 (two days, 18 slots); hours and minutes are what the secretariat says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

MOST_DAYS = 31
LONGEST_MINUTES = 480


class Attendance(StrEnum):
    """Whether a slot was held. An absent unit has a reason, and a person who noted it."""

    PLANNED = "planned"
    PRESENT = "present"
    ABSENT = "absent"


ATTENDANCE_LABELS = {
    Attendance.PLANNED: _l("Dijadwalkan"),
    Attendance.PRESENT: _l("Hadir"),
    Attendance.ABSENT: _l("Tidak hadir"),
}


@dataclass(frozen=True)
class Hours:
    """How a day of presentations runs: from when on (clock of the period's zone), and minutes of each and between."""

    begins: time
    minutes: int
    pause: int = 0


@dataclass(frozen=True)
class PlannedSlot:
    """One participant's time, as instants."""

    region_code: str
    starts_at: datetime
    ends_at: datetime


def shares(units: int, days: int) -> list[int]:
    """How many are heard on each day: as equal as can be, earlier days first (18 over 2: 9 and 9; 5 over 2: 3, 2)."""
    each, more = divmod(units, days)
    return [each + (1 if n < more else 0) for n in range(days)]


def fits(units: int, days: int, hours: Hours) -> bool:
    """Whether the longest day ends before midnight."""
    longest = shares(units, days)[0]
    begins = timedelta(hours=hours.begins.hour, minutes=hours.begins.minute)
    return begins + longest * timedelta(minutes=hours.minutes + hours.pause) <= timedelta(days=1)


def plan(units: Sequence[str], days: Iterable[date], hours: Hours, zone: str) -> list[PlannedSlot]:
    """A slot for each unit, in the order given, over those days in their order. Ask `fits` before."""
    there, wanted = ZoneInfo(zone), sorted(set(days))
    ends = list(accumulate(shares(len(units), len(wanted))))
    made = []
    for day, first, last in zip(wanted, [0, *ends], ends, strict=False):
        begins = datetime.combine(day, hours.begins, there)
        for n, unit in enumerate(units[first:last]):
            at = begins + n * timedelta(minutes=hours.minutes + hours.pause)
            made.append(PlannedSlot(unit, at, at + timedelta(minutes=hours.minutes)))
    return made


def overlap(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    """Whether two spans of time share a moment; one may begin when the other ends."""
    return one[0] < other[1] and other[0] < one[1]
