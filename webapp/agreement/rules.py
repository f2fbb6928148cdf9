"""The clocks of a performance agreement and the steps people take. Pure facts; nothing here decides.

Source: Sekda Dharmasraya's account of PP 11/2017 Art. 142 in the founding article (S3): targets agreed for a year; if
missed, six months to improve; if still missed, re-selection or competence test. The regulation's own wording was not
verified: 12 and 6 months are defaults [P] that a region sets for each set of agreements.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

TERM_MONTHS, WINDOW_MONTHS = 12, 6
LONGEST_MONTHS = 60
BASIS = "PP 11/2017 Pasal 142 menurut penuturan Sekda Dharmasraya (S3); naskahnya belum diperiksa."


class StepKind(StrEnum):
    """What a named person decided."""

    MET = "met"
    MISSED = "missed"  # opens the window to improve
    IMPROVED = "improved"
    PROPOSED = "proposed"  # re-selection is proposed, no more
    DECIDED = "decided"  # what became of the proposal, in words


STEP_LABELS = {
    StepKind.MET: _l("Target terpenuhi"),
    StepKind.MISSED: _l("Target tidak tercapai, masa perbaikan dibuka"),
    StepKind.IMPROVED: _l("Kinerja membaik"),
    StepKind.PROPOSED: _l("Wajib seleksi ulang (usulan)"),
    StepKind.DECIDED: _l("Keputusan atas usulan"),
}


class Standing(StrEnum):
    """How an agreement stands on a day. A clock that ran out waits for a person, for as long as it takes."""

    RUNNING = "running"
    DUE = "due"
    IMPROVING = "improving"
    WINDOW_OVER = "window_over"
    PROPOSED = "proposed"
    MET = "met"
    IMPROVED = "improved"
    DECIDED = "decided"


STANDING_LABELS = {
    Standing.RUNNING: _l("Berjalan"),
    Standing.DUE: _l("Jatuh tempo, menunggu keputusan"),
    Standing.IMPROVING: _l("Masa perbaikan"),
    Standing.WINDOW_OVER: _l("Masa perbaikan habis, menunggu keputusan"),
    Standing.PROPOSED: _l("Usulan seleksi ulang, menunggu keputusan"),
    Standing.MET: _l("Terpenuhi"),
    Standing.IMPROVED: _l("Membaik"),
    Standing.DECIDED: _l("Sudah diputuskan"),
}
WAITING = frozenset({Standing.DUE, Standing.WINDOW_OVER, Standing.PROPOSED})
CLOSED = frozenset({Standing.MET, Standing.IMPROVED, Standing.DECIDED})
# What may be decided where the agreement stands so. Met closes the clock at any point.
STEPS: dict[Standing, frozenset[StepKind]] = {
    Standing.RUNNING: frozenset({StepKind.MET}),
    Standing.DUE: frozenset({StepKind.MET, StepKind.MISSED}),
    Standing.IMPROVING: frozenset({StepKind.MET, StepKind.IMPROVED}),
    Standing.WINDOW_OVER: frozenset({StepKind.MET, StepKind.IMPROVED, StepKind.PROPOSED}),
    Standing.PROPOSED: frozenset({StepKind.MET, StepKind.DECIDED}),
    Standing.MET: frozenset(),
    Standing.IMPROVED: frozenset(),
    Standing.DECIDED: frozenset(),
}


def months_after(day: date, months: int) -> date:
    """The same day so many months later; where that month is shorter, its last day (31 Aug + 6 → 28 or 29 Feb)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_in(at: datetime, zone: str) -> date:
    """The day it is in a zone: a clock's last day ends at its midnight there."""
    return at.astimezone(ZoneInfo(zone)).date()


def standing(steps: Sequence[StepKind], due_on: date, window_until: date, today: date) -> Standing:
    """How an agreement stands on a day. `steps`: oldest first; both last days still belong to the official."""
    last = steps[-1] if steps else None
    if last is None:
        return Standing.DUE if today > due_on else Standing.RUNNING
    if last is StepKind.MISSED:
        return Standing.WINDOW_OVER if today > window_until else Standing.IMPROVING
    return {
        StepKind.MET: Standing.MET,
        StepKind.IMPROVED: Standing.IMPROVED,
        StepKind.PROPOSED: Standing.PROPOSED,
        StepKind.DECIDED: Standing.DECIDED,
    }[last]
