"""When a claim is proven, what blocks a final result, how totals and ranks are reckoned. Pure facts, exact to the last
step: sums are fractions and are rounded once, halves up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from math import lcm

from flask_babel import lazy_gettext as _l

from webapp.evidence.rules import DISMISSED, UNSEEN, VERIFIED, State
from webapp.programme.rules import Method, Mode

CENT = Decimal("0.01")
ZERO = Decimal(0)


class ClaimState(StrEnum):
    UNSUPPORTED = "unsupported"
    WAITING = "waiting"
    PROVEN = "proven"
    UNPROVEN = "unproven"
    SET_ASIDE = "set_aside"


CLAIM_LABELS = {
    ClaimState.UNSUPPORTED: _l("Diajukan, belum ada bukti terkirim"),
    ClaimState.WAITING: _l("Menunggu verifikasi"),
    ClaimState.PROVEN: _l("Terbukti"),
    ClaimState.UNPROVEN: _l("Tidak terbukti"),
    ClaimState.SET_ASIDE: _l("Dikesampingkan dengan alasan (nilai 0)"),
}
SETTLED = frozenset({ClaimState.PROVEN, ClaimState.UNPROVEN, ClaimState.SET_ASIDE})


def counts(state: State, mode: Mode) -> bool:
    """Whether a case in that state is verified in the way the indicator asks for."""
    return state in VERIFIED if mode is Mode.DESK else state is State.VERIFIED_FIELD


def claim_state(
    states: Iterable[State], mode: Mode, *, set_aside: bool = False, method: Method = Method.RATED, required: int = 1
) -> ClaimState:
    """What the tied cases make of a claim. Drafts and withdrawn ones are not part of it: only the unit knows them.

    `required`: so many cases the indicator asks for at least; what asks for the field needs one in any case. Where
    assessors rate, every case must be verified in the required mode, and one dismissed case fells the claim. Where
    events are counted, dismissed ones fall out and the others count; while one is still being looked at, the claim
    waits, for that one could add to it.
    """
    if set_aside:
        return ClaimState.SET_ASIDE
    seen = [state for state in states if state not in UNSEEN]
    least = required if mode is Mode.DESK else max(required, 1)
    counting = method is Method.COUNT
    if not counting and any(state in DISMISSED for state in seen):
        return ClaimState.UNPROVEN
    if len(seen) < least:
        return ClaimState.UNSUPPORTED
    left = [state for state in seen if state not in DISMISSED]
    if not all(counts(state, mode) for state in left):
        return ClaimState.WAITING
    return ClaimState.PROVEN if len(left) >= least else ClaimState.UNPROVEN


class ClaimStep(StrEnum):
    """How far a claim has come, in the words its camat reads."""

    FILED = "filed"
    SUPPORTED = "supported"
    PROVEN = "proven"
    UNPROVEN = "unproven"
    VALUED = "valued"
    LOCKED = "locked"
    SET_ASIDE = "set_aside"


STEP_LABELS = {
    ClaimStep.FILED: _l("Diajukan"),
    ClaimStep.SUPPORTED: _l("Didukung bukti"),
    ClaimStep.PROVEN: _l("Terbukti"),
    ClaimStep.UNPROVEN: _l("Tidak terbukti"),
    ClaimStep.VALUED: _l("Dinilai"),
    ClaimStep.LOCKED: _l("Terkunci"),
    ClaimStep.SET_ASIDE: _l("Dikesampingkan"),
}
_STEPS = {
    ClaimState.UNSUPPORTED: ClaimStep.FILED,
    ClaimState.WAITING: ClaimStep.SUPPORTED,
    ClaimState.UNPROVEN: ClaimStep.UNPROVEN,
    ClaimState.SET_ASIDE: ClaimStep.SET_ASIDE,
}


def claim_step(state: ClaimState, *, valued: bool, locked: bool) -> ClaimStep:
    """Filed → supported → proven or not → valued → locked; set aside stands beside them."""
    if locked:
        return ClaimStep.LOCKED
    return _STEPS.get(state) or (ClaimStep.VALUED if valued else ClaimStep.PROVEN)


class Reason(StrEnum):
    """Why a result cannot be final yet."""

    CLAIM_UNSUPPORTED = "claim_unsupported"
    CLAIM_WAITING = "claim_waiting"
    EVIDENCE_OPEN = "evidence_open"
    CLAIM_MISSING = "claim_missing"
    SCORE_PARTIAL = "score_partial"
    STAGE_OPEN = "stage_open"
    MINUTES_OPEN = "minutes_open"
    MINUTES_OUTDATED = "minutes_outdated"
    QUORUM_MISSING = "quorum_missing"
    PAIR_UNDRAWN = "pair_undrawn"
    PAIR_INCOMPLETE = "pair_incomplete"
    ADJUDICATION_OPEN = "adjudication_open"
    SPREAD_OPEN = "spread_open"
    SLOT_MISSING = "slot_missing"
    SLOT_NOT_HELD = "slot_not_held"
    SLOT_QUORUM = "slot_quorum"
    SLOT_UNSCORED = "slot_unscored"
    NOT_SHORTLISTED = "not_shortlisted"
    NOT_FINAL = "not_final"
    NOT_ANNOUNCED = "not_announced"


REASON_LABELS = {
    Reason.CLAIM_UNSUPPORTED: _l("Klaim wajib tanpa bukti yang dikirim"),
    Reason.CLAIM_WAITING: _l("Klaim menunggu verifikasi"),
    Reason.EVIDENCE_OPEN: _l("Bukti belum diputuskan"),
    Reason.CLAIM_MISSING: _l("Indikator wajib yang tidak diklaim"),
    Reason.SCORE_PARTIAL: _l("Nilai dari penilai yang kini punya konflik kepentingan"),
    Reason.STAGE_OPEN: _l("Tahap belum ditutup"),
    Reason.MINUTES_OPEN: _l("Berita acara pleno belum ditandatangani"),
    Reason.MINUTES_OUTDATED: _l("Nilai berubah sejak berita acara pleno; perlu berita acara baru"),
    Reason.QUORUM_MISSING: _l("Kuorum penilai belum terpenuhi"),
    Reason.PAIR_UNDRAWN: _l("Pasangan penilai belum diundi"),
    Reason.PAIR_INCOMPLETE: _l("Pasangan penilai belum selesai menilai"),
    Reason.ADJUDICATION_OPEN: _l("Selisih terlalu besar; menunggu putusan penengah"),
    Reason.SPREAD_OPEN: _l("Selisih nilai antarpenilai terlalu besar; perlu moderasi"),
    Reason.SLOT_MISSING: _l("Belum dijadwalkan untuk pemaparan"),
    Reason.SLOT_NOT_HELD: _l("Pemaparan belum berlangsung"),
    Reason.SLOT_QUORUM: _l("Penilai yang hadir pada pemaparan kurang dari kuorum"),
    Reason.SLOT_UNSCORED: _l("Penilai yang hadir belum semua memberi nilai pemaparan"),
    Reason.NOT_SHORTLISTED: _l("Peserta babak kedua belum ditetapkan"),
    Reason.NOT_FINAL: _l("Nilai belum final"),
    Reason.NOT_ANNOUNCED: _l("Hasil belum diumumkan"),
}

# Open states that are in the assessors' hands: they block whether or not a claim rests on them.
IN_HAND = frozenset(
    {State.SUBMITTED, State.UNDER_REVIEW, State.REJECTION_PROPOSED, State.AWAITING_FIELD, State.OBJECTED}
)


@dataclass(frozen=True)
class Blocker:
    """One thing finalisation waits for, with what a link needs: the case where there is one, else the claim."""

    reason: Reason
    region_code: str
    claim_id: int | None = None
    evidence_id: int | None = None
    title: str = ""
    indicator: str = ""
    state: State | None = None
    have: int = 0
    need: int = 0
    slot_id: int | None = None  # of a presentation
    score_id: int | None = None


@dataclass(frozen=True)
class Weighted:
    """An indicator's place in the total: percentages of its aspect and of the aspect in the instrument."""

    aspect_weight: Decimal
    weight: Decimal
    max_value: Decimal

    @property
    def factor(self) -> Fraction:
        """What one point of the indicator adds to the total, exact."""
        return Fraction(self.weight) * Fraction(self.aspect_weight) / (100 * Fraction(self.max_value))


