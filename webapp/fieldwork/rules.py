"""Which cases chance sends to the field, in what order a day's places are visited, and numbers in words. Pure facts."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import date
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Why(StrEnum):
    """Why a case is on a plan."""

    FLAGGED = "flagged"  # waits for the field, and something about it raises doubt
    REQUIRED = "required"  # waits for the field
    SAMPLE = "sample"  # the desk verified it, and chance sent it out


WHY_LABELS = {
    Why.FLAGGED: _l("Ada hal meragukan"),
    Why.REQUIRED: _l("Wajib cek lapangan"),
    Why.SAMPLE: _l("Sampel acak"),
}


class VisitState(StrEnum):
    """How far a planned visit has come."""

    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


VISIT_LABELS = {
    VisitState.PLANNED: _l("Direncanakan"),
    VisitState.DONE: _l("Sudah dikunjungi"),
    VisitState.DROPPED: _l("Dibatalkan"),
}


def seed_of(secret: str, candidates: Iterable[int], day: date) -> str:
    """The seed of a draw, 64 hexadecimal digits: SHA-256 of `secret|id,id,…|YYYY-MM-DD`, the ids in rising order.

    `secret`: 64 hexadecimal digits of chance. Nobody can choose a seed, since nobody knows the secret before the
    candidates stand; nobody can exchange the candidates afterwards, since the seed would be another.
    """
    ids = ",".join(str(number) for number in sorted(candidates))
    return _digest(f"{secret}|{ids}|{day.isoformat()}")


def drawn(seed: str, candidates: Collection[int], share: Decimal) -> tuple[int, ...]:
    """The ids that chance sends to the field: of those sorted by SHA-256 of `seed|id`, the first `sample_size`.

    `share`: percent. In the order drawn; the order of `candidates` does not matter.
    """
    by_chance = sorted(set(candidates), key=lambda number: _digest(f"{seed}|{number}"))
    return tuple(by_chance[: sample_size(len(by_chance), share)])


def sample_size(candidates: int, share: Decimal) -> int:
    """How many are drawn: the share (percent) of the candidates, rounded up, so that a share above 0 skips no day."""
    wanted = (candidates * share / 100).to_integral_value(rounding=ROUND_CEILING)
    return max(0, min(candidates, int(wanted)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class PaperKind(StrEnum):
    """Documents made of the data."""

    ASSIGNMENT = "surat_tugas"
    MINUTES = "berita_acara"
