"""Quarterly reports: their life, clocks, sums and what is judged of them. Pure facts; exact decimals throughout.

Source: domain.md L2–L4, L7, D2 and 4.4. The threshold (75), what its target is, what lateness and an excuse mean for
the value and how the value is made are settings of the reporting year: proposals, never shown as law.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from webapp.reporting.errors import IllegalMove

QUARTERS = (1, 2, 3, 4)
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}
THRESHOLD = Decimal(75)
ZERO = Decimal(0)
CENT = Decimal("0.01")
HUNDRED = Decimal(100)
FIRST_YEAR, LAST_YEAR = 2000, 2100
DAYS_TO_REPORT = 10  # after a quarter's last day, unless the secretariat says otherwise [P]


class State(StrEnum):
    """Where the report of a unit for a quarter stands. What is late stays marked late beside its state."""

    NOT_REPORTED = "not_reported"
    DRAFT = "draft"
    SENT = "sent"
    RECEIVED = "received"
    SEND_FAILED = "send_failed"
    DEEMED_IDLE = "deemed_idle"
    LATE = "late"


STATE_LABELS = {
    State.NOT_REPORTED: _l("Belum lapor"),
    State.DRAFT: _l("Draf"),
    State.SENT: _l("Dikirim"),
    State.RECEIVED: _l("Diterima pusat"),
    State.SEND_FAILED: _l("Gagal kirim, dicoba lagi"),
    State.DEEMED_IDLE: _l("Dianggap tidak bekerja"),
    State.LATE: _l("Terlambat"),
}


class Move(StrEnum):
    BEGIN = "begin"
    SUBMIT = "submit"
    CORRECT = "correct"
    EXPIRE = "expire"  # nobody's: the clock's
    RECEIVE = "receive"  # by the transmission to the centre, and the next one
    FAIL = "fail"


MOVE_LABELS = {
    Move.BEGIN: _l("Mulai mengisi"),
    Move.SUBMIT: _l("Kirim"),
    Move.CORRECT: _l("Kirim perbaikan"),
    Move.EXPIRE: _l("Tenggat lewat tanpa laporan"),
    Move.RECEIVE: _l("Diterima pusat"),
    Move.FAIL: _l("Gagal kirim"),
}
TRANSITIONS: dict[tuple[State, Move], State] = {
    (State.NOT_REPORTED, Move.BEGIN): State.DRAFT,
    (State.NOT_REPORTED, Move.SUBMIT): State.SENT,
    (State.DRAFT, Move.SUBMIT): State.SENT,
    (State.NOT_REPORTED, Move.EXPIRE): State.DEEMED_IDLE,
    (State.DRAFT, Move.EXPIRE): State.DEEMED_IDLE,
    (State.DEEMED_IDLE, Move.SUBMIT): State.LATE,
    (State.SENT, Move.CORRECT): State.SENT,
    (State.LATE, Move.CORRECT): State.LATE,
    (State.RECEIVED, Move.CORRECT): State.SENT,
    (State.SEND_FAILED, Move.CORRECT): State.SENT,
    (State.SENT, Move.RECEIVE): State.RECEIVED,
    (State.LATE, Move.RECEIVE): State.RECEIVED,
    (State.SEND_FAILED, Move.RECEIVE): State.RECEIVED,
    (State.SENT, Move.FAIL): State.SEND_FAILED,
    (State.LATE, Move.FAIL): State.SEND_FAILED,
}
SILENT = frozenset({State.NOT_REPORTED, State.DRAFT, State.DEEMED_IDLE})  # nothing was handed in
WAITING = frozenset({State.NOT_REPORTED, State.DRAFT})


def after(state: State, move: Move, *, late: bool = False) -> State:
    """The state a move leads to; a late report that is sent again stays late. Raises `IllegalMove`."""
    try:
        became = TRANSITIONS[state, move]
    except KeyError as why:
        raise IllegalMove from why
    return State.LATE if late and became is State.SENT else became


class Basis(StrEnum):
    """What 75 percent is of. The article can be read either way; the first is its literal reading."""

    QUARTER = "quarter"
    CUMULATIVE = "cumulative"


BASIS_LABELS = {
    Basis.QUARTER: _l("Target triwulan itu sendiri"),
    Basis.CUMULATIVE: _l("Kumulatif terhadap target setahun, dinilai mulai akhir TW III"),
}


class ExcuseRule(StrEnum):
    """What an excused report counts while nothing was handed in."""

    EXCLUDED = "excluded"
    ZERO = "zero"


EXCUSE_LABELS = {
    ExcuseRule.EXCLUDED: _l("Tidak dihitung"),
    ExcuseRule.ZERO: _l("Tetap dihitung 0"),
}


class Obstacle(StrEnum):
    """Kinds of obstacles; free text stands beside each. A proposal: the articles name none but the repeated tender."""

    PROCUREMENT = "procurement"
    LAND = "land"
    WEATHER = "weather"
    BUDGET = "budget"
    STAFF = "staff"
    RULES = "rules"
    PARTNER = "partner"
    OTHER = "other"


OBSTACLE_LABELS = {
    Obstacle.PROCUREMENT: _l("Pengadaan atau lelang ulang"),
    Obstacle.LAND: _l("Lahan"),
    Obstacle.WEATHER: _l("Cuaca atau bencana"),
    Obstacle.BUDGET: _l("Pencairan anggaran"),
    Obstacle.STAFF: _l("Tenaga pelaksana"),
    Obstacle.RULES: _l("Aturan atau izin"),
    Obstacle.PARTNER: _l("Penyedia atau pihak lain"),
    Obstacle.OTHER: _l("Lainnya"),
}


class Side(StrEnum):
    PHYSICAL = "physical"
    FINANCIAL = "financial"


SIDE_LABELS = {Side.PHYSICAL: _l("fisik"), Side.FINANCIAL: _l("keuangan")}


# Clocks -------------------------------------------------------------------------------------------------------------


def quarter_of(day: date) -> int:
    return (day.month + 2) // 3


def quarter_days(year: int, quarter: int) -> tuple[date, date]:
    """First and last day of a quarter."""
    last = 3 * quarter
    return date(year, last - 2, 1), date(year, last, monthrange(year, last)[1])


def month_days(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def usual_deadlines(year: int) -> list[date]:
    """The last day to report each quarter, before anybody chose others."""
    return [quarter_days(year, quarter)[1] + timedelta(days=DAYS_TO_REPORT) for quarter in QUARTERS]


def deadline(due_on: date, zone: str) -> datetime:
    """The first moment after a day in that zone, in UTC: what arrives before it is in time."""
    return datetime.combine(due_on + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def is_past(due_on: date, zone: str, at: datetime) -> bool:
    return at >= deadline(due_on, zone)


def state_at(stored: State, due_on: date, zone: str, at: datetime) -> State:
    """What a report is at a moment, whether or not the job that writes it down has come by."""
    return State.DEEMED_IDLE if stored in WAITING and is_past(due_on, zone, at) else stored


# Judging ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reached:
    """One programme line: target and realisation, physical in percent points of the year's work, money in rupiah."""

    target_physical: Decimal
    target_money: Decimal
    physical: Decimal
    money: Decimal
    weight: Decimal = Decimal(1)