def average(values: Iterable[Decimal]) -> Decimal:
    """The plain mean of the assessors' values, exact; 0 of none."""
    known = list(values)
    return sum(known, ZERO) / len(known) if known else ZERO


def mean(values: Iterable[Decimal]) -> Fraction:
    """The same as `average`, also where its decimals never end."""
    known = [value.as_integer_ratio() for value in values]
    return _sum(known) / len(known) if known else Fraction(0)


def _sum(parts: Sequence[tuple[int, int]]) -> Fraction:
    """The sum of numerators over denominators, reduced once: a country has millions of them."""
    common = lcm(*{below for _, below in parts})
    return Fraction(sum(above * (common // below) for above, below in parts), common)


def rounded(exact: Fraction) -> Decimal:
    """Two decimals, halves up, from the exact fraction; not negative."""
    return (Decimal((200 * exact.numerator + exact.denominator) // (2 * exact.denominator)) / 100).quantize(CENT)


def total(means: Mapping[int, Decimal | Fraction], weights: Mapping[int, Weighted]) -> Decimal:
    """Points of 100 for one participant: each indicator's mean over its maximum, by both weights; rounded once."""
    return total_of(means, {key: place.factor for key, place in weights.items()})


def total_of(means: Mapping[int, Decimal | Fraction], factors: Mapping[int, Fraction]) -> Decimal:
    """The same with factors reckoned beforehand, for many participants."""
    parts = ((*means[key].as_integer_ratio(), *one.as_integer_ratio()) for key, one in factors.items() if key in means)
    return rounded(_sum([(above * points, below * of) for above, below, points, of in parts]))


def counted_events(events: int, points_each: Decimal, fading: Decimal, highest: Decimal) -> Fraction:
    """What so many verified events are worth: each further one `fading` percent of the last, at most `highest`."""
    share, first = Fraction(fading) / 100, Fraction(points_each)
    raw = first * events if share == 1 else first * (1 - share**events) / (1 - share)
    return min(raw, Fraction(highest))


def distinct_events(cases: Iterable[int], same: Iterable[tuple[int, int]]) -> int:
    """How many events those cases tell of, where pairs in `same` show the same photo: groups of them are one event."""
    upper = {one: one for one in cases}

    def head(one: int) -> int:
        while upper[one] != one:
            one = upper[one]
        return one

    for one, other in same:
        if one in upper and other in upper:
            upper[head(one)] = head(other)
    return sum(one == above for one, above in upper.items())


@dataclass(frozen=True)
class Level:
    """An answer an indicator allows, as the rules need it; a range has at least one end."""

    id: int
    points: Decimal
    lower: Decimal | None = None
    upper: Decimal | None = None

    @property
    def ranges(self) -> bool:
        return self.lower is not None or self.upper is not None

    def holds(self, number: Decimal) -> bool:
        """Whether that number is this answer; both ends are included."""
        return (
            self.ranges
            and (self.lower is None or self.lower <= number)
            and (self.upper is None or number <= self.upper)
        )


def level_for(number: Decimal, levels: Iterable[Level]) -> Level | None:
    """The level whose range holds the number; the better one where two do; None where none does."""
    return max((one for one in levels if one.holds(number)), key=lambda one: one.points, default=None)


def grantable(claimed: Decimal, levels: Iterable[Level]) -> tuple[Decimal, ...]:
    """What an assessor may give: points of the level the unit claims or of a lower one, highest first."""
    return tuple(sorted({one.points for one in levels if one.points <= claimed}, reverse=True))


def after_two_rounds(first: Decimal, second: Decimal, carry_share: Decimal) -> Decimal:
    """The result of a shortlisted participant: `carry_share` percent of the first round, the rest of the second."""
    return ((first * carry_share + second * (100 - carry_share)) / 100).quantize(CENT, ROUND_HALF_UP)


def ranks(totals: Mapping[str, Decimal]) -> dict[str, int]:
    """Rank by total, highest first; equal totals share a rank and the next ones are skipped (1, 2, 2, 4)."""
    first: dict[Decimal, int] = {}
    for place, value in enumerate(sorted(totals.values(), reverse=True), start=1):
        first.setdefault(value, place)
    return {key: first[value] for key, value in totals.items()}
