"""When a report is sent to the centre again, and what is said of its delay. Pure facts.

Source: domain.md L5: what a unit sends is at the centre within hours, and nothing is lost or doubled while the centre
is away. The sixty minutes are a proposal, set by the operator.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l


class State(StrEnum):
    """Where a sent report stands on its way. There is no end but the receipt: the centre may be away for days."""

    QUEUED = "queued"
    FAILED = "failed"  # and tried again
    RECEIVED = "received"


STATE_LABELS = {
    State.QUEUED: _l("Menunggu dikirim"),
    State.FAILED: _l("Gagal kirim, dicoba lagi"),
    State.RECEIVED: _l("Terkirim ke pusat"),
}


class Outcome(StrEnum):
    """What became of one try."""

    STARTED = "started"  # and never ended: whoever tried it was gone
    RECEIVED = "received"
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"  # the centre may have it all the same; the next try finds out
    REFUSED = "refused"
    NONSENSE = "nonsense"  # it answered, but that was no receipt


OUTCOME_LABELS = {
    Outcome.STARTED: _l("Terputus sebelum ada jawaban"),
    Outcome.RECEIVED: _l("Diterima"),
    Outcome.UNREACHABLE: _l("Pusat tidak dapat dihubungi"),
    Outcome.TOO_SLOW: _l("Pusat terlambat menjawab"),
    Outcome.REFUSED: _l("Pusat menolak"),
    Outcome.NONSENSE: _l("Jawaban pusat bukan tanda terima"),
}

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)
IN_HAND = timedelta(minutes=3)  # longer than any try lasts: then whoever has it is gone


def pause_after(tries: int) -> timedelta:
    """How long to wait after the n-th failed try: 1, 2, 4 … minutes, never longer than half an hour."""
    doublings: int = min(max(tries, 1) - 1, 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


@dataclass(frozen=True)
class Delay:
    """How long a report was (or has been) on its way, and whether that is longer than was promised."""

    length: timedelta
    arrived: bool
    late: bool

    @property
    def minutes(self) -> int:
        return int(self.length.total_seconds() // 60)


def delay(sent_at: datetime, received_at: datetime | None, at: datetime, promise: timedelta) -> Delay:
    """From the moment a unit sent its report to the receipt, or until now; by our clock, never the centre's."""
    length = max((received_at or at) - sent_at, timedelta())
    return Delay(length, received_at is not None, length > promise)