def percent(reached: Decimal | Fraction, target: Decimal | Fraction) -> Decimal | None:
    """Percent of a target, cut off (never rounded up) to two decimals; None where there was no target.

    Cut off, so that what is shown as 75,00 has reached 75 and what has not is shown as 74,99.
    """
    if target <= 0:
        return None
    return Decimal(floor(Fraction(reached) * 10_000 / Fraction(target))) / HUNDRED


@dataclass(frozen=True)
class Result:
    """Percent reached of both sides; None for a side without a target."""

    physical: Decimal | None
    financial: Decimal | None

    def failing(self, threshold: Decimal) -> tuple[Side, ...]:
        """The sides below the threshold (percent, two decimals at most)."""
        sides = ((Side.PHYSICAL, self.physical), (Side.FINANCIAL, self.financial))
        return tuple(side for side, reached in sides if reached is not None and reached < threshold)

    @property
    def value(self) -> Decimal:
        """Points of 100: the mean of both sides, each counted up to 100 [P]; a side without a target is left out."""
        known = [min(one, HUNDRED) for one in (self.physical, self.financial) if one is not None]
        return percent(sum(known, ZERO), HUNDRED * len(known)) or ZERO if known else ZERO


NOTHING = Result(ZERO, ZERO)


def result_of(lines: Iterable[Reached]) -> Result:
    """All lines of a unit together: money as it is, physical work by the weights of the lines."""
    known = list(lines)
    done = sum((Fraction(one.weight) * Fraction(one.physical) for one in known), Fraction())
    planned = sum((Fraction(one.weight) * Fraction(one.target_physical) for one in known), Fraction())
    spent = sum((one.money for one in known), ZERO)
    return Result(percent(done, planned), percent(spent, sum((one.target_money for one in known), ZERO)))


