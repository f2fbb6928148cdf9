"""The same photo elsewhere: byte for byte, before it was made smaller, or to the eye."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from webapp.evidence.rules import State
from webapp.signals.rules.facts import CaseFacts, Fact, Shot, Weight

BURST = timedelta(minutes=2)
GONE = frozenset({State.WITHDRAWN, State.REJECTED, State.DRAFT})


class How(StrEnum):
    """In what way two photos are the same; the order is that of certainty."""

    BYTES = "bytes"
    ORIGINAL = "original"  # one of them was made smaller on the phone before it was sent
    PICTURE = "picture"  # to the eye: recompressed, resized, cropped, mirrored, captioned
    LIKE = "like"  # very like: the same scene, or almost


@dataclass(frozen=True)
class Twin:
    """Another photo that is the same as one of ours, with what tells reuse from an honest second photo.

    same_unit: of one kecamatan. same_days: the events of the two cases share a day. `distance`: bits that differ.
    """

    ours: Shot
    theirs: Shot
    how: How
    state: str
    same_unit: bool
    same_days: bool
    distance: int | None = None


def of_twins(twins: Iterable[Twin], case: CaseFacts) -> list[Fact]:
    """One fact for each pair, told by its surest way."""
    best: dict[tuple[int, int], Twin] = {}
    order = list(How)
    for twin in twins:
        pair = twin.ours.id, twin.theirs.id
        if pair not in best or order.index(twin.how) < order.index(best[pair].how):
            best[pair] = twin
    return [fact for twin in best.values() if (fact := reused(twin, case)) is not None]


def reused(twin: Twin, case: CaseFacts) -> Fact | None:
    """Strong when it came later and from another unit: the earlier one is perhaps the one that was taken from.

    Photos of one case are not reuse, but for a visit that shows the unit's photo. Silent: shots seconds apart by one
    account. A note: one event told in two cases, or a case that was withdrawn and made anew.
    """
    if twin.theirs.evidence_id == twin.ours.evidence_id:
        return _within_case(twin)
    if twin.how is How.LIKE and not (twin.same_unit or twin.ours.account_id == twin.theirs.account_id):
        return None
    if twin.how in (How.PICTURE, How.LIKE) and _burst(twin):
        return None
    return Fact(
        f"reused_{twin.how}", _weight(twin), _detail(twin, case), twin.ours.id, twin.theirs.id, twin.theirs.evidence_id
    )


def _within_case(twin: Twin) -> Fact | None:
    """A visit must bring its own photo."""
    if twin.ours.visit_id is None or twin.theirs.visit_id is not None or twin.how is How.LIKE:
        return None
    weight = Weight.WEAK if twin.how is How.PICTURE else Weight.STRONG
    return Fact("visit_shows_unit_photo", weight, {"how": twin.how}, twin.ours.id, twin.theirs.id)


def _burst(twin: Twin) -> bool:
    """Shots of one account that were taken moments apart, as people do who press twice."""
    ours, theirs = twin.ours.shot_at, twin.theirs.shot_at
    if twin.ours.account_id != twin.theirs.account_id or ours is None or theirs is None:
        return False
    return abs(ours - theirs) <= BURST and (twin.same_days or twin.how is How.LIKE)


def _weight(twin: Twin) -> Weight:
    if twin.same_unit and (twin.state in GONE or twin.same_days):
        return Weight.NOTE
    if twin.how is How.LIKE or twin.same_unit or not _came_later(twin):
        return Weight.WEAK
    return Weight.STRONG


def _came_later(twin: Twin) -> bool:
    return (twin.ours.received_at, twin.ours.id) > (twin.theirs.received_at, twin.theirs.id)


def _detail(twin: Twin, _: CaseFacts) -> dict[str, object]:
    return {
        "same_unit": twin.same_unit, "same_days": twin.same_days, "later": _came_later(twin),
        "received_at": twin.theirs.received_at.isoformat(), "distance": twin.distance,
        "visit": twin.theirs.visit_id is not None, "gone": twin.state in GONE,
    }  # fmt: skip
