"""When a claim is proven, what blocks a final result, how totals and ranks are reckoned. Pure facts, exact decimals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from webapp.evidence.rules import DISMISSED, UNSEEN, VERIFIED, State
from webapp.programme.rules import Mode

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


def claim_state(states: Iterable[State], mode: Mode, *, set_aside: bool = False) -> ClaimState:
    """What the tied cases make of a claim: it is proven only if every one of them is verified in the required mode.

    Drafts and withdrawn cases are not part of it; nobody but the unit knows them.
    """
    if set_aside:
        return ClaimState.SET_ASIDE
    seen = [state for state in states if state not in UNSEEN]
    if not seen:
        return ClaimState.UNSUPPORTED
    if any(state in DISMISSED for state in seen):
        return ClaimState.UNPROVEN
    return ClaimState.PROVEN if all(counts(state, mode) for state in seen) else ClaimState.WAITING


class Reason(StrEnum):
    """Why a result cannot be final yet."""

    CLAIM_UNSUPPORTED = "claim_unsupported"
    CLAIM_WAITING = "claim_waiting"
    EVIDENCE_OPEN = "evidence_open"
    QUORUM_MISSING = "quorum_missing"
    PAIR_UNDRAWN = "pair_undrawn"
    PAIR_INCOMPLETE = "pair_incomplete"
    ADJUDICATION_OPEN = "adjudication_open"
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
    Reason.QUORUM_MISSING: _l("Kuorum penilai belum terpenuhi"),
    Reason.PAIR_UNDRAWN: _l("Pasangan penilai belum diundi"),
    Reason.PAIR_INCOMPLETE: _l("Pasangan penilai belum selesai menilai"),
    Reason.ADJUDICATION_OPEN: _l("Selisih terlalu besar; menunggu putusan penengah"),
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


@dataclass(frozen=True)
class Weighted:
    """An indicator's place in the total: percentages of its aspect and of the aspect in the instrument."""

    aspect_weight: Decimal
    weight: Decimal
    max_value: Decimal


def average(values: Iterable[Decimal]) -> Decimal:
    """The plain mean of the assessors' values, exact; 0 of none."""
    known = list(values)
    return sum(known, ZERO) / len(known) if known else ZERO


def total(means: Mapping[int, Decimal], weights: Mapping[int, Weighted]) -> Decimal:
    """Points of 100 for one participant: each indicator's mean over its maximum, by both weights; rounded once."""
    exact = sum(
        (
            means.get(key, ZERO) / place.max_value * place.weight * place.aspect_weight / 100
            for key, place in weights.items()
        ),
        ZERO,
    )
    return exact.quantize(CENT, ROUND_HALF_UP)


def after_two_rounds(first: Decimal, second: Decimal, carry_share: Decimal) -> Decimal:
    """The result of a shortlisted participant: `carry_share` percent of the first round, the rest of the second."""
    return ((first * carry_share + second * (100 - carry_share)) / 100).quantize(CENT, ROUND_HALF_UP)


def grade_of(reached: Decimal, bands: Iterable[tuple[str, Decimal, bool]]) -> str:
    """The grade of a total; bands as (label, from, whether that total itself is in it). "" where no band begins."""
    entered = [
        (begins, label) for label, begins, includes in bands if reached > begins or (includes and reached == begins)
    ]
    return max(entered)[1] if entered else ""


def ranks(totals: Mapping[str, Decimal]) -> dict[str, int]:
    """Rank by total, highest first; equal totals share a rank and the next ones are skipped (1, 2, 2, 4)."""
    return {key: 1 + sum(other > value for other in totals.values()) for key, value in totals.items()}
