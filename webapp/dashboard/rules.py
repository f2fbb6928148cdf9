"""What the desk counts beyond the figures of the map: steps, ages, months. Pure; ages in whole days of 24 hours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from flask_babel import lazy_gettext as _l

from webapp.evidence.rules import CLAIMED, DISMISSED, VERIFIED, Grade, State
from webapp.insight.errors import UnknownFilter

SMALL = 5  # of fewer cases no percentages are told: one case more or less would turn them over
MONTHS = 24  # that a chart shows at most


class Step(StrEnum):
    """How far a case has come by its state now; each step holds the next."""

    SENT = "dikirim"
    TAKEN_UP = "diperiksa"
    PASSED_DESK = "lolos_meja"
    VERIFIED = "terverifikasi"


STEP_LABELS = {
    Step.SENT: _l("Dikirim"),
    Step.TAKEN_UP: _l("Mulai diperiksa"),
    Step.PASSED_DESK: _l("Lolos pemeriksaan meja"),
    Step.VERIFIED: _l("Terverifikasi"),
}
STATES_OF_STEP: dict[Step, frozenset[State]] = {
    Step.SENT: CLAIMED,
    Step.TAKEN_UP: CLAIMED - {State.SUBMITTED},
    Step.PASSED_DESK: VERIFIED | {State.AWAITING_FIELD, State.MISMATCH},
    Step.VERIFIED: VERIFIED,
}


class Queue(StrEnum):
    """Whom a case waits for on the side of those who verify; one that was returned waits for its unit."""

    DESK = "meja"
    FIELD = "lapangan"
    OBJECTION = "sanggahan"


QUEUE_LABELS = {
    Queue.DESK: _l("Di meja"),
    Queue.FIELD: _l("Di lapangan"),
    Queue.OBJECTION: _l("Sanggahan"),
}
STATES_OF_QUEUE: dict[Queue, frozenset[State]] = {
    Queue.DESK: frozenset({State.SUBMITTED, State.UNDER_REVIEW, State.REJECTION_PROPOSED}),
    Queue.FIELD: frozenset({State.AWAITING_FIELD}),
    Queue.OBJECTION: frozenset({State.OBJECTED}),
}


class Age(StrEnum):
    """How long a case has been waiting since it was sent, in days that are over."""

    WEEK = "0-7"
    MONTH = "8-30"
    LONGER = "31"


AGE_LABELS = {
    Age.WEEK: _l("0–7 hari"),
    Age.MONTH: _l("8–30 hari"),
    Age.LONGER: _l("lebih dari 30 hari"),
}
_DAYS: dict[Age, tuple[int, int | None]] = {Age.WEEK: (0, 8), Age.MONTH: (8, 31), Age.LONGER: (31, None)}


def sent_between(age: Age, at: datetime) -> tuple[datetime | None, datetime | None]:
    """(after, until): a case of that age was sent later than the first and not later than the second; None: no bound.

    The youngest has no upper bound: a clock that runs ahead must not lose a case.
    """
    low, high = _DAYS[age]
    after = at - timedelta(days=high) if high is not None else None
    return after, (at - timedelta(days=low) if low else None)


def age_of(sent_at: datetime, at: datetime) -> Age:
    """The same for one case."""
    for age in Age:
        after, until = sent_between(age, at)
        if (after is None or sent_at > after) and (until is None or sent_at <= until):
            return age
    raise AssertionError(sent_at)  # the three ages are all there is


class Flow(StrEnum):
    """What happened to a case in a month; of each case only what still holds."""

    SENT = "dikirim"
    VERIFIED = "terverifikasi"
    REJECTED = "ditolak"


FLOW_LABELS = {Flow.SENT: _l("Dikirim"), Flow.VERIFIED: _l("Terverifikasi"), Flow.REJECTED: _l("Ditolak")}
STATES_OF_FLOW = {Flow.SENT: CLAIMED, Flow.VERIFIED: VERIFIED, Flow.REJECTED: DISMISSED}

PARAMETERS = {
    "step": "tahap", "queue": "antrean", "age": "umur", "grade": "tingkat", "signal": "sinyal", "flow": "arus",
    "month": "bulan",
}  # fmt: skip
_KINDS: dict[str, type[StrEnum]] = {"step": Step, "queue": Queue, "age": Age, "grade": Grade, "flow": Flow}
_LONGEST_CODE = 60
EARLIEST, LATEST = 1990, 2200  # years an address may name


@dataclass(frozen=True)
class Cut:
    """Which cases one number of the desk counts, beside the filters of the map. `month`: its first day.

    `age` alone is of everything that waits; `flow` alone of all months.
    """

    step: Step | None = None
    queue: Queue | None = None
    age: Age | None = None
    grade: Grade | None = None
    signal: str | None = None
    flow: Flow | None = None
    month: date | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """Read an address; empty values cut nothing. Raises `UnknownFilter`, naming the field."""
        known: dict[str, Any] = {name: _one_of(name, args.get(PARAMETERS[name])) for name in _KINDS}
        month = _month(args.get(PARAMETERS["month"]))
        if month is not None and known["flow"] is None:
            raise UnknownFilter(field=PARAMETERS["flow"])
        return cls(**known, signal=_code(args.get(PARAMETERS["signal"])), month=month)

    def args(self) -> dict[str, Any]:
        """The same for an address: only what is set."""
        said = {name: value for name, value in asdict(self).items() if value is not None}
        return {PARAMETERS[name]: f"{value:%Y-%m}" if name == "month" else str(value) for name, value in said.items()}


def _one_of(name: str, value: str | None) -> StrEnum | None:
    if not value:
        return None
    if value not in set(_KINDS[name]):
        raise UnknownFilter(field=PARAMETERS[name])
    return _KINDS[name](value)


def _code(value: str | None) -> str | None:
    if not value:
        return None
    if len(value) > _LONGEST_CODE or not (value.isascii() and value.isidentifier()):
        raise UnknownFilter(field=PARAMETERS["signal"])
    return value


def _month(value: str | None) -> date | None:
    if not value:
        return None
    year, _, number = value.partition("-")
    if not (value.isascii() and len(value) == 7 and year.isdigit() and number.isdigit() and 1 <= int(number) <= 12):
        raise UnknownFilter(field=PARAMETERS["month"])
    if not EARLIEST <= int(year) <= LATEST:
        raise UnknownFilter(field=PARAMETERS["month"])
    return date(int(year), int(number), 1)


def months_until(last: date, number: int) -> tuple[date, ...]:
    """First days of so many months, the last one among them."""
    found = [last.replace(day=1)]
    while len(found) < number and found[-1] > date.min:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return tuple(reversed(found))


def shown_months(known: Iterable[date], most: int = MONTHS) -> tuple[date, ...]:
    """From the first month in which anything happened to the last, without gaps, the newest `most` of them."""
    days = sorted(known)
    if not days:
        return ()
    apart = (days[-1].year - days[0].year) * 12 + days[-1].month - days[0].month
    return months_until(days[-1], min(apart + 1, most))


def around(month: date) -> tuple[datetime, datetime]:
    """Instants between which all of a month lies, whatever clock it is of."""
    begins = datetime(month.year, month.month, 1, tzinfo=UTC)
    return begins - timedelta(days=1), (begins + timedelta(days=32)).replace(day=1) + timedelta(days=1)


def share(part: int, whole: int) -> Decimal | None:
    """Percent, or None where the whole is too small to speak of percentages."""
    return Decimal(part) * 100 / whole if whole >= SMALL else None


def silent_first(units: Sequence[Any]) -> list[Any]:
    """Units with nothing before all others, both in the order of their codes."""
    return sorted(units, key=lambda one: (not one.silent, one.code))