def is_judged(basis: Basis, quarter: int) -> bool:
    """Whether the threshold is asked at the end of that quarter."""
    return basis is Basis.QUARTER or quarter >= 3


def is_unfinished(line: Reached, threshold: Decimal) -> bool:
    """Whether a line owes an obstacle: its work is below its target, or its money below the threshold."""
    return line.physical < line.target_physical or line.money * HUNDRED < threshold * line.target_money


class Verdict(StrEnum):
    REACHED = "reached"
    BELOW = "below"
    IDLE = "idle"  # silence: counts 0
    WAITING = "waiting"  # not due yet
    EXCUSED = "excused"
    NOT_JUDGED = "not_judged"  # the basis asks later


@dataclass(frozen=True)
class Judgement:
    """What a report is worth at a moment. `value`: points of 100; None is left out of every mean."""

    verdict: Verdict
    value: Decimal | None
    failing: tuple[Side, ...] = ()


@dataclass(frozen=True)
class Terms:
    """The settings of a reporting year that decide about values."""

    threshold: Decimal = THRESHOLD
    basis: Basis = Basis.QUARTER
    late_counts: bool = False  # a late report without excuse keeps the 0 of its deadline [P]
    excuse_rule: ExcuseRule = ExcuseRule.EXCLUDED


def judge(
    state: State, result: Result | None, terms: Terms, quarter: int, *, late: bool = False, excused: bool = False
) -> Judgement:
    """What the report counts. `state`: as of `state_at`; `result`: of the latest revision handed in, None without.

    Silence past the deadline is 0, not missing; an excuse leaves it out (or 0, by the setting). A late report counts
    only where the setting or an excuse says so, and fails or passes all the same.
    """
    if state in WAITING:
        return Judgement(Verdict.WAITING, None)
    if state is State.DEEMED_IDLE or result is None:
        if excused:
            return Judgement(Verdict.EXCUSED, None if terms.excuse_rule is ExcuseRule.EXCLUDED else ZERO)
        return Judgement(Verdict.IDLE, ZERO)
    value = ZERO if late and not (excused or terms.late_counts) else result.value
    if not is_judged(terms.basis, quarter):
        return Judgement(Verdict.NOT_JUDGED, value)
    failing = result.failing(terms.threshold)
    return Judgement(Verdict.BELOW if failing else Verdict.REACHED, value, failing)


def mean_value(values: Iterable[Decimal | None]) -> Decimal | None:
    """The value of many reports, cut off to two decimals; zeros count, None does not. None where nothing counts."""
    known = [value for value in values if value is not None]
    return percent(sum(known, ZERO), HUNDRED * len(known)) if known else None


def adds_up(parts: Sequence[Decimal], whole: Decimal) -> bool:
    """Whether the targets of the quarters are the year's."""
    return sum(parts, ZERO) == whole
