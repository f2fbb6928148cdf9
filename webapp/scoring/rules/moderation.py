"""When assessors of a quorum lie too far apart: the chair moderates, the assessors revise or the spread stands."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from webapp.scoring.rules.pairs import too_far


class ModerationStep(StrEnum):
    """What the chair did about a claim; each with a reason."""

    OPEN = "open"
    STANDS = "stands"  # the values stay as they are, far apart


STEP_WORDS = {
    ModerationStep.OPEN: _l("Moderasi dibuka"),
    ModerationStep.STANDS: _l("Ditutup: selisih tetap berlaku"),
}


class ModerationState(StrEnum):
    """How a claim stands with its spread."""

    NOT_NEEDED = "not_needed"
    NEEDED = "needed"
    OPEN = "open"
    STANDS = "stands"


MODERATION_LABELS = {
    ModerationState.NOT_NEEDED: _l("Selisih dalam batas"),
    ModerationState.NEEDED: _l("Perlu moderasi"),
    ModerationState.OPEN: _l("Sedang dimoderasi"),
    ModerationState.STANDS: _l("Selisih tetap berlaku menurut keputusan ketua"),
}


def moderation_state(
    values: Sequence[Decimal], quorum: int, limit: Decimal, highest: Decimal,
    steps: Sequence[tuple[ModerationStep, datetime]], last_scored: datetime | None,
) -> ModerationState:  # fmt: skip
    """`steps`: in the order they were made. `limit`: points of 100 of `highest`; exactly at it is within.

    Asked only once the quorum is there. That a spread stands was decided of the values of that moment: a value given
    after it asks anew.
    """
    if len(values) < quorum or not too_far(values, limit, highest):
        return ModerationState.NOT_NEEDED
    if not steps:
        return ModerationState.NEEDED
    step, at = steps[-1]
    if step is ModerationStep.OPEN:
        return ModerationState.OPEN
    return ModerationState.NEEDED if last_scored is not None and last_scored > at else ModerationState.STANDS
